"""Folded stacks, the form of stackcollapse-perf.pl."""

from __future__ import annotations

from flamescope_py.analysis.flamegraph import flame_graph
from flamescope_py.analysis.selection import Selection
from flamescope_py.analysis.view import select
from flamescope_py.export.folded import folded
from tests.support import trees


def test_a_line_for_every_stack_that_samples_end_in() -> None:
    graph = flame_graph(
        trees.view("""
        app  app  app  lib  app
        A    A    A    A    .
        B    B    .    C    .
        """)
    )
    assert list(folded(graph)) == [b"app 1\n", b"app;A 1\n", b"app;A;B 2\n", b"lib;A;C 1\n"]


def test_only_the_range_is_written() -> None:
    view = trees.view("app app\nA B", [3000.1, 3000.9])
    assert list(folded(flame_graph(view, 0.5, 1))) == [b"app;B 1\n"]
    assert list(folded(flame_graph(view, 0.2, 0.3))) == []


def test_a_name_cannot_break_a_line_or_a_stack() -> None:
    profile = trees.of_stacks([["C2 Comp", "Ljava/lang/String;::hashCode", "a b", "é\ufffd"]])
    (line,) = folded(flame_graph(select(profile, Selection())))
    assert line.decode() == "C2 Comp;Ljava/lang/String:::hashCode;a b;é\ufffd 1\n"


def test_a_stack_of_5000_frames() -> None:
    profile = trees.of_stacks([["app", *(f"f{depth}" for depth in range(5000))]])
    (line,) = folded(flame_graph(select(profile, Selection())))
    assert line.count(b";") == 5000
    assert line.endswith(b";f4999 1\n")
