"""Cuts chunks of any size into pieces of whole blocks.

The kernel takes them as they come, without a copy (`WholeBlocks`): its tables live across pieces, and a chunk
that was just read is still in the processor's cache. Array operations take large pieces, so that each
distinct line of one is looked up once (`TextPieces`). Their memory is used again, because a fresh page costs
more than all the work on its text.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from mmap import MAP_ANONYMOUS, MAP_PRIVATE, mmap

BLANK_LINE = b"\n\n"
# The memory of the last reader, at most one: the next file finds its pages touched.
_spare: list[mmap] = []


class WholeBlocks:
    """Yields the whole blocks of chunks. The text behind them waits for the next chunk."""

    def __init__(self) -> None:
        """Start without text."""
        self._rest = bytearray()

    def __len__(self) -> int:
        """Count the bytes that wait."""
        return len(self._rest)

    def add(self, data: bytes, start: int, end: int) -> Iterator[memoryview]:
        """Yield all text up to the last blank line in `data[start:end]`, in one or two pieces."""
        if self._rest:
            if self._rest.endswith(b"\n") and data[start] == BLANK_LINE[1]:
                first = start + 1
            else:
                found = data.find(BLANK_LINE, start, end)
                first = found + len(BLANK_LINE) if found >= 0 else end
            self._rest += data[start:first]
            start = first
            if self._rest.endswith(BLANK_LINE):
                yield memoryview(self.take())
        found = data.rfind(BLANK_LINE, start, end)
        if found >= 0:
            yield memoryview(data)[start : found + len(BLANK_LINE)]
            start = found + len(BLANK_LINE)
        self._rest += data[start:end]

    def take(self) -> bytes:
        """Take the text out that waits."""
        text = bytes(self._rest)
        self._rest.clear()
        return text

    def put_back(self, text: bytes) -> None:
        """Let text wait again, which has no blank line."""
        self._rest += text


class TextPieces:
    """A buffer that is filled from the left; `text` is all of it. Untouched pages take no memory."""

    def __init__(self, size: int) -> None:
        """Make room for `size` bytes."""
        self.text = _memory(size)
        self._view = memoryview(self.text)
        self._filled = self._searched = 0

    @property
    def full(self) -> bool:
        """Return True if there is no more room."""
        return self._filled == len(self.text)

    def fill(self, data: bytes | memoryview) -> memoryview:
        """Take as much as there is room for, and return the rest."""
        data = memoryview(data)
        count = min(len(data), len(self.text) - self._filled)
        self._view[self._filled : self._filled + count] = data[:count]
        self._filled += count
        return data[count:]

    def whole(self) -> int:
        """Return where the last blank line ends, 0 without one."""
        # The text that was searched before has none, but may end in the middle of one.
        found = self.text.rfind(BLANK_LINE, max(0, self._searched - 1), self._filled)
        self._searched = self._filled
        return found + len(BLANK_LINE) if found >= 0 else 0

    def drop(self, count: int) -> None:
        """Drop `count` bytes from the left. The rest is known to have no blank line."""
        rest = self._filled - count
        self._view[:rest] = self._view[count : self._filled]
        self._filled = self._searched = rest

    def take(self) -> bytes:
        """Take all of the text out."""
        text = bytes(self._view[: self._filled])
        self.drop(self._filled)
        return text

    def give_back(self) -> None:
        """Leave the memory to the next reader. This object must not be used afterwards."""
        _spare[:] = [self.text]


def _memory(size: int) -> mmap:
    # Another thread may be quicker.
    with suppress(IndexError):
        spare = _spare.pop()
        if len(spare) == size:
            return spare
    return mmap(-1, size, flags=MAP_PRIVATE | MAP_ANONYMOUS)
