"""Takes what a host sends into an arriving file, unpacked, counted and within bounds."""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import AsyncIterator, Iterator

from flamescope_py.errors import RemoteError
from flamescope_py.incoming.part import Part, Wish
from flamescope_py.jobs.job import Progress

_GZIP = zlib.MAX_WBITS | 16
_BROKEN = "What the host sent arrived broken: try again."
# A kilobyte of gzip may hold a megabyte: unpacked in steps, so that memory stays flat.
_STEP_BYTES = 1 << 20


class Unpacker:
    """Unpacks gzip as it comes, or passes on what is not packed."""

    def __init__(self, packed: bool) -> None:
        """`packed`: whether the bytes are gzip."""
        self._inflate = zlib.decompressobj(_GZIP) if packed else None

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Give what a piece holds. Raises RemoteError for what is no gzip."""
        if self._inflate is None:
            yield data
            return
        try:
            while data:
                yield self._inflate.decompress(data, _STEP_BYTES)
                data = self._inflate.unconsumed_tail
        except zlib.error as error:
            raise RemoteError(_BROKEN) from error

    def end(self) -> None:
        """Check that nothing is missing. Raises RemoteError."""
        if self._inflate is not None and not self._inflate.eof:
            raise RemoteError(_BROKEN)


async def fill(part: Part, chunks: AsyncIterator[bytes], unpacker: Unpacker, progress: Progress) -> None:
    """Write what comes to a file. Writing is left on the loop: it goes to the page cache."""
    async for chunk in chunks:
        for data in unpacker.feed(chunk):
            part.write(data)
        progress.at(part.size)


async def land(part: Part, wish: Wish, progress: Progress) -> None:
    """Put the whole file in its place, in another thread: syncing a large file takes seconds.

    Once begun this is not broken off, so that a job never says otherwise than what the directory holds.
    """
    progress.step("landing")
    landing = asyncio.ensure_future(asyncio.to_thread(part.land, wish))
    try:
        name = await asyncio.shield(landing)
    except asyncio.CancelledError:
        await asyncio.wait([landing])
        name = landing.result()
    progress.landed(name)
