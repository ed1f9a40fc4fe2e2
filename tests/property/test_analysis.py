"""The promises of docs/internals/design.md about heatmaps, ranges and filters, on random profiles."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
from hypothesis import given
from hypothesis import strategies as st

from flamescope_py.analysis.columns import HIGHEST, SUM, Columns
from flamescope_py.analysis.compare import Comparison, common_tree, differential, elided, only_second
from flamescope_py.analysis.filters.named import FrameFilter, Group, builtin_filters
from flamescope_py.analysis.flamegraph import flame_graph, unpruned, without_libraries
from flamescope_py.analysis.heatmap import heatmap, peak
from flamescope_py.analysis.selection import Selection
from flamescope_py.analysis.view import Shape, View
from flamescope_py.export.folded import folded
from flamescope_py.model import Frame, Profile
from tests.support.strategies import bounded, profiles
from tests.support.trees import stack_counts
from tests.support.views import select

row_counts = st.integers(1, 100)


def plain(profile: Profile) -> View:
    return select(profile, Selection())


@bounded
@given(profile=profiles(), rows=row_counts)
def test_cells_add_up_to_the_samples_that_are_not_idle(profile: Profile, rows: int) -> None:
    found = heatmap(plain(profile), rows)
    assert found.values.sum() == np.count_nonzero(~profile.samples.idle)
    assert found.values.shape == (profile.seconds, rows)
    assert found.values.min() >= 0


@bounded
@given(data=st.data(), profile=profiles(), rows=row_counts, step=st.integers(1, 12))
def test_joined_columns_are_the_columns_of_a_second_added_up(
    data: st.DataObject, profile: Profile, rows: int, step: int
) -> None:
    """All columns and any part of them, added up or by their highest (`max`). Matches are joined alike."""
    view = plain(profile)
    all_seconds = heatmap(view, rows, search="a")
    first = data.draw(st.integers(0, profile.seconds - 1))
    last = data.draw(st.integers(first + 1, profile.seconds))
    for join, reduce in ((SUM, np.add), (HIGHEST, np.maximum)):
        asked = Columns(step=step, start=first, end=last, join=join)
        found, whole = (
            heatmap(view, rows, "a", asked),
            heatmap(view, rows, "a", Columns(step=step, join=join)),
        )
        assert all_seconds.matches is not None
        assert found.matches is not None
        assert whole.matches is not None
        for plain_cells, ours in ((all_seconds.values, whole.values), (all_seconds.matches, whole.matches)):
            np.testing.assert_array_equal(
                ours, reduce.reduceat(plain_cells, np.arange(0, profile.seconds, step), axis=0)
            )
        starts = found.column_starts
        columns = slice(starts[0] // step, starts[-1] // step + 1)
        np.testing.assert_array_equal(found.values, whole.values[columns])
        np.testing.assert_array_equal(found.matches, whole.matches[columns])
        assert starts[0] <= first < starts[0] + step
        assert starts[-1] < last <= starts[-1] + step
        assert found.samples == all_seconds.values[starts[0] : starts[-1] + step].sum()
        assert peak(view, rows, step, join) == whole.maxvalue


@bounded
@given(data=st.data(), profile=profiles(), rows=row_counts)
def test_the_flame_graph_of_cells_holds_exactly_their_samples(
    data: st.DataObject, profile: Profile, rows: int
) -> None:
    """Every range from a cell's edge to another's, with the bounds as a front end writes them."""
    view = plain(profile)
    found = heatmap(view, rows)
    upwards = found.values[:, ::-1].reshape(-1)
    first = data.draw(st.integers(0, len(upwards) - 1))
    last = data.draw(st.integers(first + 1, len(upwards)))
    start, end = (edge // rows + edge % rows / rows for edge in (first, last))
    assert flame_graph(view, start, end).samples == upwards[first:last].sum()


@bounded
@given(profile=profiles(), rows=row_counts)
def test_the_flame_graph_of_every_single_cell_holds_exactly_its_samples(profile: Profile, rows: int) -> None:
    view = plain(profile)
    upwards = heatmap(view, rows).values[:, ::-1].reshape(-1)
    for cell in np.flatnonzero(upwards).tolist():
        start, end = (edge // rows + edge % rows / rows for edge in (cell, cell + 1))
        assert flame_graph(view, start, end).samples == upwards[cell]


@bounded
@given(data=st.data(), profile=profiles())
def test_neighbouring_ranges_add_up_to_the_whole(data: st.DataObject, profile: Profile) -> None:
    view = plain(profile)
    limit = float(profile.seconds)
    bounds = st.floats(0, limit) | st.sampled_from([float(t) - profile.origin for t in profile.samples.time])
    points = sorted({0.0, limit, *data.draw(st.lists(bounds, max_size=6))})
    parts: Counter[tuple[Frame, ...]] = Counter()
    whole = stack_counts(flame_graph(view))
    for start, end in pairwise(points):
        part = stack_counts(flame_graph(view, start, end))
        assert part + stack_counts(flame_graph(view, start, end, outside=True)) == whole
        parts += part
    assert parts == whole
    assert parts == stack_counts(flame_graph(view, 0, limit))


@bounded
@given(profile=profiles())
def test_a_flame_graph_is_a_tree_whose_totals_are_sums(profile: Profile) -> None:
    graph = flame_graph(plain(profile))
    total = graph.own.copy()
    for row in range(len(total) - 1, 0, -1):
        total[graph.tree.parent[row]] += total[row]
    assert total.tolist() == graph.total.tolist()
    assert total[0] == graph.samples == graph.profile_samples == np.count_nonzero(~profile.samples.idle)
    assert (graph.total[1:] > 0).all()
    assert {*graph.frame.tolist()} == {*range(len(graph.frames))}


@bounded
@given(profile=profiles())
def test_merging_siblings_and_folding_lose_nothing(profile: Profile) -> None:
    graph = flame_graph(plain(profile))
    joined = without_libraries(graph)
    assert joined.own.sum() == graph.own.sum() == graph.samples
    lines = b"".join(folded(joined)).splitlines()
    assert sum(int(line.rpartition(b" ")[2]) for line in lines) == graph.samples


patterns = st.sampled_from(["a", "^ b ", "uv_", "^ ", "app", "LazyCompile", "nothing"])
filter_lists = st.lists(
    st.sampled_from(list(builtin_filters().values()))
    | st.builds(
        FrameFilter,
        st.just("test"),
        st.just("Test"),
        drop=st.lists(patterns, max_size=3).map(tuple),
        groups=st.lists(
            st.builds(Group, st.sampled_from(["(g)", "(h)"]), st.tuples(patterns), st.booleans()), max_size=2
        ).map(tuple),
    ),
    min_size=1,
    max_size=3,
).map(tuple)


@bounded
@given(data=st.data(), profile=profiles(), filters=filter_lists)
def test_filters_lose_no_sample_in_any_range(
    data: st.DataObject, profile: Profile, filters: tuple[FrameFilter, ...]
) -> None:
    before, after = plain(profile), select(profile, Selection(filters=filters))
    np.testing.assert_array_equal(heatmap(after, 50).values, heatmap(before, 50).values)
    limit = profile.seconds
    start = data.draw(st.floats(0, limit, exclude_max=True))
    end = data.draw(st.floats(start, limit, exclude_min=True))
    graph, unfiltered = flame_graph(after, start, end), flame_graph(before, start, end)
    assert graph.total[0] == unfiltered.total[0] == graph.own.sum()
    assert by_command(stack_counts(graph)) == by_command(stack_counts(unfiltered))
    assert graph.cost is not None
    assert 0 <= graph.cost.samples_emptied <= graph.cost.samples_moved <= graph.samples


def by_command(counts: Counter[tuple[Frame, ...]]) -> Counter[Frame]:
    found: Counter[Frame] = Counter()
    for stack, count in counts.items():
        found[stack[0]] += count
    return found


@bounded
@given(profile=profiles(), filters=filter_lists)
def test_a_filtered_graph_is_the_filtered_stacks_counted(
    profile: Profile, filters: tuple[FrameFilter, ...]
) -> None:
    """The tree is rewritten node by node; here every stack is rewritten on its own."""
    expected: Counter[tuple[str, ...]] = Counter()
    for stack, count in stack_counts(flame_graph(plain(profile))).items():
        expected[tuple(rewritten([frame.name for frame in stack], filters))] += count
    found: Counter[tuple[str, ...]] = Counter()
    for stack, count in stack_counts(flame_graph(select(profile, Selection(filters=filters)))).items():
        found[tuple(frame.name for frame in stack)] += count
    assert found == expected


def rewritten(names: list[str], filters: tuple[FrameFilter, ...]) -> list[str]:
    """Apply frame filters to the names of a stack, caller first, with Python's own patterns."""
    command, *rest = names
    kept: list[str] = []
    group: list[str | None] = []
    fallback: str | None = None
    for name in rest:
        new, is_group, own_fallback = renamed(name, filters)
        fallback = own_fallback or fallback
        if group and (not is_group or new == group[-1]):
            continue
        if is_group:
            group.append(new)
        kept += [] if new is None else [new]
    return [command, *(kept or ([fallback] if fallback else []))]


def renamed(name: str, filters: tuple[FrameFilter, ...]) -> tuple[str | None, bool, str | None]:
    """Return a frame's new name (None if dropped), if it is one of a group, and its fallback group."""
    new: str | None = name
    is_group, fallback = False, None
    for one in filters:
        if new is None:
            break
        text = f" {new} ()"
        found = [group for group in one.groups if matches(group.patterns, text)]
        fallback = next((group.name for group in found if group.rest), fallback)
        whole = next((group.name for group in found if not group.rest), None)
        if whole is not None:
            new, is_group = whole, True
        elif matches(one.drop, text):
            new = None
        else:
            for rule in one.rewrite:
                new = re.sub(rule.pattern, rule.replacement, f" {new}", count=1)[1:]
    return new, is_group, fallback


def matches(patterns: Iterable[str], text: str) -> bool:
    return any(re.search(pattern, text) for pattern in patterns)


@bounded
@given(data=st.data(), profile=profiles(), other=profiles())
def test_a_common_tree_of_whole_profiles_changes_no_comparison(
    data: st.DataObject, profile: Profile, other: Profile
) -> None:
    """Ranges of one profile and of two, counted on the tree of all their stacks and on that of their own."""
    for pair in ((profile, profile), (profile, other)):
        views = [plain(one) for one in pair]
        first_shape, second_shape = (Shape(view.tree, view.frames) for view in views)
        common = common_tree(first_shape, second_shape)
        spans = [sorted(data.draw(st.tuples(*[st.integers(0, one.seconds)] * 2))) for one in pair]
        bounds = [(low, high) if low < high else (None, None) for low, high in spans]
        first, second = (
            unpruned(view, *bound, outside=False) for view, bound in zip(views, bounds, strict=True)
        )
        one, another = (flame_graph(view, *bound) for view, bound in zip(views, bounds, strict=True))
        for compare in (differential, elided, only_second):
            assert columns(compare(first, second, common)) == columns(compare(one, another))


def columns(found: Comparison) -> list[object]:
    graph = found.graph
    arrays: list[npt.NDArray[Any]] = [
        graph.frame,
        graph.depth,
        graph.tree.parent,
        graph.tree.end,
        graph.own,
        graph.total,
    ]
    arrays += [one for one in (found.delta, found.total_delta) if one is not None]
    return [graph.frames, found.scale, graph.samples, *(array.tolist() for array in arrays)]
