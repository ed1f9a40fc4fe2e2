"""Values of a recording one after the other: compressed integers and strings.

`wire.varints` decodes many integers at a time.
"""

from __future__ import annotations

from flamescope_py.errors import BrokenProfileError
from flamescope_py.readers.protobuf.varints import JFR, decode_one


class CutError(Exception):
    """The bytes end inside of a value."""


class Cursor:
    """Reads values one after the other. Raises CutError where the bytes end."""

    def __init__(self, data: bytes, at: int = 0, end: int | None = None) -> None:
        """Read `data` from `at` to `end`."""
        self.data = data
        self.at = at
        self.end = len(data) if end is None else min(end, len(data))

    def number(self) -> int:
        """Return the next compressed integer, as a signed one of 64 bits."""
        found = decode_one(self.data, self.at, self.end, JFR)
        if found is None:
            raise CutError
        value, self.at = found
        return value

    def take(self, size: int) -> bytes:
        """Return the next bytes."""
        if size < 0 or self.at + size > self.end:
            raise CutError
        self.at += size
        return self.data[self.at - size : self.at]

    def count(self) -> int:
        """Return a number of elements, each of which has at least a byte."""
        found = self.number()
        if not 0 <= found <= self.end - self.at:
            raise CutError
        return found

    def text(self) -> str | int | None:
        """Return a string; a reference into the pool of strings is an int, and null is None."""
        kind = self.take(1)[0]
        if kind == 0:
            return None
        if kind == 1:
            return ""
        if kind == 2:
            return self.number()
        if kind == 3:
            return self.take(self.count()).decode("utf-8", "replace")
        if kind == 4:
            return "".join(chr(self.number() & 0xFFFF) for _ in range(self.count()))
        if kind == 5:
            return self.take(self.count()).decode("latin-1")
        raise BrokenProfileError("The recording holds a string of an unknown encoding: copy it again.")
