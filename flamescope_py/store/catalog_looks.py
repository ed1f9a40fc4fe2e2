"""Sniffs new files in the background, so that a list of very many files need not wait for their heads.

Threads hide the latency of a network mount or a bucket. They are daemons, so that they never delay the exit.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable

from flamescope_py.store.places import Listed


class Looker:
    """A queue of files and the threads that look at each of them once."""

    def __init__(
        self, look: Callable[[Listed], object], when_done: Callable[[], object], threads: int
    ) -> None:
        """`look` does not raise. `when_done` is called each time the queue is empty."""
        self._threads = threads
        self._look = look
        self._when_done = when_done
        self._lock = threading.Lock()
        self._waiting: deque[Listed] = deque()
        self._names: set[str] = set()
        self._running = 0
        self._closed = False

    def add(self, files: Iterable[Listed]) -> None:
        """Add files that are not in the queue yet."""
        with self._lock:
            new = [listed for listed in files if listed.name not in self._names]
            if self._closed or not new:
                return
            self._waiting.extend(new)
            self._names.update(listed.name for listed in new)
            missing = min(self._threads - self._running, len(new))
            self._running += missing
        for _ in range(missing):
            threading.Thread(target=self._work, name="catalog", daemon=True).start()

    def close(self) -> None:
        """Empty the queue and take no more files."""
        with self._lock:
            self._closed = True
            self._waiting.clear()

    def _work(self) -> None:
        while (listed := self._next()) is not None:
            try:
                self._look(listed)
            finally:
                with self._lock:
                    self._names.discard(listed.name)
        with self._lock:
            last = self._running == 0
        if last and not self._closed:
            self._when_done()

    def _next(self) -> Listed | None:
        with self._lock:
            if self._waiting:
                return self._waiting.popleft()
            self._running -= 1
            return None
