"""Decompress xz and lzma with a bound on memory, which `lzma.LZMAFile` has no parameter for.

The header sets the size of the dictionary, for example 4 GiB in a file of 116 bytes.
"""

from __future__ import annotations

import lzma
from typing import BinaryIO

# xz -9 takes 65 MB.
MEMORY = 256 << 20
_READ_BYTES = 64 << 10


class XzMemoryError(Exception):
    """The file asks for a larger dictionary than is allowed."""


class XzReader:
    """The decompressed content of all streams of a file, as far as `read1` reads it."""

    def __init__(self, file: BinaryIO, memory: int = MEMORY) -> None:
        """`file` stands at its start."""
        self._file = file
        self._memory = memory
        self._decoder = self._new()
        self._waiting = b""
        self._is_later = False

    def _new(self) -> lzma.LZMADecompressor:
        return lzma.LZMADecompressor(lzma.FORMAT_AUTO, memlimit=self._memory)

    def read1(self, size: int) -> bytes:
        """Return up to `size` bytes, none at the end. Raises EOFError, LZMAError and XzMemoryError."""
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
            except lzma.LZMAError as error:
                if "emory" in str(error):
                    raise XzMemoryError from error
                if self._is_later:
                    # No further stream: bytes behind the end are left out, as LZMAFile does.
                    return b""
                raise
            self._is_later = False
            if found:
                return found

    def _next_stream(self) -> bool:
        """Begin the stream behind the one that has ended; False at the end of the file, padding included."""
        rest = self._decoder.unused_data
        while not rest.strip(b"\0"):
            rest = self._file.read(_READ_BYTES)
            if not rest:
                return False
        self._decoder, self._waiting, self._is_later = self._new(), rest.lstrip(b"\0"), True
        return True
