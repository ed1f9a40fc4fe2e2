"""Output of hosts is counted, bounded and made printable, whatever its bytes."""

from __future__ import annotations

import tracemalloc
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flamescope_py.errors import RemoteError
from flamescope_py.recording.foreign import BEGUN, MOST_ERROR_BYTES, MOST_NOTES, ErrorStream, printable

MARK = "0123456789abcdef"


def ignore(_: str) -> None:
    return


@given(
    st.one_of(st.binary(), st.text(), st.text("\x1b[]0;\x07\r\n\x9b\u202e\u2066\u2028x")), st.integers(1, 300)
)
def test_any_bytes_become_one_short_line_that_no_terminal_obeys(data: bytes | str, longest: int) -> None:
    line = printable(data, longest)
    assert len(line) <= longest + 3
    assert not [letter for letter in line if unicodedata.category(letter) in {"Cc", "Cf", "Cs", "Zl", "Zp"}]
    line.encode()


def test_the_beginning_and_the_end_of_much_are_kept() -> None:
    line = printable("first " + "x" * 1_000_000 + " last", 700)
    assert line.startswith("first x")
    assert line.endswith("x last")
    assert len(line) == 703


@given(st.lists(st.binary(max_size=200)))
def test_words_are_the_same_in_whatever_pieces_they_come(pieces: list[bytes]) -> None:
    one, other = ErrorStream(MARK, ignore), ErrorStream(MARK, ignore)
    one.feed(b"".join(pieces))
    for piece in pieces:
        other.feed(piece)
    one.end()
    other.end()
    assert one.words == other.words


def test_notes_are_told_apart_from_words() -> None:
    notes: list[str] = []
    stream = ErrorStream(MARK, notes.append)
    for piece in (b"words\n0123456789", b"abcdef rec", b"ording\nmore ", b"words\n"):
        stream.feed(piece)
    stream.end()
    assert (notes, stream.words) == (["recording"], "words more words")


def test_a_note_is_short_and_printable_as_well() -> None:
    notes: list[str] = []
    stream = ErrorStream(MARK, notes.append)
    stream.feed(f"{MARK} failed \x1b[31m".encode() + b"x" * 20_000 + b"\n")
    stream.end()
    assert all(len(note) < 100 and "\x1b" not in note for note in notes)


def test_notes_without_end_are_given_up() -> None:
    stream = ErrorStream(MARK, ignore)
    with pytest.raises(RemoteError, match="no script of ours"):
        stream.feed(f"{MARK} x\n".encode() * (MOST_NOTES + 1))


@pytest.mark.parametrize(
    "piece", [b"x" * 65536, b"\n" * 65536, b"word \x1b[0m\n" * 6000], ids=["line", "ends", "lines"]
)
def test_words_without_end_are_given_up_and_take_no_memory(piece: bytes) -> None:
    stream = ErrorStream(MARK, ignore)
    tracemalloc.start()
    for _ in range(MOST_ERROR_BYTES // len(piece)):
        stream.feed(piece)
    with pytest.raises(RemoteError, match="errors without end"):
        stream.feed(piece)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 4 << 20


@pytest.mark.parametrize("size", [1, 7, 1000])
def test_words_of_startup_files_are_no_words_of_the_script(size: int) -> None:
    """A login shell that cannot find its tools writes so before each script."""
    notes: list[str] = []
    stream = ErrorStream(MARK, notes.append)
    data = f"bashrc: mkdir: not found\n\n{MARK} {BEGUN}\nperf: no\n{MARK} recording\nsuch event\n".encode()
    for at in range(0, len(data), size):
        stream.feed(data[at : at + size])
    stream.end()
    assert (stream.words, notes) == ("perf: no such event", ["recording"])
