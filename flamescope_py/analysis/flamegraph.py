"""The flame graph of a range: own and total samples of every tree node, without a loop over samples."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from flamescope_py.analysis.flavours.extras import Extras, node_extras
from flamescope_py.analysis.rewrite import FrameRows, plain_labels, tree_of_paths
from flamescope_py.analysis.timerange import SampleRange, time_range
from flamescope_py.analysis.view import View
from flamescope_py.model import ROOT, CallTree, FrameTable, Seconds


@dataclass(frozen=True, slots=True)
class FilterCost:
    """The effect of frame filters on a range.

    `frames` counts the distinct frames that are dropped in the whole profile. The other counts are of the
    range: samples that moved to a caller, samples with no frame left but their command, and all samples. Each
    counts 1, whatever its weight.
    """

    frames: int
    samples_moved: int
    samples_emptied: int
    samples: int


@dataclass(frozen=True, slots=True, eq=False)
class FlameGraph:
    """Columns with one row per node, in pre-order: the root, then the nodes with a total above 0.

    `frame` is a row of `frames`, which holds only frames that occur. `own`, `total`, `samples` (the total of
    the range) and `profile_samples` (that of the whole view) are in the profile's unit. `profile_levels`
    counts the levels of the whole view, the root's included. With `outside`, all samples but those from
    `start` to `end` were counted. `extras` is None for flavours without any.
    """

    frames: FrameTable
    tree: CallTree
    own: npt.NDArray[np.int64]
    total: npt.NDArray[np.int64]
    samples: int
    profile_samples: int
    profile_levels: int
    start: Seconds
    end: Seconds
    outside: bool = False
    cost: FilterCost | None = None
    extras: tuple[Extras | None, ...] | None = None

    @property
    def frame(self) -> npt.NDArray[np.uint32]:
        """Row of `frames`, one per node."""
        return self.tree.frame

    @property
    def depth(self) -> npt.NDArray[np.uint32]:
        """Distance from the root, one per node."""
        return self.tree.depth


def flame_graph(
    view: View, start: Seconds | None = None, end: Seconds | None = None, *, outside: bool = False
) -> FlameGraph:
    """Count a range of a view, or with `outside` the rest of the view.

    Raises RangeError and NoTimestampsError as `time_range` does.
    """
    graph = unpruned(view, start, end, outside=outside)
    tree, kept = prune(graph.tree, graph.total)
    tree, frames = with_used_frames(tree, graph.frames)
    extras = _extras(view, _parts(time_range(view, start, end), outside), kept)
    own, total = graph.own[kept], graph.total[kept]
    return replace(graph, tree=tree, frames=frames, own=own, total=total, extras=extras)


def unpruned(view: View, start: Seconds | None, end: Seconds | None, *, outside: bool) -> FlameGraph:
    """Count a range as `flame_graph` does, on all nodes and frames of the view and without extras."""
    span = time_range(view, start, end)
    parts = _parts(span, outside)
    own = sum(map(view.counts, parts), np.zeros(len(view.tree), np.int64))
    total = view.tree.totals(own)
    return FlameGraph(
        frames=view.frames,
        tree=view.tree,
        own=own,
        total=total,
        samples=int(total[0]),
        profile_samples=len(view.time) if view.weight is None else int(view.weight.sum()),
        profile_levels=int(view.tree.depth.max(initial=0)) + 1,
        start=span.start,
        end=span.end,
        outside=outside,
        cost=_cost(view, parts),
    )


def range_rows(view: View, start: Seconds | None, end: Seconds | None, *, outside: bool) -> tuple[slice, ...]:
    """Return the rows of a view's samples in a range, or of those outside of it. Raises as `time_range`."""
    return _parts(time_range(view, start, end), outside)


def _parts(span: SampleRange, outside: bool) -> tuple[slice, ...]:
    """Return the rows of a range, or those before and after it."""
    if outside:
        return slice(0, span.first), slice(span.last, None)
    return (slice(span.first, span.last),)


def _rows(column: npt.NDArray[Any], parts: Sequence[slice]) -> npt.NDArray[Any]:
    """Return some rows of a column; one part is not copied."""
    return column[parts[0]] if len(parts) == 1 else np.concatenate([column[part] for part in parts])


def _extras(
    view: View, parts: Sequence[slice], kept: npt.NDArray[np.intp]
) -> tuple[Extras | None, ...] | None:
    if view.tiers is None:
        return None
    ran_optimized = view.tiers.traits.optimized[_rows(view.tiers.source, parts)]
    weight = ran_optimized if view.weight is None else _rows(view.weight, parts) * ran_optimized
    optimized = np.bincount(_rows(view.node, parts), weight, minlength=len(view.tree)).astype(np.int64)
    return node_extras(view.tiers.traits, view.tree, kept, optimized)


def prune(tree: CallTree, total: npt.NDArray[np.int64]) -> tuple[CallTree, npt.NDArray[np.intp]]:
    """Keep the root and the nodes with a total; also return their old rows."""
    wanted = total > 0
    wanted[0] = True
    kept = np.flatnonzero(wanted)
    position = np.concatenate(([0], np.cumsum(wanted)))
    parent = position[tree.parent[kept]].astype(np.uint32)
    end = position[tree.end[kept]].astype(np.uint32)
    return CallTree(tree.frame[kept], parent, tree.depth[kept], end), kept


def with_used_frames(tree: CallTree, frames: FrameTable) -> tuple[CallTree, FrameTable]:
    """Leave out the frames without a node."""
    occurs = occurring(tree.frame, len(frames))
    used, frame = np.flatnonzero(occurs), (np.cumsum(occurs) - 1)[tree.frame]
    return replace(tree, frame=frame.astype(np.uint32)), frames.rows(used.tolist())


def occurring(frame: npt.NDArray[np.uint32], count: int) -> npt.NDArray[np.bool_]:
    """Return a mask of `count` frames: those of some nodes."""
    occurs = np.zeros(count, dtype=np.bool_)
    occurs[frame] = True
    return occurs


def filter_cost(view: View, start: Seconds | None = None, end: Seconds | None = None) -> FilterCost | None:
    """Return the effect of frame filters on a range without counting its stacks; None without filters.

    Raises RangeError and NoTimestampsError as `time_range` does.
    """
    return _cost(view, _parts(time_range(view, start, end), outside=False))


def _cost(view: View, parts: Sequence[slice]) -> FilterCost | None:
    if view.moves is None:
        return None
    source = _rows(view.moves.source, parts)
    moved = np.count_nonzero(view.moves.moved[source])
    emptied = np.count_nonzero(view.moves.emptied[source])
    return FilterCost(view.moves.frames, int(moved), int(emptied), len(source))


def without_libraries(graph: FlameGraph) -> FlameGraph:
    """Remove libraries and merge siblings that are then equal, in name and kind.

    A graph with extras stays as it is, because they distinguish functions of one name. So do the files of
    functions that have no name.
    """
    if graph.extras is not None:
        return graph
    rows: FrameRows = {ROOT: 0}
    labels = plain_labels(graph.frames, rows)
    if len(np.unique(labels)) == len(labels):
        names = list(rows)
        return replace(graph, frames=FrameTable.of([names[label] for label in labels.tolist()]))
    label = labels[graph.frame]
    label[0] = 0
    new = tree_of_paths(graph.tree.parent, label, rows)
    own = np.bincount(new.node, graph.own, minlength=len(new.tree)).astype(np.int64)
    return replace(graph, frames=new.frames, tree=new.tree, own=own, total=new.tree.totals(own))
