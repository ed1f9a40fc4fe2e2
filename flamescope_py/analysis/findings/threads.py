"""Findings about one thread that keeps a CPU busy by itself while others are idle."""

from __future__ import annotations

import numpy as np

from flamescope_py.analysis.breakdown.roles import thread_roles
from flamescope_py.analysis.findings.material import Finding, Material
from flamescope_py.analysis.findings.stretches import stretches, to_range, words

SATURATED = "saturated"
MAX_THREADS = 5
LEAST_BUSY = 0.9
LEAST_SECONDS = 2
# CPUs that must be idle beside it.
_LEAST_IDLE = 0.5


def saturated(material: Material) -> list[Finding]:
    """Return findings about threads that use one CPU whole for seconds, while half a CPU or more is idle.

    None where the frequency or the number of CPUs is unknown, or there is one CPU.
    """
    frequency, cpus = material.frequency, material.rate.cpus
    if not frequency or not cpus or cpus < 2 or not len(material.time):
        return []
    window = material.windows(1.0)
    total = np.bincount(window) / frequency
    threads = material.profile.threads
    busiest = np.argsort(-np.bincount(material.thread, minlength=len(threads)), kind="stable")
    roles = thread_roles(material.profile)
    found = []
    for row in busiest[:MAX_THREADS].tolist():
        mine = np.bincount(window[material.thread == row], minlength=len(total)) / frequency
        flagged = (mine >= LEAST_BUSY) & (total <= cpus - _LEAST_IDLE)
        runs = [one for one in stretches(flagged, 0) if one[1] - one[0] >= LEAST_SECONDS]
        if not runs:
            continue
        inside = np.concatenate([np.arange(*one) for one in runs])
        ranges = [to_range(material, *one, 1.0) for one in runs]
        others = float((total - mine)[inside].mean())
        thread = threads[row]
        title = f"{thread.command} {thread.tid}" + (f" ({roles[row]})" if roles[row] else "")
        found.append(
            Finding(
                SATURATED,
                f"One thread, `{title}`, keeps a CPU busy from {words(ranges)}, while the other "
                f"{cpus - 1} CPU{'s have' if cpus > 2 else ' has'} {others:.2g} busy.",
                ranges,
                {"tid": [str(thread.tid)]},
                {
                    "seconds": len(inside),
                    "busy": round(float(mine[inside].mean()), 4),
                    "others": round(others, 4),
                    "cpus": cpus,
                },
                float(mine[inside].sum() * frequency / len(material.time)),
            )
        )
    return found
