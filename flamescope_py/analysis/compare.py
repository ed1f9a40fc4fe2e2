"""Compare two flame graphs: differences of the first graph, and stacks that only the second has.

Two nodes are the same when their paths of (name, kind) are the same, so that graphs of different machines,
runs and formats can be compared. Libraries hold paths and process ids and do not count.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from flamescope_py.analysis.flamegraph import FlameGraph, occurring, prune, with_used_frames
from flamescope_py.analysis.measure import Measure
from flamescope_py.analysis.rewrite import DROPPED, FrameRows, plain_labels, tree_of_paths
from flamescope_py.analysis.view import Shape
from flamescope_py.model import ROOT, CallTree, FrameTable

Counts: TypeAlias = npt.NDArray[np.int64]
Rows: TypeAlias = npt.NDArray[np.intp]


class OtherSide(NamedTuple):
    """The counts of the other graph, unscaled: `own` and `total` by node of the first.

    `function_own` and `function_total` are by frame of the first, of all stacks of the other, wherever the
    function stands in them. They are None where frames are merged.
    """

    own: Counts
    total: Counts
    function_own: Counts | None = None
    function_total: Counts | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Comparison:
    """A flame graph compared with another one.

    In a differential graph `delta` has, for every node, its own samples minus those of the other graph,
    scaled to this graph's total. `total_delta` is the same for all samples at and below a node, including
    stacks that only the other graph has. `other` has the counts that both come from, for other scales. An
    elided graph has none of these. Its values times `scale` are shares of the first graph's total. `samples`
    are those of both graphs.
    """

    graph: FlameGraph
    delta: npt.NDArray[np.int64] | None = None
    total_delta: npt.NDArray[np.int64] | None = None
    scale: float | None = None
    other: OtherSide | None = None
    samples: tuple[int, int] | None = None


class Pair(NamedTuple):
    """Two flame graphs, the differences of the first, and what both are measured by."""

    first: FlameGraph
    second: FlameGraph
    difference: Comparison
    measure: Measure


@dataclass(frozen=True, slots=True, eq=False)
class CommonTree:
    """One tree of all nodes of two trees, without libraries; `places` has the row of every node of either.

    `outermost` is a mask of the nodes without a caller of the same frame.
    """

    tree: CallTree
    frames: FrameTable
    places: tuple[npt.NDArray[np.uint32], npt.NDArray[np.uint32]]
    outermost: npt.NDArray[np.bool_]

    @property
    def nbytes(self) -> int:
        """Bytes of the arrays, names estimated."""
        arrays = (*self.places, self.outermost)
        return 4 * self.tree.frame.nbytes + sum(array.nbytes for array in arrays) + 150 * len(self.frames)


def common_tree(first: FlameGraph | Shape, second: FlameGraph | Shape) -> CommonTree:
    """Put the nodes of both trees into one; a tree and itself need one pass."""
    same = first.tree is second.tree and first.frames is second.frames
    rows: FrameRows = {ROOT: 0}
    trees = (first,) if same else (first, second)
    parents = [one.tree.parent.astype(np.int64) for one in trees]
    labels = [plain_labels(one.frames, rows)[one.tree.frame] for one in trees]
    labels[0][0] = 0
    split = len(labels[0])
    if not same:
        # The second tree hangs below the root of the first; its own root goes.
        labels[1][0] = DROPPED
        parents[1] += split
        parents[1][0] = 0
    new = tree_of_paths(np.concatenate(parents), np.concatenate(labels), rows)
    places = (new.node, new.node) if same else (new.node[:split], new.node[split:])
    return CommonTree(new.tree, new.frames, places, new.tree.outermost(new.tree.frame))


def differential(
    first: FlameGraph,
    second: FlameGraph,
    common: CommonTree | None = None,
    *,
    inverted: bool = False,
    functions: bool = True,
) -> Comparison:
    """Return the tree of the first graph with delta = round(own₁ − own₂ · w), w = total₁ / total₂.

    Half to even, as FlameScope rounds; an empty second graph has w = 0. `common` is the tree of both graphs
    where that is known. With `inverted`, the first level has what ran, not what was started. `functions` adds
    the counts of the second by function.
    """
    both = _counted(first, second, common)
    graph, kept = both.graph(0, both.own[0], both.total[0], first)
    delta, total_delta = (
        np.rint(one[kept] - other[kept] * both.scale).astype(np.int64)
        for one, other in (both.own, both.total)
    )
    other = OtherSide(both.own[1][kept], both.total[1][kept])
    if functions:
        used = np.flatnonzero(occurring(both.common.tree.frame[kept], len(both.common.frames)))
        own, total = both.functions(1, inverted=inverted)
        other = other._replace(function_own=own[used], function_total=total[used])
    return Comparison(graph, delta, total_delta, other=other, samples=both.samples)


def elided(first: FlameGraph, second: FlameGraph, common: CommonTree | None = None) -> Comparison:
    """Return the tree of the second graph: own = 0 where the first has the node too, else round(own₂ · w).

    These are FlameScope's numbers. Where the first graph is much smaller, rounding loses most stacks of the
    second; `only_second` keeps them.
    """
    both = _counted(first, second, common)
    scaled = np.rint(both.own[1] * both.scale).astype(np.int64)
    graph = both.only_second(scaled, second)
    graph = replace(graph, samples=first.samples, profile_samples=first.profile_samples)
    return Comparison(graph, scale=both.scale, samples=both.samples)


def only_second(first: FlameGraph, second: FlameGraph, common: CommonTree | None = None) -> Comparison:
    """Return the tree of the second graph: own = 0 where the first has the node too, else as counted."""
    both = _counted(first, second, common)
    graph = both.only_second(both.own[1], second)
    return Comparison(graph, scale=both.scale, samples=both.samples)


class _Both(NamedTuple):
    """Own and total samples of two graphs on their common tree; `scale` is total₁ / total₂."""

    common: CommonTree
    own: tuple[Counts, Counts]
    total: tuple[Counts, Counts]
    scale: float

    @property
    def samples(self) -> tuple[int, int]:
        """All samples of both."""
        return int(self.total[0][0]), int(self.total[1][0])

    def graph(self, side: int, own: Counts, total: Counts, like: FlameGraph) -> tuple[FlameGraph, Rows]:
        """Return a flame graph of the nodes of one side with other counts, and the rows of these nodes."""
        tree, kept = prune(self.common.tree, self.total[side])
        tree, frames = with_used_frames(tree, self.common.frames)
        own, total = own[kept], total[kept]
        return replace(like, frames=frames, tree=tree, own=own, total=total, extras=None), kept

    def functions(self, side: int, *, inverted: bool) -> tuple[Counts, Counts]:
        """Return own and total samples of one side by frame; recursion counts once."""
        tree, outermost, total = self.common.tree, self.common.outermost, self.total[side]
        ran = np.flatnonzero(tree.depth == 1 if inverted else self.own[side])
        own = self._by_frame(ran, (total if inverted else self.own[side])[ran])
        rows = np.flatnonzero(outermost & (total > 0))
        return own, self._by_frame(rows, total[rows])

    def _by_frame(self, rows: Rows, counts: Counts) -> Counts:
        found = np.bincount(self.common.tree.frame[rows], counts, len(self.common.frames))
        return found.astype(np.int64)

    def only_second(self, own: Counts, like: FlameGraph) -> FlameGraph:
        """Return the second graph with `own` where the first has no such node, else 0."""
        counted = np.where(self.total[0] > 0, 0, own)
        # Both graphs have the root.
        counted[0] = 0
        graph, _ = self.graph(1, counted, self.common.tree.totals(counted), like)
        return graph


def _counted(first: FlameGraph, second: FlameGraph, common: CommonTree | None) -> _Both:
    common = common or common_tree(first, second)
    own = tuple(
        _placed(place, graph.own, common) for place, graph in zip(common.places, (first, second), strict=True)
    )
    total = tuple(map(common.tree.totals, own))
    scale = float(total[0][0] / total[1][0]) if total[1][0] else 0.0
    return _Both(common, (own[0], own[1]), (total[0], total[1]), scale)


def _placed(place: npt.NDArray[np.uint32], own: Counts, common: CommonTree) -> Counts:
    """Add up own samples by node of the common tree."""
    rows = np.flatnonzero(own)
    return np.bincount(place[rows], own[rows], len(common.tree)).astype(np.int64)
