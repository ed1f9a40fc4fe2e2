from __future__ import annotations

import re
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flamescope_py.analysis.flamegraph import FlameGraph, flame_graph
from flamescope_py.analysis.selection import Selection
from flamescope_py.export.folded import folded, written_name
from flamescope_py.model import Frame
from flamescope_py.readers import folded as reader
from tests.support.exports import GRAPHS, PLAIN, graph_of, names
from tests.support.kernel import without_kernel
from tests.support.reading import read
from tests.support.recorded import input_bytes
from tests.support.views import select


def text_of(graph: FlameGraph) -> bytes:
    return b"".join(folded(graph))


def read_back(text: bytes) -> FlameGraph:
    return flame_graph(select(reader.read([text]), Selection()))


def test_one_line_a_stack_root_left_out() -> None:
    assert text_of(PLAIN).decode().splitlines() == [
        "java;a;b_[i] 1",
        "node;main 1",
        "node;main;f 2",
        "node;main;sys_read 1",
    ]


# Each as stackcollapse-perf.pl and inferno write it, but for the two that the module's docstring names.
@pytest.mark.parametrize(
    ("frame", "written"),
    [
        (Frame("main", "/usr/bin/node", "user"), "main"),
        (Frame("do_idle", "[kernel.kallsyms]", "kernel"), "do_idle"),
        (Frame("[unknown]", "/usr/lib/libc.so.6", "user"), "[libc.so.6]"),
        (Frame("[unknown]", "[unknown]", "kernel"), "[unknown]"),
        (Frame("[unknown]", "", ""), "[unknown]"),
        (Frame("Lorg/Foo;::bar", "/tmp/perf-1.map", "jit"), "Lorg/Foo:::bar"),
        (Frame("baz", "/tmp/perf-1.map", "inlined"), "baz_[i]"),
        (Frame("std::fmod", "inlined", "inlined"), "std::fmod"),
        (Frame("__read", "", "kernel"), "__read_[k]"),
        (Frame("run", "", "jit"), "run_[j]"),
        (Frame(" /srv/app.js:1 ", "/tmp/perf-1.map", "jit"), "/srv/app.js:1"),
        (Frame("a\nb\r\x00c", "", ""), "a b  c"),
        (Frame("", "", ""), "[unknown]"),
        (Frame("V8 WorkerThread"), "V8 WorkerThread"),
        (Frame("f(int, char)", "/b", "user"), "f(int, char)"),
    ],
)
def test_how_a_frame_is_written(frame: Frame, written: str) -> None:
    assert written_name(frame) == written


def test_what_is_written_alike_is_added_up() -> None:
    stacks = [[("sh", "", ""), ("f", library, "user")] for library in ("/a", "/b", "/c")]
    assert text_of(graph_of(stacks, [1, 2, 2**53])) == b"sh;f 9007199254740995\n"
    assert text_of(graph_of(names("a;b;c", "a;b", "a;b;c"))) == b"a;b 1\na;b;c 2\n"


def test_no_sample_is_lost() -> None:
    for graph in GRAPHS.values():
        assert sum(int(line.rpartition(b" ")[2]) for line in text_of(graph).splitlines()) == graph.samples


@pytest.mark.parametrize("name", [name for name in GRAPHS if name != "empty"])
def test_writing_reading_and_writing_again_is_the_identity(name: str) -> None:
    once = text_of(GRAPHS[name])
    again = read_back(once)
    assert text_of(again) == once
    assert again.samples == GRAPHS[name].samples


def test_what_is_written_is_recognised() -> None:
    for name in ("plain", "weighed", "deep", "symbols", "after-sed"):
        read(text_of(GRAPHS[name]), "folded")


FRAME = st.tuples(
    st.text(max_size=6) | st.sampled_from(["f", "[unknown]", "f_[k]", "f 1", ";", " ", "\ud800"]),
    st.sampled_from(["", "/usr/lib/x.so", "inlined", "[unknown]"]),
    st.sampled_from(["", "user", "kernel", "jit", "inlined"]),
)


@given(st.lists(st.tuples(st.lists(FRAME, max_size=4), st.integers(1, 99)), min_size=1, max_size=6))
def test_any_names_come_back_as_they_were_written(rows: list[tuple[list[tuple[str, str, str]], int]]) -> None:
    once = text_of(graph_of([stack for stack, _ in rows], [count for _, count in rows]))
    assert text_of(read_back(once)) == once


@given(st.lists(st.tuples(st.lists(FRAME, max_size=4), st.integers(1, 99)), min_size=1, max_size=6))
def test_the_kernel_writes_the_same_lines(rows: list[tuple[list[tuple[str, str, str]], int]]) -> None:
    graph = graph_of([stack for stack, _ in rows], [count for _, count in rows])
    with without_kernel():
        expected = text_of(graph)
    assert text_of(graph) == expected


def test_long_stacks_are_written_in_pieces() -> None:
    stacks = [[("sh", "", "")] + [(f"{row}" * 4_000, "/a", "user")] * 100 for row in (1, 2, 3)]
    graph = graph_of(stacks, [3, 2, 1])
    with without_kernel():
        expected = text_of(graph)
    assert text_of(graph) == expected
    assert len(expected) == 3 * (2 + 100 * 4_001 + 3)


def test_annotated_stacks_stay_as_they_were() -> None:
    text = b"java;[libjvm.so];run_[j];take_[i];__read_[k] 7\njava;[unknown];Interpreter_[j] 2\n"
    assert sorted(text_of(read_back(text)).splitlines()) == sorted(text.splitlines())


def collapsed(text: str) -> Counter[str]:
    """Fold perf script text as the loop of stackcollapse-perf.pl does, line by line, names kept whole."""
    found: Counter[str] = Counter()
    for block in re.split(r"\n\n+", re.sub(r"(?m)^#.*\n", "", text).strip("\n")):
        head, *lines = block.split("\n")
        command = re.match(r"(\S.+?)\s+(?:\d+/)?\d+\s", head)
        stack: list[str] = []
        for line in lines:
            match = re.match(r"\s*\w+\s*(.+) \((\S*)\)", line)
            assert match, line
            name = re.sub(r"\+0x[\da-f]+$", "", match[1])
            if name == "[unknown]" and match[2] != "[unknown]":
                name = f"[{match[2].rpartition('/')[2]}]"
            stack.insert(0, name.replace(";", ":"))
        assert command, head
        found[";".join([command[1], *stack])] += 1
    return found


@pytest.mark.parametrize("name", ["node18.perf.out", "node99.perf.out", "multi.perf.out", "sys49.perf.out"])
def test_recordings_give_the_lines_of_stackcollapse(name: str) -> None:
    data = input_bytes(name)
    graph = flame_graph(select(read(data), Selection(idle=True)))
    lines = (line.rpartition(" ") for line in text_of(graph).decode().splitlines())
    assert Counter({stack: int(count) for stack, _, count in lines}) == collapsed(data.decode())
