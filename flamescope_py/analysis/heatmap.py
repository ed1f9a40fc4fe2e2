"""The subsecond-offset heatmap: columns are seconds, rows offsets inside the second, cells count samples.

Columns may be of other lengths (`columns.LENGTHS`); rows are then parts of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from flamescope_py.analysis.cells import Cells, cells_of, rows_of
from flamescope_py.analysis.columns import EVERY_SECOND, SECOND, SUM, Columns, Span, column_count
from flamescope_py.analysis.selection import stacks_with
from flamescope_py.analysis.timerange import require_time, time_range
from flamescope_py.analysis.view import View
from flamescope_py.errors import ParameterError
from flamescope_py.model import Seconds

MAX_CELLS = 100_000_000
ROWS, FEW_ROWS, LEAST_ROWS = 50, 25, 10
# Samples of a busy thread in a column, below which it has fewer rows.
_FEW, _LEAST = 150, 40
# Samples counted at a time: they stay in the processor's cache, and take no memory that is new to the
# process, whose first touch costs more than the counting.
_SAMPLES_A_BLOCK = 1 << 14


class Bins(NamedTuple):
    """The columns of a heatmap that is not one of every second.

    Each joins `step` columns of `length` milliseconds, from column `first` on, in a profile of `seconds`.
    `peak` is the largest cell of the whole profile in such columns (see `peak`).
    """

    first: int
    step: int
    seconds: int
    peak: int = 0
    length: int = SECOND


@dataclass(frozen=True, slots=True, eq=False)
class Heatmap:
    """`values[column, row]` counts samples; rows run from the highest offset (`rows[0]` ms) down to 0.

    `matches` has the same shape and counts the samples with a frame that matches the search. `origin` is the
    profile's first whole second, `begins` the seconds from there to the beginning of the recording, and
    `duration` the seconds from that to its end. A recording begins and ends with its first and last sample,
    unless the file names other times. `samples` are those of the columns. `bins` is None where every second
    has a column.
    """

    rows: list[float]
    values: Cells
    matches: Cells | None
    samples: int
    idle: int
    origin: int
    begins: Seconds | None
    duration: Seconds
    bins: Bins | None = None

    @property
    def columns(self) -> int:
        """Count the columns."""
        return len(self.values)

    @property
    def column_starts(self) -> Sequence[float]:
        """Return the second at which each column begins."""
        first, step, length = (0, 1, SECOND) if self.bins is None else (*self.bins[:2], self.bins.length)
        begins = range(first, first + step * self.columns, step)
        if length < SECOND:
            return [column * length / SECOND for column in begins]
        return [column * (length // SECOND) for column in begins]

    @property
    def is_whole(self) -> bool:
        """Whether these are all columns of the profile."""
        if self.bins is None:
            return True
        return self.columns * self.bins.step >= column_count(self.bins.seconds, self.bins.length)

    @property
    def maxvalue(self) -> int:
        """Return the largest cell, 0 where there is none."""
        return int(self.values.max(initial=0))


def heatmap(view: View, rows: int, search: str | None = None, columns: Columns = EVERY_SECOND) -> Heatmap:
    """Count a view's samples by column and offset; `search` is a pattern on `Frame.text`.

    In columns of one second, a sample at time t falls into column floor(t) − floor(first) and row rows − 1 −
    floor(rows · (t mod 1)), in double precision, as FlameScope counts; for other lengths see
    `cells.cells_of`. The peak of `bins` is 0: see `peak`.
    Raises NoTimestampsError, RangeError for bounds outside of the profile, and ParameterError for more than
    MAX_CELLS cells.
    """
    require_time(view.profile)
    time_range(view, columns.start, columns.end)
    profile = view.profile
    span = columns.span(profile.seconds)
    if span.columns * rows > MAX_CELLS:
        raise ParameterError(
            f"{span.columns} columns of {rows} rows are too many cells: ask for fewer, or for longer columns."
        )
    matches = None
    if search is not None:
        found = stacks_with(view.tree, view.frames, (search,))[view.node].astype(np.int64)
        heat = found if view.heat is None else view.heat * found
        matches = _concatenated(list(_blocks(view, heat, rows, span, columns.join)), rows)
    low, high = rows_of(view.time, profile.origin, span)
    return Heatmap(
        rows=row_offsets(rows, span.length),
        values=_concatenated(list(_blocks(view, view.heat, rows, span, columns.join)), rows),
        matches=matches,
        samples=high - low if view.heat is None else int(view.heat[low:high].sum()),
        idle=profile.report.idle,
        origin=profile.origin,
        begins=profile.meta.first - profile.origin,
        duration=profile.meta.last - profile.meta.first,
        bins=None
        if columns == EVERY_SECOND
        else Bins(span.first, span.step, profile.seconds, 0, span.length),
    )


def peak(view: View, rows: int, step: int, join: str, length: int = SECOND) -> int:
    """Return the largest cell of the whole profile with `step` columns joined, for a scale of colours."""
    span = Span(0, column_count(view.profile.seconds, length), step, length)
    blocks = _blocks(view, view.heat, rows, span, join)
    return max((int(block.max(initial=0)) for block in blocks), default=0)


def _concatenated(blocks: list[Cells], rows: int) -> Cells:
    if len(blocks) == 1:
        return blocks[0]
    return np.concatenate(blocks) if blocks else np.zeros((0, rows), np.int64)


def _blocks(view: View, heat: Cells | None, rows: int, span: Span, join: str) -> Iterator[Cells]:
    """Count whole columns, block by block."""
    origin = view.profile.origin
    for block in span.blocks():
        low, high = rows_of(view.time, origin, block)
        weight = None if heat is None else heat[low:high]
        if join == SUM:
            yield count_cells(view.time[low:high], weight, origin, rows, block)
        else:
            single = count_cells(view.time[low:high], weight, origin, rows, block._replace(step=1))
            yield np.maximum.reduceat(single, np.arange(0, len(single), span.step), axis=0)


def count_cells(
    time: npt.NDArray[np.float64], heat: Cells | None, origin: int, rows: int, span: Span
) -> Cells:
    """Count sorted times inside of a span by cell; `heat` is the value that each adds, None for 1."""
    values = np.zeros(span.columns * rows, np.int64)
    for start in range(0, len(time), _SAMPLES_A_BLOCK):
        block = slice(start, start + _SAMPLES_A_BLOCK)
        cell = cells_of(time[block], origin, rows, span)
        # Times are sorted, so that no cell of the block lies in a column before its first.
        first = int(cell[0]) // rows * rows
        cell -= first
        found = np.bincount(cell, None if heat is None else heat[block])
        values[first : first + len(found)] += found.astype(np.int64, copy=False)
    return values.reshape(span.columns, rows)


def rows_for(frequency: float | None, length: int) -> int:
    """Return a number of rows for the rate at which a busy thread is sampled, in Hz.

    At 99 Hz and 50 rows, a busy processor has two samples in a cell of a second, and bursts hardly stand
    out. With 25 it has four. 50 rows of 20 ms suit faster rates, and profiles that do not tell theirs.
    Shorter columns have fewer samples, and fewer rows.
    """
    if frequency is None:
        return ROWS
    samples = frequency * length / SECOND
    if samples >= _FEW:
        return ROWS
    return FEW_ROWS if samples >= _LEAST or length >= SECOND else LEAST_ROWS


def row_offsets(rows: int, length: int) -> list[float]:
    """Return the milliseconds at which rows of a column begin, highest first."""
    return [row / rows * length for row in reversed(range(rows))]
