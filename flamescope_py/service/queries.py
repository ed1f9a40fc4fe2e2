"""Queries on open profiles, and the cache of their costly parts, for the web and the command line.

The kept samples, the rewritten stacks, the view that joins the two, and whole heatmaps are cached apart: a
filter that is switched on or off recomputes only its own part. Every cache is bounded in bytes.

Modules that a flame graph does not need are imported with their first query, since commands ask only one.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from flamescope_py.analysis.columns import EVERY_SECOND, Columns
from flamescope_py.analysis.compare import (
    CommonTree,
    Comparison,
    OtherSide,
    common_tree,
    differential,
    elided,
    only_second,
)
from flamescope_py.analysis.events import main_events, resolve_events
from flamescope_py.analysis.filters.named import FrameFilter
from flamescope_py.analysis.filters.patterns import matching_frames
from flamescope_py.analysis.flamegraph import FilterCost, FlameGraph, filter_cost, flame_graph, unpruned
from flamescope_py.analysis.invert import inverted
from flamescope_py.analysis.selection import Selection, stacks_with
from flamescope_py.analysis.small_frames import bounded
from flamescope_py.analysis.view import Shape, View, apply_shape, keep_samples, rewrite_stacks
from flamescope_py.analysis.vocabulary import PERIOD
from flamescope_py.errors import FlameScopeError, TooLargeError
from flamescope_py.model import Profile, TimeRange
from flamescope_py.model.profile import SAMPLES
from flamescope_py.service.cost import Cached, QueryCosts
from flamescope_py.store.cache import BoundedCache

if TYPE_CHECKING:
    from flamescope_py.analysis.breakdown.sizes import RangeSize
    from flamescope_py.analysis.breakdown.table import Breakdown
    from flamescope_py.analysis.chosen import ChosenSamples
    from flamescope_py.analysis.facets import Facets
    from flamescope_py.analysis.heatmap import Heatmap
    from flamescope_py.service.breakdowns import Breakdowns

MAX_HEATMAP_BYTES = 64 << 20
MAX_NODES = MAX_CELLS = 1 << 30
MAX_PEAKS_BYTES = 1 << 20
MAX_FACETS_BYTES = 16 << 20
MAX_EVENTS_BYTES = 1 << 20
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


class Queries:
    """Queries on profiles; safe to use from several threads."""

    def __init__(self, limit: int, most_nodes: int = MAX_NODES, most_cells: int = MAX_CELLS) -> None:
        """`limit` bounds the cached views in bytes, `most_nodes` every flame graph, `most_cells` every
        heatmap."""
        self.most_nodes = most_nodes
        self._most_cells = most_cells
        self._views: BoundedCache[tuple[Profile, Selection], View] = BoundedCache(limit, _nbytes)
        self._shapes: BoundedCache[tuple[Profile, Selection], Shape] = BoundedCache(limit // 4, _nbytes)
        self._heatmaps: BoundedCache[tuple[Profile, Selection, int, str | None, Columns], Heatmap] = (
            BoundedCache(MAX_HEATMAP_BYTES, _heatmap_bytes)
        )
        self._peaks: BoundedCache[tuple[Profile, Selection, int, int, str, int], int] = BoundedCache(
            MAX_PEAKS_BYTES, lambda _: 1 << 10
        )
        self._common_trees: BoundedCache[tuple[Profile, Profile, Selection], CommonTree] = BoundedCache(
            limit // 4, _nbytes
        )
        self._facets: BoundedCache[tuple[Profile], Facets] = BoundedCache(MAX_FACETS_BYTES, _facets_bytes)
        self._main_events: BoundedCache[tuple[Profile], tuple[str, ...]] = BoundedCache(
            MAX_EVENTS_BYTES, lambda _: 1 << 10
        )
        self.costs = QueryCosts(self._cached())
        self._limit = limit

    def forget(self, profile: Profile) -> None:
        """Drop all cached parts of a profile that was closed, which they would keep in memory."""
        for cache in (
            self._views,
            self._shapes,
            self._heatmaps,
            self._peaks,
            self._facets,
            self._main_events,
        ):
            cache.discard(lambda key: key[0] is profile)
        self._common_trees.discard(lambda key: profile in key[:2])
        if "breakdowns" in vars(self):
            self.breakdowns.forget(profile)
        self.costs.forget(profile)

    def _cached(self) -> Cached:
        """Return checks of the caches, for estimates."""
        events = self._with_events
        return Cached(
            lambda profile, selection: self._views.peek((profile, events(profile, selection))) is not None,
            lambda profile, stacks: self._shapes.peek((profile, stacks)) is not None,
            self._has_heatmap,
            lambda profile: self._facets.peek((profile,)) is not None,
        )

    def _has_heatmap(
        self, profile: Profile, selection: Selection, rows: int, search: str | None, columns: Columns
    ) -> bool:
        selection = self._with_events(profile, selection)
        cells = selection.of_samples() if search is None else selection
        return self._heatmaps.peek((profile, cells, rows, search, columns)) is not None

    @cached_property
    def breakdowns(self) -> Breakdowns:
        """Breakdowns, lanes and busy CPUs of the same profiles."""
        from flamescope_py.service.breakdowns import Breakdowns

        return Breakdowns(self._limit // 4, self._most_cells, self._shape, self._with_events)

    def facets(self, profile: Profile) -> Facets:
        """Count the events, commands, processes, threads and CPUs of a profile."""
        from flamescope_py.analysis.facets import facets

        return self._facets.get((profile,), lambda: facets(profile))

    def usual_rows(self, profile: Profile, columns: Columns = EVERY_SECOND) -> int:
        """Return the rows of a heatmap whose cells hold enough samples to compare."""
        from flamescope_py.analysis.heatmap import rows_for

        return rows_for(self.facets(profile).frequency, columns.span(profile.seconds).length)

    def heatmap(
        self,
        profile: Profile,
        selection: Selection,
        rows: int,
        search: str | None = None,
        columns: Columns = EVERY_SECOND,
    ) -> Heatmap:
        """Count samples by column (one second by default) and by `rows` parts of a column.

        Raises NoTimestampsError, RangeError, and TooLargeError for more cells than the settings allow.
        """
        count = columns.span(profile.seconds).columns
        if profile.meta.timed and count * rows > self._most_cells:
            most = max(1, self._most_cells // count)
            raise TooLargeError(
                f"So long a profile may have {most} rows (max_cells): ask for no more, or for longer columns "
                "or steps."
            )
        selection = self._with_events(profile, selection)
        # Filters move samples between stacks, never between cells.
        cells = selection.of_samples() if search is None else selection
        return self._heatmaps.get(
            (profile, cells, rows, search, columns),
            lambda: self._make_heatmap(profile, cells, rows, search, columns),
        )

    def flame_graph(self, profile: Profile, part: TimeRange, question: Question) -> GraphAnswer:
        """Count the stacks of a range. Raises RangeError and NoTimestampsError."""
        graph = self._graph(profile, part, question)
        return self._answer(Comparison(graph), FLAME_GRAPH, profile, question)

    def chosen(self, profile: Profile, part: TimeRange, selection: Selection) -> ChosenSamples:
        """Return the samples of a range one by one. Raises RangeError and NoTimestampsError."""
        from flamescope_py.analysis.chosen import chosen_samples

        view, unit = self.view(profile, selection), self.unit(profile, selection)
        selection = self._with_events(profile, selection)
        return chosen_samples(view, selection, part.start, part.end, outside=part.outside, unit=unit)

    def filter_costs(
        self, profile: Profile, part: TimeRange, selection: Selection, filters: Iterable[FrameFilter]
    ) -> dict[str, FilterCost]:
        """Return by name the effect of each filter on a range, in place of the filters of the selection.

        Raises RangeError and NoTimestampsError.
        """
        costs = {}
        for one in filters:
            view = self.view(profile, replace(selection, filters=(one,)))
            if (cost := filter_cost(view, part.start, part.end)) is not None:
                costs[one.name] = cost
        return costs

    @staticmethod
    def suiting(profile: Profile, filters: Iterable[FrameFilter]) -> set[str]:
        """Return the names of the filters that are made for profiles with such frames."""
        return {one.name for one in filters if matching_frames(profile.frames, one.suits).any()}

    def compare(self, kind: str, profiles: Profiles, parts: TimeRanges, question: Question) -> GraphAnswer:
        """Compare two ranges in one of three ways; an error names the side it is about."""
        common = None if question.inverted else self._common_tree(profiles, question.selection)
        count = self._graph if question.inverted else self._unpruned
        graphs = self._sides(lambda profile, part: count(profile, part, question), profiles, parts)
        if kind == DIFFERENTIAL:
            # A graph of few nodes is one of a drag, whose functions are not listed.
            whole = question.nodes is None
            found = differential(*graphs, common, inverted=question.inverted, functions=whole)
        else:
            found = _ELIDED[kind](*graphs, common)
        return self._answer(found, kind, profiles[0], question)

    def unit(self, profile: Profile, selection: Selection) -> str:
        """Return the unit of the values of an answer."""
        if selection.weight == PERIOD:
            return profile.meta.period_unit or PERIOD
        meta, wanted = profile.meta, self._with_events(profile, selection).event
        units = {
            unit
            for name, unit in zip(meta.events, meta.event_units, strict=False)
            if name in (wanted or set(meta.events) - set(meta.derived))
        }
        return units.pop() if len(units) == 1 else meta.unit

    def graphs(
        self, profiles: Profiles, parts: TimeRanges, question: Question
    ) -> tuple[FlameGraph, FlameGraph]:
        """Return the flame graphs of two ranges; an error names the side it is about."""
        return self._sides(lambda profile, part: self._graph(profile, part, question), profiles, parts)

    def _sides(
        self, count: Callable[[Profile, TimeRange], FlameGraph], profiles: Profiles, parts: TimeRanges
    ) -> tuple[FlameGraph, FlameGraph]:
        with error_prefix(FIRST):
            first = count(profiles[0], parts[0])
        with error_prefix(SECOND):
            return first, count(profiles[1], parts[1])

    def _common_tree(self, profiles: Profiles, selection: Selection) -> CommonTree:
        """Return the tree of both profiles, which does not depend on the samples that are kept."""
        stacks = selection.of_stacks()
        return self._common_trees.get(
            (*profiles, stacks),
            lambda: common_tree(self._shape(profiles[0], stacks), self._shape(profiles[1], stacks)),
        )

    def view(self, profile: Profile, selection: Selection) -> View:
        """Apply a selection to a profile. Raises ParameterError for a pattern that does not compile."""
        selection = self._with_events(profile, selection)
        return self._views.get((profile, selection), lambda: self._make_view(profile, selection))

    def parts(self, profile: Profile, selection: Selection) -> tuple[Selection, Shape]:
        """Return a selection with names of events, and the rewritten stacks that belong to it."""
        return self._with_events(profile, selection), self._shape(profile, selection.of_stacks())

    def _with_events(self, profile: Profile, selection: Selection) -> Selection:
        """Replace `main` and `all` by names of events, so that equal selections share their cached parts."""
        if not selection.event:
            return selection
        meta, main = profile.meta, self._main_events.get((profile,), lambda: main_events(profile))
        return replace(selection, event=resolve_events(selection.event, meta.events, main, meta.derived))

    def _make_heatmap(
        self, profile: Profile, selection: Selection, rows: int, search: str | None, columns: Columns
    ) -> Heatmap:
        from flamescope_py.analysis.heatmap import heatmap, peak

        view = self.view(profile, selection)
        found = heatmap(view, rows, search, columns)
        bins = found.bins
        if bins is None:
            return found
        if found.is_whole:
            return replace(found, bins=bins._replace(peak=found.maxvalue))
        # Every part of one heatmap asks for the peak of the whole.
        key = (profile, selection.of_samples(), rows, bins.step, columns.join, bins.length)
        most = self._peaks.get(key, lambda: peak(view, rows, *key[3:]))
        return replace(found, bins=bins._replace(peak=most))

    def _make_view(self, profile: Profile, selection: Selection) -> View:
        samples, stacks = selection.of_samples(), selection.of_stacks()
        if samples == selection:
            return keep_samples(profile, selection)
        return apply_shape(self.view(profile, samples), self._shape(profile, stacks))

    def _shape(self, profile: Profile, stacks: Selection) -> Shape:
        return self._shapes.get((profile, stacks), lambda: rewrite_stacks(profile, stacks))

    def _unpruned(self, profile: Profile, part: TimeRange, question: Question) -> FlameGraph:
        return unpruned(self.view(profile, question.selection), part.start, part.end, outside=part.outside)

    def _graph(self, profile: Profile, part: TimeRange, question: Question) -> FlameGraph:
        view = self.view(profile, question.selection)
        graph = flame_graph(view, part.start, part.end, outside=part.outside)
        return inverted(graph) if question.inverted else graph

    def _answer(self, found: Comparison, kind: str, profile: Profile, question: Question) -> GraphAnswer:
        graph, matched = found.graph, None
        if question.search is not None:
            below = stacks_with(graph.tree, graph.frames, (question.search,))
            matched = int(graph.own[below].sum())
        small = bounded(found, min(self.most_nodes, question.nodes or self.most_nodes))
        unit = self.unit(profile, question.selection)
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


def _nbytes(value: View | Shape | CommonTree) -> int:
    return value.nbytes


def _heatmap_bytes(found: Heatmap) -> int:
    return found.values.nbytes + (0 if found.matches is None else found.matches.nbytes)


def _facets_bytes(found: Facets) -> int:
    labels = (label.values for label in found.labels)
    lists = (found.commands, found.processes, found.threads, found.cpus, found.events, *labels)
    return 250 * sum(map(len, lists))
