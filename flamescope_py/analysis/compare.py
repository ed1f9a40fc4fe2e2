"""Two flame graphs beside each other: what the first has more or less of, and what only the second has.

Two nodes are the same when their paths of (name, kind) are the same, so that graphs of different
machines, runs and formats can be compared; libraries, which hold paths and process ids, do not count.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from flamescope_py.analysis.flamegraph import FlameGraph, merged, prune, with_used_frames
from flamescope_py.model import CallTree, FrameTable, StackTrie


@dataclass(frozen=True, slots=True, eq=False)
class Comparison:
    """A flame graph with, for every node, `delta`: own samples more than in the other graph, scaled to
    this one's total. None for an elided graph."""

    graph: FlameGraph
    delta: npt.NDArray[np.int64] | None = None


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
    delta = np.rint(joined.own[0] - joined.own[1] * _scale(first, second)).astype(np.int64)
    kept = np.flatnonzero(joined.present[0])
    return Comparison(_graph(joined, joined.own[0], joined.present[0], first), delta[kept])


def elided(first: FlameGraph, second: FlameGraph) -> Comparison:
    """Give the tree of the second graph: own = 0 where the first has the node too, else round(own₂ · w)."""
    joined = _join(first, second)
    own = np.rint(joined.own[1] * _scale(first, second)).astype(np.int64)
    own[joined.present[0]] = 0
    return Comparison(_graph(joined, own, joined.present[1], second))


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
    trie = StackTrie()
    moved = []
    for graph in graphs:
        frames = [trie.frame(*graph.frames[row]) for row in range(len(graph.frames))]
        nodes = [0]
        for parent, frame in zip(graph.tree.parent[1:].tolist(), graph.frame[1:].tolist(), strict=True):
            nodes.append(trie.child(nodes[parent], frames[frame]))
        moved.append(nodes)
    tree, names, position = trie.freeze()
    own = np.zeros((2, len(tree)), dtype=np.int64)
    present = np.zeros((2, len(tree)), dtype=np.bool_)
    for row, (graph, nodes) in enumerate(zip(graphs, moved, strict=True)):
        places = position[np.array(nodes)]
        own[row, places] = graph.own
        present[row, places] = True
    return _Joined(tree, names, own, present)
