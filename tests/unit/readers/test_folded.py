from __future__ import annotations

import gzip
import io
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flamescope_py.analysis.compare import Pair, differential
from flamescope_py.analysis.flamegraph import flame_graph
from flamescope_py.analysis.heatmap import heatmap
from flamescope_py.analysis.measure import share_measure
from flamescope_py.analysis.selection import Selection
from flamescope_py.errors import BrokenProfileError, FlameScopeError, NoTimestampsError, UnknownFormatError
from flamescope_py.export.difference import folded_difference
from flamescope_py.export.folded import folded as export_folded
from flamescope_py.readers import folded
from flamescope_py.readers.limits import MAX_DEPTH
from flamescope_py.readers.source import sniff_file
from tests.support.reading import assert_same, cut, read, stack, stacks
from tests.support.trees import drawn, lines
from tests.support.views import select

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
    b" 1\n 2\n 3\n",
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


def test_stacks_without_a_frame_count() -> None:
    """`py-spy record -f raw` writes them for threads that it could not read."""
    data = b"main (app.py:9);work (app.py:5) 67\n 3\nmain (app.py:9) 2\n 4\n"
    assert sniff_file(io.BytesIO(data)).type == "folded"
    profile = read(data, "unknown")
    assert drawn(flame_graph(select(profile, Selection()))) == lines("""
        root 76 (7 own)
          main (app.py:9) 69 (2 own)
            work (app.py:5) 67 (67 own)
    """)
    assert (profile.report.skipped, profile.report.without_stack) == (0, 2)


@pytest.mark.parametrize(
    ("counts", "read_as", "how"),
    [
        ([b"12.50", b"7.25", b"80.0"], [13, 7, 80], "rounded"),
        ([b"0.156", b"0.98", b"0.343"], [156, 980, 343], "multiplied by 1000"),
        ([b".5", b"3.", b"1e2"], [1, 3, 100], "rounded"),
        ([b"1.5e-05", b"2e-06", b"1"], [15, 2, 1_000_000], "multiplied by 1000000"),
        ([b"1e-30", b"0.5", b"2"], [0, 500_000_000, 2_000_000_000], "multiplied by 1000000000"),
        ([b"1234567890123456", b"1e3", b"0007"], [1234567890123456, 1000, 7], ""),
        ([b"12.0", b"7.000", b"0"], [12, 7, 0], ""),
    ],
)
def test_counts_may_be_written_in_other_ways(counts: list[bytes], read_as: list[int], how: str) -> None:
    text = b"".join(b"main;f%d %s\n" % (row, count) for row, count in enumerate(counts))
    assert folded.recognises(text)
    profile = read(text, "folded")
    assert profile.samples.weight is not None
    assert profile.samples.weight.tolist() == read_as
    assert how in " ".join(profile.report.messages)
    assert len(profile.report.messages) == bool(how)


@pytest.mark.parametrize("gap", [b"\t", b"  ", b" \t ", b"\t\t"])
@pytest.mark.parametrize("indent", [b"", b"    ", b"\t"])
def test_blanks_and_tabs_stand_around_stack_and_count(gap: bytes, indent: bytes) -> None:
    text = b"".join(
        indent + stack + gap + count + b" \n" for stack, count in [(b"a;b", b"3"), (b"a;c d", b"4")]
    )
    assert sniff_file(io.BytesIO(text)).type == "folded"
    assert stacks(read(text, "unknown")) == ["a;b", "a;c d"]


@pytest.mark.parametrize(
    "command",
    [
        "backup-2024-05-01",
        "2024-05-01",
        "2024/05/01 nightly",
        "job 2024-05-01 12:00:01",
        "cron-2024-05-01T12:00:01",
        "12:00:01",
        "[main tid=12:30]",
        "May  1 12:00",
    ],
)
def test_a_first_frame_may_hold_a_date(command: str) -> None:
    text = f"{command};main;gzip 12\n{command};main;tar 7\n".encode()
    assert sniff_file(io.BytesIO(text)).type == "folded"
    assert read(text, "unknown").threads[0].command == command


@pytest.mark.parametrize(
    "text",
    [
        b"a;b;c 10 14\na;b;d 5 0\na;b 0 3\n",
        b"a;b;c 10.5\t14\na;b;d 5 0\n",
        b"  main;x 1 2\n  main;y 3 4\n" * 3_000,
    ],
)
def test_two_counts_are_refused_by_name(text: bytes) -> None:
    assert "two counts" in sniff_file(io.BytesIO(text)).reason
    for type_name in ("unknown", "folded"):
        with pytest.raises(UnknownFormatError, match="two counts"):
            read(text, type_name)
    with pytest.raises(BrokenProfileError, match="two counts"):
        folded.read([text])


def test_our_own_differential_export_is_refused_by_name() -> None:
    graph = flame_graph(select(read(PLAIN, "folded"), Selection()))
    text = b"".join(folded_difference(Pair(graph, graph, differential(graph, graph), share_measure(1, 1))))
    with pytest.raises(UnknownFormatError, match="two counts"):
        read(text, "unknown")


def test_marks_of_async_profiler_are_kinds() -> None:
    text = b"main;run_[0];bar_[1];baz_[j];sum_[i];read_[k] 5\nmain;run_[1];_[0];x_[2] 7\n"
    profile = read(text, "folded")
    assert stack(profile, 0) == ["read kernel", "sum inlined", "baz jit", "bar c1", "run interpreted", "main"]
    assert stack(profile, 1) == ["x_[2]", "_[0]", "run c1", "main"]
    written = b"".join(export_folded(flame_graph(select(profile, Selection()))))
    assert sorted(written.splitlines()) == sorted(text.splitlines())


@pytest.mark.parametrize(("end", "samples"), [(b"x\n", 0), (b"3\n", 1)])
def test_long_runs_of_blanks_take_linear_time(end: bytes, samples: int) -> None:
    text = b"a;b 1\na;b" + b" " * (folded.MAX_LINE - 10) + end
    assert folded.read([text]).report.samples == 1 + samples


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
    profile = read(PLAIN * 20 + b"no count here\n\na;b 0x3\na;b -3\na;b 1,5\n", "folded")
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
        b"RunTimers 104\nMinorGC 137\nRunTimers;MinorGC 24\nfs.read 14\n",
    ):
        assert folded.recognises(data)


def test_deep_stacks_and_long_lines_are_bounded() -> None:
    deep = ";".join(f"f{number}" for number in range(5_000)).encode()
    profile = read(b"%s 1\n%s;leaf 2\n" % (deep, deep), "folded")
    assert profile.tree.depth.max() == 5_001
    deeper = ";".join(f"f{number}" for number in range(12_000)).encode()
    profile = read(deeper + b" 1\n", "folded")
    assert profile.tree.depth.max() == MAX_DEPTH
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
