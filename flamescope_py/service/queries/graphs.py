"""Flame graphs of ranges of open profiles, and comparisons of two."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from flamescope_py.analysis.compare import Comparison, OtherSide, differential, elided, only_second
from flamescope_py.analysis.filters.named import FrameFilter
from flamescope_py.analysis.filters.patterns import matching_frames
from flamescope_py.analysis.flamegraph import FilterCost, FlameGraph, filter_cost, flame_graph, unpruned
from flamescope_py.analysis.invert import inverted
from flamescope_py.analysis.selection import Selection, stacks_with
from flamescope_py.analysis.small_frames import bounded
from flamescope_py.errors import FlameScopeError
from flamescope_py.model import Profile, TimeRange
from flamescope_py.model.profile import SAMPLES
from flamescope_py.service.queries.views import Views

if TYPE_CHECKING:
    from flamescope_py.analysis.breakdown.sizes import RangeSize
    from flamescope_py.analysis.breakdown.table import Breakdown
    from flamescope_py.analysis.chosen import ChosenSamples

FLAME_GRAPH = "flamegraph"
FIRST, SECOND = "First profile", "Second profile"
DIFFERENTIAL, ELIDED, ELIDED_SCALED = "differential", "elided", "elided, scaled"
_ELIDED = {ELIDED: only_second, ELIDED_SCALED: elided}

Profiles = tuple[Profile, Profile]
TimeRanges = tuple[TimeRange, TimeRange]


@dataclass(frozen=True, slots=True)
class Question:
    """The parameters of a flame graph besides its range.

    `search` is a pattern on `Frame.text`. `nodes` bounds the graph further than the settings do.
    """

    selection: Selection = field(default_factory=Selection)
    inverted: bool = False
    search: str | None = None
    nodes: int | None = None


@dataclass(frozen=True, slots=True, eq=False)
class GraphAnswer:
    """A flame graph and the unit of its values.

    `delta` and `total_delta` have one row per node of a differential graph (see `Comparison`). `matched`
    counts the samples with a frame that matches the search. `kind` is FLAME_GRAPH or a way to compare.
    `scale` turns the values of an elided graph into shares of the first range's total. `other` has the counts
    of the second range, `counts` all samples of both and `sides` their sizes. `sample_seconds` is the CPU
    time of a sample and `breakdown` that of the range, where they are added.
    """

    graph: FlameGraph
    unit: str = SAMPLES
    delta: npt.NDArray[np.int64] | None = None
    total_delta: npt.NDArray[np.int64] | None = None
    matched: int | None = None
    kind: str = FLAME_GRAPH
    scale: float | None = None
    other: OtherSide | None = None
    counts: tuple[int, int] = (0, 0)
    sides: tuple[RangeSize, RangeSize] | None = None
    breakdown: Breakdown | None = None
    sample_seconds: float | None = None


class Graphs:
    """Queries for flame graphs; safe to use from several threads."""

    def __init__(self, views: Views, most_nodes: int) -> None:
        """`most_nodes` bounds every flame graph."""
        self.most_nodes = most_nodes
        self._views = views

    def flame_graph(self, profile: Profile, part: TimeRange, question: Question) -> GraphAnswer:
        """Count the stacks of a range. Raises RangeError and NoTimestampsError."""
        graph = self._graph(profile, part, question)
        return self._answer(Comparison(graph), FLAME_GRAPH, profile, question)

    def compare(self, kind: str, profiles: Profiles, parts: TimeRanges, question: Question) -> GraphAnswer:
        """Compare two ranges in one of three ways; an error names the side it is about."""
        common = None if question.inverted else self._views.common_tree(profiles, question.selection)
        count = self._graph if question.inverted else self._unpruned
        graphs = self._sides(lambda profile, part: count(profile, part, question), profiles, parts)
        if kind == DIFFERENTIAL:
            # A graph of few nodes is one of a drag, whose functions are not listed.
            whole = question.nodes is None
            found = differential(*graphs, common, inverted=question.inverted, functions=whole)
        else:
            found = _ELIDED[kind](*graphs, common)
        return self._answer(found, kind, profiles[0], question)

    def pair(
        self, profiles: Profiles, parts: TimeRanges, question: Question
    ) -> tuple[FlameGraph, FlameGraph]:
        """Return the flame graphs of two ranges; an error names the side it is about."""
        return self._sides(lambda profile, part: self._graph(profile, part, question), profiles, parts)

    def chosen(self, profile: Profile, part: TimeRange, selection: Selection) -> ChosenSamples:
        """Return the samples of a range one by one. Raises RangeError and NoTimestampsError."""
        from flamescope_py.analysis.chosen import chosen_samples

        view, unit = self._views.view(profile, selection), self._views.unit(profile, selection)
        selection = self._views.with_events(profile, selection)
        return chosen_samples(view, selection, part.start, part.end, outside=part.outside, unit=unit)

    def filter_costs(
        self, profile: Profile, part: TimeRange, selection: Selection, filters: Iterable[FrameFilter]
    ) -> dict[str, FilterCost]:
        """Return by name the effect of each filter on a range, in place of the filters of the selection.

        Raises RangeError and NoTimestampsError.
        """
        costs = {}
        for one in filters:
            view = self._views.view(profile, replace(selection, filters=(one,)))
            if (cost := filter_cost(view, part.start, part.end)) is not None:
                costs[one.name] = cost
        return costs

    @staticmethod
    def suiting(profile: Profile, filters: Iterable[FrameFilter]) -> set[str]:
        """Return the names of the filters that are made for profiles with such frames."""
        return {one.name for one in filters if matching_frames(profile.frames, one.suits).any()}

    def _sides(
        self, count: Callable[[Profile, TimeRange], FlameGraph], profiles: Profiles, parts: TimeRanges
    ) -> tuple[FlameGraph, FlameGraph]:
        with error_prefix(FIRST):
            first = count(profiles[0], parts[0])
        with error_prefix(SECOND):
            return first, count(profiles[1], parts[1])

    def _unpruned(self, profile: Profile, part: TimeRange, question: Question) -> FlameGraph:
        return unpruned(
            self._views.view(profile, question.selection), part.start, part.end, outside=part.outside
        )

    def _graph(self, profile: Profile, part: TimeRange, question: Question) -> FlameGraph:
        view = self._views.view(profile, question.selection)
        graph = flame_graph(view, part.start, part.end, outside=part.outside)
        return inverted(graph) if question.inverted else graph

    def _answer(self, found: Comparison, kind: str, profile: Profile, question: Question) -> GraphAnswer:
        graph, matched = found.graph, None
        if question.search is not None:
            below = stacks_with(graph.tree, graph.frames, (question.search,))
            matched = int(graph.own[below].sum())
        small = bounded(found, min(self.most_nodes, question.nodes or self.most_nodes))
        unit = self._views.unit(profile, question.selection)
        return GraphAnswer(
            small.graph,
            unit,
            small.delta,
            small.total_delta,
            matched,
            kind,
            small.scale,
            small.other,
            small.samples or (0, 0),
        )


@contextmanager
def error_prefix(side: str) -> Iterator[None]:
    """Prefix the errors of this package with the side of a comparison, as in "First profile: …"."""
    try:
        yield
    except FlameScopeError as error:
        # A copy, since all threads that waited for one value get the same exception.
        named = copy.copy(error)
        named.args = (f"{side}: {error}", *error.args[1:])
        raise named from error
