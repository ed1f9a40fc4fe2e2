"""Lanes: a heatmap for each value of a property, all on one time axis, which add up to the heatmap."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from flamescope_py.analysis.breakdown.counts import Kept, part_of, raw_counts
from flamescope_py.analysis.breakdown.groups import Counts, Groups, Value
from flamescope_py.analysis.breakdown.table import Side, missing, shares
from flamescope_py.analysis.cells import Cells, cells_of, rows_of
from flamescope_py.analysis.columns import SUM, Columns, Span
from flamescope_py.analysis.timerange import require_time
from flamescope_py.analysis.vocabulary import BY_CHANGE, BY_SELECTION, BY_WHOLE
from flamescope_py.model import TimeRange

# Samples counted at a time, which stay in the processor's cache.
_SAMPLES_A_BLOCK = 1 << 15


class LaneChoice(NamedTuple):
    """The lanes to return: `values` in their order, else `most` of them after the first `offset`.

    Without values they are sorted by samples in the range or in the whole profile, or by change.
    """

    most: int
    offset: int = 0
    values: tuple[str, ...] = ()
    sort: str = BY_SELECTION


@dataclass(frozen=True, slots=True, eq=False)
class Lane:
    """The heatmap of one value, `values[column, row]` as in a `Heatmap`.

    `samples` are those of the selected range and `share` their part of all samples there. `whole` and
    `whole_share` are the same of the whole profile, `change` the difference to the rest of it in points.
    """

    value: Value
    label: str
    values: Cells
    samples: int
    share: float
    whole: int
    whole_share: float
    change: float


@dataclass(frozen=True, slots=True, eq=False)
class Lanes:
    """Some lanes, and the sum of the other values. `present` counts the values with samples."""

    by: str
    lanes: list[Lane]
    other_values: int
    other_samples: int
    others: Cells
    present: int
    missing: tuple[str, ...]


def lanes(side: Side, choice: LaneChoice, rows: int, columns: Columns) -> Lanes:
    """Return the lanes that were chosen, for the range of `side`, and the sum of the others.

    Raises RangeError for a range outside of the profile, and NoTimestampsError.
    """
    kept, groups = side.kept, side.groups
    part, whole = part_of(kept, side.part), part_of(kept, TimeRange())
    selected, everything = (
        groups.own(raw_counts(kept, groups, one.rows, kept.heat)) for one in (part, whole)
    )
    share, whole_share = shares(selected, int(selected.sum())), shares(everything, int(everything.sum()))
    rest = everything - selected
    change = 100 * (share - shares(rest, int(rest.sum()))) if rest.any() else np.zeros(len(share))
    ranks = {BY_SELECTION: selected, BY_WHOLE: everything, BY_CHANGE: change}
    shown = _shown(groups, choice, everything, ranks[choice.sort])
    cells = lane_cells(kept, groups, shown, rows, columns)
    numbers: tuple[npt.NDArray[Any], ...] = (selected, share, everything, whole_share, change)
    found = [
        Lane(groups.values[row], groups.labels[row], values, *(one[row].item() for one in numbers))
        for row, values in zip(shown.tolist(), cells[:-1], strict=True)
    ]
    return Lanes(
        by=groups.by,
        lanes=found,
        other_values=int(np.count_nonzero(everything)) - int(np.count_nonzero(everything[shown])),
        other_samples=int(selected.sum() - selected[shown].sum()),
        others=cells[-1],
        present=int(np.count_nonzero(everything)),
        missing=missing(side),
    )


def _shown(
    groups: Groups, choice: LaneChoice, everything: Counts, rank: npt.NDArray[Any]
) -> npt.NDArray[np.intp]:
    """Return the rows of the chosen values, in order."""
    if choice.values:
        texts = {str(value): row for row, value in enumerate(groups.values)}
        return np.array([texts[one] for one in choice.values if one in texts], np.intp)
    present = np.flatnonzero(everything)
    order = present[np.lexsort((-everything[present], -rank[present]))]
    return order[choice.offset : choice.offset + choice.most]


def lane_cells(kept: Kept, groups: Groups, shown: npt.NDArray[np.intp], rows: int, columns: Columns) -> Cells:
    """Count the kept samples by lane and cell: `[lane, column, row]`, the last lane for all others.

    `shown` are rows of the groups' values. Samples add their heat. With `join=max` a cell is the highest of
    its columns in that lane. Raises NoTimestampsError.
    """
    require_time(kept.profile)
    span = columns.span(kept.profile.seconds)
    lane = np.full(len(groups.values), len(shown), np.int64)
    lane[shown] = np.arange(len(shown))
    blocks = list(_blocks(kept, groups, lane[groups.table], len(shown) + 1, rows, span, columns.join))
    return np.concatenate(blocks, axis=1) if blocks else np.zeros((len(shown) + 1, 0, rows), np.int64)


def _blocks(
    kept: Kept, groups: Groups, lane: npt.NDArray[np.int64], lanes: int, rows: int, span: Span, join: str
) -> Iterator[Cells]:
    """Count whole columns, block by block."""
    for block in span.blocks():
        counted = block if join == SUM else block._replace(step=1)
        found = _counted(kept, groups, lane, (lanes, counted.columns, rows), counted)
        if join == SUM:
            yield found
        else:
            yield np.maximum.reduceat(found, np.arange(0, counted.columns, span.step), axis=1)


def _counted(
    kept: Kept,
    groups: Groups,
    lane: npt.NDArray[np.int64],
    shape: tuple[int, int, int],
    span: Span,
) -> Cells:
    """Count the samples of a span."""
    rows, origin = shape[2], kept.profile.origin
    found = np.zeros(shape, np.int64)
    low, high = rows_of(kept.profile.samples.time, origin, span)
    for start in range(low, high, _SAMPLES_A_BLOCK):
        block = slice(start, min(start + _SAMPLES_A_BLOCK, high))
        time, number = kept.profile.samples.time[block], groups.column[block]
        heat = None if kept.heat is None else kept.heat[block]
        if kept.mask is not None:
            mask = kept.mask[block]
            time, number, heat = time[mask], number[mask], None if heat is None else heat[mask]
        if not len(time):
            continue
        cell = cells_of(time, origin, rows, span)
        # Times are sorted: a block has few columns, and only these are counted.
        left, right = int(cell[0]) // rows, int(cell[-1]) // rows + 1
        cell += lane[number] * ((right - left) * rows) - left * rows
        part = np.bincount(cell, heat, shape[0] * (right - left) * rows)
        found[:, left:right] += part.astype(np.int64, copy=False).reshape(shape[0], right - left, rows)
    return found
