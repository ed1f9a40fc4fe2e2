"""Answers questions about open profiles and remembers what was costly, for the web and the command line.

Toggling is instant because its parts are remembered apart: which samples are kept, what filters make of
the stacks, the two joined, and whole heatmaps. All are bounded in bytes.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from flamescope_py.analysis.compare import Comparison, Pair, differential, elided
from flamescope_py.analysis.facets import Facets, facets
from flamescope_py.analysis.flamegraph import FilterCost, FlameGraph, filter_cost, flame_graph
from flamescope_py.analysis.heatmap import Heatmap, heatmap
from flamescope_py.analysis.invert import inverted
from flamescope_py.analysis.joined import EVERY_SECOND, Columns, joined, joined_peak
from flamescope_py.analysis.selection import PERIOD, Selection, stacks_with
from flamescope_py.analysis.small_frames import bounded
from flamescope_py.analysis.view import Shape, View, arranged, kept, shaped
from flamescope_py.errors import FlameScopeError
from flamescope_py.model import Profile, Seconds
from flamescope_py.model.profile import SAMPLES
from flamescope_py.store.cache import BoundedCache

MAX_HEATMAP_BYTES = 64 << 20
MAX_NODES = 1 << 30
MAX_PEAKS_BYTES = 1 << 20
MAX_FACETS_BYTES = 16 << 20
FLAME_GRAPH = "flamegraph"
FIRST, SECOND = "First profile", "Second profile"
COMPARISONS = {"differential": differential, "elided": elided}


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of a flame graph, apart from the range: `search` is a pattern on `Frame.text`, `nodes`
    bounds the graph further than the settings do."""

    selection: Selection = field(default_factory=Selection)
    inverted: bool = False
    search: str | None = None
    nodes: int | None = None


class Part(NamedTuple):
    """A range of a profile, in seconds from its first whole second; None is its begin, or its end.

    With `outside` it is the rest of the profile, all but that range.
    """

    profile: Profile
    start: Seconds | None = None
    end: Seconds | None = None
    outside: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class GraphAnswer:
    """A flame graph, what its values count, and what was asked beside it.

    `delta` and `total_delta` have a row a node for a differential graph (see `Comparison`).
    `matched` is how much lies at or below frames that were searched for. `kind` is FLAME_GRAPH, or one of
    COMPARISONS.
    """

    graph: FlameGraph
    unit: str = SAMPLES
    delta: npt.NDArray[np.int64] | None = None
    total_delta: npt.NDArray[np.int64] | None = None
    matched: int | None = None
    kind: str = FLAME_GRAPH


class Answers:
    """Answers about profiles; safe to use from several threads."""

    def __init__(self, limit: int, most_nodes: int = MAX_NODES) -> None:
        """`limit` bounds the filtered views that are kept, in bytes, `most_nodes` every flame graph."""
        self._most_nodes = most_nodes
        self._views: BoundedCache[tuple[Profile, Selection], View] = BoundedCache(limit, _nbytes)
        self._shapes: BoundedCache[tuple[Profile, Selection], Shape] = BoundedCache(limit // 4, _nbytes)
        self._heatmaps: BoundedCache[tuple[Profile, Selection, int, str | None, Columns], Heatmap] = (
            BoundedCache(MAX_HEATMAP_BYTES, _heatmap_bytes)
        )
        self._peaks: BoundedCache[tuple[Profile, Selection, int, int, str], int] = BoundedCache(
            MAX_PEAKS_BYTES, lambda _: 1 << 10
        )
        self._facets: BoundedCache[tuple[Profile], Facets] = BoundedCache(MAX_FACETS_BYTES, _facets_bytes)

    def forget(self, profile: Profile) -> None:
        """Drop what is remembered of a profile that is no longer open, since it would keep it in memory."""
        for cache in (self._views, self._shapes, self._heatmaps, self._peaks, self._facets):
            cache.discard(lambda key: key[0] is profile)

    def facets(self, profile: Profile) -> Facets:
        """Count what a profile consists of."""
        return self._facets.get((profile,), lambda: facets(profile))

    def heatmap(
        self,
        profile: Profile,
        selection: Selection,
        rows: int,
        search: str | None = None,
        columns: Columns = EVERY_SECOND,
    ) -> Heatmap:
        """Count samples by columns and `rows` parts of a second. Raises NoTimestampsError and RangeError."""
        # Filters move samples between stacks, never between cells.
        asked = selection.of_samples() if search is None else selection
        return self._heatmaps.get(
            (profile, asked, rows, search, columns),
            lambda: self._make_heatmap(profile, asked, rows, search, columns),
        )

    def flame_graph(self, part: Part, question: Question) -> GraphAnswer:
        """Count stacks in a range. Raises RangeError and NoTimestampsError."""
        return self._answer(Comparison(self._graph(part, question)), FLAME_GRAPH, part, question)

    def filter_cost(self, part: Part, selection: Selection) -> FilterCost | None:
        """Say what the frame filters of a selection do to a range. Raises RangeError, NoTimestampsError."""
        return filter_cost(self.view(part.profile, selection), part.start, part.end)

    def compare(self, kind: str, first: Part, second: Part, question: Question) -> GraphAnswer:
        """Compare two ranges in one of the ways of COMPARISONS; an error says which of them it is about."""
        found = COMPARISONS[kind](*self.pair(first, second, question))
        return self._answer(found, kind, first, question)

    def difference(self, first: Part, second: Part, question: Question) -> Pair:
        """Give the graphs of two ranges, and what the first has more or less of, as exports write them."""
        graphs = self.pair(first, second, question)
        return Pair(*graphs, bounded(differential(*graphs), self._most_nodes))

    def unit(self, part: Part, question: Question) -> str:
        """Say what the values of an answer count."""
        return PERIOD if question.selection.weight == PERIOD else part.profile.meta.unit

    def pair(self, first: Part, second: Part, question: Question) -> tuple[FlameGraph, FlameGraph]:
        """Give the graphs of two ranges; an error says which of them it is about."""
        with about(FIRST):
            one = self._graph(first, question)
        with about(SECOND):
            return one, self._graph(second, question)

    def view(self, profile: Profile, selection: Selection) -> View:
        """See a profile as a selection does. Raises ParameterError for what cannot be selected."""
        return self._views.get((profile, selection), lambda: self._make_view(profile, selection))

    def _make_heatmap(
        self, profile: Profile, selection: Selection, rows: int, search: str | None, columns: Columns
    ) -> Heatmap:
        view = self.view(profile, selection)
        if columns == EVERY_SECOND:
            return heatmap(view, rows, search)
        found = joined(view, rows, columns, search)
        part = found.part
        if part is None or found.columns * part.step >= part.seconds:
            peak = found.maxvalue
        else:
            # Asked for again with every part.
            key = (profile, selection.of_samples(), rows, part.step, columns.join)
            peak = self._peaks.get(key, lambda: joined_peak(view, rows, part.step, columns.join))
        return replace(found, part=part and part._replace(peak=peak))

    def _make_view(self, profile: Profile, selection: Selection) -> View:
        samples, stacks = selection.of_samples(), selection.of_stacks()
        if samples == selection:
            return kept(profile, selection)
        shape = self._shapes.get((profile, stacks), lambda: shaped(profile, stacks))
        return arranged(self.view(profile, samples), shape)

    def _graph(self, part: Part, question: Question) -> FlameGraph:
        view = self.view(part.profile, question.selection)
        graph = flame_graph(view, part.start, part.end, outside=part.outside)
        return inverted(graph) if question.inverted else graph

    def _answer(self, found: Comparison, kind: str, part: Part, question: Question) -> GraphAnswer:
        graph, matched = found.graph, None
        if question.search is not None:
            below = stacks_with(graph.tree, graph.frames, (question.search,))
            matched = int(graph.own[below].sum())
        small = bounded(found, min(self._most_nodes, question.nodes or self._most_nodes))
        unit = self.unit(part, question)
        return GraphAnswer(small.graph, unit, small.delta, small.total_delta, matched, kind)


@contextmanager
def about(side: str) -> Iterator[None]:
    """Say in every error of ours which of two profiles it is about."""
    try:
        yield
    except FlameScopeError as error:
        # A copy, since whoever waited for the same value gets the same exception.
        named = copy.copy(error)
        named.args = (f"{side}: {error}", *error.args[1:])
        raise named from error


def _nbytes(value: View | Shape) -> int:
    return value.nbytes


def _heatmap_bytes(found: Heatmap) -> int:
    return found.values.nbytes + (0 if found.matches is None else found.matches.nbytes)


def _facets_bytes(found: Facets) -> int:
    lists = (found.commands, found.processes, found.threads, found.cpus, found.events)
    return 250 * sum(map(len, lists))
