"""Files are written by the encoder here; tests/data/nflxprofile keeps one for each way of storing stacks."""

from __future__ import annotations

import io
import math
import os
import struct
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flamescope_py.analysis.flamegraph import flame_graph
from flamescope_py.analysis.heatmap import heatmap
from flamescope_py.analysis.selection import Selection
from flamescope_py.errors import BrokenProfileError, FlameScopeError, TooLargeError
from flamescope_py.model import Profile
from flamescope_py.readers.limits import MAX_DEPTH
from flamescope_py.readers.nflx import nflxprofile
from flamescope_py.readers.nflx.nflxprofile_pb2 import File, Node, NodeEntry, Param, StackFrame
from flamescope_py.readers.nflx.nflxprofile_pb2 import Profile as Message
from flamescope_py.readers.source import sniff_file
from tests.support.reading import COMPRESSIONS, assert_same, cut, read, stack, stacks
from tests.support.trees import drawn, lines
from tests.support.views import select

FOLDER = Path(__file__).resolve().parents[3] / "data" / "nflxprofile"
STYLES = ("stack", "parent", "children")
START = 3000.25
KINDS = {"f": "user", "g": "kernel"}

# Node ids by stack; a file in the style of parents or children holds the callers as nodes, too.
STACKS = {1: "node", 2: "node;f", 3: "node;f;g", 4: "node;g", 5: "java", 6: "java;f"}
SAMPLES = [3, 3, 2, 6, 4, 3, 1]


def node(name: str, **fields: Any) -> Node:
    return Node(function_name=name.encode(), hit_count=0, libtype=KINDS.get(name, "").encode(), **fields)


def encoded(style: str, samples: Sequence[int] = SAMPLES, **fields: Any) -> bytes:
    """Write `STACKS` and some samples, a tenth of a second apart, in one of the three styles."""
    nodes = {0: node("root")}
    number_of = {text: number for number, text in STACKS.items()}
    for number, text in STACKS.items():
        above, _, name = text.rpartition(";")
        if style == "stack":
            first, *rest = text.split(";")
            frames = [StackFrame(function_name=f.encode(), libtype=KINDS.get(f, "").encode()) for f in rest]
            nodes[number] = node(first, stack=frames)
        elif style == "parent":
            nodes[number] = node(name, parent=number_of.get(above, 0))
        else:
            nodes[number] = node(name)
            nodes[number_of.get(above, 0)].children.append(number)
    flags = {"stack": {"has_node_stack": "true"}, "parent": {"has_parent": "true"}}.get(style, {})
    return written(nodes, samples, flags, **fields)


def written(
    nodes: dict[int, Node], samples: Iterable[int], params: dict[str, str] | None = None, **fields: Any
) -> bytes:
    samples = list(samples)
    message = Message(
        **{
            "start_time": START,
            "end_time": START + len(samples),
            "samples": samples,
            "time_deltas": [0.1] * len(samples),
            "nodes": [NodeEntry(key=number, value=one) for number, one in nodes.items()],
            "params": [Param(key=k.encode(), value=v.encode()) for k, v in (params or {}).items()],
            **fields,
        }
    )
    return message.SerializeToString(deterministic=True)


def graph_of(data: bytes) -> str:
    return drawn(flame_graph(select(read(data, "nflxprofile"), Selection())))


@pytest.mark.parametrize("style", STYLES)
def test_the_sample_files_are_what_the_encoder_writes(style: str) -> None:
    path = FOLDER / f"{style}.nflxprofile"
    if os.environ.get("BLESS"):
        path.write_bytes(encoded(style))
    assert path.read_bytes() == encoded(style)


@pytest.mark.parametrize("style", STYLES)
def test_each_style_gives_the_same_flame_graph_and_times(style: str) -> None:
    profile = read(encoded(style), "nflxprofile")
    assert graph_of(encoded(style)) == lines("""
        root 7
          java 1
            f[user] 1 (1 own)
          node 6 (1 own)
            f[user] 4 (1 own)
              g[kernel] 3 (3 own)
            g[kernel] 1 (1 own)
    """)
    np.testing.assert_allclose(profile.samples.time, START + 0.1 * np.arange(1, 8))
    counted = heatmap(select(profile, Selection()), 10)
    assert counted.origin == 3000
    assert int(counted.values.sum()) == 7
    assert {thread.command for thread in profile.threads} == {"node", "java"}


@pytest.mark.parametrize("style", STYLES)
def test_every_way_a_file_can_come(style: str) -> None:
    data = encoded(style)
    whole = read(data, "nflxprofile")
    assert sniff_file(io.BytesIO(data)).type == "nflxprofile"
    assert_same(nflxprofile.read(bytes([byte]) for byte in data), whole)
    assert_same(nflxprofile.read(cut(data, [7, 50])), whole)
    for compress in COMPRESSIONS.values():
        assert_same(read(compress(data), "unknown"), whole)


def test_the_wire_is_that_of_the_original() -> None:
    """Written by hand: field numbers and wire types as in the format's description."""
    name = b"\x0a\x01f"
    entry = b"\x08\x05\x12" + bytes([len(name) + 2]) + name + b"\x10\x00"
    param = b"\x0a\x0ahas_parent\x12\x04true"
    data = (
        b"\x09"
        + struct.pack("<d", 10.0)
        + b"\x11"
        + struct.pack("<d", 12.0)
        + b"\x1a\x02\x05\x05"
        + b"\x22\x10"
        + struct.pack("<dd", 0.5, 1.0)
        + b"\x2a"
        + bytes([len(entry)])
        + entry
        + b"\x42"
        + bytes([len(param)])
        + param
        + b"\x62\x02\x03\x09"
    )
    profile = read(data, "unknown")
    assert profile.samples.time.tolist() == [10.5, 11.5]
    assert profile.samples.period is not None
    assert profile.samples.period.tolist() == [3, 9]
    assert stacks(profile) == ["f", "f"]


def test_processes_threads_processors_and_values() -> None:
    profile = read(
        encoded(
            "stack",
            [3, 6],
            samples_pid=[10, 20],
            samples_tid=[11, 2**32 - 1],
            samples_cpu=[3, 0],
            samples_value=[5, 2**64 - 1],
            title=b"t\xff",
            idle_sample_count=4,
        ),
        "nflxprofile",
    )
    assert profile.samples.cpu.tolist() == [3, 0]
    rows = [profile.threads[row] for row in profile.samples.thread.tolist()]
    assert rows == [(10, 11, "node"), (20, -1, "java")]
    assert profile.samples.period is not None
    assert profile.samples.period.tolist() == [5, 0]
    assert profile.meta.header == {"title": "t\ufffd"}
    assert "4 idle samples" in profile.report.messages[0]


def test_processes_may_stand_in_the_nodes() -> None:
    data = written({1: node("f", pid=7, cpu=2), 2: node("g")}, [1, 2], {"has_node_stack": "true"})
    profile = read(data, "nflxprofile")
    assert [profile.threads[row] for row in profile.samples.thread.tolist()] == [(7, -1, "f"), (-1, -1, "g")]
    assert profile.samples.cpu.tolist() == [2, -1]


def test_names_that_are_missing_odd_or_have_a_file() -> None:
    files = [File(file_name=b"/srv/a.js", line=3), File(file_name=b"/srv/b.js"), File(line=3)]
    names = [b"", b" x\0\xff ", b"f"]
    nodes = {
        n + 1: Node(function_name=name, file=file)
        for n, (name, file) in enumerate(zip(names, files, strict=True))
    }
    profile = read(written(nodes, [1, 2, 3], {"has_parent": "true"}), "nflxprofile")
    assert [stack(profile, row) for row in range(3)] == [
        ["[unknown] (/srv/a.js:3)"],
        ["x\ufffd\ufffd (/srv/b.js)"],
        ["f"],
    ]


def test_a_sample_of_the_root_is_not_lost() -> None:
    for style in STYLES:
        assert "root 1 (1 own)" in graph_of(encoded(style, [0, 3]))


def test_unknown_nodes_are_skipped_counted_and_named() -> None:
    profile = read(encoded("parent", [3, 99, 3, 100]), "nflxprofile")
    assert (profile.report.samples, profile.report.skipped) == (2, 2)
    assert [note.text for note in profile.report.notes] == ["node 99", "node 100"]
    with pytest.raises(BrokenProfileError, match="No sample"):
        read(encoded("parent", [99]), "nflxprofile")


def test_cycles_and_missing_callers_are_cut() -> None:
    nodes = {
        1: node("a", parent=3),
        2: node("b", parent=1),
        3: node("c", parent=2),
        4: node("d", parent=77),
        5: node("e", parent=5),
    }
    profile = read(written(nodes, [1, 2, 3, 4, 5], {"has_parent": "true"}), "nflxprofile")
    assert profile.report.repaired == 3
    assert stacks(profile) == ["b;c;a", "b", "b;c", "d", "e"]


def test_cycles_among_children_and_nodes_out_of_reach() -> None:
    nodes = {
        0: node("root", children=[1, 1, 9]),
        1: node("a", children=[2]),
        2: node("b", children=[1, 0, 2]),
        3: node("c", children=[3]),
    }
    profile = read(written(nodes, [1, 2, 3]), "nflxprofile")
    assert stacks(profile) == ["a", "a;b", "c"]
    assert profile.report.repaired == 5
    assert stacks(read(written({7: node("a", children=[8]), 8: node("b")}, [8]), "nflxprofile")) == ["b"]


def test_a_node_that_comes_twice_is_counted() -> None:
    data = (
        encoded("parent") + Message(nodes=[NodeEntry(key=3, value=node("h", parent=2))]).SerializeToString()
    )
    profile = read(data, "nflxprofile")
    assert profile.report.repaired == 1
    assert stack(profile, 0) == ["h", "f user", "node"]


@pytest.mark.parametrize("style", STYLES)
def test_deep_chains(style: str) -> None:
    for depth in (5_000, MAX_DEPTH + 100):
        nodes = {0: node("root")}
        if style == "stack":
            nodes[1] = node("f1", stack=[StackFrame(function_name=b"f%d" % n) for n in range(2, depth + 1)])
            samples = [1]
        else:
            nodes |= {n: node(f"f{n}", parent=n - 1) for n in range(1, depth + 1)}
            for n in range(depth if style == "children" else 0):
                nodes[n].children.append(n + 1)
            samples = [depth, 1, depth // 2]
        flag = {"stack": "has_node_stack", "parent": "has_parent"}.get(style, "")
        profile = read(written(nodes, samples, {flag: "true"}), "nflxprofile")
        assert profile.report.samples == len(samples)
        assert profile.tree.depth.max() == min(depth, MAX_DEPTH)
        assert len(profile.report.notes) == (depth > MAX_DEPTH)


def test_times_that_cannot_be_true() -> None:
    deltas = [0.1, math.nan, math.inf, -0.05, 1e300, 0.1]
    profile = read(encoded("parent", [1] * 6, time_deltas=deltas), "nflxprofile")
    assert profile.report.repaired == 3
    assert profile.report.out_of_order == 2
    assert profile.seconds == 1
    profile = read(encoded("parent", [1] * 6, time_deltas=[0.1, 1e6, 1e6, -2e6, 0.1, 0.1]), "nflxprofile")
    assert profile.report.skipped == 2
    assert profile.seconds == 1


def test_times_and_samples_that_are_not_equally_many() -> None:
    assert read(encoded("parent", time_deltas=[0.1] * 3), "nflxprofile").report.skipped == 4
    profile = read(encoded("parent", time_deltas=[]), "nflxprofile")
    assert not profile.meta.timed
    assert flame_graph(select(profile, Selection())).samples == 7


def test_other_bytes_are_not_recognised() -> None:
    data = encoded("parent")
    for other in (
        b"",
        b"\t",
        b"\tindented text: 1;2;3\n" * 20,
        b"PERFILE2" + data,
        data[9:],  # without a start
        data.replace(struct.pack("<d", START), struct.pack("<d", 1e200)),
        data.replace(struct.pack("<d", START), b"        "),
        encoded("parent", end_time=1.0),
        written({}, [1]),
        b"\x0a\x04\x08\x01\x10\x02" * 50,  # a pprof profile
        b"\x78\x01" + data,
    ):
        assert not nflxprofile.recognises(other), other[:30]


def test_a_long_file_is_recognised_by_its_head() -> None:
    data = encoded("parent", SAMPLES * 30_000)
    assert sniff_file(io.BytesIO(data)).type == "nflxprofile"
    assert read(data, "unknown").report.samples == len(SAMPLES) * 30_000


def test_a_cut_file_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(BrokenProfileError, match="cut short"):
        read(encoded("parent")[:-3], "nflxprofile")
    monkeypatch.setattr(nflxprofile, "MAX_BYTES", 100)
    with pytest.raises(TooLargeError):
        read(encoded("parent"), "nflxprofile")


def check(data: bytes) -> None:
    """Any bytes become a profile that can be drawn, or raise our error."""
    nflxprofile.recognises(data)
    profile: Profile | None = None
    with suppress(FlameScopeError):
        profile = nflxprofile.read([data])
    if profile is not None:
        view = select(profile, Selection())
        assert flame_graph(view).samples == len(profile.samples)
        if profile.meta.timed:
            heatmap(view, 10)


@given(st.binary())
def test_any_bytes_give_a_profile_or_our_error(data: bytes) -> None:
    check(data)


@given(
    st.sampled_from(STYLES),
    st.lists(st.tuples(st.integers(0, 400), st.integers(0, 255)), min_size=1, max_size=4),
)
def test_mutated_files_give_a_profile_or_our_error(style: str, changes: list[tuple[int, int]]) -> None:
    data = bytearray(encoded(style))
    for position, byte in changes:
        data[position % len(data)] = byte
    check(bytes(data))
