"""Flame graphs for the tests of every export: plain, odd, hostile, deep, and of all perf samples."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TypeAlias

from flamescope_py.analysis.flamegraph import FlameGraph, flame_graph
from flamescope_py.analysis.selection import Selection
from flamescope_py.model import ProfileBuilder
from tests.support.reading import read
from tests.support.views import select

Stack: TypeAlias = Sequence[tuple[str, str, str]]

PERF_FILES = Path(__file__).resolve().parents[1] / "data" / "perf"
HOSTILE = "</title><script>alert(1)</script>\"'&; \x00\x1b]]>\ud800\n\uffff\u202e"


def graph_of(stacks: Sequence[Stack], weights: Sequence[int] | None = None) -> FlameGraph:
    """Return the flame graph of stacks of (name, library, kind), each with one sample or a weight."""
    builder = ProfileBuilder()
    nodes = [builder.stack([builder.frame(*frame) for frame in stack]) for stack in stacks]
    if nodes:
        builder.add_samples(
            time=range(len(nodes)), node=nodes, weight=[1] * len(nodes) if weights is None else weights
        )
    return flame_graph(select(builder.finish("picture"), Selection()))


def names(*stacks: str) -> list[Stack]:
    """Parse folded stacks of bare names."""
    return [[(name, "", "") for name in stack.split(";")] for stack in stacks]


PLAIN = graph_of(
    [
        [("node", "", ""), ("main", "/usr/bin/node", "user"), ("f", "/tmp/perf-1.map", "jit")],
        [("node", "", ""), ("main", "/usr/bin/node", "user"), ("f", "/tmp/perf-1.map", "jit")],
        [("node", "", ""), ("main", "/usr/bin/node", "user"), ("sys_read", "[kernel.kallsyms]", "kernel")],
        [("node", "", ""), ("main", "/usr/bin/node", "user")],
        [("java", "", ""), ("a", "/tmp/perf-2.map", "jit"), ("b", "/tmp/perf-2.map", "inlined")],
    ]
)

GRAPHS = {
    "plain": PLAIN,
    "empty": graph_of([]),
    "at-the-root": graph_of([[], [], [("a", "", "")]]),
    "hostile": graph_of([[("node", "", ""), (HOSTILE, HOSTILE, HOSTILE)], [("node", "", ""), ("", "", "")]]),
    "weighed": graph_of(names("a;b", "a;c"), [2**40, 3]),
    "deep": graph_of([[(f"f{number}", "", "user") for number in range(5_000)]]),
}
GRAPHS |= {
    path.stem: flame_graph(select(read(path.read_bytes()), Selection()))
    for path in sorted(PERF_FILES.glob("*.perf"))
}
