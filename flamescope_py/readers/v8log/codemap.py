"""The code of a process by address, as it changes while a log is read.

Compiled code is created, moved and deleted all the time. An address belongs to the code that was put there
last.
"""

from __future__ import annotations

from bisect import bisect_right, insort
from ctypes import CDLL

import numpy as np
import numpy.typing as npt

from flamescope_py._kernel.arrays import number_keys
from flamescope_py._kernel.v8 import code_at
from flamescope_py.readers.v8log.pieces import Piece, Pieces

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
        self._code = Pieces()
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
        # Code before it that reaches into it ends there.
        self._forget(start, max(end, self._code.cut(start), self._code.take(start, behind)))
        self._code.put(Piece(start, end, frame))

    def move(self, start: int, to: int) -> None:
        """Move the code that begins at an address."""
        code = self.delete(start)
        if code is not None:
            self.add(to, code.end - start, code.frame)

    def delete(self, start: int) -> Piece | None:
        """Remove the code that begins at an address, and return it."""
        code = self._code.last(start)
        if code is None or code.start != start:
            return None
        self._forget(start, self._code.take(start, start + 1))
        return code

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
        starts, ends, frames = self._code.columns()
        count = int(np.searchsorted(starts, np.uint64(MAX_ADDRESS), side="right"))
        # A last piece of code may end behind the addresses that the kernel knows.
        ends = np.minimum(ends[:count], np.uint64(MAX_ADDRESS))
        found = code_at(functions, addresses, starts[:count], ends, frames[:count])
        rest = np.flatnonzero((found == 0) & (addresses >= 0))
        numbers, firsts = number_keys(functions, addresses[rest].view(np.uint64))
        distinct = addresses[rest[firsts]].tolist()
        found[rest] = np.array([self._lookup(one) for one in distinct], np.int64)[numbers]
        return found

    def _lookup(self, address: int) -> int:
        code = self._code.last(address)
        if code is not None and address < code.end:
            return code.frame
        at = bisect_right(self._libraries, (address, 1 << 70, 0)) - 1
        # A library may have several ranges, of which a short one stands before.
        for start, end, frame in reversed(self._libraries[max(at - 3, 0) : at + 1]):
            if start <= address < end:
                return frame
        return 0
