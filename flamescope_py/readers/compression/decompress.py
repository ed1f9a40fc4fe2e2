"""Decompress files, including nested compressions. The first bytes decide, never the file's name.

`decoders` does it, and is imported for the first compressed file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import BinaryIO, NamedTuple, cast

from flamescope_py.errors import BrokenProfileError, TooLargeError, UnknownFormatError
from flamescope_py.readers.compression.layers import TAR, ZIP, Layer, too_large

# The reader of perf text works through a chunk while it is in the processor's cache.
CHUNK = 1 << 20
ENDS_EARLY = "The compressed file ends early: only what could be read is shown."
DAMAGED = "The compressed file is damaged: only what could be read, up to the damage, is shown."
MAX_DECOMPRESSED = 1 << 38
# The most bytes to decompress to find the head of the profile in a file.
MAX_HEAD = 256 << 20
# gzip in gzip in an archive, and one more.
MAX_LAYERS = 4
# Enough for every magic, the header of a tar archive, and a try at zlib.
_LOOK = 512

_MAGICS = {
    b"\x1f\x8b": "gzip",
    b"BZh": "bzip2",
    b"\xfd7zXZ\x00": "xz",
    b"\x28\xb5\x2f\xfd": "zstd",
    b"\x04\x22\x4d\x18": "lz4",
    b"PK\x03\x04": ZIP,
    b"PK\x05\x06": ZIP,
}
# Frames that zstd and lz4 skip, as pzstd writes first: a magic of 16 values, and the length of what follows.
_SKIPPED = b"\x2a\x4d\x18"
_SKIPPED_HEAD = 8
# .lzma: properties and size of the dictionary, mostly 8 MiB; then the size, mostly unknown.
_LZMA = b"\x5d\x00\x00"
_ZLIB = (b"\x78\x01", b"\x78\x5e", b"\x78\x9c", b"\x78\xda")


class DamagedStreamError(BrokenProfileError):
    """The compressed stream is cut or damaged; `shown` is the sentence for a part that is shown."""

    def __init__(self, shown: str) -> None:
        """`shown` is ENDS_EARLY or DAMAGED."""
        how = "cut off" if shown == ENDS_EARLY else "damaged"
        super().__init__(f"The compressed file is {how}, and nothing in it can be shown: copy it again.")
        self.shown = shown


class Opened(NamedTuple):
    """A file without its compressions and archives, their names from the outside in, and notes.

    An archive adds a note about its other files while it is read.
    """

    stream: BinaryIO
    names: tuple[str, ...]
    notes: list[str]


def _any(_head: bytes) -> bool:
    return True


def codec(file: BinaryIO, wanted: Callable[[bytes], bool] = _any) -> str:
    """Name the compressions of a file that stands at its start, for example `gzip`; "" for none.

    The file is at its start again afterwards. Raises as `chunks` does.
    """
    names = _opened(file, MAX_HEAD, wanted).names
    file.seek(0)
    return "+".join(names)


def _opened(file: BinaryIO, limit: int, wanted: Callable[[bytes], bool]) -> Opened:
    stream, names, notes = file, list[str](), list[str]()
    look = file.read(_LOOK)
    file.seek(0)
    while kind := _kind(look):
        if len(names) == MAX_LAYERS:
            raise UnknownFormatError(f"The file is compressed more than {MAX_LAYERS} times: unpack it first.")
        names.append(kind)
        if kind in (ZIP, TAR):
            stream = _opened_archive(stream, kind, limit, wanted, notes)
        else:
            from flamescope_py.readers.compression.decoders import open_decoder

            stream = open_decoder(stream, kind, notes)
        layer = Layer(stream, limit)
        look = layer.peek(_LOOK)
        stream = cast(BinaryIO, layer)
    return Opened(stream, tuple(names), notes)


def _opened_archive(
    stream: BinaryIO, kind: str, limit: int, wanted: Callable[[bytes], bool], notes: list[str]
) -> BinaryIO:
    from flamescope_py.readers.compression.decoders import BROKEN, open_archive

    try:
        return open_archive(stream, kind, limit, wanted, notes)
    except BROKEN as error:
        _require_damage(error)
        raise DamagedStreamError(_shown(error)) from error


def _kind(look: bytes) -> str:
    """Name the compression or archive that begins with some bytes; "" for none."""
    while look[:1] and look[0] >> 4 == 5 and look.startswith(_SKIPPED, 1):
        behind = look[_SKIPPED_HEAD + int.from_bytes(look[4:_SKIPPED_HEAD], "little") :]
        if not behind:
            return "zstd"
        look = behind
    for magic, name in _MAGICS.items():
        if look.startswith(magic):
            return name
    if look.startswith((_LZMA, *_ZLIB)) or b"\0" in look:
        # Text may begin by chance as these do, and contains no zero.
        return _checked_kind(look)
    return ""


def _checked_kind(look: bytes) -> str:
    from flamescope_py.readers.compression import archives, decoders

    if look.startswith(_LZMA) and decoders.begins_lzma(look):
        return "lzma"
    if look.startswith(_ZLIB) and decoders.begins_zlib(look):
        return "zlib"
    return TAR if archives.is_tar(look) else ""


def chunks(
    file: BinaryIO,
    size: int = CHUNK,
    limit: int = MAX_DECOMPRESSED,
    wanted: Callable[[bytes], bool] = _any,
    notes: list[str] | None = None,
) -> Iterator[bytes]:
    """Read a file from its start, decompressed, in chunks of at most `size` bytes.

    From an archive, the one file whose head is `wanted` is read; `notes` lists the others. Raises
    DamagedStreamError if the compressed stream is cut or damaged, after yielding the content before that,
    TooLargeError past `limit` decompressed bytes, and UnknownFormatError for an archive of several profiles.
    """
    opened = _opened(file, limit, wanted)
    source, total = opened.stream, 0
    for chunk in _decoded(source, size) if opened.names else iter(lambda: source.read(size), b""):
        total += len(chunk)
        if total > limit:
            raise TooLargeError(too_large(limit))
        yield chunk
    if notes is not None:
        notes += opened.notes


def _decoded(source: BinaryIO, size: int) -> Iterator[bytes]:
    """Yield the output of a decoder. `read` would lose data before a damaged place."""
    from flamescope_py.readers.compression.decoders import BROKEN

    parts: list[bytes] = []
    length, fault = 0, None
    while fault is None:
        try:
            part = source.read1(size - length)  # type: ignore[attr-defined]  # decoders have it
        except BROKEN as error:
            _require_damage(error)
            part, fault = b"", error
        parts.append(part)
        length += len(part)
        # Joining copies, so that a large part stays alone.
        if length and (2 * length >= size or not part):
            yield b"".join(parts)
            parts, length = [], 0
        if not part and fault is None:
            return
    raise DamagedStreamError(_shown(fault)) from fault


def _shown(error: Exception) -> str:
    from flamescope_py.readers.compression.decoders import is_early_end

    return ENDS_EARLY if is_early_end(error) else DAMAGED


def _require_damage(error: Exception) -> None:
    """Re-raise disk errors, which have an errno; errors of decoders have none."""
    if isinstance(error, OSError) and error.errno is not None:
        raise error


def head(file: BinaryIO, size: int, wanted: Callable[[bytes], bool] = _any) -> bytes:
    """Read the first `size` decompressed bytes, or the readable part of them."""
    parts: list[bytes] = []
    found = chunks(file, size, MAX_HEAD, wanted)
    try:
        for chunk in found:
            parts.append(chunk)
            if sum(map(len, parts)) >= size:
                break
    except BrokenProfileError:
        if not parts:
            raise
    return b"".join(parts)[:size]
