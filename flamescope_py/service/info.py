"""The facts of one profile, for `/profile/info` and `flamescope-py info` alike."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from dataclasses import dataclass

from flamescope_py.analysis.facets import Count, Facets
from flamescope_py.model import ParseReport, Profile


@dataclass(frozen=True, slots=True, eq=False)
class ProfileInfo:
    """A profile, its name and its facets."""

    name: str
    profile: Profile
    facets: Facets


def facts(info: ProfileInfo) -> dict[str, object]:
    """Return all facts, ready for JSON. Times are None where the file has none."""
    profile, facets = info.profile, info.facets
    meta, samples = profile.meta, profile.samples
    # What most profiles do not have is left out of theirs.
    more = {"also": meta.also, "preferred": meta.preferred, "periodUnit": meta.period_unit}
    return {
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
        "mainEvents": [name for name in facets.main_events if name],
        "commands": _counts(facets.commands),
        "processes": _counts(facets.processes, labelled=True),
        "threads": _counts(facets.threads, labelled=True),
        "cpus": _counts(facets.cpus),
        "report": _report(profile.report),
        **{name: value for name, value in more.items() if value},
    }


def _counts(counts: Iterable[Count], labelled: bool = False) -> list[dict[str, object]]:
    """Return the values of a facet: `busy` leaves out idle samples, `label` is the most frequent command.

    A file without commands has one with an empty name, which cannot be selected and is left out.
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
        "other": report.other,
        "notes": [dataclasses.asdict(note) for note in report.notes],
        "messages": report.messages,
    }
