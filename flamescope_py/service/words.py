"""A selection in words, for titles and file names of exports."""

from __future__ import annotations

from flamescope_py.analysis.selection import Selection
from flamescope_py.analysis.vocabulary import MAIN, SAMPLES, STANDARD
from flamescope_py.model import TimeRange


def cut_words(selection: Selection) -> list[str]:
    """Return what a selection leaves in and out, a few words each; none for the defaults."""
    named = {
        "command": selection.comm,
        "process": selection.pid,
        "thread": selection.tid,
        "CPU": selection.cpu,
    }
    events = tuple(name for name in selection.event if name != MAIN)
    patterns = {"with": selection.include, "without": selection.exclude, "hiding": selection.drop}
    parts = [f"{word} {_listed(values)}" for word, values in named.items() if values]
    parts += [f"event {_listed(events)}"] if events else []
    parts += [f"{word} /{_listed(values)}/" for word, values in patterns.items() if values]
    parts += [f"filter {_listed(tuple(one.name for one in selection.filters))}"] if selection.filters else []
    parts += ["idle samples included"] if selection.idle else []
    parts += [f"by {selection.weight}"] if selection.weight != SAMPLES else []
    return parts + ([selection.flavor] if selection.flavor != STANDARD else [])


def range_words(part: TimeRange) -> str:
    """Return a range in words: "12.3 to 14 s", "from 12.3 s", "whole profile"."""
    start, end = (None if bound is None else f"{bound:g}" for bound in (part.start, part.end))
    if start is None and end is None:
        return "whole profile"
    without = "without " if part.outside else ""
    if end is None:
        return f"{without}from {start} s"
    return f"{without}{start or 0} to {end} s"


def ranged_name(name: str, part: TimeRange) -> str:
    """Return a file's name with the range: "perf.out" → "perf.out.12.3-14s"; of all of it unchanged."""
    start, end = ("" if bound is None else f"{bound:g}" for bound in (part.start, part.end))
    return f"{name}.{start}-{end}s" if start or end else name


def _listed(values: tuple[object, ...]) -> str:
    shown = ", ".join(map(str, values[:3]))
    return shown if len(values) <= 3 else f"{shown} and {len(values) - 3} more"
