"""The log of attempts to read profiles: progress, numbers and failures, and a bound on waiting requests.

A request that waits for a file to be read holds one of the server's threads. If all threads could wait, one
huge file that many users open would keep every other user from the small files.

Whether a file is over a bound (`max_parse_seconds`, `max_decompressed_bytes`) is known only when the bound is
reached, and then the reader processes end, those that read other files included. So the file is refused for
as long as the last attempt took, and for half a minute at least.
"""

from __future__ import annotations

import math
import threading
from collections import OrderedDict
from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from time import monotonic
from typing import Literal, NamedTuple

from flamescope_py.errors import BrokenProfileError, BusyError, TooLargeError, UnknownFormatError
from flamescope_py.files.stamp import Stamp

MEMORY, INDEX, FILE = "memory", "index", "file"
MOST_FILES = 1000
LEAST_SECONDS = 30.0
# Faults of the file itself, unlike a busy server or a file that is still being written.
_OF_THE_FILE = (BrokenProfileError, TooLargeError, UnknownFormatError)
_BUSY = "Many requests wait for profiles to be read: try again in a moment."
_RETRY_SECONDS = 2


class ReadingState(NamedTuple):
    """The state of the last reading of a file; `done` and `size` are bytes of the file."""

    state: Literal["new", "parsing", "ready", "failed"]
    done: int
    size: int


class AttemptCounts(NamedTuple):
    """Counters since the start (look-ups by source, bytes and seconds of reading, failures), then gauges."""

    lookups: dict[str, int]
    parsed_bytes: int
    parse_seconds: float
    failures: int
    parsing: int
    waiting: int


class _Failure(NamedTuple):
    """Why the last attempt failed, and until when no other one is made (`monotonic` seconds)."""

    sentence: str
    until: float


class Attempts:
    """Safe to use from several threads. `changes` counts the failures that came and went.

    Failures are kept in memory only: a newer version of this program may read what an older one could not.
    """

    def __init__(self, most_waiting: int = 1 << 30) -> None:
        """At most `most_waiting` requests may be in `turn` at a time."""
        self.changes = 0
        self._most_waiting = most_waiting
        self._lock = threading.Lock()
        self._failed: OrderedDict[Hashable, _Failure] = OrderedDict()
        self._states: OrderedDict[str, tuple[Stamp, ReadingState]] = OrderedDict()
        self._lookups = {MEMORY: 0, INDEX: 0, FILE: 0}
        self._bytes = 0
        self._seconds = 0.0
        self._failures = 0
        self._parsing = 0
        self._waiting = 0

    def counts(self) -> AttemptCounts:
        """Return all numbers of one moment."""
        with self._lock:
            numbers = (self._bytes, self._seconds, self._failures, self._parsing, self._waiting)
            return AttemptCounts(dict(self._lookups), *numbers)

    def found(self, source: str) -> None:
        """Count a look-up that needed no reading."""
        with self._lock:
            self._lookups[source] += 1

    def note(self, name: str, stamp: Stamp, state: ReadingState) -> None:
        """Set the state of the last reading of a file."""
        with self._lock:
            self._states[name] = (stamp, state)
            self._states.move_to_end(name)
            while len(self._states) > MOST_FILES:
                self._states.popitem(last=False)

    def state(self, name: str, stamp: Stamp) -> ReadingState | None:
        """Return the state of the last reading of a file, or None for another version."""
        with self._lock:
            known = self._states.get(name)
        return known[1] if known is not None and known[0] == stamp else None

    def failure(self, version: Hashable) -> str | None:
        """Return why the last attempt at this version of a file failed, or None."""
        with self._lock:
            failed = self._failed.get(version)
        return failed.sentence if failed else None

    def check(self, version: Hashable) -> None:
        """Raise TooLargeError if this version of a file went over a bound a short while ago."""
        with self._lock:
            failed = self._failed.get(version)
        if failed is not None and (left := failed.until - monotonic()) > 0:
            raise TooLargeError(failed.sentence, math.ceil(left))

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait for a profile inside this context. Raises BusyError if too many requests do."""
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
    def attempt(self, version: Hashable, size: int) -> Iterator[None]:
        """Read a version of a file, of `size` bytes, inside this context.

        A TooLargeError leaves it with the seconds for which the file is refused.
        """
        began = monotonic()
        with self._lock:
            self._parsing += 1
        try:
            yield
        except BaseException as error:
            seconds = max(LEAST_SECONDS, monotonic() - began) if isinstance(error, TooLargeError) else 0.0
            with self._lock:
                self._parsing -= 1
                self._failures += 1
                if isinstance(error, _OF_THE_FILE):
                    self._keep(version, _Failure(str(error), monotonic() + seconds))
            if isinstance(error, TooLargeError):
                raise TooLargeError(str(error), math.ceil(seconds)) from error
            raise
        with self._lock:
            self._parsing -= 1
            self._lookups[FILE] += 1
            self._bytes += size
            self._seconds += monotonic() - began
            self._keep(version, None)

    def _keep(self, version: Hashable, failure: _Failure | None) -> None:
        """Replace the failure of a version; the lock is held."""
        before = self._failed.pop(version, None)
        self.changes += (before and before.sentence) != (failure and failure.sentence)
        if failure is not None:
            self._failed[version] = failure
        while len(self._failed) > MOST_FILES:
            self._failed.popitem(last=False)
