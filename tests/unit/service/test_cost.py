"""Estimates grow with samples, patterns, nodes and cells, and cached parts cost nothing."""

from __future__ import annotations

import io
import json

import pytest

from flamescope_py.analysis.columns import EVERY_SECOND
from flamescope_py.analysis.filters.named import FrameFilter
from flamescope_py.analysis.selection import Selection
from flamescope_py.model import Profile, TimeRange
from flamescope_py.readers.source import read_profile
from flamescope_py.service.queries.graphs import Question
from flamescope_py.service.queries.queries import Queries
from tests.support.perf_text import sample, script

WHOLE = TimeRange(None, None)


@pytest.fixture
def profile() -> Profile:
    text = script(*(sample(f"3000.{n:06}", f"leaf{n}+0x1 (/srv/app)", "main+0x2 (/a)") for n in range(500)))
    return read_profile(io.BytesIO(text), "perf")


@pytest.fixture
def queries() -> Queries:
    return Queries(1 << 30)


def test_patterns_cost_by_their_length_and_the_names(profile: Profile, queries: Queries) -> None:
    none, short, long = (
        queries.costs.graph(profile, Selection(include=patterns)) for patterns in ((), ("a",), ("a" * 300,))
    )
    assert none < short < long
    dropped = queries.costs.graph(profile, Selection(drop=("a" * 300,)))
    assert dropped > long


def test_filters_cost_each_on_its_own(profile: Profile, queries: Queries) -> None:
    filters = [FrameFilter(str(n), "a", drop=("a" * 100,)) for n in range(8)]
    one, all_of_them = (queries.costs.filters(profile, Selection(), filters[:n]) for n in (1, 8))
    assert all_of_them > 4 * one


def test_cells_and_lanes_cost(profile: Profile, queries: Queries) -> None:
    few, many = (queries.costs.heatmap(profile, Selection(), rows, None, EVERY_SECOND) for rows in (10, 1000))
    assert few < many
    lanes = [queries.costs.lanes(profile, Selection(), 1000, EVERY_SECOND, count) for count in (1, 50)]
    assert lanes[0] < lanes[1]


def test_what_is_cached_costs_nothing(profile: Profile, queries: Queries) -> None:
    selection = Selection(include=("leaf",), drop=("x",))
    before = queries.costs.selection(profile, selection)
    queries.graphs.flame_graph(profile, WHOLE, Question(selection))
    assert before > queries.costs.selection(profile, selection) == 0
    before = queries.costs.heatmap(profile, selection, 50, "leaf", EVERY_SECOND)
    queries.heatmaps.heatmap(profile, selection, 50, "leaf")
    assert queries.costs.heatmap(profile, selection, 50, "leaf", EVERY_SECOND) < before / 2
    before = queries.costs.facets(profile)
    queries.views.facets(profile)
    assert before > queries.costs.facets(profile) == 0


def test_an_inverted_graph_costs_by_the_depth_of_its_stacks(queries: Queries) -> None:
    """Each node of a deep path where stacks end becomes a path of its own: that took 39 s and all memory."""
    depth = 3000
    nodes = [
        {
            "id": n + 1,
            "callFrame": {"functionName": f"f{n}", "url": "", "lineNumber": 0, "columnNumber": 0},
            "children": [n + 2] if n + 1 < depth else [],
        }
        for n in range(depth)
    ]
    samples = list(range(1, depth + 1))
    text = json.dumps({"nodes": nodes, "samples": samples, "timeDeltas": [9] * depth, "startTime": 0})
    profile = read_profile(io.BytesIO(text.encode()), "cpuprofile")
    plain = queries.costs.graph(profile, Selection())
    assert queries.costs.graph(profile, Selection(), inverted=True) > 100 * plain
