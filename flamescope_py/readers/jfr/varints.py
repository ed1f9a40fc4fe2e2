"""JFR's compressed integers: seven bits a byte, the lowest first, and eight bits in a ninth byte.

Most of a recording is such numbers. They are decoded many at a time, by array operations.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from flamescope_py.errors import BrokenProfileError

Bytes: TypeAlias = npt.NDArray[np.uint8]
Ints: TypeAlias = npt.NDArray[np.int64]

LONGEST = 9
# Zeros behind a chunk, so that no decoding runs past its end.
PADDING = 16
_MORE, _LOW = 0x80, 0x7F


class CutError(Exception):
    """The bytes end inside of a value."""


def padded(data: bytes) -> Bytes:
    """Return bytes as an array with PADDING behind them."""
    return np.frombuffer(data + bytes(PADDING), np.uint8)


def decode_at(data: Bytes, at: Ints) -> tuple[Ints, Ints]:
    """Decode one number at each of many places of a padded array. Return them, and the places behind them."""
    first = data[at]
    values = (first & _LOW).astype(np.int64)
    behind = at + 1
    rows = np.flatnonzero(first & _MORE)
    for place in range(1, LONGEST):
        if not len(rows):
            break
        part = data[np.minimum(behind[rows], len(data) - 1)]
        bits = part if place == LONGEST - 1 else part & _LOW
        values[rows] |= bits.astype(np.int64) << (7 * place)
        behind[rows] += 1
        rows = rows[(part & _MORE) != 0]
    return values, behind


def decode_all(data: Bytes) -> tuple[Ints, Ints]:
    """Decode all numbers of an array of numbers alone. Return them, and the place behind each.

    A number that the end cuts is left out.
    """
    more = data >= _MORE
    ends = np.flatnonzero(~more)
    starts = np.concatenate(([0], ends[:-1] + 1)) if len(ends) else ends
    lengths = ends - starts + 1
    if len(lengths) and lengths.max() >= LONGEST:
        return _decode_slowly(data)
    values = (data[starts] & _LOW).astype(np.int64)
    rows = np.flatnonzero(lengths > 1)
    place = 1
    while len(rows):
        values[rows] |= (data[starts[rows] + place] & _LOW).astype(np.int64) << (7 * place)
        place += 1
        rows = rows[lengths[rows] > place]
    return values, ends + 1


def _decode_slowly(data: Bytes) -> tuple[Ints, Ints]:
    """Decode numbers of which one has nine bytes, so that not every end shows."""
    cursor = Cursor(data.tobytes())
    values, ends = [], []
    try:
        while cursor.at < len(data):
            values.append(cursor.number())
            ends.append(cursor.at)
    except CutError:
        pass
    return np.array(values, np.int64), np.array(ends, np.int64)


class Cursor:
    """Reads values one after the other. Raises CutError where the bytes end."""

    def __init__(self, data: bytes, at: int = 0, end: int | None = None) -> None:
        """Read `data` from `at` to `end`."""
        self.data = data
        self.at = at
        self.end = len(data) if end is None else min(end, len(data))

    def number(self) -> int:
        """Return the next compressed integer, as a signed one of 64 bits."""
        data, at = self.data, self.at
        if at >= self.end:
            raise CutError
        value = data[at]
        at += 1
        if value >= _MORE:
            value &= _LOW
            shift = 7
            while True:
                if at >= self.end:
                    raise CutError
                byte = data[at]
                at += 1
                if shift == 56:
                    value |= byte << shift
                    break
                value |= (byte & _LOW) << shift
                if byte < _MORE:
                    break
                shift += 7
        self.at = at
        return value - (1 << 64) if value >= 1 << 63 else value

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
