"""Flame graphs as pictures: profiles in as columns, graphs out as indented lines."""

from __future__ import annotations

import pytest

from flamescope_py.analysis.flamegraph import flame_graph, without_libraries
from flamescope_py.analysis.selection import Selection
from flamescope_py.model import ProfileBuilder
from tests.support import trees
from tests.support.perf_text import sample
from tests.support.reading import read_perf
from tests.support.views import select


def test_stacks_are_added_up() -> None:
    view = trees.view("""
        app  app  app  app
        A    A    A    D
        B    B    C    .
        .    E    .    .
        """)
    assert trees.drawn(flame_graph(view)) == trees.lines("""
        root 4
          app 4
            A 3
              B 2 (1 own)
                E 1 (1 own)
              C 1 (1 own)
            D 1 (1 own)
        """)


def test_the_first_level_is_the_command() -> None:
    view = trees.view("""
        app  lib  app
        A    A    .
        """)
    assert trees.drawn(flame_graph(view)) == trees.lines("""
        root 3
          app 2 (1 own)
            A 1 (1 own)
          lib 1
            A 1 (1 own)
        """)


def test_recursion_is_a_level_each_and_kinds_tell_frames_apart() -> None:
    view = trees.view("""
        app  app        app
        A    A          A[jit]
        A    A[kernel]  .
        A    .          .
        """)
    assert trees.drawn(flame_graph(view)) == trees.lines("""
        root 3
          app 3
            A 2
              A 1
                A 1 (1 own)
              A[kernel] 1 (1 own)
            A[jit] 1 (1 own)
        """)


def test_idle_samples_are_left_out_the_last_one_too() -> None:
    view = trees.view(
        """
        swapper  app  swapper
        idle     A    idle
        """,
        idle=(0, 2),
    )
    assert trees.drawn(flame_graph(view)) == trees.lines("""
        root 1
          app 1
            A 1 (1 own)
        """)


def test_a_range_holds_only_its_nodes() -> None:
    view = trees.view(
        """
        app  app  app
        A    B    C
        """,
        [3000.1, 3000.2, 3000.3],
    )
    graph = flame_graph(view, 0.15, 0.25)
    assert trees.drawn(graph) == trees.lines("""
        root 1
          app 1
            B 1 (1 own)
        """)
    assert (graph.samples, graph.profile_samples) == (1, 3)
    assert sorted(graph.frames.name) == ["B", "app", "root"]
    assert (graph.start, graph.end) == (0.15, 0.25)


def test_the_rest_is_what_is_before_and_after_a_range() -> None:
    view = trees.view(
        """
        app  app  app  app
        A    B    C    C
        """,
        [3000.1, 3000.2, 3000.3, 3001.2],
    )
    graph = flame_graph(view, 0.15, 0.35, outside=True)
    assert trees.drawn(graph) == trees.lines("""
        root 2
          app 2
            A 1 (1 own)
            C 1 (1 own)
        """)
    assert (graph.samples, graph.profile_samples) == (2, 4)
    assert (graph.start, graph.end, graph.outside) == (0.15, 0.35, True)
    assert trees.drawn(flame_graph(view, outside=True)) == "root 0"


def test_a_range_without_samples_is_a_root() -> None:
    assert trees.drawn(flame_graph(trees.view("app", [3000.5]), 0.0, 0.1)) == "root 0"


def test_one_sample_and_one_second() -> None:
    assert trees.drawn(flame_graph(trees.view("app", [3000.0]))) == "root 1\n  app 1 (1 own)"
    assert trees.drawn(flame_graph(trees.view("app", [3000.0]), 0, 1)) == "root 1\n  app 1 (1 own)"


def test_without_timestamps_the_whole_profile_can_be_drawn() -> None:
    view = select(read_perf(sample(None, "f (/x)"), sample(None, "f (/x)")), Selection())
    assert trees.drawn(flame_graph(view)) == trees.lines("""
        root 2
          node 2
            f[user] 2 (2 own)
        """)


def test_a_stack_of_5000_frames() -> None:
    profile = trees.of_stacks([["app", *(f"f{depth}" for depth in range(5000))]])
    graph = flame_graph(select(profile, Selection()))
    assert graph.depth.tolist() == list(range(5002))
    assert graph.own.tolist() == [0] * 5001 + [1]
    assert set(graph.total.tolist()) == {1}


def test_weights_are_added_up_instead_of_samples() -> None:
    text = [sample("3000.000000", "f (/x)", period=40), sample("3000.100000", "g (/x)", period=2)]
    view = select(read_perf(*text), Selection(weight="period"))
    graph = flame_graph(view, 0.0, 0.05)
    assert trees.drawn(graph) == trees.lines("""
        root 40
          node 40
            f[user] 40 (40 own)
        """)
    assert (graph.samples, graph.profile_samples) == (40, 42)


def test_merged_joins_siblings_that_differ_in_their_library_alone() -> None:
    builder = ProfileBuilder()
    app, leaf = builder.frame("app"), builder.frame("leaf", "/z", "user")
    ones = [builder.frame("A", library, "user") for library in ("/x", "/y")]
    other = builder.frame("A", "/w", "jit")
    nodes = [builder.stack([app, frame, leaf]) for frame in (*ones, other, ones[0])]
    builder.add_samples(time=[1.0, 1.1, 1.2, 1.3], node=nodes, thread=[builder.thread(1, 1, "app")] * 4)
    graph = flame_graph(select(builder.finish("picture"), Selection()))
    assert trees.drawn(graph).count("A[user]") == 2
    joined = without_libraries(graph)
    assert trees.drawn(joined) == trees.lines("""
        root 4
          app 4
            A[jit] 1
              leaf[user] 1 (1 own)
            A[user] 3
              leaf[user] 3 (3 own)
        """)
    assert set(joined.frames.library) == {""}
    assert (joined.samples, joined.start, joined.end) == (graph.samples, graph.start, graph.end)


@pytest.mark.parametrize("names", ["A B C", "C B A"])
def test_siblings_stand_in_name_order(names: str) -> None:
    graph = flame_graph(trees.view("app app app\n" + names))
    assert [graph.frames.name[frame] for frame in graph.frame] == ["root", "app", "A", "B", "C"]
