"""Streams between nested decoders. Content before a damaged place is kept."""

from __future__ import annotations

import io
import zlib
from typing import BinaryIO

from flamescope_py.errors import TooLargeError

# The archives that one profile is read from.
ZIP, TAR = "zip", "tar"
_PIECE = 1 << 18
LEFT_OUT = "Behind the compressed data are bytes of something else: they are left out."


def too_large(limit: int) -> str:
    """Return the sentence for more than `limit` bytes."""
    return f"The file holds more than {limit} bytes when decompressed (max_decompressed_bytes): cut it."


class Layer(io.RawIOBase):
    """A decoder's output with a look ahead. Raises TooLargeError past `limit` bytes."""

    def __init__(self, source: BinaryIO, limit: int) -> None:
        """Read from a decoder."""
        self._source = source
        self._limit = limit
        self._ahead = b""
        self._total = 0
        self._fault: Exception | None = None

    def readable(self) -> bool:
        """Return True."""
        return True

    def peek(self, size: int) -> bytes:
        """Return the next bytes without taking them: `size`, fewer at the end or before damage.

        Damage is met again by the reading that gets there.
        """
        while len(self._ahead) < size and self._fault is None:
            try:
                part = self._more(_PIECE)
            except TooLargeError:
                raise
            except Exception as error:  # noqa: BLE001  whatever it is, it is raised by `read1`
                self._fault = error
                break
            if not part:
                break
            self._ahead += part
        return self._ahead[:size]

    def read1(self, size: int = -1) -> bytes:
        """Return the next bytes, at most `size`; none at the end."""
        if not self._ahead:
            return self._more(size if size >= 0 else _PIECE)
        size = len(self._ahead) if size < 0 else size
        part, self._ahead = self._ahead[:size], self._ahead[size:]
        return part

    def read(self, size: int | None = -1) -> bytes:
        """Return at most `size` bytes, which may be fewer than there are."""
        if size is None or size < 0:
            parts = iter(lambda: self.read1(_PIECE), b"")
            return b"".join(parts)
        return self.read1(size)

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        """Fill a buffer, or a part of it."""
        part = self.read1(len(buffer))
        buffer[: len(part)] = part
        return len(part)

    def _more(self, size: int) -> bytes:
        if self._fault is not None:
            raise self._fault
        part: bytes = self._source.read1(size)  # type: ignore[attr-defined]  # decoders have it
        self._total += len(part)
        if self._total > self._limit:
            raise TooLargeError(too_large(self._limit))
        return part


class ZlibDecoder:
    """Reads a zlib stream, which the standard library has no file for."""

    def __init__(self, file: BinaryIO, notes: list[str]) -> None:
        """Read from a file that stands at the start of the stream. `notes` mentions bytes behind it."""
        self._file = file
        self._notes = notes
        self._decoder = zlib.decompressobj()
        self._fed = b""

    def read1(self, size: int) -> bytes:
        """Return the next bytes, at most `size`; none at the end. Raises EOFError where the stream is cut."""
        while not self._decoder.eof:
            fed = self._fed or self._file.read(_PIECE)
            part = self._decoder.decompress(fed, size)
            self._fed = self._decoder.unconsumed_tail
            if part:
                return part
            if not fed:
                raise EOFError("the zlib stream is cut")
        if self._decoder.unused_data or self._file.read(1):
            self._notes.append(LEFT_OUT)
        return b""
