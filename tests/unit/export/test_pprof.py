from __future__ import annotations

import gzip
from collections import Counter

import pytest

from flamescope_py.analysis.flamegraph import FlameGraph
from flamescope_py.export.pprof import pprof
from flamescope_py.export.pprof_pb2 import Profile
from flamescope_py.export.stacks import valid
from tests.support.exports import GRAPHS, PLAIN
from tests.support.trees import stack_counts


def written(graph: FlameGraph, unit: str = "samples") -> Profile:
    return Profile.FromString(gzip.decompress(b"".join(pprof(graph, unit))))


def stacks(profile: Profile) -> Counter[tuple[tuple[str, str], ...]]:
    """Decode the samples as a reader would: names and libraries from the first caller to the leaf."""
    text = profile.string_table
    files = {mapping.id: text[mapping.filename] for mapping in profile.mapping} | {0: ""}
    functions = {function.id: text[function.name] for function in profile.function}
    locations = {
        location.id: (functions[location.line[0].function_id], files[location.mapping_id])
        for location in profile.location
    }
    found: Counter[tuple[tuple[str, str], ...]] = Counter()
    for sample in profile.sample:
        found[tuple(locations[number] for number in reversed(sample.location_id))] += sample.value[0]
    return found


@pytest.mark.parametrize("name", GRAPHS)
def test_every_graph_comes_back_from_what_is_written(name: str) -> None:
    graph = GRAPHS[name]
    profile = written(graph)
    expected: Counter[tuple[tuple[str, str], ...]] = Counter()
    for stack, own in stack_counts(graph).items():
        expected[tuple((valid(f.name), valid(f.library)) for f in stack) or (("root", ""),)] += own
    assert stacks(profile) == expected
    assert profile.string_table[0] == ""
    assert len(set(profile.string_table)) == len(profile.string_table)
    assert 0 not in {
        entry.id for table in (profile.location, profile.function, profile.mapping) for entry in table
    }


@pytest.mark.parametrize(
    ("unit", "kind", "counted"),
    [
        ("samples", "samples", "count"),
        ("microseconds", "time", "microseconds"),
        ("period", "period", "count"),
    ],
)
def test_the_type_of_the_values(unit: str, kind: str, counted: str) -> None:
    profile = written(PLAIN, unit)
    text = profile.string_table
    assert [(text[one.type], text[one.unit]) for one in profile.sample_type] == [(kind, counted)]


def test_libraries_are_mappings_and_frames_are_shared() -> None:
    profile = written(PLAIN)
    text = profile.string_table
    assert [text[mapping.filename] for mapping in profile.mapping] == [
        "/tmp/perf-1.map",
        "/tmp/perf-2.map",
        "/usr/bin/node",
        "[kernel.kallsyms]",
    ]
    assert len(profile.function) == len(profile.location) == len(PLAIN.frames)


def test_one_graph_is_always_the_same_bytes() -> None:
    assert b"".join(pprof(PLAIN)) == b"".join(pprof(PLAIN))
