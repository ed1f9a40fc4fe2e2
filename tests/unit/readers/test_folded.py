from __future__ import annotations

import gzip
import io
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flamescope_py.analysis.flamegraph import flame_graph
from flamescope_py.analysis.heatmap import heatmap
from flamescope_py.analysis.selection import Selection
from flamescope_py.analysis.view import select
from flamescope_py.errors import BrokenProfileError, FlameScopeError, NoTimestampsError, UnknownFormatError
from flamescope_py.readers import folded
from flamescope_py.readers.source import sniff_file
from tests.support.reading import assert_same, cut, read, stack
from tests.support.trees import drawn, lines

SAMPLE = (Path(__file__).resolve().parents[2] / "data" / "folded" / "annotated.folded").read_bytes()
PLAIN = b"""node;start;main;hash 42
node;start;main 3
java;[libjvm.so];Lorg/Foo:.run_[j];__read_[k];inner_[i] 7
swapper 12
"""

LOGS = [
    b'127.0.0.1 - - [10/Oct/2000:13:55:36 -0700] "GET / HTTP/1.0" 200 2326\n' * 5,
    b"2024-05-01 12:00:01 worker[3]: a;b took 35\n" * 5,
    b"May  1 12:00:01 host sshd: x;y port 22\n" * 5,
    b"done; took 35\nfailed; took 12\n",
    b"for (i = 0; i < 10\nwhile (x; y < 3\n",
    b"a,b,c\n1,2,3\n",
    b"one 1\ntwo 2\nthree 3\n",
    b"prose with a number at the end 3\nand more; of it, 4\nand a line without\n",
    b"a;b;c 42\x00",
    b"var a=1;function b(c){return c+1};if(a==2){b(a)};" * 2_000,
    b'{"a": "b;c 4"}\n',
    b"",
]


def test_stacks_become_a_flame_graph_weighed_by_their_counts() -> None:
    profile = read(PLAIN, "folded")
    graph = flame_graph(select(profile, Selection()))
    assert drawn(graph) == lines("""
        root 64
          java 7
            [libjvm.so] 7
              Lorg/Foo:.run[jit] 7
                __read[kernel] 7
                  inner[inlined] 7 (7 own)
          node 45
            start 45
              main 45 (3 own)
                hash 42 (42 own)
          swapper 12 (12 own)
    """)
    assert graph.samples == 64
    assert profile.samples.weight is not None
    assert profile.samples.weight.tolist() == [42, 3, 7, 12]
    assert [thread.command for thread in profile.threads] == ["java", "node", "swapper"]


def test_there_is_no_heatmap() -> None:
    profile = read(PLAIN, "folded")
    assert not profile.meta.timed
    assert np.isnan(profile.samples.time).all()
    with pytest.raises(NoTimestampsError):
        heatmap(select(profile, Selection()), 50)


@pytest.mark.parametrize(
    "data", [PLAIN, PLAIN.rstrip(), PLAIN.replace(b"\n", b"\r\n"), gzip.compress(PLAIN, mtime=0)]
)
def test_the_same_however_it_comes(data: bytes) -> None:
    assert sniff_file(io.BytesIO(data)).type == "folded"
    assert_same(read(data, "unknown"), read(PLAIN, "folded"))


@given(st.lists(st.integers(0, len(PLAIN))))
def test_the_same_however_it_is_cut(points: list[int]) -> None:
    assert_same(folded.read(cut(PLAIN, points)), folded.read([PLAIN]))


def test_bad_lines_are_skipped_counted_and_named() -> None:
    profile = read(PLAIN * 20 + b"no count here\n\n a;b 3\na;b -3\na;b 1.5\n", "folded")
    assert profile.report.lines == 85
    assert profile.report.skipped == 4
    assert [note.line for note in profile.report.notes] == [81, 83, 84, 85]
    assert profile.report.samples == 80


def test_odd_names_stay_as_they_are() -> None:
    data = "a b;c 1 2;;\ufffd ünï 3\n".encode() + b"a b;\xff\xfe;\x01;_[q] 4\n"
    assert stack(read(data, "folded"), 0) == ["\ufffd ünï", "", "c 1 2", "a b"]
    assert stack(read(data, "folded"), 1) == ["_[q]", "\x01", "\ufffd\ufffd", "a b"]


@pytest.mark.parametrize("data", LOGS, ids=range(len(LOGS)))
def test_logs_are_not_swallowed(data: bytes) -> None:
    assert not folded.recognises(data)
    assert sniff_file(io.BytesIO(data)).type != "folded"


def test_stacks_of_other_tools_are_recognised() -> None:
    for data in (
        b"<module> (app.py:12);handle (app.py:40) 310\n<module> (app.py:12) 1\n",
        b"java/lang/Thread.run;Foo.bar_[0];Foo.baz_[1] 12\n",
        b"app;std::vector<int, std::allocator<int> >::push_back(int const&);operator new(unsigned long) 9",
    ):
        assert folded.recognises(data)


def test_deep_stacks_and_long_lines_are_bounded() -> None:
    deep = ";".join(f"f{number}" for number in range(5_000)).encode()
    profile = read(b"%s 1\n%s;leaf 2\n" % (deep, deep), "folded")
    assert profile.tree.depth.max() == 5_001
    deeper = ";".join(f"f{number}" for number in range(12_000)).encode()
    profile = read(deeper + b" 1\n", "folded")
    assert profile.tree.depth.max() == folded.MAX_DEPTH
    assert "cut" in profile.report.notes[0].reason
    long = b"a;" + b"x" * (folded.MAX_LINE + 10) + b" 3"
    profile = folded.read(
        [PLAIN, *(long[start : start + 99_999] for start in range(0, len(long), 99_999)), b"\na;b 1"]
    )
    assert (profile.report.samples, profile.report.skipped, profile.report.lines) == (5, 1, 6)


def test_counts_that_could_not_be_added_up_are_refused() -> None:
    with pytest.raises(BrokenProfileError, match="add up"):
        read(b"a;b 999999999999999\n" * 10, "folded")


def test_a_file_without_a_stack_is_refused() -> None:
    with pytest.raises(BrokenProfileError):
        folded.read([b"nothing\n"])
    with pytest.raises(UnknownFormatError):
        read(b"nothing\n", "folded")


@given(
    st.binary()
    | st.lists(st.sampled_from([b";", b" ", b"1", b"a", b"_[k]", b"\n", b"\r", b"\xff"])).map(b"".join)
)
def test_any_bytes_give_a_profile_or_our_error(data: bytes) -> None:
    folded.recognises(data)
    try:
        profile = folded.read([data])
    except FlameScopeError:
        return
    assert flame_graph(select(profile, Selection())).samples >= 0


def test_the_sample_file_shows_its_kinds() -> None:
    profile = read(SAMPLE, "unknown")
    assert stack(profile, 0) == [
        "__read kernel",
        "org/example/Pool:::take inlined",
        "org/example/Server:::run jit",
        "start_thread",
        "[libjvm.so]",
        "java",
    ]
    assert stack(profile, 1) == ["Interpreter jit", "[unknown]", "java"]
    assert profile.report.skipped == 0
