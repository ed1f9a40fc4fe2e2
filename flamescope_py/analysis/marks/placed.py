"""Marks on the time axis of a profile, at most some thousand: more are counted together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from flamescope_py.analysis.marks.clocks import FILE, PROCESS, UNIX, began, clock_of, unit_of
from flamescope_py.analysis.marks.files import read_file
from flamescope_py.analysis.marks.rows import Rows
from flamescope_py.errors import ParameterError
from flamescope_py.model import Profile

MAX_MARKS = 4000
MAX_SERIES = 20
OTHERS = "others"
Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Marks:
    """The marks of one file: columns of equal length, sorted by `start`.

    `start` and `end` are seconds from the profile's first whole second; `end` is `start` for a moment.
    `count` is the number of marks that a row stands for, whose first text it has, and `series` a row of
    `names`. `outside` counts marks before or after the profile, `skipped` rows that could not be read.
    """

    clock: str
    names: list[str]
    start: Numbers
    end: Numbers
    count: npt.NDArray[np.int64]
    series: npt.NDArray[np.int64]
    text: list[str]
    outside: int
    skipped: int
    notes: list[str]


def read_marks(data: bytes, name: str, profile: Profile, start: float | None) -> Marks:
    """Read a marks file and place its rows; `start` is when the axis begins, in seconds since 1970.

    Rows without a series are in that of the file, `name`. Raises ParameterError for a file without marks, and
    for dates where the start is not known.
    """
    rows, of_process = read_file(data)
    if not rows.time:
        noted = f" ({rows.notes[0]})" if rows.notes else ""
        raise ParameterError(f"There is no mark in {name}{noted}.")
    times, ends = np.array(rows.time), np.array(rows.end)
    times, ends, clock = _on_axis(rows, times, ends, profile, start, of_process)
    length = np.array(rows.length)
    ends = np.where(np.isnan(ends), times + np.where(np.isnan(length), 0.0, np.maximum(length, 0.0)), ends)
    return _placed(
        profile, clock, times, np.maximum(ends, times), [one or name for one in rows.series], rows.text, rows
    )


def own_marks(profile: Profile) -> Marks | None:
    """Place the markers that the profile itself has, a series for each name; None without any."""
    found = profile.markers
    if found is None or not profile.meta.timed:
        return None
    start, end = found.start - profile.origin, found.end - profile.origin
    return _placed(profile, FILE, start, end, found.name, found.text, Rows())


def _placed(
    profile: Profile,
    clock: str,
    times: Numbers,
    ends: Numbers,
    series: Sequence[str],
    texts: Sequence[str],
    rows: Rows,
) -> Marks:
    inside = (ends >= 0) & (times <= profile.seconds)
    kept = np.flatnonzero(inside)
    kept = kept[np.argsort(times[kept], kind="stable")]
    names, numbers = _series([series[row] for row in kept.tolist()])
    shown = [texts[row] for row in kept.tolist()]
    made = _joined(times[kept], ends[kept], numbers, shown, profile.seconds)
    return Marks(clock, names, *made, len(times) - len(kept), rows.skipped, rows.notes)


def _on_axis(
    rows: Rows, times: Numbers, ends: Numbers, profile: Profile, start: float | None, of_process: bool
) -> tuple[Numbers, Numbers, str]:
    named = 1.0 if rows.dated or rows.unit is None else rows.unit
    scale, is_unix = (1.0, True) if rows.dated else unit_of(times * named)
    times, ends = times * named * scale, ends * named * scale
    if of_process:
        shift, clock = profile.meta.first - profile.origin, PROCESS
    elif is_unix:
        known = began(profile)
        begin = start if start is not None else known.at if known else None
        if begin is None:
            raise ParameterError(
                "The marks have dates, and the file does not tell when the recording began: give its start."
            )
        shift, clock = -begin, UNIX
    else:
        clock = clock_of(times, profile)
        shift = -float(profile.origin) if clock == FILE else 0.0
    return times + shift, ends + shift, clock


def _series(names: list[str]) -> tuple[list[str], npt.NDArray[np.int64]]:
    """Number the series, the most frequent first, the rest as one."""
    counted: dict[str, int] = {}
    for name in names:
        counted[name] = counted.get(name, 0) + 1
    ordered = sorted(counted, key=lambda name: -counted[name])
    shown = ordered if len(ordered) <= MAX_SERIES else [*ordered[: MAX_SERIES - 1], OTHERS]
    place = {name: min(row, len(shown) - 1) for row, name in enumerate(ordered)}
    return shown, np.array([place[name] for name in names], np.int64)


def _joined(
    start: Numbers, end: Numbers, series: npt.NDArray[np.int64], text: list[str], seconds: int
) -> tuple[Numbers, Numbers, npt.NDArray[np.int64], npt.NDArray[np.int64], list[str]]:
    """Join the marks of a series that are near each other, where there are more than MAX_MARKS."""
    if len(start) <= MAX_MARKS:
        return start, end, np.ones(len(start), np.int64), series, text
    bins = MAX_MARKS // (int(series.max()) + 1)
    place = np.clip(start / max(seconds, 1) * bins, 0, bins - 1).astype(np.int64)
    _, first, row = np.unique(series * bins + place, return_index=True, return_inverse=True)
    ends = np.full(len(first), -np.inf)
    np.maximum.at(ends, row, end)
    order = np.argsort(start[first], kind="stable")
    first = first[order]
    counts = np.bincount(row)[order].astype(np.int64)
    return start[first], ends[order], counts, series[first], [text[one] for one in first.tolist()]
