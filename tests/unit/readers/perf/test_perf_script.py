"""Perf script text that is large, deep, endless or nearly empty: cases beyond the small files."""

from __future__ import annotations

import gc
import subprocess
import sys
import weakref
from textwrap import dedent

import numpy as np
import pytest

from flamescope_py.analysis.heatmap import heatmap
from flamescope_py.analysis.selection import Selection
from flamescope_py.errors import BrokenProfileError
from flamescope_py.model import ProfileBuilder
from flamescope_py.model.builder import MAX_EVENTS
from flamescope_py.readers.limits import MAX_DEPTH, MAX_LINE
from flamescope_py.readers.perf import parser, reader
from flamescope_py.readers.perf.parser import PIECE, PerfScriptParser
from tests.support.perf_text import frame_lines, sample, script
from tests.support.reading import assert_same, check_every_way, cut, read, read_perf, stack, stacks
from tests.support.views import select


def deep(depth: int) -> list[str]:
    return [f"f{number} (/x)" for number in range(depth)]


def test_a_stack_of_5000_frames_is_whole() -> None:
    profile = check_every_way(script(sample("10.000000", *deep(5000)), sample("10.100000", *deep(5000))))
    assert stack(profile, 1) == [f"f{number} (/x) user" for number in range(5000)] + ["node"]
    # Its leaf's node, one row a frame, the command and the root.
    assert len(profile.tree) == 5002
    assert profile.report.notes == []


def test_a_parser_ends_without_a_garbage_collection() -> None:
    parser = PerfScriptParser()
    parser.feed(script(sample("10.000000", "f (/x)")))
    builder, watched = parser.finish(), weakref.ref(parser)
    gc.disable()
    try:
        del parser
        assert watched() is None
    finally:
        gc.enable()
    assert builder.report.samples == 1


@pytest.mark.parametrize("blank", ["\n", ""], ids=["plain", "no blank line"])
def test_a_stack_without_end_is_cut_to_its_innermost_frames_and_that_is_said(blank: str) -> None:
    endless = sample("10.000000", *deep(MAX_DEPTH + 5)).rstrip("\n")
    profile = read_perf(endless, "\n", blank, sample("10.100000", "f0 (/x)"))
    assert len(stack(profile, 0)) == MAX_DEPTH + 1
    assert stack(profile, 0)[0] == "f0 (/x) user"
    assert stacks(profile)[1] == "node;f0"
    assert [note.reason for note in profile.report.notes] == ["stack cut to its innermost 10000 frames"]


LONG = "x" * (MAX_LINE + 1)


@pytest.mark.parametrize(
    "line",
    [f"\t 7f12 {LONG} (/x)\n", f"{LONG}\n", f"w 1 10.000000: cycles: {LONG}\n", f" {LONG}.c:12\n"],
    ids=["frame", "nothing", "event", "source line"],
)
def test_a_long_line_is_skipped_counted_and_named(line: str) -> None:
    text = sample("10.000000", "f (/x)").rstrip("\n") + "\n" + line + frame_lines(["g (/x)"]) + "\n"
    profile = read_perf(text, sample("10.100000", "h (/x)"))
    assert stacks(profile) == ["node;g;f", "node;h"]
    assert profile.report.skipped == 1
    (note,) = profile.report.notes
    assert (note.reason, note.line) == ("line longer than 64 KiB", 3)
    assert note.text == line[:100]


def test_a_line_of_megabytes_is_skipped_wherever_the_text_is_cut() -> None:
    before, after = sample("10.000000", "f (/x)"), sample("10.100000", "g (/x)")
    data = script(before, "x" * (PIECE + (1 << 20)) + "\n\n", after)
    whole = read(data)
    assert stacks(whole) == ["node;f", "node;g"]
    assert [note.line for note in whole.report.notes] == [4]
    assert whole.report.skipped == 1
    for size in (1 << 16, 1 << 20, 3_000_001):
        assert_same(reader.read(cut(data, range(size, len(data), size))), whole)


def test_a_block_too_long_to_wait_for_is_read_as_it_comes() -> None:
    one = sample("10.000000", *(f"{'f' * 900}{number} (/x)" for number in range(100))).rstrip("\n") + "\n"
    data = script(one * (PIECE // len(one) + 10), "\n", sample("10.100000", "g (/x)"))
    whole = read(data)
    assert len(whole.samples) == PIECE // len(one) + 11
    assert len(whole.tree) == 103
    assert_same(reader.read(cut(data, range(1 << 20, len(data), 1 << 20))), whole)


def test_a_line_of_300_megabytes_needs_little_memory() -> None:
    """Runs in its own process, because the kernel's peak of a process only ever rises."""
    program = """
        from pathlib import Path
        from flamescope_py.readers.perf import reader

        def peak():
            status = Path("/proc/self/status")
            if not status.exists():
                import resource, sys
                used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
                return used if sys.platform == "darwin" else used * 1024
            line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
            return int(line.split()[1]) * 1024

        def chunks():
            yield b"w 1 10.000000: cycles:\\n\\t 7f12 f (/x)\\n"
            endless = b"x" * (1 << 20)
            for _ in range(300):
                yield endless
            yield b"\\n\\n\\nw 1 10.100000: cycles:\\n\\t 7f12 g (/x)\\n"

        before = peak()
        profile = reader.read(chunks())
        print(len(profile.samples), profile.report.skipped, (peak() - before) >> 20)
    """
    output = subprocess.run(
        [sys.executable, "-c", dedent(program)], capture_output=True, text=True, check=True
    ).stdout
    samples, skipped, megabytes = map(int, output.split())
    assert (samples, skipped) == (2, 1)
    assert megabytes < 100


def test_times_that_cannot_be_true_cost_no_columns() -> None:
    false = [
        "1e18",
        "nan",
        "inf",
        "1000000000000000000.0",
        "999999999999999999.9",
        "99999999999.0",
        "0.000000",
    ]
    texts = [sample(f"{200_000 + second}.500000", "f (/x)") for second in range(5)]
    profile = read_perf(*texts[:2], *(sample(time, "g (/x)") for time in false), *texts[2:])
    assert stacks(profile) == ["node;f"] * 5
    assert profile.seconds == 5
    assert heatmap(select(profile, Selection()), 50).values.shape == (5, 50)
    # An event line that cannot be read takes its frame with it; a sample that is left out counts once.
    unread, left_out = 2, 5
    assert profile.report.skipped == 2 * unread + left_out
    named = " ".join(note.text for note in profile.report.notes)
    for time in ("1e18", "nan", "inf", "1000000000000000000.0", "1e+18 s", "99999999999.0 s", "0.0 s"):
        assert time in named, time


def test_one_false_time_of_two_does_not_lose_both() -> None:
    profile = read_perf(sample("100.000000", "f (/x)"), sample("99999999999.000000", "g (/x)"))
    assert stacks(profile) == ["node;f"]
    assert profile.report.skipped == 1


def test_a_file_with_many_events_keeps_a_bounded_table_and_says_what_it_left_out() -> None:
    texts = [sample(f"10.{number:06}", "f (/x)", event=f"e{number}") for number in range(MAX_EVENTS + 100)]
    profile = read_perf(*texts)
    assert len(profile.samples) == MAX_EVENTS
    assert len(profile.meta.events) <= MAX_EVENTS + 1
    assert profile.meta.events[profile.samples.event[7]] == "e7"
    assert profile.report.notes[0].reason == "more events than can be held"
    assert profile.report.skipped == 200


def test_junk_is_named_in_a_file_without_times_too() -> None:
    profile = read_perf(*(sample(None, "f (/x)") for _ in range(50)), "junk\n")
    assert not profile.meta.timed
    assert [(note.reason, note.line) for note in profile.report.notes] == [("not an event line", 151)]


def test_no_kind_of_fault_hides_the_others() -> None:
    profile = read_perf(*("junk\n\n" for _ in range(50)), sample("10.000000"), "\t 7f12 f (/x)\n")
    reasons = [note.reason for note in profile.report.notes]
    assert set(reasons) == {"not an event line", "frame outside a sample"}
    assert profile.report.skipped == 51


@pytest.mark.parametrize(
    "text",
    [
        "# ========\n# captured on    : today\n# ========\n#\n",
        "w 1 1.0: PERF_RECORD_LOST lost 1\n",
        "# ========",
    ],
)
def test_a_file_without_a_sample_is_refused(text: str) -> None:
    with pytest.raises(BrokenProfileError, match=r"no sample"):
        read_perf(text)


def test_nothing_at_all_is_refused() -> None:
    for chunks in ([], [b""], [b"\n"], [b"\r\n\r\n"], [b"\0" * 1000]):
        with pytest.raises(BrokenProfileError):
            reader.read(chunks)


def test_a_carriage_return_inside_a_chunk_is_read_like_one_between_chunks() -> None:
    data = b"w 1 10.0: cycles:\r\n\t 7f f\r (/x)\r\r\r\n\r\n\r\nw 1 10.1: cycles:\r\n\t 7f g (/x)\r\n\r"
    whole = reader.read([data])
    assert_same(reader.read(bytes([byte]) for byte in data), whole)
    assert len(whole.samples) == 2


def test_a_parser_writes_into_the_builder_it_is_given() -> None:
    builder = ProfileBuilder()
    for part in (sample("10.000000", "f (/x)"), sample("10.100000", "g (/x)")):
        reading = PerfScriptParser(builder)
        reading.feed(part.encode())
        assert reading.finish() is builder
    assert stacks(builder.finish("perf")) == ["node;f", "node;g"]
    np.testing.assert_array_equal(builder.times(), [10.0, 10.1])


def test_periods_are_read_however_many_digits_they_have(monkeypatch: pytest.MonkeyPatch) -> None:
    # Each in its own piece, so that the second occurrence comes from the cache.
    monkeypatch.setattr(parser, "PIECE", 50)
    monkeypatch.setattr(parser, "COMPILED_PIECE", 50)
    periods = [1, 10101010, 99_999_999_999_999, 100_000_000_000_000, 2**48 - 1]
    lines = [f"w 1 10.{row:06}: {period} cycles:\n\n" for row, period in enumerate(periods * 2)]
    read = reader.read([text.encode() for text in lines]).samples.period
    assert read is not None
    assert read.tolist() == periods * 2
