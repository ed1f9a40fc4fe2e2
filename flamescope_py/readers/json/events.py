"""The elements of a long JSON array, a batch at a time: a trace may be larger than memory holds as objects.

numpy finds the ends of elements by quotes and brackets alone; orjson parses the text that lies
between. So an array that is cut off has every complete element read, in linear time, and one broken element
costs itself and not its neighbours.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from flamescope_py.errors import BrokenProfileError
from flamescope_py.model import ParseReport
from flamescope_py.readers.json.text import BLANKS, parse, require_bound

BROKEN_ELEMENT = "an event that is not JSON"
CUT_OFF = "the trace is cut off in the middle of an event"

_QUOTE = ord('"')
_STEP = np.zeros(256, dtype=np.int64)
_STEP[list(b"{[")] = 1
_STEP[list(b"}]")] = -1
_MARK = _STEP != 0
_MARK[_QUOTE] = True


class _Brackets(NamedTuple):
    """Brackets of a text outside of strings: where, whether up or down, and the depth behind each."""

    place: npt.NDArray[np.intp]
    step: npt.NDArray[np.int64]
    depth: npt.NDArray[np.int64]


class Nesting:
    """Tracks strings and brackets from behind an opening bracket on, through a text that comes in pieces."""

    def __init__(self) -> None:
        """Start at depth 0."""
        self._held = b""
        self._depth = 0
        self._in_string = False

    def whole(self, data: bytes) -> bytes:
        """Return the next piece, up to a lone backslash at its end, which belongs to the following byte."""
        data = self._held + data
        odd = (len(data) - len(data.rstrip(b"\\"))) % 2
        self._held = data[-1:] if odd else b""
        return data.removesuffix(self._held)

    def held(self) -> bytes:
        """Return the backslash that was held back."""
        return self._held

    def brackets(self, data: bytes) -> tuple[_Brackets, int]:
        """Find the brackets of a piece, and where the array or object closes: -1 where it does not."""
        if b"\\" in data:
            # From the left, so that in \\" the backslash is escaped and the quote is not.
            data = data.replace(b"\\\\", b"__").replace(b'\\"', b"__")
        array = np.frombuffer(data, dtype=np.uint8)
        place = np.flatnonzero(_MARK[array])
        kinds = array[place]
        quotes = np.cumsum(kinds == _QUOTE) + self._in_string
        step = np.where(quotes & 1, 0, _STEP[kinds])
        depth = self._depth + np.cumsum(step)
        if len(place):
            self._in_string = bool(quotes[-1] & 1)
            self._depth = int(depth[-1])
        outside = np.flatnonzero(depth < 0)
        found = _Brackets(place, step, depth)
        if not len(outside):
            return found, -1
        first = int(outside[0])
        return _Brackets(*(column[:first] for column in found)), int(place[first])


class ArraySplitter:
    """Feed it the text behind an array's opening bracket, in pieces of any size."""

    def __init__(self) -> None:
        """Start behind the bracket."""
        self.closed = False
        # Number of fed bytes behind the closing bracket.
        self.behind = 0
        self._nesting = Nesting()
        self._pending: list[bytes] = []
        self._pending_bytes = 0

    def feed(self, data: bytes) -> tuple[bytes, list[int]]:
        """Read one more piece. Return a text of whole elements, and where in it each of them ends."""
        data = self._nesting.whole(data)
        found, close = self._nesting.brackets(data)
        if close >= 0:
            self.closed = True
            self.behind = len(data) - close - 1 + len(self._nesting.held())
            data = data[:close]
        ends: list[int] = (found.place[(found.step < 0) & (found.depth == 0)] + 1).tolist()
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
        """Return the text behind the last whole element, without commas."""
        held = b"" if self.closed else self._nesting.held()
        return b"".join([*self._pending, held]).strip(BLANKS + b",")


def parse_elements(text: bytes, ends: list[int], report: ParseReport) -> list[Any]:
    """Parse a text of elements at once, or one by one where that fails.

    Elements that are not JSON are skipped, counted and named.
    """
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
    # Elements on lines of their own need no commas. No string holds a line end.
    text = text.strip(BLANKS + b",").replace(b"}\r\n{", b"},{").replace(b"}\n{", b"},{")
    found: list[Any] = parse(b"[" + text + b"]")
    return found
