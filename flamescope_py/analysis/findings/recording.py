"""Findings about the recording itself: lost samples, throttling, another frequency than was asked for."""

from __future__ import annotations

import re

import numpy as np

from flamescope_py.analysis.findings.material import Finding, Material

LOST, THROTTLED, FREQUENCY = "lost", "throttled", "frequency"
_THROTTLE = re.compile(r"\bTHROTTLE\b", re.IGNORECASE)
# perf record -F 99 · --freq=99 · -F99
_ASKED = re.compile(r"(?:^|\s)(?:-F ?|--freq[= ])([0-9]{1,6})(?=\s|$)")
_FAR = 1.25
_FEWEST = 200


def recording(material: Material) -> list[Finding]:
    """Return the faults of the recording, which all other numbers depend on."""
    profile = material.profile
    report, whole = profile.report, [(0.0, float(profile.seconds))]
    found = []
    if report.lost_events:
        share = report.lost_events / max(1, report.lost_events + report.samples)
        # simpleperf and stackprof count them as well.
        who = "perf" if profile.meta.format == "perf" else "The profiler"
        text = f"{who} lost {report.lost_events} events while {report.samples} were recorded ({share:.1%})."
        found.append(
            Finding(
                LOST,
                text,
                whole,
                numbers={"lost": report.lost_events, "share": round(share, 4)},
                weight=share,
            )
        )
    throttled = sum(count for kind, count in report.other.items() if _THROTTLE.search(kind))
    if throttled:
        text = f"The kernel throttled the sampling {throttled} times: busy moments have too few samples."
        found.append(Finding(THROTTLED, text, whole, numbers={"times": throttled}, weight=0.1))
    asked, taken = _asked(material), _taken(material)
    if asked and taken and not 1 / _FAR < taken / asked < _FAR:
        text = f"{taken:.3g} samples a second of a busy CPU were taken, and {asked:g} were asked for."
        found.append(
            Finding(FREQUENCY, text, whole, numbers={"asked": asked, "taken": round(taken, 4)}, weight=0.1)
        )
    return found


def _asked(material: Material) -> float | None:
    match = _ASKED.search(material.profile.meta.header.get("cmdline", ""))
    return float(match[1]) if match and int(match[1]) else None


def _taken(material: Material) -> float | None:
    """Return the frequency of samples of one thread on one CPU, by their usual distance.

    None where fewer than half of the distances are usual: then threads sleep between their samples.
    """
    samples = material.profile.samples
    rows = slice(0, 200_000)
    thread, cpu, time = samples.thread[rows], samples.cpu[rows], samples.time[rows]
    event = samples.event[rows]
    order = np.lexsort((time, event, cpu, thread))
    same = np.ones(max(0, len(order) - 1), np.bool_)
    for column in (thread, cpu, event):
        same &= np.diff(column[order].astype(np.int64)) == 0
    apart = np.diff(time[order])[same]
    apart = apart[apart > 1e-6]
    if len(apart) < _FEWEST:
        return None
    usual = float(np.median(apart))
    return 1 / usual if np.mean(np.abs(apart / usual - 1) < 0.2) >= 0.5 else None
