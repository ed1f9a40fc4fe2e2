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

    Raises BrokenProfileError where the compressed stream is cut or damaged, and TooLargeError past
    `limit` decompressed bytes.
    """
    name = codec(file)
    source = _decoder(file, name) if name else file
    total = 0
    while chunk := _read(source, size, name):
        total += len(chunk)
        if total > limit:
            raise TooLargeError(
                f"The file holds more than {limit} bytes when decompressed (max_decompressed_bytes): cut it."
            )
        yield chunk


def _read(source: BinaryIO, size: int, name: str) -> bytes:
    try:
        return source.read(size)
    except _BROKEN as error:
        if not name:
            raise
        raise BrokenProfileError(
            f"The {name} stream is cut short or damaged ({error}): copy the file again."
        ) from error


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
