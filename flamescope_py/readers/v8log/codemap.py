"""The code of a process by address, as it changes while a log is read.

Compiled code is created, moved and deleted all the time. An address belongs to the code that was put there
last.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right, insort
from ctypes import CDLL

import numpy as np
import numpy.typing as npt

from flamescope_py._kernel.arrays import number_keys
from flamescope_py._kernel.v8 import code_at

PAGE_BITS = 12
# Code that is longer is damage: no compiled function has 256 MB.
MAX_SIZE = 1 << 28
# A change of longer code forgets all that is remembered of addresses.
MAX_PAGES = 1 << 10
# A process has some hundred ranges of libraries.
MAX_LIBRARIES = 5_000
LAST_ADDRESS = (1 << 64) - 1
# Addresses that the kernel knows.
MAX_ADDRESS = (1 << 63) - 1


class CodeMap:
    """Finds frames by address, which are texts as they stand in the log, and remembers them."""

    def __init__(self) -> None:
        """Start without code."""
        # Frames by the text of an address, and the texts that are remembered of every page.
        self.known: dict[str, int] = {}
        self.changes = 0
        self._texts: dict[int, list[str]] = {}
        # Pieces of code, sorted: where each begins and ends, and its frame. They do not overlap.
        self._starts, self._ends, self._frames = array("Q"), array("Q"), array("q")
        self._libraries: list[tuple[int, int, int]] = []

    def add_library(self, start: int, end: int, frame: int) -> None:
        """Add a library; one of the same start replaces it. What is remembered of addresses is forgotten.

        Raises ValueError past MAX_LIBRARIES.
        """
        if len(self._libraries) >= MAX_LIBRARIES:
            raise ValueError("too many libraries")
        self._forget_all()
        self._libraries = [row for row in self._libraries if row[0] != start]
        insort(self._libraries, (start, end, frame))

    def add(self, start: int, size: int, frame: int) -> None:
        """Put code at an address, in place of earlier code."""
        behind = start + min(max(size, 1), MAX_SIZE)
        end = min(behind, LAST_ADDRESS)
        first = bisect_left(self._starts, start)
        last = bisect_left(self._starts, behind, first)
        replaced = self._ends[first:last]
        # Code before it that reaches into it ends there.
        if first and self._ends[first - 1] > start:
            replaced.append(self._ends[first - 1])
            self._ends[first - 1] = start
        self._forget(start, max(end, *replaced) if replaced else end)
        self._starts[first:last] = array("Q", [start])
        self._ends[first:last] = array("Q", [end])
        self._frames[first:last] = array("q", [frame])

    def move(self, start: int, to: int) -> None:
        """Move the code that begins at an address."""
        at = self._place(start)
        if at is not None:
            size, frame = self._ends[at] - start, self._frames[at]
            self.delete(start)
            self.add(to, size, frame)

    def delete(self, start: int) -> None:
        """Remove the code that begins at an address."""
        at = self._place(start)
        if at is not None:
            self._forget(start, self._ends[at])
            del self._starts[at], self._ends[at], self._frames[at]

    def _place(self, start: int) -> int | None:
        """Return the place of the code that begins at an address."""
        at = bisect_left(self._starts, start)
        return at if at < len(self._starts) and self._starts[at] == start else None

    def _forget(self, start: int, end: int) -> None:
        pages = range(start >> PAGE_BITS, (end - 1 >> PAGE_BITS) + 1)
        if len(pages) > MAX_PAGES:
            self._forget_all()
            return
        for page in pages:
            texts = self._texts.pop(page, None)
            if texts:
                self.changes += 1
                for text in texts:
                    del self.known[text]

    def _forget_all(self) -> None:
        if self.known:
            self.known.clear()
            self._texts.clear()
            self.changes += 1

    def find(self, text: str, address: int) -> int:
        """Return the frame of an address, 0 where no code is known there."""
        frame = self._lookup(address)
        self.known[text] = frame
        self._texts.setdefault(address >> PAGE_BITS, []).append(text)
        return frame

    def find_all(self, functions: CDLL, addresses: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """Return the frame of every address by the kernel, as `find`. Negative ones are none, and have 0."""
        # Copies: an array cannot grow while another object sees its memory.
        columns = (np.array(column).view(np.int64) for column in (self._starts, self._ends, self._frames))
        count = bisect_right(self._starts, MAX_ADDRESS)
        starts, ends, frames = (column[:count] for column in columns)
        # A last piece of code may end behind the addresses that the kernel knows.
        found = code_at(functions, addresses, starts, np.where(ends < 0, MAX_ADDRESS, ends), frames)
        rest = np.flatnonzero((found == 0) & (addresses >= 0))
        numbers, firsts = number_keys(functions, addresses[rest].view(np.uint64))
        distinct = addresses[rest[firsts]].tolist()
        found[rest] = np.array([self._lookup(one) for one in distinct], np.int64)[numbers]
        return found

    def _lookup(self, address: int) -> int:
        at = bisect_right(self._starts, address) - 1
        if at >= 0 and address < self._ends[at]:
            return self._frames[at]
        at = bisect_right(self._libraries, (address, 1 << 70, 0)) - 1
        # A library may have several ranges, of which a short one stands before.
        for start, end, frame in reversed(self._libraries[max(at - 3, 0) : at + 1]):
            if start <= address < end:
                return frame
        return 0
