"""Real recordings by Node and Chromium: tests/data/cpuprofile and tests/data/trace_event."""

from __future__ import annotations

import gzip
import io
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pytest

from flamescope_py.analysis.heatmap import heatmap
from flamescope_py.analysis.selection import Selection
from flamescope_py.errors import WrongTypeError
from flamescope_py.model import Profile
from flamescope_py.readers.source import sniff_file
from tests.support.reading import assert_same, read, stacks
from tests.support.views import select

DATA = Path(__file__).resolve().parents[3] / "data"
PROFILES = ["cpuprofile/node20.cpuprofile.gz", "cpuprofile/chromium.cpuprofile.gz"]
TRACES = ["trace_event/node20.json.gz", "trace_event/chromium.json.gz"]
READINGS = [
    *[(name, "cpuprofile") for name in PROFILES],
    *[(name, "trace_event") for name in TRACES],
    ("trace_event/chromium.json.gz", "cpuprofile"),
]


def content(name: str) -> bytes:
    return gzip.decompress((DATA / name).read_bytes())


def profile(name: str, type_name: str) -> Profile:
    return read((DATA / name).read_bytes(), type_name)


@pytest.mark.parametrize(("name", "type_name"), READINGS)
def test_nothing_of_a_recording_is_skipped_or_repaired(name: str, type_name: str) -> None:
    seen = profile(name, type_name)
    assert seen.meta.format == type_name
    assert (seen.report.skipped, seen.report.repaired, seen.report.notes) == (0, 0, [])
    assert_same(seen, read(content(name), type_name))
    found = heatmap(select(seen, Selection()), 50)
    counted = seen.samples.columns().get("heat", np.ones(len(seen.samples), dtype=np.int64))
    assert found.values.sum() == counted[~seen.samples.idle].sum() > 20
    assert found.columns == seen.seconds in (2, 3)


@pytest.mark.parametrize("name", [*PROFILES, *TRACES])
def test_the_list_shows_what_a_recording_is(name: str) -> None:
    assert sniff_file(io.BytesIO((DATA / name).read_bytes())).type == name.partition("/")[0]


@pytest.mark.parametrize("name", PROFILES)
def test_every_node_has_the_samples_that_v8_counted_itself(name: str) -> None:
    data = orjson.loads(content(name))
    expected: Counter[str] = Counter()
    for path, node in paths(data["nodes"]):
        expected[path] += node["hitCount"]
    # The sample with which V8 starts is in the file, and not in its counts.
    first, *others = stacks(profile(name, "cpuprofile"))
    assert first == "(root);(program)"
    assert Counter(others) == +expected


def paths(nodes: list[dict[str, Any]]) -> list[tuple[str, dict[str, Any]]]:
    """Return each node with its stack of names."""
    parents = {child: node["id"] for node in nodes for child in node.get("children", [])}
    found: dict[int, str] = {}
    for node in sorted(nodes, key=lambda one: int(one["id"])):
        above = parents.get(node["id"])
        call = node["callFrame"]["functionName"] or "(anonymous)"
        found[node["id"]] = call if above is None else f"{found[above]};{call}"
    return [(found[node["id"]], node) for node in nodes]


@pytest.mark.parametrize("name", [*PROFILES, TRACES[1]])
def test_the_script_is_found_with_its_lines(name: str) -> None:
    seen = profile(name, "cpuprofile")
    script = "http://127.0.0.1:8000" if "chromium" in name else "file:///srv/app"
    lines = (DATA / "trace_event/busy.js").read_text("utf-8").splitlines()
    frames = dict(zip(seen.frames.name, seen.frames.library, strict=True))
    for function in ("fib", "price", "parse", "turn"):
        url, _, line = frames[function].rpartition(":")
        assert url == f"{script}/busy.js"
        assert function in lines[int(line) - 1]
    assert any(stack.endswith("turn;price;fib;fib;fib") for stack in prefixes(stacks(seen)))


def prefixes(found: list[str]) -> set[str]:
    parts = [stack.split(";") for stack in found]
    return {";".join(stack[:length]) for stack in parts for length in range(1, len(stack) + 1)}


def test_a_profile_in_a_trace_belongs_to_the_thread_that_was_profiled() -> None:
    seen = profile("trace_event/chromium.json.gz", "cpuprofile")
    assert [thread.command for thread in seen.threads] == ["CrRendererMain"]
    # V8 takes samples on one thread and writes them on another, not always in order.
    assert seen.report.out_of_order > 0
    assert (np.diff(seen.samples.time) >= 0).all()


@pytest.mark.parametrize("name", TRACES)
def test_self_times_add_up_to_the_outermost_slices(name: str) -> None:
    """Computed without stacks: the time that at least one slice of a thread covers."""
    covered = 0
    data = orjson.loads(content(name))["traceEvents"]
    for thread in {(event["pid"], event["tid"]) for event in data}:
        mine = [event for event in data if (event["pid"], event["tid"]) == thread]
        covered += union(spans(mine))
    assert int(profile(name, "trace_event").samples.columns()["weight"].sum()) == covered


def spans(events: list[dict[str, Any]]) -> list[tuple[int, int]]:
    """Return start and end of each slice of one thread."""
    found = [(event["ts"], event["ts"] + event["dur"]) for event in events if event["ph"] == "X"]
    opened: list[int] = []
    for event in sorted((one for one in events if one["ph"] in "BE"), key=lambda one: int(one["ts"])):
        if event["ph"] == "B":
            opened.append(event["ts"])
        else:
            found.append((opened.pop(), event["ts"]))
    return found


def union(found: list[tuple[int, int]]) -> int:
    """Return the length of the union of intervals."""
    total, reached = 0, 0
    for start, end in sorted(found):
        total += max(0, end - max(start, reached))
        reached = max(reached, end)
    return total


def test_nodes_trace_carries_no_profile() -> None:
    with pytest.raises(WrongTypeError, match="carries no CPU profile"):
        profile("trace_event/node20.json.gz", "cpuprofile")
