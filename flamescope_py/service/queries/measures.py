"""Queries for the sizes of ranges, and the comparisons that are measured by them."""

from __future__ import annotations

from dataclasses import replace

from flamescope_py.analysis.breakdown.sizes import RangeSize
from flamescope_py.analysis.compare import Pair, differential
from flamescope_py.analysis.measure import Measure, measure_of, share_measure
from flamescope_py.analysis.selection import Selection
from flamescope_py.analysis.small_frames import bounded
from flamescope_py.analysis.vocabulary import SHARE
from flamescope_py.model import Profile
from flamescope_py.model.profile import SAMPLES
from flamescope_py.service.queries.graphs import GraphAnswer, Profiles, Question, TimeRanges
from flamescope_py.service.queries.queries import Queries


def with_interval(
    queries: Queries, found: GraphAnswer, profile: Profile, selection: Selection
) -> GraphAnswer:
    """Add the sampling interval to a flame graph of samples, where it is known."""
    if found.unit != SAMPLES:
        return found
    return replace(found, sample_seconds=queries.breakdowns.sample_seconds(profile, selection))


def with_sizes(
    queries: Queries, found: GraphAnswer, profiles: Profiles, parts: TimeRanges, selection: Selection
) -> GraphAnswer:
    """Add the sizes of both ranges to a comparison of them."""
    return replace(found, sides=_sizes(queries, profiles, parts, selection, found.counts))


def difference(
    queries: Queries, profiles: Profiles, parts: TimeRanges, question: Question, base: str = SHARE
) -> Pair:
    """Return both flame graphs and their difference, as exports write them; errors as `Graphs.compare`.

    `base` is that of `measure_of`.
    """
    graphs = queries.graphs.pair(profiles, parts, question)
    counts = (int(graphs[0].total[0]), int(graphs[1].total[0]))
    measure = measured(queries, profiles, parts, question.selection, counts, base)
    return Pair(*graphs, bounded(differential(*graphs), queries.graphs.most_nodes), measure)


def measured(
    queries: Queries,
    profiles: Profiles,
    parts: TimeRanges,
    selection: Selection,
    counts: tuple[int, int],
    base: str,
) -> Measure:
    """Return what two ranges with so many samples are measured by."""
    if base == SHARE:
        return share_measure(*counts)
    sizes = _sizes(queries, profiles, parts, selection, counts)
    return measure_of(sizes, base, same=profiles[0] is profiles[1])


def _sizes(
    queries: Queries, profiles: Profiles, parts: TimeRanges, selection: Selection, counts: tuple[int, int]
) -> tuple[RangeSize, RangeSize]:
    first, second = (
        queries.breakdowns.size(profile, part, selection, queries.views.unit(profile, selection), count)
        for profile, part, count in zip(profiles, parts, counts, strict=True)
    )
    return first, second
