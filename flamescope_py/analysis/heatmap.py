"""The subsecond-offset heatmap: columns are seconds, rows offsets inside the second, cells count samples."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from flamescope_py.analysis.selection import stacks_with
from flamescope_py.analysis.view import View
from flamescope_py.errors import NoTimestampsError, ParameterError
from flamescope_py.model import Seconds

MAX_CELLS = 100_000_000
# Samples counted at a time: they stay in the processor's cache, and take no memory that is new to the
# process, whose first touch costs more than the counting.
_BLOCK = 1 << 14


class Part(NamedTuple):
    """What the columns of a heatmap are, where they are not simply all seconds (`joined`).

    They begin at second `first` of the profile, which has `seconds` of them, and join `step` each. `peak` is
    the largest cell of the whole profile, joined alike.
    """

    first: int
    step: int
    seconds: int
    peak: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class Heatmap:
    """`values[column, row]` counts samples; rows run from the highest offset (`rows[0]` ms) down to 0;
    `matches` is of the same shape and counts those with a frame that was searched for.

    `origin` is the whole second that the profile begins in, `duration` the seconds from its first sample to
    its last. `part` is None where columns are all its seconds; `samples` are those of the columns.
    """

    rows: list[float]
    values: npt.NDArray[np.int64]
    matches: npt.NDArray[np.int64] | None
    samples: int
    idle: int
    origin: int
    duration: Seconds
    part: Part | None = None

    @property
    def columns(self) -> int:
        """Count the columns."""
        return len(self.values)

    @property
    def seconds(self) -> range:
        """Give the second at which each column begins."""
        first, step = (0, 1) if self.part is None else self.part[:2]
        return range(first, first + step * self.columns, step)

    @property
    def maxvalue(self) -> int:
        """Give the largest cell, 0 where there is none."""
        return int(self.values.max(initial=0))


def heatmap(view: View, rows: int, search: str | None = None) -> Heatmap:
    """Count a view's samples by second and offset; `search` is a pattern on `Frame.text`.

    A sample at time t falls into column floor(t) − floor(first) and row rows − 1 − floor(rows · (t mod 1)),
    in double precision, as FlameScope counts. Raises NoTimestampsError.
    """
    profile = view.profile
    require_time(view)
    columns = profile.seconds
    if columns * rows > MAX_CELLS:
        raise ParameterError(f"{columns} seconds in {rows} rows are too many cells: ask for fewer rows.")
    values = counted(view.time, view.heat, profile.origin, columns, rows)
    matches = None
    if search is not None:
        found = stacks_with(view.tree, view.frames, (search,))[view.node]
        heat = found if view.heat is None else view.heat * found
        matches = counted(view.time, heat, profile.origin, columns, rows)
    return Heatmap(
        rows=row_offsets(rows),
        values=values,
        matches=matches,
        samples=int(values.sum()),
        idle=profile.report.idle,
        origin=profile.origin,
        duration=profile.meta.last - profile.meta.first,
    )


def counted(
    time: npt.NDArray[np.float64],
    heat: npt.NDArray[np.int64 | np.bool_] | None,
    origin: int,
    columns: int,
    rows: int,
    step: int = 1,
) -> npt.NDArray[np.int64]:
    """Count sorted times by cell: `columns` of `step` seconds from second `origin` on, each of `rows` parts
    of a second, highest first. `heat` is what each adds, None for 1.
    """
    values = np.zeros(columns * rows, np.int64)
    for start in range(0, len(time), _BLOCK):
        block = slice(start, start + _BLOCK)
        cell = _cells(time[block], origin, rows, step)
        # Times are sorted, so that no cell of the block lies in a column before its first.
        first = int(cell[0]) // rows * rows
        cell -= first
        found = np.bincount(cell, None if heat is None else heat[block])
        values[first : first + len(found)] += found.astype(np.int64, copy=False)
    return values.reshape(columns, rows)


def _cells(time: npt.NDArray[np.float64], origin: int, rows: int, step: int) -> npt.NDArray[np.int64]:
    """Give each time's cell, column by column. Whole numbers below 2**53 are exact as float64."""
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


def row_offsets(rows: int) -> list[float]:
    """Give the milliseconds at which rows begin, highest first."""
    return [row / rows * 1000 for row in reversed(range(rows))]


def require_time(view: View) -> None:
    """Raise NoTimestampsError where the view's profile has no timestamps."""
    if not view.profile.meta.timed:
        raise NoTimestampsError(
            "The samples have no timestamps, so only the flame graph of the whole profile can be shown. "
            + (view.profile.meta.time_advice or "Record one that has them.")
        )
