"""Bounds the nodes of a flame graph: the smallest frames below each node become one, `(N small frames)`.

No sum changes: the own samples of the new node are the totals of the frames that it replaces.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from flamescope_py.analysis.compare import Comparison, OtherSide
from flamescope_py.analysis.flamegraph import FlameGraph, with_used_frames
from flamescope_py.model import CallTree, FrameTable


def bounded(found: Comparison, most: int) -> Comparison:
    """Return a graph of at most `most` + 1 nodes; the largest ones stay as they are."""
    graph = found.graph
    if len(graph.tree) <= most:
        return found
    kept = _largest(graph.total, most // 2)
    tree = graph.tree
    # The topmost removed frames; the new node of each family takes the row of its first one.
    top = np.flatnonzero(~kept & kept[tree.parent])
    parents, first, family = np.unique(tree.parent[top], return_index=True, return_inverse=True)
    new = top[first]
    rows = kept.copy()
    rows[new] = True
    order = np.flatnonzero(rows)
    position = np.concatenate(([0], np.cumsum(rows)))
    place = position[new]
    counts = _sums(family, tree.end[top].astype(np.int64) - top, len(parents))
    names, frame = _named(graph.frames, tree.frame[order], place, counts)
    small = CallTree(
        frame,
        position[tree.parent[order]].astype(np.uint32),
        tree.depth[order],
        position[tree.end[order]].astype(np.uint32),
    )
    small, names = with_used_frames(small, names)
    own, total = graph.own[order], graph.total[order]
    own[place] = total[place] = _sums(family, graph.total[top], len(parents))
    extras = _extras(graph, order, place)
    smaller = replace(graph, tree=small, frames=names, own=own, total=total, extras=extras)
    if found.delta is None or found.total_delta is None:
        return replace(found, graph=smaller)
    delta, total_delta = found.delta[order], found.total_delta[order]
    delta[place] = _sums(family, tree.totals(found.delta)[top], len(parents))
    total_delta[place] = _sums(family, found.total_delta[top], len(parents))
    other = _other(found.other, order, place, family, top)
    return replace(found, graph=smaller, delta=delta, total_delta=total_delta, other=other)


def _other(
    found: OtherSide | None,
    order: npt.NDArray[Any],
    place: npt.NDArray[Any],
    family: npt.NDArray[Any],
    top: npt.NDArray[Any],
) -> OtherSide | None:
    """Return the counts of the other graph; those by function are lost with the frames."""
    if found is None:
        return None
    own, total = found.own[order], found.total[order]
    own[place] = total[place] = _sums(family, found.total[top], len(place))
    return OtherSide(own, total)


def _largest(total: npt.NDArray[np.int64], most: int) -> npt.NDArray[np.bool_]:
    """Choose at most `most` nodes besides the root, with their parents: no total exceeds its parent's."""
    least = np.partition(total, len(total) - most - 1)[len(total) - most - 1]
    kept: npt.NDArray[np.bool_] = total > least
    kept[0] = True
    return kept


def _sums(family: npt.NDArray[Any], values: npt.NDArray[np.int64], count: int) -> npt.NDArray[np.int64]:
    sums = np.zeros(count, dtype=np.int64)
    np.add.at(sums, family, values)
    return sums


def _named(
    frames: FrameTable, frame: npt.NDArray[np.uint32], place: npt.NDArray[Any], counts: npt.NDArray[np.int64]
) -> tuple[FrameTable, npt.NDArray[np.uint32]]:
    """Add the names of the new nodes, one per number of frames."""
    numbers, name = np.unique(counts, return_inverse=True)
    added = tuple(f"({number} small frames)" for number in numbers.tolist())
    nothing = ("",) * len(added)
    frame = frame.copy()
    frame[place] = len(frames) + name
    return FrameTable(frames.name + added, frames.library + nothing, frames.kind + nothing), frame


def _extras(graph: FlameGraph, order: npt.NDArray[Any], place: npt.NDArray[Any]) -> Any:
    if graph.extras is None:
        return None
    new = set(place.tolist())
    return tuple(None if at in new else graph.extras[row] for at, row in enumerate(order.tolist()))
