"""Sanitize output of hosts: count it, bound it and make it printable before any other code uses it.

A host may be hostile. Its bytes reach memory, the disk, a terminal and the page.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Collection

from flamescope_py.errors import RemoteError

OnNote = Callable[[str], None]

# perf warns a line for each library that it cannot read: megabytes of it are honest.
MOST_ERROR_BYTES = 16 << 20
MOST_NOTES = 16
# The first note of each script.
BEGUN = "begun"
_MOST_KEPT = 8192
_MOST_NOTE = 64
_FIRST, _LAST = 450, 250


def printable(data: bytes | str, longest: int = 4096) -> str:
    """Return one line without control characters, with its middle cut out if it is too long."""
    text = data.decode("utf-8", "replace") if isinstance(data, bytes) else data
    # Shortened before the slow part and once more after it.
    text = text if len(text) <= 4 * longest else text[: 2 * longest] + text[-2 * longest :]
    text = " ".join("".join(" " if _is_control(letter) else letter for letter in text).split())
    if len(text) <= longest:
        return text
    first = longest * _FIRST // (_FIRST + _LAST)
    return f"{text[:first]} … {text[first - longest :]}"


def _is_control(letter: str) -> bool:
    # Cf holds the characters that turn the direction of writing around, Cs has no UTF-8.
    return unicodedata.category(letter) in {"Cc", "Cf", "Cs", "Zl", "Zp"}


class Bytes:
    """A count of the bytes of one stream."""

    def __init__(self, most: int, problem: str) -> None:
        """`problem` is the error for more than `most` bytes."""
        self._left = most
        self._problem = problem

    def add(self, data: Collection[int]) -> None:
        """Add to the count. Raises RemoteError."""
        self._left -= len(data)
        if self._left < 0:
            raise RemoteError(self._problem)


class ErrorStream:
    """The standard error of a script: notes of ours, which carry a mark, and the words of programs.

    The host knows the mark, as the script does, and may write notes of its own: they are bounded as well.
    """

    def __init__(self, mark: str, on_note: OnNote) -> None:
        """`on_note` gets each note, printable and short."""
        self._mark = mark.encode()
        self._on_note = on_note
        self._bytes = Bytes(MOST_ERROR_BYTES, "The host writes errors without end: look what runs there.")
        self._notes_left = MOST_NOTES
        self._rest = b""
        self._kept = b""

    @property
    def words(self) -> str:
        """Return the words of programs as one line, with its middle cut out if it is too long."""
        return printable(self._kept, _FIRST + _LAST)

    def feed(self, data: bytes) -> None:
        """Take the next bytes. Raises RemoteError for more than is allowed."""
        self._bytes.add(data)
        text = self._rest + data
        whole, end, self._rest = text.rpartition(b"\n")
        if len(self._rest) > _MOST_KEPT:
            whole, end, self._rest = text, b"", b""
        if end or whole:
            self._take(whole + end)

    def end(self) -> None:
        """Take the last line, which may have no end. Raises RemoteError."""
        self._take(self._rest)
        self._rest = b""

    def _take(self, text: bytes) -> None:
        kept = [text]
        if self._mark in text:
            kept = []
            for line in text.splitlines(keepends=True):
                note = self._note(line)
                if note is None:
                    kept.append(line)
                elif note == BEGUN:
                    # What came before are words of the login shell's startup files.
                    self._kept = b""
                    kept.clear()
                else:
                    self._on_note(note)
        self._kept = (self._kept + b"".join(kept))[-_MOST_KEPT:]

    def _note(self, line: bytes) -> str | None:
        """Return the note that a line is, None for other lines. Raises RemoteError for too many."""
        mark, _, note = line.partition(b" ")
        if mark != self._mark:
            return None
        self._notes_left -= 1
        if self._notes_left < 0:
            raise RemoteError("The host answers in a way that no script of ours does.")
        return printable(note, _MOST_NOTE)
