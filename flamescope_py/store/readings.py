"""Counts what reading profiles costs, and bounds how many requests wait for it.

A request that waits for a file to be read holds one of the server's threads. If all of them could wait,
one huge file that many people open would keep everybody else from the small ones.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic
from typing import NamedTuple

from flamescope_py.errors import BusyError

MEMORY, INDEX, FILE = "memory", "index", "file"
_BUSY = "Many requests wait for profiles to be read: try again in a moment."
_RETRY_SECONDS = 2


class ReadingCounts(NamedTuple):
    """How often a profile came from where, what was read in bytes and seconds, and what is under way."""

    lookups: dict[str, int]
    parsed_bytes: int
    parse_seconds: float
    failures: int
    parsing: int
    waiting: int


class Readings:
    """Safe to use from several threads."""

    def __init__(self, most_waiting: int = 1 << 30) -> None:
        """At most so many may be in `turn` at a time."""
        self._most_waiting = most_waiting
        self._lock = threading.Lock()
        self._lookups = {MEMORY: 0, INDEX: 0, FILE: 0}
        self._bytes = 0
        self._seconds = 0.0
        self._failures = 0
        self._parsing = 0
        self._waiting = 0

    def counts(self) -> ReadingCounts:
        """Give all counts of one moment."""
        with self._lock:
            lookups = dict(self._lookups)
            return ReadingCounts(
                lookups, self._bytes, self._seconds, self._failures, self._parsing, self._waiting
            )

    def found(self, source: str) -> None:
        """Count where a profile came from."""
        with self._lock:
            self._lookups[source] += 1

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait for a profile in here. Raises BusyError when too many do."""
        with self._lock:
            if self._waiting >= self._most_waiting:
                raise BusyError(_BUSY, _RETRY_SECONDS)
            self._waiting += 1
        try:
            yield
        finally:
            with self._lock:
                self._waiting -= 1

    @contextmanager
    def parse(self, size: int) -> Iterator[None]:
        """Read a file of that size in here."""
        began, failed = monotonic(), 1
        with self._lock:
            self._parsing += 1
        try:
            yield
            failed = 0
        finally:
            with self._lock:
                self._parsing -= 1
                self._failures += failed
                if not failed:
                    self._lookups[FILE] += 1
                    self._bytes += size
                    self._seconds += monotonic() - began
