"""Any JSON becomes a Profile that can be counted, or one of our errors; no microsecond is lost."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any
from unittest.mock import patch

import orjson
from hypothesis import example, given
from hypothesis import strategies as st

from flamescope_py.analysis.flamegraph import flame_graph
from flamescope_py.analysis.heatmap import heatmap
from flamescope_py.analysis.selection import Selection
from flamescope_py.errors import FlameScopeError
from flamescope_py.model import Profile
from flamescope_py.readers.chrome import trace_event
from flamescope_py.readers.json import documents as json_documents
from flamescope_py.readers.source import read_profile, sniff_file
from flamescope_py.readers.v8 import cpuprofile
from tests.support.reading import assert_same, read
from tests.support.strategies import bounded
from tests.support.views import select

Json = Any
READS: list[Callable[[Iterable[bytes]], Profile]] = [cpuprofile.read, trace_event.read]

NUMBERS = st.sampled_from([0, 1, 2, 3, -1, 1.5, 1e6, 2**31, 2**53, 2**63, 2**64 - 1, -(2**63), 1e15, 1e300])
NAMES = [
    "",
    "a",
    "7",
    "0x1",
    "(root)",
    "(idle)",
    "(program)",
    "CpuProfile",
    "Profile",
    "ProfileChunk",
    "\0",
    "é",
]
SCALARS = st.none() | st.booleans() | NUMBERS | st.sampled_from(NAMES)
KEYS = [
    "ph",
    "ts",
    "dur",
    "tdur",
    "pid",
    "tid",
    "id",
    "id2",
    "name",
    "args",
    "data",
    "cpuProfile",
    "nodes",
    "samples",
    "timeDeltas",
    "startTime",
    "endTime",
    "parent",
    "children",
    "callFrame",
    "functionName",
    "url",
    "lineNumber",
    "hitCount",
    "traceEvents",
]


def containers(values: st.SearchStrategy[Json]) -> st.SearchStrategy[Json]:
    return st.lists(values, max_size=6) | st.dictionaries(st.sampled_from(KEYS), values, max_size=6)


ANYTHING = st.recursive(SCALARS, containers, max_leaves=30)
IDS = st.sampled_from([1, 2, 3, "2", None]) | SCALARS
NODES = st.fixed_dictionaries(
    {"id": IDS},
    optional={
        "callFrame": st.fixed_dictionaries({"functionName": SCALARS}, optional={"url": SCALARS}) | ANYTHING,
        "parent": IDS,
        "children": st.lists(IDS, max_size=4) | ANYTHING,
        "hitCount": SCALARS,
    },
)
PROFILES = st.fixed_dictionaries(
    {"nodes": st.lists(NODES | ANYTHING, max_size=5)},
    optional={
        "samples": st.lists(IDS, max_size=6) | ANYTHING,
        "timeDeltas": st.lists(NUMBERS | SCALARS, max_size=6) | ANYTHING,
        "startTime": SCALARS,
        "endTime": SCALARS,
    },
)
EVENTS = st.fixed_dictionaries(
    {"ph": st.sampled_from(["B", "E", "X", "M", "I", "P", "P", "b"]) | ANYTHING},
    optional={
        "ts": st.integers(0, 50_000) | SCALARS,
        "dur": st.integers(0, 50_000) | SCALARS,
        "tdur": SCALARS,
        "pid": st.integers(0, 1) | SCALARS,
        "tid": st.integers(0, 1) | SCALARS,
        "name": st.sampled_from(NAMES) | ANYTHING,
        "id": st.just("0x1") | ANYTHING,
        "args": st.fixed_dictionaries({"data": st.fixed_dictionaries({"cpuProfile": PROFILES}) | PROFILES})
        | ANYTHING,
    },
)
TRACES = st.lists(EVENTS | ANYTHING, max_size=12)
FILES = ANYTHING | PROFILES | TRACES | st.fixed_dictionaries({"traceEvents": TRACES | ANYTHING})


def count(profile: Profile) -> None:
    """Compute the flame graph and the heatmap of a profile."""
    view = select(profile, Selection())
    graph = flame_graph(view)
    assert graph.total[0] == graph.own.sum()
    try:
        found = heatmap(view, 50)
    except FlameScopeError:
        return
    assert (found.values >= 0).all()


def check(text: bytes) -> None:
    """Read the text as every type. Only our own errors may be raised."""
    sniff_file(io.BytesIO(text))
    for type_name in ("unknown", "cpuprofile", "trace_event"):
        with suppress(FlameScopeError):
            count(read_profile(io.BytesIO(text), type_name))
    for direct in READS:
        with suppress(FlameScopeError):
            count(direct([text]))


@bounded
@given(FILES)
@example([{"ph": "X", "ts": 5, "dur": 2**53, "name": "a"}, {"ph": "P", "name": "ProfileChunk", "ts": 2**53}])
def test_any_json_is_a_profile_or_an_error_of_ours(value: Json) -> None:
    check(dumped(value))


@bounded
@given(FILES, st.integers(0, 400))
def test_so_is_any_json_that_is_cut_off(value: Json, cut: int) -> None:
    check(dumped(value)[:cut])


@bounded
@given(st.lists(st.sampled_from([*b'{}[]",:\\', *b"1-", *b' \n"ph":"X","ts":1']), max_size=60))
def test_so_is_anything_like_json(tail: list[int]) -> None:
    check(b'[{"ph":"X","ts":5,"dur":7,"name":"a"},' + bytes(tail))


def dumped(value: Json) -> bytes:
    return orjson.dumps(value)


@bounded
@given(TRACES, st.integers(1, 40))
def test_a_trace_is_the_same_in_chunks(events: list[Json], size: int) -> None:
    text = dumped(events)
    try:
        expected = trace_event.read([text])
    except FlameScopeError:
        return
    with patch.object(json_documents, "WINDOW", 1):
        seen = trace_event.read(text[at : at + size] for at in range(0, len(text), size))
    # The first fault named may differ: events of one window are checked together.
    assert_same(seen, expected, but=("notes",))


class Slices:
    """A random balanced trace of one thread, with the expected self time of every stack."""

    def __init__(self, steps: list[tuple[int, int]]) -> None:
        self.events: list[dict[str, Any]] = []
        self.own: Counter[tuple[str, ...]] = Counter()
        self._now = 3_000_000_000
        self._stack: list[tuple[str, dict[str, Any]]] = []
        for kind, wait in steps:
            if kind and len(self._stack) < 6:
                self._open(kind)
            elif self._stack:
                self._close()
            self._wait(wait)
        while self._stack:
            self._close()

    def _wait(self, microseconds: int) -> None:
        self._now += microseconds
        if self._stack:
            self.own[tuple(name for name, _ in self._stack)] += microseconds

    def _open(self, kind: int) -> None:
        event: dict[str, Any] = {
            "ph": "XB"[kind % 2],
            "name": "abc"[kind // 2 % 3],
            "ts": self._now,
            "pid": 1,
            "tid": 1,
        }
        self.events.append(event)
        self._stack.append((event["name"], event))
        self._wait(1)

    def _close(self) -> None:
        event = self._stack[-1][1]
        if event["ph"] == "X":
            event["dur"] = self._now - event["ts"]
        else:
            self.events.append(event | {"ph": "E", "ts": self._now})
        self._stack.pop()
        self._wait(1)


STEPS = st.lists(st.tuples(st.integers(0, 11), st.integers(0, 30_000)), min_size=1, max_size=60)


@bounded
@given(STEPS, st.randoms(use_true_random=False))
def test_all_self_time_of_a_balanced_trace_is_there(steps: list[tuple[int, int]], random: Any) -> None:
    expected = Slices([(1, 5), *steps])
    random.shuffle(expected.events)
    profile = read(orjson.dumps(expected.events), "trace_event")
    assert (profile.report.skipped, profile.report.repaired) == (0, 0)
    assert own_times(profile) == {path: own for path, own in expected.own.items() if own}


def own_times(profile: Profile) -> dict[tuple[str, ...], int]:
    """Return microseconds by stack, from the samples."""
    tree, found = profile.tree, Counter[tuple[str, ...]]()
    weight = profile.samples.columns()["weight"]
    for node, own in zip(profile.samples.node.tolist(), weight.tolist(), strict=True):
        path: list[str] = []
        while node:
            path.append(profile.frames.name[int(tree.frame[node])])
            node = int(tree.parent[node])  # noqa: PLW2901
        found[tuple(reversed(path))] += own
    return {path: own for path, own in found.items() if own}
