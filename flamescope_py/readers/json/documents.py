"""Streams the large arrays out of JSON documents that follow one another, without holding a document.

A trace may be an array, an object with arrays among its members, or one element per line. `cat` of several
logs concatenates documents, and an interrupted program leaves the last one open. Unwanted members are
skipped.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from typing import Any

from flamescope_py.errors import BrokenProfileError
from flamescope_py.model import ParseReport
from flamescope_py.readers.json.events import CUT_OFF, ArraySplitter, Nesting, parse_elements
from flamescope_py.readers.json.text import BLANKS, BOM, parse, require_bound

WINDOW = 1 << 20
MAX_KEY = 1 << 16
# Objects around the one that holds the arrays: {"result":{"trace":{"traceEvents":[ …
MAX_NESTING = 3
# Arrays that were left open, each followed by another one.
MAX_OPEN = 1_000
# A bound on the cost of empty documents, far above real files.
MAX_DOCUMENTS = 10_000
# The first look at an array or object, which may be short; each further look doubles it.
FIRST_LOOK = 4 << 10
# The name under which elements of an array without one come.
NO_KEY = ""
GARBAGE = "bytes between or behind the documents that are no JSON"

_FILLING = re.compile(rb"[ \t\r\n,:]*")
_STRING = re.compile(rb'"([^"\\]*(?:\\.[^"\\]*)*)"', re.DOTALL)
_STRING_END = re.compile(rb'[^"\\]*(?:\\.[^"\\]*)*"', re.DOTALL)
_SCALAR_END = re.compile(rb"[,\]}\s]")
_OPEN_ARRAY = re.compile(rb"\[[\s,]*\{")


class _Stream:
    """Chunks as one buffer, filled as far as it is needed, and a place in it."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self.data = b""
        self.at = 0
        self._chunks = iter(chunks)

    def fill(self) -> bool:
        """Take in a window more, less at the end. Return False where there is nothing."""
        parts = [self.data[self.at :]]
        total = 0
        while total < WINDOW and (chunk := next(self._chunks, None)) is not None:
            parts.append(chunk)
            total += len(chunk)
        self.put(b"".join(parts))
        return total > 0

    def next(self) -> bytes:
        """Pass blanks, commas and colons. Return the byte behind them without taking it, none at the end."""
        while True:
            found = _FILLING.match(self.data, self.at)
            self.at = found.end() if found else self.at
            if self.at < len(self.data) or not self.fill():
                return self.data[self.at : self.at + 1]

    def pieces(self) -> Iterator[bytes]:
        """Yield the rest in pieces that grow. `back` undoes the end of the last one."""
        size = FIRST_LOOK
        while True:
            if self.at == len(self.data) and not self.fill():
                return
            piece = self.data[self.at : self.at + size]
            self.at += len(piece)
            size *= 2
            yield piece

    def back(self, count: int) -> None:
        """Put the last bytes of the last piece back."""
        self.at -= count

    def put(self, data: bytes) -> None:
        """Replace the buffer."""
        self.data, self.at = data, 0

    def pass_to(self, pattern: re.Pattern[bytes]) -> None:
        """Pass bytes up to a match of a pattern, or to the end."""
        while True:
            found = pattern.search(self.data, self.at)
            self.at = found.start() if found else len(self.data)
            if found or not self.fill():
                return


def documents(
    chunks: Iterable[bytes], arrays: Collection[str], objects: Collection[str], report: ParseReport
) -> Iterator[tuple[str, Any]]:
    """Yield (key, batch of elements) of the members `arrays`, and (key, value) of the members `objects`.

    Elements of an array that is a document of its own, or that stand one per line, come as NO_KEY. Raises
    TooLargeError for an element or an object over the bound of `require_bound`.
    """
    stream = _Stream(chunks)
    garbage = 0
    while len(stream.data) < len(BOM) and stream.fill():
        pass
    if stream.data.startswith(BOM):
        stream.at = len(BOM)
    count = 0
    while first := stream.next():
        count += first in b"[{"
        if count > MAX_DOCUMENTS:
            garbage += sum(map(len, stream.pieces()))
        elif first == b"[":
            stream.at += 1
            yield from _elements(stream, NO_KEY, report)
        elif first == b"{" and _is_element(stream):
            yield from _elements(stream, NO_KEY, report)
        elif first == b"{":
            yield from _members(stream, arrays, objects, report)
        else:
            garbage += _pass_garbage(stream)
    if garbage:
        report.skip(GARBAGE, text=f"{garbage} bytes")


def _is_element(stream: _Stream) -> bool:
    """Return True if the line that the stream stands at is a whole element, which has a `ph`."""
    while stream.data.find(b"\n", stream.at) < 0 and len(stream.data) - stream.at <= MAX_KEY:
        if not stream.fill():
            break
    end = stream.data.find(b"\n", stream.at)
    end = len(stream.data) if end < 0 else end
    if end - stream.at > MAX_KEY:
        return False
    try:
        value = parse(stream.data[stream.at : end].rstrip(BLANKS + b",]"))
    except BrokenProfileError:
        return False
    return isinstance(value, dict) and isinstance(value.get("ph"), str)


def _elements(stream: _Stream, key: str, report: ParseReport) -> Iterator[tuple[str, list[Any]]]:
    """Yield batches of an array from behind its bracket on, up to the one that closes it."""
    # So that an empty array is seen, too.
    yield key, []
    for _ in range(MAX_OPEN):
        splitter = ArraySplitter()
        for data in stream.pieces():
            text, ends = splitter.feed(data)
            if ends:
                yield key, parse_elements(text, ends, report)
            if splitter.closed:
                stream.back(splitter.behind)
                break
        rest = splitter.rest()
        if not splitter.closed and _OPEN_ARRAY.match(rest):
            # Another document, behind one that was left open.
            stream.put(rest[1:])
            continue
        if splitter.closed and rest:
            yield key, parse_elements(rest, [len(rest)], report)
        elif rest:
            report.skip(CUT_OFF, text=rest[:200].decode("utf-8", "replace"))
        return


def _members(
    stream: _Stream, arrays: Collection[str], objects: Collection[str], report: ParseReport, nesting: int = 0
) -> Iterator[tuple[str, Any]]:
    """Yield the wanted members of the object at which the stream stands."""
    stream.at += 1
    while (first := stream.next()) == b'"':
        key = _key(stream)
        value = stream.next()
        if value == b"[" and key in arrays:
            stream.at += 1
            yield from _elements(stream, key, report)
        elif value == b"{" and key in objects:
            yield key, parse(_nested(stream, keep=True))
        elif value == b"{" and nesting < MAX_NESTING:
            yield from _members(stream, arrays, objects, report, nesting + 1)
        elif value in (b"[", b"{"):
            _nested(stream, keep=False)
        elif value == b'"':
            stream.at += 1
            _pass_string(stream)
        else:
            stream.pass_to(_SCALAR_END)
    if first == b"}":
        stream.at += 1


def _key(stream: _Stream) -> str:
    """Take a string; one that is too long to be a key is passed over."""
    while True:
        found = _STRING.match(stream.data, stream.at)
        if found:
            stream.at = found.end()
            return found[1].decode("utf-8", "replace")
        if len(stream.data) - stream.at > MAX_KEY or not stream.fill():
            stream.at += 1
            _pass_string(stream)
            return ""


def _pass_string(stream: _Stream) -> None:
    """Pass the rest of a string, its quote included."""
    while not (found := _STRING_END.match(stream.data, stream.at)):
        # A lone backslash at the end belongs to the byte behind it.
        odd = (len(stream.data) - len(stream.data.rstrip(b"\\"))) % 2
        stream.at = max(stream.at, len(stream.data) - odd)
        if not stream.fill():
            stream.at = len(stream.data)
            return
    stream.at = found.end()


def _nested(stream: _Stream, keep: bool) -> bytes:
    """Consume the array or object at the stream's position. Return its text if requested."""
    opening = stream.data[stream.at : stream.at + 1]
    stream.at += 1
    nesting, parts, total = Nesting(), [opening], 0
    for piece in stream.pieces():
        data = nesting.whole(piece)
        _, close = nesting.brackets(data)
        if close >= 0:
            stream.back(len(data) - close - 1 + len(nesting.held()))
            data = data[: close + 1]
        if keep:
            total += len(data)
            require_bound(total)
            parts.append(data)
        if close >= 0:
            break
    return b"".join(parts)


def _pass_garbage(stream: _Stream) -> int:
    """Pass the rest of a line, and return how many bytes of it are not blank."""
    passed = 0
    while True:
        end = stream.data.find(b"\n", stream.at)
        line = stream.data[stream.at : len(stream.data) if end < 0 else end]
        passed += len(line.translate(None, b" \t\r,:"))
        stream.at += len(line)
        if end >= 0 or not stream.fill():
            return passed
