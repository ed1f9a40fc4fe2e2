"""The elements of a long JSON array, a batch at a time: a trace may be larger than memory holds as objects.

Only quotes and brackets are looked at, with numpy, to learn where elements end; orjson parses what lies
between. So an array that is cut off gives every complete element, in linear time, and one broken element
costs itself and not its neighbours.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from flamescope_py.errors import BrokenProfileError
from flamescope_py.model import ParseReport
from flamescope_py.readers.json.text import BLANKS, parse, require_bound

BROKEN_ELEMENT = "an event that is not JSON"
CUT_OFF = "the trace is cut off in the middle of an event"
WINDOW = 1 << 20

_QUOTE = ord('"')
_STEP = np.zeros(256, dtype=np.int64)
_STEP[list(b"{[")] = 1
_STEP[list(b"}]")] = -1
_MARK = _STEP != 0
_MARK[_QUOTE] = True


class ArraySplitter:
    """Feed it what stands behind an array's opening bracket, in chunks of any size."""

    def __init__(self) -> None:
        """Start behind the bracket."""
        self.closed = False
        self._pending: list[bytes] = []
        self._pending_bytes = 0
        self._held = b""
        self._depth = 0
        self._in_string = False

    def feed(self, data: bytes) -> tuple[bytes, list[int]]:
        """Read one more chunk; gives a text of whole elements, and where in it each of them ends."""
        data = self._held + data
        # A lone backslash at the end belongs to the next chunk's first byte.
        odd = (len(data) - len(data.rstrip(b"\\"))) % 2
        self._held = data[-1:] if odd else b""
        data = data.removesuffix(self._held)
        ends = self._ends(data)
        last = ends[-1] if ends else 0
        before = self._pending_bytes
        text = b""
        if ends:
            text = b"".join([*self._pending, data[:last]])
            self._pending, self._pending_bytes = [], 0
        self._pending.append(data[last:])
        self._pending_bytes += len(data) - last
        require_bound(self._pending_bytes)
        return text, [before + end for end in ends]

    def rest(self) -> bytes:
        """Give what follows the last whole element, without commas and the closing bracket."""
        return b"".join([*self._pending, self._held]).strip(BLANKS + b",")

    def _ends(self, data: bytes) -> list[int]:
        """Find where the elements of a chunk end; stops behind the array's closing bracket."""
        if b"\\" in data:
            # From the left, so that in \\" the backslash is escaped and the quote is not.
            data = data.replace(b"\\\\", b"__").replace(b'\\"', b"__")
        array = np.frombuffer(data, dtype=np.uint8)
        marks = np.flatnonzero(_MARK[array])
        if not len(marks):
            return []
        kinds = array[marks]
        quotes = np.cumsum(kinds == _QUOTE) + self._in_string
        step = np.where(quotes & 1, 0, _STEP[kinds])
        depth = self._depth + np.cumsum(step)
        self._in_string = bool(quotes[-1] & 1)
        self._depth = int(depth[-1])
        return self._above(marks, step, depth)

    def _above(
        self, marks: npt.NDArray[np.intp], step: npt.NDArray[np.int64], depth: npt.NDArray[np.int64]
    ) -> list[int]:
        outside = np.flatnonzero(depth < 0)
        if len(outside):
            self.closed = True
            marks, step, depth = (column[: outside[0]] for column in (marks, step, depth))
        found: list[int] = (marks[(step < 0) & (depth == 0)] + 1).tolist()
        return found


def elements(chunks: Iterable[bytes], report: ParseReport) -> Iterator[list[Any]]:
    """Give the elements of an array in batches, from behind its bracket on.

    Elements that are not JSON are skipped, counted and named. Raises TooLargeError for one that is over
    the bound of `require_bound`.
    """
    splitter = ArraySplitter()
    for window in _windows(chunks):
        text, ends = splitter.feed(window)
        if ends:
            yield _parsed(text, ends, report)
        if splitter.closed:
            break
    rest = splitter.rest()
    if splitter.closed:
        rest = rest.partition(b"]")[0].strip(BLANKS + b",")
        if rest:
            yield _parsed(rest, [len(rest)], report)
    elif rest:
        report.skip(CUT_OFF, text=rest[:200].decode("utf-8", "replace"))


def _windows(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Join chunks until they are worth a look."""
    parts: list[bytes] = []
    total = 0
    for chunk in chunks:
        parts.append(chunk)
        total += len(chunk)
        if total >= WINDOW:
            yield b"".join(parts)
            parts, total = [], 0
    yield b"".join(parts)


def _parsed(text: bytes, ends: list[int], report: ParseReport) -> list[Any]:
    """Parse a text of elements at once, or one by one where that fails."""
    try:
        return _array(text)
    except BrokenProfileError:
        pass
    found: list[Any] = []
    start = 0
    for end in ends:
        element = text[start:end].strip(BLANKS + b",")
        start = end
        try:
            found += _array(element)
        except BrokenProfileError:
            report.skip(BROKEN_ELEMENT, text=element[:200].decode("utf-8", "replace"))
    return found


def _array(text: bytes) -> list[Any]:
    found: list[Any] = parse(b"[" + text.strip(BLANKS + b",") + b"]")
    return found
