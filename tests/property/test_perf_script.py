"""Any text: the same Profile however it is cut, and never an error of another library."""

from __future__ import annotations

import io
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from flamescope_py.analysis.flamegraph import flame_graph
from flamescope_py.analysis.heatmap import heatmap
from flamescope_py.analysis.selection import Selection
from flamescope_py.errors import FlameScopeError
from flamescope_py.model import Profile, ProfileBuilder
from flamescope_py.readers.perf import events, frames, line_reader, lines, parser, reader
from flamescope_py.readers.perf.blocks import Blocks
from flamescope_py.readers.perf.compiled import reader as compiled
from flamescope_py.readers.perf.events import EventLines, Events
from flamescope_py.readers.perf.fields import USUAL, FieldSet
from flamescope_py.readers.perf.frames import FrameLines
from flamescope_py.readers.perf.lines import is_whole, read_event
from flamescope_py.readers.perf.names import PLAIN_FRAMES, parse_frame, plain_frame
from flamescope_py.readers.perf.others import no_frame_kind
from flamescope_py.readers.source import read_profile, sniff_file
from flamescope_py.readers.types import TYPES
from flamescope_py.web.errors import status_of
from tests.support.reading import COMPRESSIONS, assert_same, cut, stacks
from tests.support.recorded import input_bytes
from tests.support.strategies import (
    FieldTexts,
    bounded,
    field_texts,
    mixed_recordings,
    perf_texts,
    splits,
)
from tests.support.views import select

any_texts = perf_texts() | field_texts().map(lambda drawn: drawn.text) | mixed_recordings()


def whole(text: bytes) -> Profile | None:
    """Read in one piece; None where there is no sample in it."""
    return read_in([text])


def read_in(chunks: list[bytes]) -> Profile | None:
    try:
        return reader.read(chunks)
    except FlameScopeError:
        return None


def longest_line(text: bytes) -> int:
    return max(map(len, text.split(b"\n")))


def same(one: Profile | None, other: Profile | None, *but: str) -> None:
    if one is None or other is None:
        assert one is other
    else:
        assert_same(one, other, but)


@bounded
@given(data=st.data(), text=any_texts)
def test_chunks_are_the_whole_wherever_they_are_cut(data: st.DataObject, text: bytes) -> None:
    expected = whole(text)
    same(read_in(list(cut(text, data.draw(splits(len(text)))))), expected)
    same(read_in([bytes([byte]) for byte in text]), expected)


@bounded
@given(text=perf_texts(), more=st.integers(min_value=0, max_value=500))
def test_pieces_of_any_size_are_the_whole(text: bytes, more: int) -> None:
    expected = whole(text)
    size = longest_line(text) + 2 + more
    with patch.object(parser, "PIECE", size), patch.object(parser, "COMPILED_PIECE", size):
        same(read_in([text]), expected)
        with patch.object(parser, "load", lambda: None):
            same(read_in([text]), expected)


@bounded
@given(text=any_texts | st.builds(bytes.__add__, any_texts, any_texts), times=st.integers(1, 3))
def test_kernel_array_operations_and_line_reader_agree(text: bytes, times: int) -> None:
    """The text is read several times, in pieces of its length: each piece knows the lines of the first."""
    size = len(text) + 4
    text = (text + b"\n\n") * times
    read = EventLines.read

    def all_odd(self: EventLines, blocks: Blocks) -> Events:
        return read(self, blocks)._replace(odd=np.ones(len(blocks.head), np.bool_))

    with patch.object(parser, "load", lambda: None):
        with patch.object(EventLines, "read", all_odd):
            by_line = whole(text)
        with patch.object(parser, "PIECE", size):
            same(whole(text), by_line)
    with patch.object(parser, "COMPILED_PIECE", size), patch.object(compiled, "MAX_WAITING", times):
        same(whole(text), by_line)


@bounded
@given(data=st.data(), text=any_texts)
def test_the_kernel_may_forget_what_it_interned_at_any_time(data: st.DataObject, text: bytes) -> None:
    text = text + b"\n\n" + text
    expected = whole(text)
    with (
        patch.object(compiled, "MAX_TABLE_BYTES", data.draw(st.integers(0, 2000))),
        patch.object(compiled, "MAX_WAITING", data.draw(st.integers(0, 6))),
        patch.object(parser, "COMPILED_PIECE", data.draw(st.integers(1, 600))),
    ):
        same(whole(text), expected)


@bounded
@given(data=st.data(), text=perf_texts())
def test_blocks_too_long_to_wait_for_are_read_the_same(data: st.DataObject, text: bytes) -> None:
    """Read in pieces so small that nearly every block is longer."""
    with patch.object(parser, "PIECE", longest_line(text) + 2):
        chunks = list(cut(text, data.draw(splits(len(text)))))
        same(read_in(chunks), whole(text))


@bounded
@given(data=st.data(), text=perf_texts())
def test_lines_too_long_to_keep_are_skipped_the_same(data: st.DataObject, text: bytes) -> None:
    with (
        patch.object(lines, "MAX_LINE", 150),
        patch.object(line_reader, "MAX_LINE", 150),
        patch.object(events, "MAX_LINE", 150),
        patch.object(frames, "MAX_LINE", 150),
    ):
        expected = whole(text)
        with patch.object(parser, "PIECE", 160):
            same(read_in(list(cut(text, data.draw(splits(len(text)))))), expected)


@bounded
@given(text=perf_texts())
def test_other_line_ends_and_a_missing_last_one_change_nothing(text: bytes) -> None:
    text = text.replace(b"\r", b"") + b"\n"
    expected = whole(text)
    same(whole(text.replace(b"\n", b"\r\n")), expected)
    bare = text.rstrip(b"\n")
    if is_whole(bare.rpartition(b"\n")[2]):
        same(whole(bare), expected, "lines")
    same(whole(text + b"\n\n\n"), expected, "lines")


@bounded
@given(data=st.data(), text=any_texts)
def test_parts_cut_between_blocks_merge_to_the_whole(data: st.DataObject, text: bytes) -> None:
    text = text.replace(b"\r\n", b"\n")
    edges, place = [], 0
    while (found := reader.boundary(text[place:])) >= 0:
        edges.append(place := place + found)
    points = data.draw(st.lists(st.sampled_from(edges), max_size=4, unique=True)) if edges else []
    first, *later = (reader.parse([part], text) for part in cut(text, points))
    for builder in later:
        first.merge(builder)
    try:
        merged = reader.finish(first)
    except FlameScopeError:
        merged = None
    same(merged, whole(text))


@bounded
@given(drawn=field_texts())
def test_every_event_line_of_every_field_set_is_a_sample(drawn: FieldTexts) -> None:
    """Every line outside of stacks that is not blank counts once: as a sample, as other or as skipped."""
    profile = whole(drawn.text)
    assert profile is not None
    report = profile.report
    assert (report.samples, sum(report.other.values()), report.skipped) == drawn[1:]


@bounded
@given(drawn=field_texts(foreign=False))
def test_lines_of_other_programs_change_no_stack(drawn: FieldTexts) -> None:
    lines = drawn.text.splitlines(keepends=True)
    between = [
        line + (b"Failed to open /tmp/perf-1.map\n" if below.startswith(b"\t") else b"")
        for line, below in zip(lines, [*lines[1:], b""], strict=True)
    ]
    clean, mixed = whole(drawn.text), whole(b"".join(between))
    assert clean is not None
    assert mixed is not None
    # Without a number of a thread, one name among others that end in a number counts as a damaged line.
    assume(not clean.report.skipped)
    assert stacks(mixed) == stacks(clean)
    assert mixed.report.skipped == len(b"".join(between).splitlines()) - len(lines)


@bounded
@given(line=perf_texts(), drawn=field_texts())
def test_no_event_line_is_a_line_of_a_stack(line: bytes, drawn: FieldTexts) -> None:
    """With any fields: a line that the event parser accepts is never a frame or a source line."""
    for fields in (
        USUAL,
        FieldSet(task=False),
        FieldSet(task=False, cpu=True, misc=True),
        FieldSet(timed=False),
    ):
        frame_lines = FrameLines(ProfileBuilder(), fields)
        for text in (line + b"\n" + drawn.text).split(b"\n"):
            if read_event(text, fields) is not None:
                assert frame_lines.line(text) is None, text


@bounded
@given(text=any_texts)
def test_every_line_and_every_sample_is_accounted_for(text: bytes) -> None:
    profile = whole(text)
    if profile is None:
        return
    report = profile.report
    text = text.removesuffix(b"\r")
    assert report.lines == text.count(b"\n") + (not text.endswith(b"\n"))
    assert report.samples == len(profile.samples)
    assert report.idle == int(profile.samples.idle.sum()) <= report.samples
    assert bool(report.notes) <= bool(report.skipped)
    assert bool(report.skipped) <= bool(report.notes)


def check_any_bytes(data: bytes, type_name: str) -> None:
    """Any bytes lead to an answer or to an error that names the fault."""
    sniffed = sniff_file(io.BytesIO(data))
    assert sniffed.type in (*TYPES, "unknown")
    refused = None
    try:
        profile = read_profile(io.BytesIO(data), type_name)
        view = select(profile, Selection())
        flame_graph(view)
        heatmap(view, 50)
    except FlameScopeError as error:
        refused = error
    assert refused is None or (status_of(refused) != 500 and str(refused))


type_names = st.sampled_from([*TYPES, "unknown"])


@bounded
@given(data=st.binary(max_size=400), type_name=type_names)
@example(data=b"\x1f\x8b", type_name="perf")
@example(data=b"BZh9", type_name="perf")
@example(data=b"\xfd7zXZ\x00", type_name="unknown")
@example(data=b"\x28\xb5\x2f\xfd", type_name="perf")
@example(data=b"PERFILE2", type_name="perf")
def test_any_bytes_are_a_profile_or_one_of_our_errors(data: bytes, type_name: str) -> None:
    check_any_bytes(data, type_name)


@bounded
@given(
    data=st.binary(max_size=300),
    magic=st.sampled_from([b"\x1f\x8b\x08", b"BZh9", b"\xfd7zXZ\x00", b"\x28\xb5\x2f\xfd"]),
)
def test_any_bytes_behind_a_magic_are_one_of_our_errors(data: bytes, magic: bytes) -> None:
    check_any_bytes(magic + data, "perf")


HEADS = {
    name: input_bytes(name)[:6000]
    for name in ("node18.perf.out", "sys49.perf.out", "multi.perf.out", "burn.cpuprofile", "node.trace.json")
}


@st.composite
def mutated(draw: st.DrawFn, head: bytes) -> bytes:
    """Draw a head with a few pieces cut out, doubled, moved or replaced."""
    data = bytearray(head[: draw(st.integers(0, len(head)))])
    for _ in range(draw(st.integers(0, 5))):
        start = draw(st.integers(0, len(data)))
        end = min(len(data), start + draw(st.integers(0, 80)))
        piece = bytes(data[start:end])
        data[start:end] = draw(
            st.sampled_from(
                [
                    b"",
                    b"\n",
                    b"\0",
                    b"\r\n\r\n",
                    piece * 2,
                    piece.swapcase(),
                    piece[::-1],
                    b"9" * 30,
                    b" 1e18: ",
                ]
            )
            | st.binary(max_size=20)
        )
    return bytes(data)


@pytest.mark.parametrize("name", HEADS)
@bounded
@given(data=st.data(), type_name=type_names)
def test_damaged_real_files_are_a_profile_or_one_of_our_errors(
    name: str, data: st.DataObject, type_name: str
) -> None:
    check_any_bytes(data.draw(mutated(HEADS[name])), type_name)


@pytest.mark.parametrize("codec", COMPRESSIONS)
@bounded
@given(data=st.data())
def test_damaged_compressed_files_are_a_profile_or_one_of_our_errors(codec: str, data: st.DataObject) -> None:
    packed = COMPRESSIONS[codec](HEADS["node18.perf.out"][:3000])
    check_any_bytes(data.draw(mutated(packed)), "perf")


frame_parts = st.sampled_from(
    [
        "a",
        "f",
        "+",
        "+0x1",
        "->",
        "operator",
        "(",
        ")",
        " ",
        ": ",
        ":",
        "\t",
        "/",
        "insn:",
        "[unknown]",
        "é",
        "\0",
        "\r",
    ]
)
frame_texts = st.lists(frame_parts, max_size=6).map("".join)


@bounded
@given(
    blanks=st.sampled_from(["\t", "\t   ", "  ", "\t\t", "                "]),
    address=st.sampled_from(["7f12", "ffffffff81000000", "0x1f", "7f12\t"]),
    symbol=frame_texts,
    offset=st.sampled_from(["+0x1f", "", "+0x"]),
    library=frame_texts | st.sampled_from(["/bin/x", "[kernel.kallsyms]", "//anon", "/memfd:x (deleted)"]),
)
def test_plain_frames_are_those_of_the_whole_line(
    blanks: str, address: str, symbol: str, offset: str, library: str
) -> None:
    line = f"{blanks}{address} {symbol}{offset} ({library})".encode()
    parsed = parse_frame(line)
    frame = plain_frame(line, PLAIN_FRAMES.findall(line + b"\n")[0])
    assert frame is None or ([frame] == parsed and no_frame_kind(line) is None and read_event(line) is None)


@bounded
@given(lines=st.lists(st.tuples(frame_texts, frame_texts), max_size=8))
def test_the_kernel_reads_frames_as_the_line_reader_does(lines: list[tuple[str, str]]) -> None:
    text = "w 1 10.0: cycles:\n" + "".join(f"\t  7f12 {name}+0x1 ({library})\n" for name, library in lines)
    with patch.object(parser, "load", lambda: None):
        expected = whole(text.encode())
    same(whole(text.encode()), expected)
