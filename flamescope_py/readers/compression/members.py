"""Decompress gzip, bz2, xz, lzma and zstd: files of one or several compressed streams, one after the other.

The readers of the standard library have no bound on the number of streams. 2 kB of zstd hold three million
empty ones, which take five minutes.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import BinaryIO, Protocol

from flamescope_py.errors import BrokenProfileError
from flamescope_py.readers.compression.layers import LEFT_OUT

_READ_BYTES = 256 << 10
# Streams that hold less than this on average are too small, once there are so many: pzstd and bgzip write
# 64 KiB and more into each.
_LEAST_BYTES = 100
_MANY = 10_000


class Decoder(Protocol):
    """A decompressor of the standard library, for one stream."""

    @property
    def eof(self) -> bool:
        """Whether the stream has ended."""

    @property
    def needs_input(self) -> bool:
        """Whether nothing more comes without further input."""

    @property
    def unused_data(self) -> bytes:
        """The input behind the end of the stream."""

    def decompress(self, data: bytes, max_length: int = -1, /) -> bytes:
        """Return at most `max_length` bytes."""


class TooManyStreamsError(BrokenProfileError):
    """The file consists of tiny compressed streams."""

    def __init__(self) -> None:
        """Explain it."""
        super().__init__(
            "The file consists of many tiny compressed streams: decompress it, and compress it as a whole."
        )


class MemberReader:
    """The decompressed content of all streams of a file, as far as `read1` reads it."""

    def __init__(
        self,
        file: BinaryIO,
        make: Callable[[], Decoder],
        trailing: tuple[type[Exception], ...] = (),
        padding: bytes = b"",
        magic: bytes = b"",
        notes: list[str] | None = None,
    ) -> None:
        """`file` stands at its start, and `make` returns a decoder of one stream.

        Behind the first stream, bytes that do not begin with `magic`, and those that make a decoder raise
        `trailing`, are left out, which `notes` mentions. `padding` between two streams is passed over.
        """
        self._file = file
        self._make = make
        self._trailing = trailing
        self._padding = padding
        self._magic = magic
        self._notes = [] if notes is None else notes
        self._decoder = make()
        self._waiting = b""
        self._is_later = False
        self._streams = self._written = 0

    def read1(self, size: int) -> bytes:
        """Return up to `size` bytes, none at the end.

        Raises EOFError, the errors of the decoder, and TooManyStreamsError.
        """
        while True:
            if self._decoder.eof and not self._next_stream():
                return b""
            if self._decoder.needs_input and not self._waiting:
                self._waiting = self._file.read(_READ_BYTES)
                if not self._waiting:
                    raise EOFError("the compressed file ends early")
            data, self._waiting = self._waiting, b""
            try:
                found = self._decoder.decompress(data, size)
            except self._trailing as error:
                if self._is_later and self._is_ignored(error):
                    self._notes.append(LEFT_OUT)
                    return b""
                raise
            self._is_later = False
            if found:
                self._written += len(found)
                return found

    def _is_ignored(self, error: Exception) -> bool:
        """Return True if bytes behind a stream that make a decoder raise this error are no stream."""
        return True

    def _next_stream(self) -> bool:
        """Begin the stream behind the one that has ended; False at the end of the file."""
        rest = self._decoder.unused_data.lstrip(self._padding)
        while not rest:
            rest = self._file.read(_READ_BYTES)
            if not rest:
                return False
            rest = rest.lstrip(self._padding)
        while len(rest) < len(self._magic) and (more := self._file.read(_READ_BYTES)):
            rest += more
        if not rest.startswith(self._magic):
            self._notes.append(LEFT_OUT)
            return False
        self._streams += 1
        if self._streams > max(_MANY, self._written // _LEAST_BYTES):
            raise TooManyStreamsError
        self._decoder, self._waiting, self._is_later = self._make(), rest, True
        return True
