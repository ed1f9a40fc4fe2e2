"""Read the members of a zip archive within bounds that `zipfile` lacks.

zipfile reads the whole table of an archive, however long it is, and unpacks bzip2, LZMA and zstd without a
bound: 64 kB of its input may become a gigabyte. So only stored and deflated members are left to it.
"""

from __future__ import annotations

import bz2
import io
import lzma
import struct
import sys
import zipfile
from collections.abc import Callable
from typing import BinaryIO, cast

from flamescope_py.errors import UnknownFormatError
from flamescope_py.readers.compression.members import Decoder, MemberReader
from flamescope_py.readers.compression.xz import MEMORY, XzMemoryError

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

# Ten thousand files, with names of a hundred characters each.
_MAX_TABLE_BYTES = 2 << 20
_ZSTANDARD = 93
_LOCAL_HEADER = struct.Struct("<4s5H3L2H")
# Version, size of the properties, then lc, lp and pb in one byte, and the size of the dictionary.
_LZMA_HEADER = struct.Struct("<2BHBL")
_LZMA_PROPERTIES = 5


class BoundedFile(io.RawIOBase):
    """A file that refuses to be read in pieces that only the table of a huge archive has."""

    def __init__(self, file: BinaryIO) -> None:
        """`file` can seek. It stays open."""
        self._file = file

    def read(self, size: int = -1) -> bytes:
        """Read from the file. Raises UnknownFormatError for more than a table may have."""
        if size > _MAX_TABLE_BYTES:
            raise UnknownFormatError("A zip archive of too many files: unpack it (unzip FILE) first.")
        return self._file.read(size)

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Move in the file."""
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        """Return the place in the file."""
        return self._file.tell()

    def seekable(self) -> bool:
        """Return True."""
        return True

    def readable(self) -> bool:
        """Return True."""
        return True


def open_member(archive: zipfile.ZipFile, file: BinaryIO, info: zipfile.ZipInfo) -> BinaryIO:
    """Return the content of a member, by `read1`. Raises as zipfile does, and NotImplementedError."""
    if info.compress_type in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        return cast(BinaryIO, archive.open(info))
    makers: dict[int, Callable[[BinaryIO], MemberReader]] = {
        zipfile.ZIP_BZIP2: lambda packed: MemberReader(packed, bz2.BZ2Decompressor),
        zipfile.ZIP_LZMA: lambda packed: _LzmaMember(packed, info.file_size),
        _ZSTANDARD: lambda packed: MemberReader(packed, zstd.ZstdDecompressor),
    }
    make = makers.get(info.compress_type)
    if make is None:
        raise NotImplementedError(f"compression method {info.compress_type}")
    return cast(BinaryIO, make(cast(BinaryIO, _Packed(file, info))))


class _Packed:
    """The bytes of a member as they are in the archive."""

    def __init__(self, file: BinaryIO, info: zipfile.ZipInfo) -> None:
        file.seek(info.header_offset)
        header = file.read(_LOCAL_HEADER.size)
        if len(header) < _LOCAL_HEADER.size or not header.startswith(b"PK\3\4"):
            raise zipfile.BadZipFile("no header where the table names one")
        *_, name, extra = _LOCAL_HEADER.unpack(header)
        self._file = file
        self._place = info.header_offset + _LOCAL_HEADER.size + name + extra
        self._left = info.compress_size

    def read(self, size: int) -> bytes:
        self._file.seek(self._place)
        found = self._file.read(min(size, self._left))
        self._place += len(found)
        self._left -= len(found)
        return found


class _LzmaMember(MemberReader):
    """A member packed by LZMA, whose end is known by its size alone."""

    def __init__(self, packed: BinaryIO, size: int) -> None:
        header = packed.read(_LZMA_HEADER.size)
        if len(header) < _LZMA_HEADER.size:
            raise zipfile.BadZipFile("a member without its header")
        _, _, length, packing, dictionary = _LZMA_HEADER.unpack(header)
        if length != _LZMA_PROPERTIES:
            raise NotImplementedError("LZMA properties of another size")
        if dictionary > MEMORY:
            raise XzMemoryError
        lc, lp, pb = packing % 9, packing // 9 % 5, packing // 45
        filters = [{"id": lzma.FILTER_LZMA1, "dict_size": dictionary, "lc": lc, "lp": lp, "pb": pb}]
        try:
            decoder = lzma.LZMADecompressor(lzma.FORMAT_RAW, filters=filters)
        except (lzma.LZMAError, ValueError) as error:
            raise zipfile.BadZipFile("no LZMA properties") from error
        super().__init__(packed, lambda: cast(Decoder, decoder))
        self._rest = size

    def read1(self, size: int) -> bytes:
        found = super().read1(min(size, self._rest)) if self._rest else b""
        self._rest -= len(found)
        return found
