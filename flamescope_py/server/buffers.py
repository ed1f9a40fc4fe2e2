"""One budget for all bytes that wait for a peer: answers that are not read yet, and bodies under way.

waitress keeps them in memory, and beyond a megabyte in files of the temporary directory. Without a bound a
few clients fill that; with a bound and nothing else they would hold all threads. So no thread waits for a
peer while there is room, at most a quarter of them wait beyond that, and further connections are closed.
"""

from __future__ import annotations

import errno
import shutil
import tempfile
import threading
from contextlib import suppress
from time import monotonic

NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT})
# This much always stays in memory, and needs no refusal.
SMALL_BYTES = 1 << 20
# Interval between two checks of the free space.
_LOOK_SECONDS = 0.25
# A small temporary directory, as of a container, keeps a part of itself free.
_LEAST_SHARE = 20


class Buffers:
    """The budget of one server; safe to use from several threads."""

    def __init__(self, most: int, min_free: int, threads: int) -> None:
        """`most` bytes in all; `min_free` bytes of the disk of the temporary directory stay free."""
        self._most = most
        self._min_free = min_free
        self._lock = threading.Lock()
        self._held = 0
        self._waiters = threading.BoundedSemaphore(max(1, threads // 4))
        self._looked, self._full = 0.0, False

    @property
    def held(self) -> int:
        """How many bytes wait now."""
        return self._held

    def change(self, size: int) -> None:
        """Add bytes that wait from now on, or take away those that do not any more."""
        with self._lock:
            self._held += size

    def exceeded(self) -> bool:
        """Return True if nothing further may be buffered."""
        return self._held >= self._most or self.disk_is_full()

    def disk_is_full(self) -> bool:
        """Return True if the disk of the temporary directory has too little room."""
        now = monotonic()
        if now - self._looked >= _LOOK_SECONDS:
            with suppress(OSError):
                usage = shutil.disk_usage(tempfile.gettempdir())
                self._full = usage.free < min(self._min_free, usage.total // _LEAST_SHARE)
            self._looked = now
        return self._full

    def begin_wait(self) -> bool:
        """Return True if one more thread may wait for its peer; to be followed by `end_wait`."""
        return self._waiters.acquire(blocking=False)

    def end_wait(self) -> None:
        """Let another thread wait."""
        self._waiters.release()
