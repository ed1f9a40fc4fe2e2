"""The decoders of all compressions and archives, imported for the first compressed file.

gzip goes through isal, which decodes two to three times as fast as zlib, the others through the standard
library (zstd through its backport before Python 3.14), and lz4 through pyarrow.
"""

from __future__ import annotations

import bz2
import io
import lzma
import sys
import tarfile
import zipfile
import zlib
from collections.abc import Callable
from typing import BinaryIO, cast

from isal import igzip_lib

from flamescope_py.readers.compression.archives import open_tar, open_zip
from flamescope_py.readers.compression.layers import ZIP, ZlibDecoder
from flamescope_py.readers.compression.members import MemberReader
from flamescope_py.readers.compression.xz import MEMORY, XzReader

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

# A window of 128 MB, as the zstd command allows without --long.
_ZSTD_OPTIONS = {int(zstd.DecompressionParameter.window_log_max): 27}

_XZ_MAGICS = {"xz": b"\xfd7zXZ\x00", "lzma": b"\x5d\x00\x00"}

# Raised for damage, among others by the disk, whose errors have an errno.
BROKEN: tuple[type[Exception], ...] = (
    OSError,
    EOFError,
    zlib.error,
    cast(type[Exception], igzip_lib.IsalError),  # its stub declares an instance
    lzma.LZMAError,
    zstd.ZstdError,
    tarfile.TarError,
    zipfile.BadZipFile,
)


def is_early_end(error: Exception) -> bool:
    """Return True if an error of BROKEN means that the file ends too early."""
    return isinstance(error, EOFError | tarfile.ReadError)


def begins_lzma(look: bytes) -> bool:
    """Return True if bytes are no text that begins by chance as .lzma does."""
    return _decodes(lzma.LZMADecompressor(lzma.FORMAT_ALONE, memlimit=MEMORY), look)


def begins_zlib(look: bytes) -> bool:
    """Return True if bytes are no text that begins by chance as zlib does."""
    return _decodes(zlib.decompressobj(), look)


def _decodes(decoder: lzma.LZMADecompressor | zlib._Decompress, look: bytes) -> bool:
    try:
        decoder.decompress(look, 1 << 16)
    except (lzma.LZMAError, zlib.error):
        return False
    return True


def open_archive(
    stream: BinaryIO, kind: str, limit: int, wanted: Callable[[bytes], bool], notes: list[str]
) -> BinaryIO:
    """Open the profile in an archive, ZIP or TAR. Raises those of BROKEN, and as `archives` does."""
    return (open_zip if kind == ZIP else open_tar)(stream, limit, wanted, notes)


def open_decoder(file: BinaryIO, name: str, notes: list[str]) -> BinaryIO:
    """Return the decompressed stream of a compression. It adds to `notes` while it is read."""
    if name == "gzip":
        return cast(BinaryIO, MemberReader(file, _gzip, padding=b"\0", magic=b"\x1f\x8b", notes=notes))
    if name == "bzip2":
        return cast(BinaryIO, MemberReader(file, bz2.BZ2Decompressor, magic=b"BZh", notes=notes))
    if name in _XZ_MAGICS:
        return cast(BinaryIO, XzReader(file, _XZ_MAGICS[name], notes))
    if name == "zlib":
        return cast(BinaryIO, ZlibDecoder(file, notes))
    if name == "lz4":
        return cast(BinaryIO, _Lz4Decoder(file))
    return cast(BinaryIO, MemberReader(file, lambda: zstd.ZstdDecompressor(options=_ZSTD_OPTIONS)))


def _gzip() -> igzip_lib.IgzipDecompressor:
    return igzip_lib.IgzipDecompressor(flag=igzip_lib.DECOMP_GZIP)


class _Borrowed(io.RawIOBase):
    """A file that pyarrow may read and not close."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        return self._file.read(size)


class _Lz4Decoder:
    """Reads frames of lz4, which pyarrow decodes."""

    def __init__(self, file: BinaryIO) -> None:
        """Read from a file that stands at the start of the first frame."""
        import pyarrow as pa

        self._stream = pa.CompressedInputStream(pa.PythonFile(_Borrowed(file), mode="r"), "lz4")

    def read1(self, size: int) -> bytes:
        """Return the next bytes, at most `size`; none at the end. Raises EOFError where a frame is cut."""
        try:
            found: bytes = self._stream.read(size)
        except OSError as error:
            if "Truncated" in str(error):
                raise EOFError("the lz4 stream is cut") from error
            raise
        return found
