"""The first output of a live recording: a text that is shown while it grows, until the whole replaces it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from time import monotonic

from flamescope_py.errors import FlameScopeError
from flamescope_py.incoming.arriving import ArrivingFile
from flamescope_py.incoming.placing import Wish
from flamescope_py.jobs.job import Progress

# Readers see the text in steps of this length, so that all requests of one step share a version.
STEP_SECONDS = 1.0
_BLOCK_END = b"\n\n"
_CUT = "# flamescope cut : {why}\n"


class LiveText:
    """Writes the text before a mark to a file that is shown from its first whole sample on."""

    def __init__(self, arriving: ArrivingFile, wish: Wish, progress: Progress) -> None:
        """`arriving` is the file of the live text alone."""
        self._arriving = arriving
        self._wish = wish
        self._progress = progress
        self._told = 0.0
        self._last = b""
        self._due: asyncio.TimerHandle | None = None

    @property
    def shown(self) -> str:
        """The name under which it is shown, empty before."""
        return self._arriving.shown

    async def take(self, chunks: AsyncIterator[bytes], mark: bytes) -> bytes:
        """Write chunks up to a line that is the mark, and return the bytes behind it that have come already.

        Without the mark everything is written. Raises TooLargeError and StorageFullError.
        """
        line = b"\n" + mark + b"\n"
        rest = b""
        async for chunk in chunks:
            text, found, behind = (rest + chunk).partition(line)
            if found:
                self._write(text)
                self._arriving.publish()
                return behind
            # The mark may come in two chunks.
            kept = max(0, len(text) - len(line) + 1)
            self._write(text[:kept])
            rest = text[kept:]
        self._write(rest)
        return b""

    def cut(self, why: str) -> str:
        """End the file with the reason why no more comes, and return its name."""
        self._arriving.write(b"\n\n" + _CUT.format(why=why).encode())
        self._arriving.publish()
        return self._arriving.shown

    def _write(self, text: bytes) -> None:
        if not text:
            return
        self._arriving.write(text)
        self._progress.at(self._arriving.size)
        whole = self.shown or _BLOCK_END in self._last + text
        self._last = text[-1:]
        if whole and self._due is None:
            wait = max(0.0, self._told + STEP_SECONDS - monotonic())
            self._due = asyncio.get_running_loop().call_later(wait, self._publish)

    def _publish(self) -> None:
        self._due, self._told = None, monotonic()
        # A full disk, or a name that is taken, is an error of the next bytes or of the whole file, too.
        with suppress(FlameScopeError):
            if self.shown:
                self._arriving.publish()
            else:
                self._progress.live(self._arriving.show(self._wish))

    def close(self) -> None:
        """Publish nothing more."""
        if self._due is not None:
            self._due.cancel()
