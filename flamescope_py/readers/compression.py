"""Opens what may be compressed: the first bytes decide, never the file's name.

gzip goes through isal, which decodes two to three times as fast as zlib; the others through the
standard library (zstd through its backport before Python 3.14).
"""

from __future__ import annotations

import bz2
import lzma
import sys
import zlib
from collections.abc import Iterator
from typing import BinaryIO, cast

from isal import igzip, isal_zlib

from flamescope_py.errors import BrokenProfileError, TooLargeError

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

CHUNK = 1 << 18
ENDS_EARLY = "The compressed file ends early: only what could be read is shown."
DAMAGED = "The compressed file is damaged: only what could be read, up to the damage, is shown."
MAX_DECOMPRESSED = 1 << 38

_GZIP = b"\x1f\x8b"
_BZIP2 = b"BZh"
_XZ = b"\xfd7zXZ\x00"
_ZSTD = b"\x28\xb5\x2f\xfd"
_MAGIC_LENGTH = 6

_BROKEN: tuple[type[Exception], ...] = (
    OSError,
    EOFError,
    zlib.error,
    cast(type[Exception], isal_zlib.error),  # its stub says that it is an instance
    lzma.LZMAError,
    zstd.ZstdError,
)


class DamagedStreamError(BrokenProfileError):
    """The compressed stream is cut or damaged; `shown` is what to say where the part before it is shown."""

    def __init__(self, shown: str) -> None:
        """`shown` is ENDS_EARLY or DAMAGED."""
        how = "cut off" if shown == ENDS_EARLY else "damaged"
        super().__init__(f"The compressed file is {how}, and nothing in it can be shown: copy it again.")
        self.shown = shown


def codec(file: BinaryIO) -> str:
    """Name the compression of a file that stands at its start; "" for none. Reads 6 bytes and goes back."""
    head = file.read(_MAGIC_LENGTH)
    file.seek(0)
    magics = {_GZIP: "gzip", _BZIP2: "bzip2", _XZ: "xz", _ZSTD: "zstd"}
    return next((name for magic, name in magics.items() if head.startswith(magic)), "")


def _decoder(file: BinaryIO, name: str) -> BinaryIO:
    if name == "gzip":
        return cast(BinaryIO, igzip.GzipFile(fileobj=file))  # type: ignore[no-untyped-call]
    if name == "bzip2":
        return cast(BinaryIO, bz2.BZ2File(file))
    if name == "xz":
        return cast(BinaryIO, lzma.LZMAFile(file))
    return cast(BinaryIO, zstd.ZstdFile(file))


def chunks(file: BinaryIO, size: int = CHUNK, limit: int = MAX_DECOMPRESSED) -> Iterator[bytes]:
    """Read a file from its start, decompressed, in chunks of at most `size` bytes.

    Raises DamagedStreamError where the compressed stream is cut or damaged, behind all that comes before
    that place, and TooLargeError past `limit` decompressed bytes.
    """
    name = codec(file)
    source = _decoder(file, name) if name else file
    total = 0
    for chunk in _decoded(source, size) if name else iter(lambda: source.read(size), b""):
        total += len(chunk)
        if total > limit:
            raise TooLargeError(
                f"The file holds more than {limit} bytes when decompressed (max_decompressed_bytes): cut it."
            )
        yield chunk


def _decoded(source: BinaryIO, size: int) -> Iterator[bytes]:
    """Read what a decoder gives. Not by `read`, which loses what it has when it meets damage."""
    parts: list[bytes] = []
    length, fault = 0, None
    while fault is None:
        try:
            part = source.read1(size - length)  # type: ignore[attr-defined]  # decoders have it
        except _BROKEN as error:
            # An error of the disk has a number, those of the decoders have none.
            if isinstance(error, OSError) and error.errno is not None:
                raise
            part, fault = b"", error
        parts.append(part)
        length += len(part)
        if length and (length == size or not part):
            yield b"".join(parts)
            parts, length = [], 0
        if not part and fault is None:
            return
    raise DamagedStreamError(ENDS_EARLY if isinstance(fault, EOFError) else DAMAGED) from fault


def head(file: BinaryIO, size: int) -> bytes:
    """Read the first `size` decompressed bytes, or what is readable of them."""
    parts: list[bytes] = []
    try:
        for chunk in chunks(file, size):
            parts.append(chunk)
            if sum(map(len, parts)) >= size:
                break
    except BrokenProfileError:
        if not parts:
            raise
    return b"".join(parts)[:size]
