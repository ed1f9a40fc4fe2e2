"""The recorded answers of FlameScope (tests/data/compat), and a common form of two trees.

The differences in docs/internals/design.md are fixes. `flamescope_form` takes them out of a tree, so that the
rest can be compared exactly.
"""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias
from urllib.parse import parse_qsl, urlsplit

from flamescope_py.analysis.flamegraph import FlameGraph, without_libraries
from flamescope_py.analysis.heatmap import heatmap
from flamescope_py.analysis.view import View

FOLDER = Path(__file__).resolve().parents[1] / "data" / "compat"
Node: TypeAlias = dict[str, Any]
# Values of a tree's nodes by their path of (name, kind) from the root.
Tree: TypeAlias = dict[tuple[tuple[str, str], ...], int]


class Recording(NamedTuple):
    """One answer: its URL, route and parameters, the status and the body."""

    url: str
    route: str
    query: dict[str, str]
    status: int
    body: Any


@cache
def recordings(name: str) -> tuple[Recording, ...]:
    """Load the answers for an input (or for `compare`)."""
    answers = json.loads(gzip.decompress((FOLDER / f"{name}.expected.json.gz").read_bytes()))
    return tuple(_recording(**answer) for answer in answers)


def _recording(url: str, status: int, body: Any) -> Recording:
    parts = urlsplit(url)
    return Recording(url, parts.path, dict(parse_qsl(parts.query)), status, body)


def of_route(name: str, route: str) -> list[Recording]:
    """Return the answers of one route with the status 200."""
    return [one for one in recordings(name) if one.route == route and one.status == 200]


def input_bytes(name: str) -> bytes:
    """Return the decompressed bytes of an input."""
    packed = FOLDER / f"{name}.gz"
    return gzip.decompress(packed.read_bytes()) if packed.exists() else (FOLDER / name).read_bytes()


def assert_heatmaps_are_equal(name: str, view: View, samples: int) -> None:
    """Compare the heatmaps of a view with the five recorded ones of an input, cell by cell."""
    asked = of_route(name, "/heatmap/")
    assert [int(one.query.get("rows", 50)) for one in asked] == [50, 10, 49, 99, 50]
    for one in asked:
        found = heatmap(view, int(one.query.get("rows", 50)))
        assert found.rows == one.body["rows"]
        assert list(range(found.columns)) == one.body["columns"]
        assert found.values.tolist() == one.body["values"]
        assert found.values.sum() == samples


def nested(graph: FlameGraph) -> Node:
    """Nest a graph in FlameScope's form: n, l, v, c. Siblings of one name and kind are merged."""
    graph = without_libraries(graph)
    stack: list[Node] = []
    rows = zip(graph.frame.tolist(), graph.depth.tolist(), graph.own.tolist(), strict=True)
    for frame, depth, own in rows:
        node: Node = {"n": graph.frames.name[frame], "l": graph.frames.kind[frame], "v": own, "c": []}
        del stack[depth:]
        if stack:
            stack[-1]["c"].append(node)
        stack.append(node)
    return stack[0]


def flamescope_form(root: Node) -> Tree:
    """Bring a nested tree of either server to a common form.

    Commands are cut at their first digit, names at their first `+` after their first character and at
    FlameScope's half of ` (path (deleted))`; equal siblings are added up, and nodes without samples left out.
    """
    values: Tree = {}
    for path, value in _own(root):
        if value:
            values[path] = values.get(path, 0) + value
    return values


def _own(
    node: Node, above: tuple[tuple[str, str], ...] = ()
) -> Iterator[tuple[tuple[tuple[str, str], ...], int]]:
    path = (*above, (cut_name(node["n"], len(above)), node["l"]))
    yield path, node["v"]
    for child in node["c"]:
        yield from _own(child, path)


def cut_name(name: str, depth: int) -> str:
    """Cut a command (depth 1) or another frame's name as FlameScope does."""
    if depth == 1:
        return re.split(r"\d", name)[0].strip() or name
    return re.sub(r" \(/memfd:\S*$", "", name[:1] + name[1:].partition("+")[0])
