"""Two flame graphs beside each other: what the first has more or less of, and what only the second has.

Two nodes are the same when their paths of (name, kind) are the same, so that graphs of different
machines, runs and formats can be compared; libraries, which hold paths and process ids, do not count.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from flamescope_py.analysis.flamegraph import FlameGraph, merged, prune, with_used_frames
from flamescope_py.model import DROPPED, ROOT, CallTree, FrameTable, distinct_paths, ordered, preorder


@dataclass(frozen=True, slots=True, eq=False)
class Comparison:
    """A flame graph compared with another one.

    In a differential graph `delta` has, for every node, its own samples minus those of the other graph,
    scaled to this graph's total. `total_delta` is the same for all samples at and below a node, including
    stacks that only the other graph has. An elided graph has neither. Its values times `scale` are shares of
    the first graph's total.
    """

    graph: FlameGraph
    delta: npt.NDArray[np.int64] | None = None
    total_delta: npt.NDArray[np.int64] | None = None
    scale: float | None = None


class Pair(NamedTuple):
    """Two flame graphs, and what the first has more or less of."""

    first: FlameGraph
    second: FlameGraph
    difference: Comparison


@dataclass(frozen=True, slots=True, eq=False)
class _Joined:
    """One tree of all nodes of both graphs; `own` and `present` have a row a graph."""

    tree: CallTree
    frames: FrameTable
    own: npt.NDArray[np.int64]
    present: npt.NDArray[np.bool_]


def differential(first: FlameGraph, second: FlameGraph) -> Comparison:
    """Give the tree of the first graph with delta = round(own₁ − own₂ · w), w = total₁ / total₂.

    Half to even, as FlameScope rounds; an empty second graph has w = 0.
    """
    joined = _join(first, second)
    scale, kept = _scale(first, second), np.flatnonzero(joined.present[0])
    delta = np.rint(joined.own[0] - joined.own[1] * scale).astype(np.int64)
    totals = [joined.tree.totals(own) for own in joined.own]
    total_delta = np.rint(totals[0] - totals[1] * scale).astype(np.int64)
    graph = _graph(joined, joined.own[0], joined.present[0], first)
    return Comparison(graph, delta[kept], total_delta[kept])


def elided(first: FlameGraph, second: FlameGraph) -> Comparison:
    """Return the tree of the second graph: own = 0 where the first has the node too, else round(own₂ · w).

    These are FlameScope's numbers. Where the first graph is much smaller, rounding loses most stacks of the
    second; `only_second` keeps them.
    """
    found = _elided(first, second, _scale(first, second))
    graph = replace(found.graph, samples=first.samples, profile_samples=first.profile_samples)
    return replace(found, graph=graph)


def only_second(first: FlameGraph, second: FlameGraph) -> Comparison:
    """Return the tree of the second graph: own = 0 where the first has the node too, else as counted."""
    return _elided(first, second, 1.0)


def _elided(first: FlameGraph, second: FlameGraph, factor: float) -> Comparison:
    joined = _join(first, second)
    own = joined.own[1] if factor == 1.0 else np.rint(joined.own[1] * factor).astype(np.int64)
    graph = _graph(joined, np.where(joined.present[0], 0, own), joined.present[1], second)
    return Comparison(graph, scale=_scale(first, second))


def _scale(first: FlameGraph, second: FlameGraph) -> float:
    return float(first.total[0] / second.total[0]) if second.total[0] else 0.0


def _graph(
    joined: _Joined, own: npt.NDArray[np.int64], present: npt.NDArray[np.bool_], like: FlameGraph
) -> FlameGraph:
    """Make a graph of the nodes that are present."""
    tree, kept = prune(joined.tree, present.astype(np.int64))
    tree, frames = with_used_frames(tree, joined.frames)
    counted = own[kept]
    return replace(like, frames=frames, tree=tree, own=counted, total=tree.totals(counted), extras=None)


def _join(first: FlameGraph, second: FlameGraph) -> _Joined:
    """Put both graphs' nodes into one tree."""
    graphs = tuple(merged(replace(graph, extras=None)) for graph in (first, second))
    rows = {ROOT: 0}
    labels = []
    for graph in graphs:
        names = [rows.setdefault(graph.frames[row], len(rows)) for row in range(len(graph.frames))]
        labels.append(np.array(names or [0])[graph.frame])
    # The second tree hangs below the first one's root: its own goes.
    labels[0][0], labels[1][0] = 0, DROPPED
    split = len(labels[0])
    below = graphs[1].tree.parent.astype(np.int64) + split
    below[0] = 0
    paths = distinct_paths(np.concatenate((graphs[0].tree.parent, below)), np.concatenate(labels))
    frames, place = ordered(rows, paths.label)
    tree, moved = preorder(paths.parent, place[paths.label])
    own = np.zeros((2, len(tree)), dtype=np.int64)
    present = np.zeros((2, len(tree)), dtype=np.bool_)
    for row, places in enumerate(np.split(moved[paths.place], [split])):
        own[row, places] = graphs[row].own
        present[row, places] = True
    return _Joined(tree, FrameTable.of(frames), own, present)
