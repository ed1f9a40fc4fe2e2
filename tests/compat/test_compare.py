"""FlameScope's recorded differential and elided flame graphs, against ours on its own form of the names."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from flamescope_py.analysis.compare import Comparison, differential, elided
from flamescope_py.analysis.flamegraph import FlameGraph, flame_graph
from flamescope_py.analysis.rewrite import rewrite_tree
from flamescope_py.model import Frame
from tests.compat.test_perf_script import view
from tests.support.recorded import Node, Recording, cut_name, of_route, recordings

Path = tuple[tuple[str, str], ...]
DIFFERENTIAL = of_route("compare", "/differential/")
ELIDED = of_route("compare", "/elided/")


def graph(asked: Recording, prefix: str) -> FlameGraph:
    """Return one of the two requested graphs, with names as FlameScope cuts them."""
    query = {name.lower(): value for name, value in asked.query.items()}
    bounds = [float(query[prefix + name]) if prefix + name in query else None for name in ("start", "end")]
    found = flame_graph(view(query[prefix + "filename"]), *bounds)
    # Only commands have no kind and no library; they are at depth 1.
    plain = [found.frames[row] for row in range(len(found.frames))]
    cut: list[Frame | None] = [
        Frame(cut_name(one.name, 1 if not one.kind and one.name != "root" else 2), "", one.kind)
        for one in plain
    ]
    new = rewrite_tree(found.tree, found.frames, cut, keep_owners=False)
    own = np.bincount(new.node, found.own, minlength=len(new.tree)).astype(np.int64)
    return replace(found, frames=new.frames, tree=new.tree, own=own, total=new.tree.totals(own))


def rows(found: Comparison) -> dict[Path, tuple[int, int | None]]:
    """Return own value and delta of every node, by path."""
    path: list[tuple[str, str]] = []
    values = {}
    graph = found.graph
    for row, depth in enumerate(graph.depth.tolist()):
        frame = graph.frames[int(graph.frame[row])]
        path[depth:] = [(frame.name, frame.kind)]
        delta = None if found.delta is None else int(found.delta[row])
        values[tuple(path)] = (int(graph.own[row]), delta)
    return values


def recorded_rows(node: Node, above: Path = ()) -> Iterator[tuple[Path, tuple[int, int | None]]]:
    path = (*above, (node["n"], node["l"]))
    yield path, (node["v"], node.get("d"))
    for child in node["c"]:
        yield from recorded_rows(child, path)


@pytest.mark.parametrize("asked", DIFFERENTIAL, ids=lambda one: one.url)
def test_a_differential_is_the_same(asked: Recording) -> None:
    found = rows(differential(graph(asked, ""), graph(asked, "compare")))
    expected = dict(recorded_rows(asked.body))
    assert found.keys() == expected.keys()
    assert len(found) > 10
    assert {path: own for path, (own, _) in found.items()} == {
        path: own for path, (own, _) in expected.items()
    }
    with_delta = {path: delta for path, (_, delta) in expected.items() if delta is not None}
    assert {path: found[path][1] for path in with_delta} == with_delta
    assert any(with_delta.values())
    # FlameScope omits d below nodes that the second profile lacks; nothing is subtracted there.
    assert all(delta == own for path, (own, delta) in found.items() if path not in with_delta)


@pytest.mark.parametrize("asked", ELIDED, ids=lambda one: one.url)
def test_an_elided_is_the_same(asked: Recording) -> None:
    found = rows(elided(graph(asked, ""), graph(asked, "compare")))
    expected = dict(recorded_rows(asked.body))
    assert len(expected) > 10
    assert {path: own for path, (own, _) in found.items()} == {
        path: own for path, (own, _) in expected.items()
    }


def test_all_recordings_are_compared() -> None:
    assert len(DIFFERENTIAL) == len(ELIDED) == len(recordings("compare")) / 2 == 6
