"""Writes what a profile is: its facts, the values that a selection can name, and what its reader saw."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable

import orjson

from flamescope_py.service import Count, ParseReport, ProfileInfo


def profile_info(info: ProfileInfo) -> bytes:
    """Write all that is known; times are null where the file has none, names of programs are as they came."""
    profile, facets = info.profile, info.facets
    meta, samples = profile.meta, profile.samples
    found = {
        "filename": info.name,
        "format": meta.format,
        "unit": meta.unit,
        "timed": meta.timed,
        "samples": len(samples),
        "idle": profile.report.idle,
        "first": meta.first if meta.timed else None,
        "last": meta.last if meta.timed else None,
        "origin": profile.origin if meta.timed else None,
        "duration": meta.last - meta.first if meta.timed else None,
        "seconds": profile.seconds,
        "frequency": facets.frequency,
        "periods": samples.period is not None and bool(samples.period.any()),
        "frames": len(profile.frames),
        "stacks": len(profile.tree) - 1,
        "header": meta.header,
        "events": _counts(facets.events),
        "commands": _counts(facets.commands),
        "processes": _counts(facets.processes, labelled=True),
        "threads": _counts(facets.threads, labelled=True),
        "cpus": _counts(facets.cpus),
        "report": _report(profile.report),
    }
    return orjson.dumps(found)


def _counts(counts: Iterable[Count], labelled: bool = False) -> list[dict[str, object]]:
    """Write the values of a facet; `busy` leaves out idle samples, `label` is the command of most of them.

    A file that names no command has the empty one, which says nothing and cannot be selected.
    """
    found = []
    for count in counts:
        if count.value == "":
            continue
        row: dict[str, object] = {"value": count.value, "samples": count.samples, "busy": count.busy}
        found.append(row | {"label": count.label} if labelled else row)
    return found


def _report(report: ParseReport) -> dict[str, object]:
    return {
        "lines": report.lines,
        "samples": report.samples,
        "idle": report.idle,
        "skipped": report.skipped,
        "withoutStack": report.without_stack,
        "outOfOrder": report.out_of_order,
        "lostEvents": report.lost_events,
        "repaired": report.repaired,
        "notes": [dataclasses.asdict(note) for note in report.notes],
        "messages": report.messages,
    }
