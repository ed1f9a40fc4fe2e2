"""The chunks of a recording. Each is complete in itself: events, the types that describe them, and constants.

46 4C 52 00  FLR\\0        magic
00 02 00 01               version 2.1
… 8 bytes each: size, place of the constants, place of the types, start (ns since 1970), duration (ns),
start (ticks), ticks a second
… 4 bytes: features, of which the lowest bit stands for compressed integers
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from flamescope_py.errors import BrokenProfileError, TooLargeError
from flamescope_py.model import ParseReport

MAGIC = b"FLR\0"
_HEADER = struct.Struct(">4sHH7qI")
HEADER_BYTES = _HEADER.size
VERSIONS = (1, 2)
COMPRESSED = 1
# OpenJDK starts a new chunk after 12 MB, async-profiler after 100 MB.
MAX_CHUNK = 256 << 20
NOT_FINISHED = "The recording was not finished: its last chunk has no size."
CUT = "the file ends in the middle of a chunk"


class Chunk(NamedTuple):
    """One chunk: all its bytes with the header, and the facts of the header. Times are in ns and ticks."""

    data: bytes
    start_ns: int
    start_ticks: int
    ticks_per_second: int


class _Stream:
    """Chunks of bytes as one stream."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._chunks = iter(chunks)
        self._held = bytearray()

    def take(self, size: int) -> bytes:
        """Return the next bytes, fewer at the end."""
        while len(self._held) < size and (part := next(self._chunks, None)) is not None:
            self._held += part
        with memoryview(self._held) as held:
            found = bytes(held[:size])
        del self._held[:size]
        return found


def chunks_of(chunks: Iterable[bytes], report: ParseReport) -> Iterator[Chunk]:
    """Yield the chunks of a recording. A last one that is cut has the bytes that are there.

    Raises BrokenProfileError for a version or a form that is not read, and TooLargeError past MAX_CHUNK.
    """
    stream = _Stream(chunks)
    found = 0
    while head := stream.take(HEADER_BYTES):
        if len(head) < HEADER_BYTES or not head.startswith(MAGIC):
            if not found:
                raise BrokenProfileError("The recording is cut off in its header: copy it again.")
            report.skip("bytes behind the last chunk that are no chunk", text=repr(head[:20]))
            return
        found += 1
        _, major, minor, size, _, _, start, _, ticks, frequency, features = _HEADER.unpack(head)
        if major not in VERSIONS:
            raise BrokenProfileError(
                f"The recording is of version {major}.{minor}, not of 1 or 2: record with Java 11 or newer."
            )
        if not features & COMPRESSED:
            raise BrokenProfileError(
                "The recording has no compressed integers: record with OpenJDK's defaults."
            )
        if size > MAX_CHUNK:
            raise TooLargeError(
                f"A chunk of the recording has more than {MAX_CHUNK >> 20} MiB: use maxchunksize."
            )
        unfinished = size < HEADER_BYTES
        body = stream.take((MAX_CHUNK if unfinished else size) - HEADER_BYTES)
        if unfinished:
            report.messages.append(NOT_FINISHED)
        elif len(body) < size - HEADER_BYTES:
            report.messages.append(f"The recording is cut off: {CUT.removeprefix('the file ')}.")
        yield Chunk(head + body, start, ticks, frequency)
