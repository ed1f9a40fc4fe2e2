from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from flamescope_py.analysis.flamegraph import FlameGraph
from flamescope_py.export.speedscope import speedscope
from tests.support.exports import GRAPHS, PLAIN
from tests.support.trees import stack_counts

DATA = Path(__file__).resolve().parents[2] / "data" / "export"
SCHEMA = json.loads((DATA / "speedscope-file-format-schema.json").read_text())


def written(graph: FlameGraph, name: str = "perf.out", unit: str = "samples") -> Any:
    return json.loads(b"".join(speedscope(graph, name, unit)))


@pytest.mark.parametrize("name", GRAPHS)
def test_every_graph_follows_the_published_schema_and_keeps_its_samples(name: str) -> None:
    graph = GRAPHS[name]
    found = written(graph)
    jsonschema.Draft7Validator.check_schema(SCHEMA)
    jsonschema.validate(found, SCHEMA, jsonschema.Draft7Validator)
    [profile] = found["profiles"]
    frames = found["shared"]["frames"]
    assert all(0 <= frame < len(frames) for sample in profile["samples"] for frame in sample)
    assert len(profile["samples"]) == len(profile["weights"])
    assert sum(profile["weights"]) == profile["endValue"] == graph.samples
    assert len(profile["samples"]) == max(len(stack_counts(graph)), 0)


def test_the_stacks_are_there_with_names_and_files() -> None:
    found = written(PLAIN, "my file")
    frames = found["shared"]["frames"]
    [profile] = found["profiles"]
    stacks = [";".join(frames[frame]["name"] for frame in sample) for sample in profile["samples"]]
    assert dict(zip(stacks, profile["weights"], strict=True)) == {
        "java;a;b": 1,
        "node;main": 1,
        "node;main;f": 2,
        "node;main;sys_read": 1,
    }
    assert {"name": "main", "file": "/usr/bin/node"} in frames
    assert {"name": "node"} in frames
    assert (found["name"], profile["name"], profile["unit"]) == ("my file", "my file", "none")


def test_microseconds_are_said() -> None:
    assert written(PLAIN, unit="microseconds")["profiles"][0]["unit"] == "microseconds"


def test_a_name_that_is_no_text_is_mended() -> None:
    assert written(PLAIN, 'a\ud800"\n')["name"] == 'a?"\n'
