"""Write the output of a host to an arriving file: unpacked, counted and bounded."""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import AsyncIterator, Iterator

from flamescope_py.errors import RemoteError, TooLargeError
from flamescope_py.incoming.arriving import ArrivingFile
from flamescope_py.incoming.placing import Wish
from flamescope_py.jobs.job import Progress
from flamescope_py.jobs.waiting import to_the_end

_GZIP = zlib.MAX_WBITS | 16
_BROKEN = "What the host sent arrived broken: try again."
# gzip adds at most a header and five bytes per block. A stream of empty blocks would be endless.
_PACKED_ROOM = 1 << 20
# A kilobyte of gzip may hold a megabyte, so it is decompressed in steps to bound memory.
_STEP_BYTES = 1 << 20


class Unpacker:
    """Decompresses gzip incrementally, or passes plain bytes through."""

    def __init__(self, packed: bool) -> None:
        """`packed`: whether the bytes are gzip."""
        self._inflate = zlib.decompressobj(_GZIP) if packed else None

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Yield the content of a piece. Raises RemoteError for invalid gzip and for bytes after its end."""
        if self._inflate is None:
            yield data
            return
        try:
            while data:
                yield self._inflate.decompress(data, _STEP_BYTES)
                data = self._inflate.unconsumed_tail
                if self._inflate.unused_data:
                    # zlib would buffer all further input.
                    raise RemoteError(_BROKEN)
        except zlib.error as error:
            raise RemoteError(_BROKEN) from error

    def end(self) -> None:
        """Check that the stream is complete. Raises RemoteError."""
        if self._inflate is not None and not self._inflate.eof:
            raise RemoteError(_BROKEN)


async def fill(
    arriving: ArrivingFile, chunks: AsyncIterator[bytes], unpacker: Unpacker, progress: Progress
) -> None:
    """Write chunks to a file, on the event loop, because writes go to the page cache.

    Raises TooLargeError and StorageFullError, and RemoteError if decompression fails.
    """
    left = arriving.max_bytes + arriving.max_bytes // 64 + _PACKED_ROOM
    async for chunk in chunks:
        left -= len(chunk)
        if left < 0:
            raise TooLargeError("The host sends more than max_file_bytes allows, packed already.")
        for data in unpacker.feed(chunk):
            arriving.write(data)
        progress.at(arriving.size)


async def land(
    arriving: ArrivingFile, wish: Wish, progress: Progress, shown: ArrivingFile | None = None
) -> None:
    """Move the complete file to its place, in another thread, because syncing a large file takes seconds.

    `shown` is a file that was shown meanwhile, in whose place it lands. This cannot be cancelled halfway, so
    that the job always agrees with the directory.
    """
    progress.step("landing")

    async def landing() -> None:
        if shown is None:
            progress.landed(await asyncio.to_thread(arriving.land, wish))
        else:
            progress.landed(await asyncio.to_thread(arriving.land_over, shown, wish))

    await to_the_end(landing())
