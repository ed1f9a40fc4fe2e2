"""Heatmaps of long profiles: a column joins several seconds, and only a part of the columns may be asked for.

A day at a second a column is more columns than any screen is wide, and megabytes to send. Steps are
those that people read times in, each a multiple of the one before, so that columns of a finer heatmap
join to those of a coarser one.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, floor
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from flamescope_py.analysis.heatmap import MAX_CELLS, Heatmap, Part, counted, require_time, row_offsets
from flamescope_py.analysis.selection import stacks_with
from flamescope_py.analysis.timerange import time_range
from flamescope_py.analysis.view import View
from flamescope_py.errors import ParameterError
from flamescope_py.model import Seconds

Cells = npt.NDArray[np.int64]

SUM, HIGHEST = "sum", "max"
STEPS = (1, 5, 10, 20, 60, 120, 600, 1800, 3600)
# Seconds counted at a time, before they are joined.
_BLOCK = 4096


class Span(NamedTuple):
    """Seconds `first` ≤ second < `last` of a profile, `step` in a column; `first` is a multiple of it."""

    first: int
    last: int
    step: int

    @property
    def columns(self) -> int:
        """Count the columns; the last may join fewer seconds."""
        return -(-(self.last - self.first) // self.step)


@dataclass(frozen=True, slots=True)
class Columns:
    """Which columns of a heatmap are asked for: those that hold any of `start` ≤ t < `end`, whole.

    A column joins `step` seconds; or, without it, the fewest of STEPS (or whole hours) that leave at most
    `most` columns in the whole profile. `join` adds the same part of every second up, or takes the highest.
    """

    step: int | None = None
    most: int | None = None
    start: Seconds | None = None
    end: Seconds | None = None
    join: str = SUM

    def __post_init__(self) -> None:
        """Raises ParameterError."""
        if self.step is not None and self.most is not None:
            raise ParameterError("step and columns are both given: give one of them.")

    def span(self, seconds: int) -> Span:
        """Find the columns in a profile of so many seconds; bounds outside of it are clipped."""
        step = self.step or (1 if self.most is None else fitting_step(seconds, self.most))
        start = 0.0 if self.start is None else min(max(self.start, 0.0), float(seconds))
        end = float(seconds) if self.end is None else min(max(self.end, start), float(seconds))
        first = floor(start) // step * step
        return Span(first, min(-(-ceil(end) // step) * step, seconds), step)


# What FlameScope asks for: every second a column.
EVERY_SECOND = Columns()


def fitting_step(seconds: int, most: int) -> int:
    """Give the fewest seconds a column, of STEPS or whole hours, that leave at most `most` columns."""
    hour = STEPS[-1]
    fits = (step for step in STEPS if -(-seconds // step) <= most)
    return next(fits, -(-seconds // (most * hour)) * hour)


def joined(view: View, rows: int, asked: Columns, search: str | None = None) -> Heatmap:
    """Count as `heatmap` does, in the columns that are asked for; `peak` is left to `joined_peak`.

    Raises NoTimestampsError, RangeError as for a flame graph, and ParameterError for too many cells.
    """
    require_time(view)
    time_range(view, asked.start, asked.end)
    profile = view.profile
    span = asked.span(profile.seconds)
    if span.columns * rows > MAX_CELLS:
        raise ParameterError(f"{span.columns} columns of {rows} rows are too many cells: ask for fewer.")
    matches = None
    if search is not None:
        found = stacks_with(view.tree, view.frames, (search,))[view.node].astype(np.int64)
        matches = _values(view, found if view.heat is None else view.heat * found, rows, span, asked.join)
    low, high = _rows_between(view, span.first, span.last)
    return Heatmap(
        rows=row_offsets(rows),
        values=_values(view, view.heat, rows, span, asked.join),
        matches=matches,
        samples=high - low if view.heat is None else int(view.heat[low:high].sum()),
        idle=profile.report.idle,
        origin=profile.origin,
        duration=profile.meta.last - profile.meta.first,
        part=Part(span.first, span.step, profile.seconds),
    )


def joined_peak(view: View, rows: int, step: int, join: str) -> int:
    """Give the largest cell of the whole profile, its seconds joined: what a scale of colours ends at."""
    seconds = view.profile.seconds
    length = _block_length(step)
    blocks = (Span(first, min(first + length, seconds), step) for first in range(0, seconds, length))
    return max((int(_block(view, view.heat, rows, one, join).max(initial=0)) for one in blocks), default=0)


def _values(view: View, heat: npt.NDArray[np.int64] | None, rows: int, span: Span, join: str) -> Cells:
    """Count block by block: a day of single seconds is never in memory at once."""
    length = _block_length(span.step)
    starts = range(span.first, span.last, length)
    blocks = [
        _block(view, heat, rows, Span(first, min(first + length, span.last), span.step), join)
        for first in starts
    ]
    return np.concatenate(blocks) if blocks else np.zeros((0, rows), dtype=np.int64)


def _block(view: View, heat: npt.NDArray[np.int64] | None, rows: int, span: Span, join: str) -> Cells:
    low, high = _rows_between(view, span.first, span.last)
    weight = None if heat is None else heat[low:high]
    origin = view.profile.origin + span.first
    if join == SUM:
        return counted(view.time[low:high], weight, origin, span.columns, rows, span.step)
    single = counted(view.time[low:high], weight, origin, span.last - span.first, rows)
    highest: Cells = np.maximum.reduceat(single, np.arange(0, len(single), span.step), axis=0)
    return highest


def _rows_between(view: View, first: int, last: int) -> tuple[int, int]:
    """Find the samples of whole seconds."""
    origin = view.profile.origin
    low, high = np.searchsorted(view.time, [origin + first, origin + last])
    return int(low), int(high)


def _block_length(step: int) -> int:
    return max(step, _BLOCK // step * step)
