from __future__ import annotations

import numpy as np
import numpy.typing as npt
from hypothesis import given
from hypothesis import strategies as st

from flamescope_py.analysis.compare import Comparison, differential
from flamescope_py.analysis.flamegraph import FlameGraph, flame_graph
from flamescope_py.analysis.selection import Selection
from flamescope_py.analysis.small_frames import bounded
from flamescope_py.analysis.view import keep_samples
from tests.support import trees


def graph_of(stacks: list[str]) -> FlameGraph:
    """Make the flame graph of one sample per stack; each letter is a frame, the outermost first."""
    return flame_graph(keep_samples(trees.of_stacks([list(stack) for stack in stacks]), Selection()))


def test_a_small_graph_stays_as_it_is() -> None:
    found = Comparison(graph_of(["ab", "ac"]))
    assert bounded(found, 4) is found


def test_the_smallest_frames_of_each_parent_become_one() -> None:
    stacks = ["ab"] * 5 + ["axy", "az", "a"] + ["b"] * 3 + ["bx", "c"]
    assert trees.drawn(bounded(Comparison(graph_of(stacks)), 8).graph) == trees.lines("""
        root 13
          a 8 (1 own)
            b 5 (5 own)
            (3 small frames) 2 (2 own)
          b 4 (3 own)
            (1 small frames) 1 (1 own)
          (1 small frames) 1 (1 own)
        """)


def totals_agree(graph: FlameGraph) -> bool:
    sums: npt.NDArray[np.int64] = graph.tree.totals(graph.own)
    return bool((sums == graph.total).all())


@given(st.lists(st.text("abc", min_size=1, max_size=6), min_size=1, max_size=40), st.integers(2, 30))
def test_no_sample_is_lost_and_the_bound_holds(stacks: list[str], most: int) -> None:
    graph = graph_of(stacks)
    found = bounded(Comparison(graph), most).graph
    assert len(found.tree) <= max(most, 3) + 1
    assert found.total[0] == graph.total[0] == len(stacks)
    assert totals_agree(found)
    assert (found.tree.parent[1:] < np.arange(1, len(found.tree))).all()
    assert found.tree.end[0] == len(found.tree)
    assert (found.tree.depth[1:] == found.tree.depth[found.tree.parent[1:]] + 1).all()


@given(st.lists(st.text("abc", min_size=1, max_size=6), min_size=1, max_size=40), st.integers(2, 30))
def test_differences_add_up_too(stacks: list[str], most: int) -> None:
    found = differential(graph_of(stacks), graph_of([*stacks[: len(stacks) // 2], "ab"]))
    small = bounded(found, most)
    assert found.delta is not None
    assert small.delta is not None
    assert len(small.delta) == len(small.graph.tree)
    assert small.delta.sum() == found.delta.sum()
    assert found.total_delta is not None
    assert small.total_delta is not None
    assert len(small.total_delta) == len(small.graph.tree)
    assert small.total_delta[0] == found.total_delta[0]
