"""Files whose last reading failed, and what was wrong: the list says so before somebody opens them again.

Kept in memory only: a newer version of this program, after a restart, may read what the older one could not.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Hashable, Iterator
from contextlib import contextmanager

from flamescope_py.errors import BrokenProfileError, TooLargeError, UnknownFormatError

MOST_FILES = 1000
# What is wrong with the file itself; that the server is busy, or the file being written, says nothing of it.
_OF_THE_FILE = (BrokenProfileError, TooLargeError, UnknownFormatError)


class Failures:
    """Safe to use from several threads; `changes` counts what was kept and forgotten."""

    def __init__(self) -> None:
        """Start without any."""
        self._lock = threading.Lock()
        self._known: OrderedDict[Hashable, str] = OrderedDict()
        self.changes = 0

    def sentence(self, version: Hashable) -> str | None:
        """Say what was wrong when this version of a file was last read, if something was."""
        with self._lock:
            return self._known.get(version)

    @contextmanager
    def remembered(self, version: Hashable) -> Iterator[None]:
        """Read a version of a file in here: what is wrong with it is kept until it can be read."""
        try:
            yield
        except _OF_THE_FILE as error:
            self._keep(version, str(error))
            raise
        self._keep(version, None)

    def _keep(self, version: Hashable, sentence: str | None) -> None:
        with self._lock:
            before = self._known.pop(version, None)
            self.changes += before != sentence
            if sentence is not None:
                self._known[version] = sentence
            while len(self._known) > MOST_FILES:
                self._known.popitem(last=False)
