"""The subsecond-offset heatmap: columns are seconds, rows offsets inside the second, cells count samples."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from flamescope_py.analysis.columns import EVERY_SECOND, SUM, Columns, Span
from flamescope_py.analysis.selection import stacks_with
from flamescope_py.analysis.timerange import require_time, time_range
from flamescope_py.analysis.view import View
from flamescope_py.errors import ParameterError
from flamescope_py.model import Seconds

Cells: TypeAlias = npt.NDArray[np.int64]

MAX_CELLS = 100_000_000
ROWS, FEW_ROWS = 50, 25
_FEW_HZ = 150
# Samples counted at a time: they stay in the processor's cache, and take no memory that is new to the
# process, whose first touch costs more than the counting.
_SAMPLES_A_BLOCK = 1 << 14
# Seconds counted at a time before they are joined: a day of single seconds is never in memory at once.
_SECONDS_A_BLOCK = 4096


class Bins(NamedTuple):
    """The columns of a heatmap that is not one of every second.

    They begin at second `first` of the profile, which has `seconds`, and hold `step` each. `peak` is the
    largest cell of the whole profile in such columns (see `peak`).
    """

    first: int
    step: int
    seconds: int
    peak: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class Heatmap:
    """`values[column, row]` counts samples; rows run from the highest offset (`rows[0]` ms) down to 0.

    `matches` has the same shape and counts the samples with a frame that matches the search. `origin` is the
    profile's first whole second, `duration` the seconds from its first sample to its last. `samples` are
    those of the columns. `bins` is None where every second has a column.
    """

    rows: list[float]
    values: Cells
    matches: Cells | None
    samples: int
    idle: int
    origin: int
    duration: Seconds
    bins: Bins | None = None

    @property
    def columns(self) -> int:
        """Count the columns."""
        return len(self.values)

    @property
    def seconds(self) -> range:
        """Return the second at which each column begins."""
        first, step = (0, 1) if self.bins is None else self.bins[:2]
        return range(first, first + step * self.columns, step)

    @property
    def maxvalue(self) -> int:
        """Return the largest cell, 0 where there is none."""
        return int(self.values.max(initial=0))


def heatmap(view: View, rows: int, search: str | None = None, columns: Columns = EVERY_SECOND) -> Heatmap:
    """Count a view's samples by column and offset; `search` is a pattern on `Frame.text`.

    In columns of one second, a sample at time t falls into column floor(t) − floor(first) and row rows − 1 −
    floor(rows · (t mod 1)), in double precision, as FlameScope counts. The peak of `bins` is 0: see `peak`.
    Raises NoTimestampsError, RangeError for bounds outside of the profile, and ParameterError for more than
    MAX_CELLS cells.
    """
    require_time(view)
    time_range(view, columns.start, columns.end)
    profile = view.profile
    span = columns.span(profile.seconds)
    if span.columns * rows > MAX_CELLS:
        raise ParameterError(f"{span.columns} columns of {rows} rows are too many cells: ask for fewer.")
    matches = None
    if search is not None:
        found = stacks_with(view.tree, view.frames, (search,))[view.node].astype(np.int64)
        heat = found if view.heat is None else view.heat * found
        matches = _concatenated(list(_blocks(view, heat, rows, span, columns.join)), rows)
    low, high = _rows_between(view, span.first, span.last)
    return Heatmap(
        rows=row_offsets(rows),
        values=_concatenated(list(_blocks(view, view.heat, rows, span, columns.join)), rows),
        matches=matches,
        samples=high - low if view.heat is None else int(view.heat[low:high].sum()),
        idle=profile.report.idle,
        origin=profile.origin,
        duration=profile.meta.last - profile.meta.first,
        bins=None if columns == EVERY_SECOND else Bins(span.first, span.step, profile.seconds),
    )


def peak(view: View, rows: int, step: int, join: str) -> int:
    """Return the largest cell of the whole profile in columns of `step` seconds, for a scale of colours."""
    blocks = _blocks(view, view.heat, rows, Span(0, view.profile.seconds, step), join)
    return max((int(block.max(initial=0)) for block in blocks), default=0)


def _concatenated(blocks: list[Cells], rows: int) -> Cells:
    if len(blocks) == 1:
        return blocks[0]
    return np.concatenate(blocks) if blocks else np.zeros((0, rows), np.int64)


def _blocks(view: View, heat: Cells | None, rows: int, span: Span, join: str) -> Iterator[Cells]:
    """Count whole columns, block by block."""
    length = seconds_a_block(span.step)
    for first in range(span.first, span.last, length):
        last = min(first + length, span.last)
        low, high = _rows_between(view, first, last)
        weight = None if heat is None else heat[low:high]
        origin, time = view.profile.origin + first, view.time[low:high]
        if join == SUM:
            yield count_cells(time, weight, origin, Span(first, last, span.step).columns, rows, span.step)
        else:
            single = count_cells(time, weight, origin, last - first, rows)
            yield np.maximum.reduceat(single, np.arange(0, len(single), span.step), axis=0)


def seconds_a_block(step: int) -> int:
    """Return how many seconds to count at a time: whole columns of `step` seconds."""
    return max(step, _SECONDS_A_BLOCK // step * step)


def _rows_between(view: View, first: int, last: int) -> tuple[int, int]:
    """Return the rows of the samples of whole seconds."""
    origin = view.profile.origin
    low, high = np.searchsorted(view.time, [origin + first, origin + last])
    return int(low), int(high)


def count_cells(
    time: npt.NDArray[np.float64], heat: Cells | None, origin: int, columns: int, rows: int, step: int = 1
) -> Cells:
    """Count sorted times by cell.

    Columns hold `step` seconds from second `origin` on, rows are parts of a second, the highest first. `heat`
    is the value that each time adds, None for 1.
    """
    values = np.zeros(columns * rows, np.int64)
    for start in range(0, len(time), _SAMPLES_A_BLOCK):
        block = slice(start, start + _SAMPLES_A_BLOCK)
        cell = cells_of(time[block], origin, rows, step)
        # Times are sorted, so that no cell of the block lies in a column before its first.
        first = int(cell[0]) // rows * rows
        cell -= first
        found = np.bincount(cell, None if heat is None else heat[block])
        values[first : first + len(found)] += found.astype(np.int64, copy=False)
    return values.reshape(columns, rows)


def cells_of(time: npt.NDArray[np.float64], origin: int, rows: int, step: int) -> Cells:
    """Return each time's cell, numbered column by column as in `count_cells`.

    Whole numbers below 2**53 are exact as float64.
    """
    second = np.floor(time)
    up = time - second
    up *= rows
    np.floor(up, out=up)
    # rows · 0.999…9 may round up to rows.
    np.minimum(up, rows - 1, out=up)
    second -= origin
    if step > 1:
        second /= step
        np.floor(second, out=second)
    second *= rows
    second += rows - 1
    second -= up
    return second.astype(np.int64)


def rows_for(frequency: float | None) -> int:
    """Return a number of rows for the rate at which a busy thread is sampled, in Hz.

    At 99 Hz and 50 rows, a busy processor has two samples in a cell, and bursts hardly stand out. With 25 it
    has four. 50 rows of 20 ms suit faster rates, and profiles that do not tell theirs.
    """
    return ROWS if frequency is None or frequency >= _FEW_HZ else FEW_ROWS


def row_offsets(rows: int) -> list[float]:
    """Return the milliseconds at which rows begin, highest first."""
    return [row / rows * 1000 for row in reversed(range(rows))]
