from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from flamescope_py.analysis.flamegraph import FilterCost, FlameGraph
from flamescope_py.service.queries.graphs import GraphAnswer
from flamescope_py.web import wire
from tests.support.exports import graph_of

Stack = tuple[str, ...]


def graph(*stacks: Stack) -> FlameGraph:
    """Make the flame graph of some stacks, one sample each."""
    return graph_of([[(name, "/lib.so", "user") for name in stack] for stack in stacks])


def by_recursion(graph: FlameGraph) -> dict[str, Any]:
    """Build the nested form the obvious way, to compare with."""
    rows = list(zip(graph.frame.tolist(), graph.depth.tolist(), graph.own.tolist(), strict=True))

    def node(row: int) -> dict[str, Any]:
        frame, depth, own = rows[row]
        children, below = [], row + 1
        while below < len(rows) and rows[below][1] > depth:
            if rows[below][1] == depth + 1:
                children.append(node(below))
            below += 1
        return {"n": graph.frames.name[frame], "l": graph.frames.kind[frame], "v": own, "c": children}

    return node(0)


@pytest.mark.parametrize(
    "stacks",
    [
        [],
        [()],
        [("a",)],
        [("a", "b", "c"), ("a", "b"), ("a", "d"), ("e",)],
        [("a", "b", "c"), ("b",), ("a", "c", "d", "e"), ("a", "c", "x"), ()],
        [('"quoted" \\ \n \x00 \x1f', "é 🔥 \u2028 </script>", "\ufffd")],
    ],
    ids=repr,
)
def test_nested_is_what_recursion_would_write(stacks: list[Stack]) -> None:
    made = graph(*stacks)
    assert json.loads(wire.flame_graph_nested(GraphAnswer(made))) == by_recursion(made)


def test_nested_takes_any_depth() -> None:
    made = graph(tuple(f"f{number}" for number in range(10_000)), ("g",))
    body = wire.flame_graph_nested(GraphAnswer(made))
    assert body.startswith(b'{"n":"root","l":"","v":0,"c":[{"n":"f0","l":"user","v":0,"c":[{"n":"f1",')
    assert body.endswith(b',{"n":"g","l":"user","v":1,"c":[]}]}')
    assert body.count(b'"n":') == body.count(b"]}") == 10_002


def test_columns_name_every_frame_once_and_say_what_a_filter_cost() -> None:
    made = graph(("a", "b"), ("c", "b"))
    found = json.loads(wire.flame_graph_columns(GraphAnswer(made)))
    assert found["frames"] == {
        "name": ["a", "b", "c", "root"],
        "library": ["/lib.so", "/lib.so", "/lib.so", ""],
        "kind": ["user", "user", "user", ""],
    }
    assert found["nodes"]["frame"] == [3, 0, 1, 2, 1]
    assert "filtered" not in found
    cost = FilterCost(frames=1, samples_moved=2, samples_emptied=3, samples=4)
    found = json.loads(wire.flame_graph_columns(GraphAnswer(replace(made, cost=cost))))
    assert found["filtered"] == {"frames": 1, "samplesMoved": 2, "samplesEmptied": 3, "samples": 4}
