"""Decompress xz and lzma with a bound on memory, which `lzma.LZMAFile` has no parameter for.

The header sets the size of the dictionary, for example 4 GiB in a file of 116 bytes.
"""

from __future__ import annotations

import lzma
from typing import BinaryIO

from flamescope_py.errors import TooLargeError
from flamescope_py.readers.compression.members import MemberReader

# xz -9 takes 65 MB.
MEMORY = 256 << 20


class XzMemoryError(TooLargeError):
    """The file asks for a larger dictionary than is allowed."""

    def __init__(self) -> None:
        """Explain it."""
        super().__init__(
            f"Decompressing the file takes more than {MEMORY >> 20} MB of memory: compress it with xz -9 or "
            "less."
        )


class XzReader(MemberReader):
    """The content of all streams; bytes behind the last are left out, as `LZMAFile` does."""

    def __init__(self, file: BinaryIO, magic: bytes = b"", notes: list[str] | None = None) -> None:
        """`file` stands at its start. As in `MemberReader`, what does not begin with `magic` is left out."""

        def make() -> lzma.LZMADecompressor:
            return lzma.LZMADecompressor(lzma.FORMAT_AUTO, memlimit=MEMORY)

        super().__init__(file, make, (lzma.LZMAError,), padding=b"\0", magic=magic, notes=notes)

    def read1(self, size: int) -> bytes:
        """Return up to `size` bytes, as `MemberReader` does. Raises XzMemoryError."""
        try:
            return super().read1(size)
        except lzma.LZMAError as error:
            if _asks_for_memory(error):
                raise XzMemoryError from error
            raise

    def _is_ignored(self, error: Exception) -> bool:
        return not _asks_for_memory(error)


def _asks_for_memory(error: Exception) -> bool:
    return "emory" in str(error)
