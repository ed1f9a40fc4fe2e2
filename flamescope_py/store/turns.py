"""Readings that several server processes share: one reads a file, the others wait for its index.

A process holds the lock of a version of a file from before its reading until its index is written. How far
the reading is stands in a file as well, for the processes that do not read.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from time import monotonic, sleep

from flamescope_py.files.stamp import Stamp
from flamescope_py.store.attempts import ReadingState

_TELL_SECONDS = 0.2
_LOOK_SECONDS = 0.02


class Turns:
    """Turns of one process. Without a folder it is the only process and never waits."""

    def __init__(self, folder: Path | None = None, patience: float = 3600.0) -> None:
        """`folder` is shared by the processes of one server, and by no others.

        A process that holds its turn for more than `patience` seconds is waited for no longer.
        """
        self._folder = folder
        self._patience = patience
        self._told = 0.0

    def take(self, key: tuple[object, ...]) -> tuple[bool, Callable[[], None]]:
        """Wait for the turn to read a version of a file.

        Return whether another process had it meanwhile, and a function that returns it.
        """
        if self._folder is None:
            return False, _nothing
        try:
            file = os.open(
                self._folder / f"{_digest(key)}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600
            )
        except OSError:  # a full disk: better read twice than not at all
            return False, _nothing
        waited, deadline = False, monotonic() + self._patience
        try:
            while not _lock(file) and monotonic() < deadline:
                waited = True
                sleep(_LOOK_SECONDS)
        except BaseException:
            os.close(file)
            raise
        return waited, lambda: os.close(file)

    def tell(self, name: str, stamp: Stamp, state: ReadingState) -> None:
        """Publish the state of a reading, at most five times a second while it lasts."""
        if self._folder is None:
            return
        path = self._path(name)
        if state.state != "parsing":
            path.unlink(missing_ok=True)
        elif monotonic() >= self._told:
            self._told = monotonic() + _TELL_SECONDS
            # Progress that cannot be written is not shown.
            with suppress(OSError):
                aside = path.with_suffix(f".{os.getpid()}")
                aside.write_text(json.dumps([list(stamp), list(state)]))
                aside.replace(path)

    def state(self, name: str, stamp: Stamp) -> ReadingState | None:
        """Return the state of a reading in another process, or None."""
        if self._folder is None:
            return None
        try:
            found, state = json.loads(self._path(name).read_text())
        except (OSError, ValueError):
            return None
        return ReadingState(*state) if found == list(stamp) else None

    def _path(self, name: str) -> Path:
        assert self._folder is not None  # noqa: S101
        return self._folder / f"{_digest((name,))}.progress"


def _lock(file: int) -> bool:
    """Lock an open file if no other process has locked it."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _digest(key: tuple[object, ...]) -> str:
    return hashlib.sha256(repr(key).encode("utf-8", "surrogateescape")).hexdigest()[:40]


def _nothing() -> None:
    """Do nothing: no lock is held."""
