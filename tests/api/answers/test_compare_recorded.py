"""FlameScope's recorded comparisons, asked over HTTP.

FlameScope cuts some names (docs/internals/design.md) and so merges different stacks. tests/compat cuts them
as well and compares every node. Here they are whole, and such nodes are left out.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from flask.testing import FlaskClient

from flamescope_py.settings import Settings
from flamescope_py.web import create_app
from tests.support.recorded import Recording, cut_name, input_bytes, recordings

INPUTS = ("node16.perf.out", "node18.perf.out", "node99.perf.out", "sys49.perf.out", "multi.perf.out")
Stack: TypeAlias = tuple[tuple[str, str], ...]


@pytest.fixture(scope="module")
def recorded_client(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    folder: Path = tmp_path_factory.mktemp("compare")
    (folder / "profiles").mkdir()
    for name in INPUTS:
        (folder / "profiles" / name).write_bytes(input_bytes(name))
    settings = Settings(profile_dir=folder / "profiles", cache_dir=folder / "cache")
    return create_app(settings).test_client()


def nodes(root: dict[str, Any], above: Stack = ()) -> Iterator[tuple[Stack, dict[str, Any]]]:
    path = (*above, (root["n"], root["l"]))
    yield path, root
    for child in root["c"]:
        yield from nodes(child, path)


def cut(path: Stack) -> Stack:
    return tuple((cut_name(name, depth), kind) for depth, (name, kind) in enumerate(path))


def cut_alike(client: FlaskClient, asked: Recording) -> set[Stack]:
    """Return the cut paths that stand for several whole paths of the two sides."""
    query = asked.query
    sides = (
        {name: query[name] for name in ("filename", "start", "end") if name in query},
        {
            name: query[f"compare{name.capitalize()}"]
            for name in ("filename", "start", "end")
            if f"compare{name.capitalize()}" in query
        },
    )
    whole = defaultdict(set)
    for side in sides:
        for path, _ in nodes(client.get("/flamegraph/", query_string=side).json or {}):
            whole[cut(path)].add(path)
    return {path for path, wholes in whole.items() if len(wholes) > 1}


@pytest.mark.parametrize("asked", recordings("compare"), ids=lambda one: one.url)
def test_comparisons_are_those_of_flamescope(recorded_client: FlaskClient, asked: Recording) -> None:
    answer = recorded_client.get(asked.url)
    assert answer.status_code == asked.status == 200
    ours = {cut(path): node for path, node in nodes(answer.json or {})}
    theirs = dict(nodes(asked.body))
    alike = cut_alike(recorded_client, asked)
    # One swapper sample woken by a softirq counts here, but not in FlameScope (docs/internals/design.md).
    assert {path[1] for path in ours.keys() - theirs.keys()} <= {("swapper", "")}
    assert theirs.keys() <= ours.keys()
    # It also changes the scale of the other profile's counts.
    off = 1 if "multi.perf.out" in asked.url else 0
    compared = [path for path in theirs if path not in alike]
    assert len(compared) > 0.8 * len(theirs)
    for path in compared:
        assert abs(ours[path]["v"] - theirs[path]["v"]) <= off * (asked.route == "/elided/"), path
        if asked.route == "/differential/":
            # FlameScope omits d below nodes that the second profile lacks.
            assert abs(ours[path]["d"] - theirs[path].get("d", theirs[path]["v"])) <= off, path
        else:
            assert "d" not in ours[path]


@pytest.mark.parametrize("asked", recordings("compare"), ids=lambda one: one.url)
def test_columns_say_the_same(recorded_client: FlaskClient, asked: Recording) -> None:
    nested = recorded_client.get(asked.url).json or {}
    columns = recorded_client.get(asked.url + "&format=columns&event=all").json or {}
    frames, flat = columns["frames"], columns["nodes"]
    depths = [depth for _, depth in _with_depth(nested)]
    assert flat["depth"] == depths
    assert [frames["name"][row] for row in flat["frame"]] == [node["n"] for node, _ in _with_depth(nested)]
    scale = columns.get("scale", 1)
    assert [round(own * scale) for own in flat["self"]] == [node["v"] for node, _ in _with_depth(nested)]
    assert ("scale" in columns) == (asked.route == "/elided/")
    assert flat.get("delta") == (
        [node["d"] for node, _ in _with_depth(nested)] if asked.route == "/differential/" else None
    )


def _with_depth(node: dict[str, Any], depth: int = 0) -> Iterator[tuple[dict[str, Any], int]]:
    yield node, depth
    for child in node["c"]:
        yield from _with_depth(child, depth + 1)
