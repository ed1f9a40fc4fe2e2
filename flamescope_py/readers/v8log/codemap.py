"""The code of a process by address, as it changes while a log is read.

Compiled code is created, moved and deleted all the time. An address belongs to the code that was put there
last.
"""

from __future__ import annotations

from bisect import bisect_right, insort
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

PAGE_BITS = 12
# Code that is longer is damage: no compiled function has 256 MB.
MAX_SIZE = 1 << 28
MAX_ADDRESS = (1 << 63) - 1


class Code(NamedTuple):
    """A piece of code or a library: where it ends, and its frame."""

    end: int
    frame: int


class CodeMap:
    """Finds frames by address, which are texts as they stand in the log, and remembers them."""

    def __init__(self) -> None:
        """Start without code."""
        # Frames by the text of an address, and the texts that are remembered of every page.
        self.known: dict[str, int] = {}
        self.changes = 0
        self._texts: dict[int, list[str]] = {}
        self._code: dict[int, Code] = {}
        self._starts: list[int] = []
        self._libraries: list[tuple[int, int, int]] = []
        self._arrays: tuple[npt.NDArray[np.int64], ...] | None = None

    def add_library(self, start: int, end: int, frame: int) -> None:
        """Add a library; one of the same start replaces it. What is remembered of addresses is forgotten."""
        if self.known:
            self.known.clear()
            self._texts.clear()
            self.changes += 1
        self._libraries = [row for row in self._libraries if row[0] != start]
        insort(self._libraries, (start, end, frame))

    def add(self, start: int, size: int, frame: int) -> None:
        """Put code at an address, in place of earlier code."""
        size = min(max(size, 1), MAX_SIZE)
        self._arrays = None
        first = bisect_right(self._starts, start - 1)
        last = bisect_right(self._starts, start + size - 1)
        replaced = [self._code.pop(old).end for old in self._starts[first:last]]
        # Code before it that reaches into it ends there.
        if first and self._code[self._starts[first - 1]].end > start:
            before = self._starts[first - 1]
            replaced.append(self._code[before].end)
            self._code[before] = self._code[before]._replace(end=start)
        self._forget(start, max([start + size, *replaced]))
        self._starts[first:last] = [start]
        self._code[start] = Code(start + size, frame)

    def move(self, start: int, to: int) -> None:
        """Move the code that begins at an address."""
        code = self.delete(start)
        if code is not None:
            self.add(to, code.end - start, code.frame)

    def delete(self, start: int) -> Code | None:
        """Remove the code that begins at an address, and return it."""
        code = self._code.pop(start, None)
        if code is not None:
            self._arrays = None
            self._forget(start, code.end)
            del self._starts[bisect_right(self._starts, start) - 1]
        return code

    def _forget(self, start: int, end: int) -> None:
        for page in range(start >> PAGE_BITS, (end - 1 >> PAGE_BITS) + 1):
            texts = self._texts.pop(page, None)
            if texts:
                self.changes += 1
                for text in texts:
                    del self.known[text]

    def find(self, text: str, address: int) -> int:
        """Return the frame of an address, 0 where no code is known there."""
        frame = self._lookup(address)
        self.known[text] = frame
        self._texts.setdefault(address >> PAGE_BITS, []).append(text)
        return frame

    def find_all(self, addresses: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """Return the frame of every address, as `find`. Negative ones are none, and have 0."""
        found = np.zeros(len(addresses), np.int64)
        starts, ends, frames = self._columns()
        place = np.searchsorted(starts, addresses, side="right") - 1
        inside = (place >= 0) & (addresses < ends[place])
        found[inside] = frames[place[inside]]
        rest = np.flatnonzero(~inside & (addresses >= 0))
        distinct, place = np.unique(addresses[rest], return_inverse=True)
        found[rest] = np.array([self._lookup(one) for one in distinct.tolist()], np.int64)[place]
        return found

    def _columns(self) -> tuple[npt.NDArray[np.int64], ...]:
        """Return starts, ends and frames of all code, sorted. Addresses past 2^63 are left out."""
        if self._arrays is None:
            known = self._starts[: bisect_right(self._starts, MAX_ADDRESS)]
            rows = [self._code[start] for start in known]
            ends = [min(row.end, MAX_ADDRESS) for row in rows]
            columns = (known or [-1], ends or [-1], [row.frame for row in rows] or [0])
            self._arrays = tuple(np.array(column, np.int64) for column in columns)
        return self._arrays

    def _lookup(self, address: int) -> int:
        at = bisect_right(self._starts, address) - 1
        if at >= 0:
            code = self._code[self._starts[at]]
            if address < code.end:
                return code.frame
        at = bisect_right(self._libraries, (address, 1 << 70, 0)) - 1
        # A library may have several ranges, of which a short one stands before.
        for start, end, frame in reversed(self._libraries[max(at - 3, 0) : at + 1]):
            if start <= address < end:
                return frame
        return 0
