"""Lines, blocks and their distinct texts, on texts small enough to read."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest

from flamescope_py.model import ProfileBuilder
from flamescope_py.readers.perf import frames as frames_module
from flamescope_py.readers.perf.blocks import cut, distinct
from flamescope_py.readers.perf.fields import USUAL
from flamescope_py.readers.perf.frames import FrameLines
from flamescope_py.readers.perf.pieces import TextPieces

TEXT = b"\n\nhead a\n\tone\n\ttwo\n\n\n\nhead b\n\nhead c\n\ttwo\n\n"


def test_blocks_lie_between_blank_lines() -> None:
    blocks = cut(TEXT, len(TEXT))
    assert blocks.lines == TEXT.count(b"\n")
    assert [blocks.block(position) for position in range(3)] == [
        b"head a\n\tone\n\ttwo\n\n",
        b"head b\n\n",
        b"head c\n\ttwo\n\n",
    ]
    text, offsets = blocks.event_lines()
    assert text == b"head a\nhead b\nhead c\n"
    assert offsets.tolist() == [0, 7, 14, 21]


def test_frame_lines_are_told_apart() -> None:
    blocks = cut(TEXT, len(TEXT))
    lines = blocks.frame_lines()
    assert lines.values == [b"\tone\n", b"\ttwo\n"]
    assert lines.row[blocks.frame].tolist() == [0, 1, 1]


def test_text_behind_the_size_is_not_read() -> None:
    assert cut(TEXT + b"head d\n\n", len(TEXT)).lines == TEXT.count(b"\n")
    assert not len(cut(b"\n\n\n", 3).head)


def test_integers_are_told_apart_by_their_bytes() -> None:
    ids = np.array([1, 2, 3, 1, 2], np.int32)
    pieces = np.array([0, 8, 12, 20], np.int32)
    found = distinct(ids, pieces, np.array([True, False, True]))
    assert found.values == [ids[:2].tobytes()]
    assert found.row[[0, 2]].tolist() == [0, 0]


def test_lines_with_no_frame_or_many_keep_the_others_in_place() -> None:
    frame = [b"\t 7f12 %s+0x1 (/lib/x.so)\n" % name for name in (b"leaf", b"outer->inner", b"root")]
    text = b"a\n" + frame[0] + b"  file.c:12\n" + frame[1] + frame[2] + b"\nb\n" + frame[2] + b"\n"
    builder = ProfileBuilder()
    stacks = FrameLines(builder, USUAL).stacks(cut(text, len(text)))
    names = [
        [builder.frame_at(frame).name for frame in stacks.ids[start + 1 : end].tolist()]
        for start, end in zip(stacks.start, stacks.end, strict=True)
    ]
    assert names == [["leaf", "inner", "outer", "root"], ["root"]]
    assert not stacks.odd.any()


def test_a_block_with_a_line_that_is_no_frame_is_odd_and_no_other() -> None:
    text = b"a\n\t 1f ok (/x)\n\nb\n\tnonsense here\n\nc\n\n"
    stacks = FrameLines(ProfileBuilder(), USUAL).stacks(cut(text, len(text)))
    assert stacks.odd.tolist() == [False, True, False]


def test_lines_that_were_forgotten_are_read_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(frames_module, "MAX_INTERNED_LINES", 1)
    text = b"a\n\t 1f x (/x)\n\t 2f y->z (/x)\n\t 3f w (/x)\n\n"
    frames = FrameLines(ProfileBuilder(), USUAL)
    first, again = (frames.stacks(cut(text, len(text))) for _ in range(2))
    np.testing.assert_array_equal(first.ids[first.start[0] + 1 :], again.ids[again.start[0] + 1 :])
    assert frames.line(b"\t 1f x (/x)") == frames.line(b"\t 9f x (/x)")


def test_lines_that_come_one_by_one_are_forgotten_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(frames_module, "MAX_INTERNED_LINES", 10)
    frames = FrameLines(ProfileBuilder(), USUAL)
    tracemalloc.start()
    for address in range(4000):
        assert frames.line(b"\t %x f->g (/x)" % address) == frames.line(b"\t 1f f->g (/x)")
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert held < 300_000


def test_memory_that_was_given_back_is_used_again_by_the_next_of_its_size() -> None:
    first, second = TextPieces(8), TextPieces(8)
    first.fill(b"old text")
    first.give_back()
    second.give_back()
    third = TextPieces(8)
    assert third.text is second.text
    assert third.take() == b""
    third.give_back()
    assert len(TextPieces(16).text) == 16
    assert TextPieces(8).text is not third.text


def test_a_blank_line_across_two_fillings_is_found() -> None:
    pieces = TextPieces(8)
    assert not pieces.fill(b"ab\n")
    assert pieces.whole() == 0
    assert bytes(pieces.fill(b"\ncdefgh")) == b"gh"
    assert pieces.full
    assert pieces.whole() == 4
    pieces.drop(4)
    assert pieces.take() == b"cdef"
    assert pieces.take() == b""
