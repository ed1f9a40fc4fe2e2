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
    cell = cells_of(view.time, profile.origin, rows)
    values = np.bincount(cell, view.heat, columns * rows).reshape(columns, rows).astype(np.int64)
    matches = None
    if search is not None:
        found = stacks_with(view.tree, view.frames, (search,))[view.node]
        heat = found if view.heat is None else view.heat * found
        matches = np.bincount(cell, heat, columns * rows).reshape(columns, rows).astype(np.int64)
    return Heatmap(
        rows=row_offsets(rows),
        values=values,
        matches=matches,
        samples=int(values.sum()),
        idle=profile.report.idle,
        origin=profile.origin,
        duration=profile.meta.last - profile.meta.first,
    )


def cells_of(time: npt.NDArray[np.float64], origin: int, rows: int, step: int = 1) -> npt.NDArray[np.int64]:
    """Give each time's cell, column by column from second `origin` on, `step` seconds in a column."""
    second = np.floor(time)
    # rows · 0.999…9 may round up to rows.
    up = np.minimum((rows * (time - second)).astype(np.int64), rows - 1)
    column = (second.astype(np.int64) - origin) // step
    cell: npt.NDArray[np.int64] = column * rows + (rows - 1 - up)
    return cell


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
