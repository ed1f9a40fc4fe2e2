"""Differential, elided and inverted flame graphs as pictures."""

from __future__ import annotations

import pytest

from flamescope_py.analysis.compare import differential, elided, only_second
from flamescope_py.analysis.flamegraph import FlameGraph, flame_graph
from flamescope_py.analysis.invert import inverted
from flamescope_py.model import FrameTable
from tests.support import trees


def graph(picture: str) -> FlameGraph:
    return flame_graph(trees.view(picture))


def deltas(first: FlameGraph, second: FlameGraph) -> dict[str, int]:
    """Return the delta of every node by its path of names."""
    found = differential(first, second)
    assert found.delta is not None
    path: list[str] = []
    values = {}
    rows = zip(found.graph.frame.tolist(), found.graph.depth.tolist(), found.delta.tolist(), strict=True)
    for frame, depth, delta in rows:
        path[depth:] = [found.graph.frames.name[frame]]
        values["/".join(path[1:])] = delta
    return values


def total_deltas(first: FlameGraph, second: FlameGraph) -> list[int]:
    found = differential(first, second)
    assert found.total_delta is not None
    return list(found.total_delta)


ONE = """
    app app app app
    A   A   B   B
    .   .   C   C
    """
OTHER = """
    app app
    A   D
    """


def test_a_differential_is_the_first_tree_with_a_delta_on_every_node() -> None:
    # w = 4 / 2: each sample of the second weighs two.
    assert deltas(graph(ONE), graph(OTHER)) == {"": 0, "app": 0, "app/A": 0, "app/B": 0, "app/B/C": 2}
    assert trees.drawn(differential(graph(ONE), graph(OTHER)).graph) == trees.drawn(graph(ONE))
    assert deltas(graph(OTHER), graph(ONE)) == {"": 0, "app": 0, "app/A": 0, "app/D": 1}


def test_only_second_counts_what_the_first_lacks() -> None:
    found = only_second(graph(ONE), graph(OTHER))
    assert trees.drawn(found.graph) == trees.lines("""
        root 1
          app 1
            A 0
            D 1 (1 own)
        """)
    assert found.delta is None
    assert (found.graph.samples, found.graph.profile_samples, found.scale) == (2, 2, 2.0)


def test_an_elided_is_scaled_to_the_first_graph() -> None:
    found = elided(graph(ONE), graph(OTHER))
    assert trees.drawn(found.graph) == trees.lines("""
        root 2
          app 2
            A 0
            D 2 (2 own)
        """)
    # Two of the first's four, to which the second's two are scaled.
    assert (found.graph.samples, found.graph.profile_samples) == (4, 4)


def test_a_short_first_side_hides_nothing_that_only_the_second_has() -> None:
    second = graph("app app app app app\nA   B   B   C   C")
    found = only_second(graph("app\nX"), second)
    assert trees.drawn(found.graph) == trees.lines("""
        root 5
          app 5
            A 1 (1 own)
            B 2 (2 own)
            C 2 (2 own)
        """)
    # The rounded counts of FlameScope's form: a fifth is 0, two fifths are 0.
    assert elided(graph("app\nX"), second).graph.total[0] == 0


def test_deltas_are_rounded_half_to_even() -> None:
    # w = 1 / 2: halves become 0 and 2, not 1 and 1.
    first, second = graph("app\nX"), graph("app app\nX Y")
    assert deltas(first, second)["app/X"] == 0
    first, second = graph("app app app\nA A A"), graph("app app\nA B")
    assert deltas(first, second)["app/A"] == 2


@pytest.mark.parametrize("picture", [ONE, OTHER])
def test_a_profile_compared_with_itself_is_zeros(picture: str) -> None:
    assert set(deltas(graph(picture), graph(picture)).values()) == {0}
    assert elided(graph(picture), graph(picture)).graph.own.sum() == 0
    assert only_second(graph(picture), graph(picture)).graph.own.sum() == 0


def test_an_empty_side_divides_nothing() -> None:
    empty = flame_graph(trees.view("app", [3000.5]), 0.0, 0.1)
    assert deltas(graph(OTHER), empty) == {"": 0, "app": 0, "app/A": 1, "app/D": 1}
    assert deltas(empty, graph(OTHER)) == {"": 0}
    assert trees.drawn(elided(graph(OTHER), empty).graph) == "root 0"


def test_nodes_are_the_same_by_name_and_kind() -> None:
    assert deltas(graph("app\nA[jit]"), graph("app\nA[user]")) == {"": 0, "app": 0, "app/A": 1}


def test_inverted_has_leaves_first_and_callers_below() -> None:
    turned = inverted(
        graph("""
        app  app  app  lib
        A    B    A    C
        C    C    .    .
        """)
    )
    assert trees.drawn(turned) == trees.lines("""
        root 4
          A 1
            app 1 (1 own)
          C 3
            A 1
              app 1 (1 own)
            B 1
              app 1 (1 own)
            lib 1 (1 own)
        """)


def test_inverting_an_empty_graph_and_a_deep_one() -> None:
    assert trees.drawn(inverted(flame_graph(trees.view("app", [3000.5]), 0.0, 0.1))) == "root 0"
    deep = inverted(graph("\n".join(f"f{depth}" for depth in range(2000))))
    assert deep.depth.tolist() == list(range(2001))
    assert [deep.frames.name[frame] for frame in deep.frame[1:3]] == ["f1999", "f1998"]
    assert deep.own.tolist() == [0] * 2000 + [1]


def test_total_deltas_count_what_only_the_other_has_below() -> None:
    # Of 4 and 2, so that the other counts twice: root, app, A, B, C.
    assert total_deltas(graph(ONE), graph(OTHER)) == [0, 0, 0, 2, 2]
    assert total_deltas(graph(OTHER), graph(ONE)) == [0, 0, 0, 1]
    assert total_deltas(graph(ONE), graph("app\nB")) == [0, 0, 2, -2, 2]
    assert set(total_deltas(graph(ONE), graph(ONE))) == {0}


def test_frames_without_libraries_are_found_once_per_table() -> None:
    nameless = [("(anonymous)", "f", ""), ("(anonymous)", "g", "")]
    frames = FrameTable.of([("a", "x", "user"), ("a", "y", "user"), ("a", "x", "jit"), *nameless])
    assert frames.plain.row.tolist() == [0, 0, 1, 2, 3]
    assert frames.plain.frames == (("a", "", "user"), ("a", "", "jit"), *nameless)
    assert frames.plain is frames.plain
    assert len(FrameTable.of([]).plain.row) == 0
