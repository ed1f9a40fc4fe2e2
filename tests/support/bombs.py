"""Small files that unpack to much, or to very many pieces, by the name of the attack."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import struct
import sys
import tarfile
import zipfile
from collections.abc import Callable, Mapping

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

MIB = 1 << 20
# More than any reader may take into memory.
_UNPACKED = 100 * MIB
_PIECES = 60_000


def _zipped(method: int, size: int = _UNPACKED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive, archive.open("perf.out", "w") as member:
        for _ in range(size // MIB):
            member.write(b" " * MIB)
    return file.getvalue()


def _zip_of_many() -> bytes:
    entry = struct.pack("<4s4B4HL2L5H2L", b"PK\1\2", 20, 3, 20, *[0] * 8, 1, *[0] * 6) + b"a"
    table = entry * (50 * MIB // len(entry))
    end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 65535, 65535, len(table), 104, 0)
    return gzip.compress(b"PK\3\4" + bytes(100) + table + end)


def _zip_with_a_huge_dictionary() -> bytes:
    packed = bytearray(_zipped(zipfile.ZIP_LZMA, MIB))
    properties = packed.index(b"\x09\x04\x05\x00")
    packed[properties + 5 : properties + 9] = (0xFFFFFFFF).to_bytes(4, "little")
    return bytes(packed)


def _header(kind: bytes, size: int = 0) -> bytes:
    found = tarfile.TarInfo("x")
    found.size, found.type = size, kind
    return found.tobuf(tarfile.USTAR_FORMAT)


def _extended(kind: bytes) -> bytes:
    return gzip.compress(_header(kind, _UNPACKED) + b"a" * _UNPACKED, 1)


def _chain(kind: bytes, content: bytes) -> bytes:
    link = _header(kind, 512) + content.ljust(512, b"\0")
    return gzip.compress(link * 5000 + _header(tarfile.REGTYPE))


def _pieces(compress: Callable[[bytes], bytes]) -> bytes:
    return gzip.compress(compress(b"") * _PIECES)


BOMBS: Mapping[str, Callable[[], bytes]] = {
    "zip of bzip2": lambda: _zipped(zipfile.ZIP_BZIP2),
    "zip of LZMA": lambda: _zipped(zipfile.ZIP_LZMA),
    "zip of deflate": lambda: _zipped(zipfile.ZIP_DEFLATED),
    "zip of many files": _zip_of_many,
    "zip with a huge dictionary": _zip_with_a_huge_dictionary,
    "tar with a long pax header": lambda: _extended(tarfile.XHDTYPE),
    "tar with a long name": lambda: _extended(tarfile.GNUTYPE_LONGNAME),
    "tar of a chain of names": lambda: _chain(tarfile.GNUTYPE_LONGNAME, b"a" * 511),
    "tar of a chain of pax headers": lambda: _chain(tarfile.XHDTYPE, b"12 path=abc\n"),
    "tar of many files": lambda: gzip.compress(_header(tarfile.REGTYPE) * 100_000),
    "bzip2 of many streams": lambda: _pieces(bz2.compress),
    "xz of many streams": lambda: _pieces(lzma.compress),
    "zstd of many streams": lambda: _pieces(zstd.compress),
}
