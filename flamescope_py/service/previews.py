"""What the list shows of files that nobody has opened: small ones are read in the background, one at a time.

A preview is kept in memory, and with the index of a profile that was opened. A file that was only previewed
gets no index, which takes twice as long as reading it.
"""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict, deque
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Annotated, Literal, NamedTuple, Protocol

import msgspec
from msgspec import Meta

from flamescope_py.analysis.preview import preview
from flamescope_py.errors import FlameScopeError
from flamescope_py.files.stamp import Stamp
from flamescope_py.model import Profile
from flamescope_py.service.wire import Wire, encode
from flamescope_py.store.catalog import UNKNOWN_TYPE, ProfileFile

logger = logging.getLogger(__name__)

NOTE = "preview.json"
MAX_KEPT, MAX_WAITING = 10_000, 1000
State = Literal["ready", "reading", "none"]


class Preview(Wire):
    """A profile in a few numbers and names."""

    activity: Annotated[
        Sequence[int],
        Meta(
            description="Busy samples of the main event in 120 equal parts of the duration; empty without "
            "times."
        ),
    ]
    samples: Annotated[int, Meta(description="All samples.")]
    duration: Annotated[float | None, Meta(description="Seconds from the first sample to the last.")]
    command: Annotated[str, Meta(description="The command of most samples, empty if the file names none.")]
    host: Annotated[str, Meta(description="The host in the file's header, else empty.")]
    event: Annotated[str, Meta(description="The main event, empty if the file names none.")]


class Previewed(NamedTuple):
    """A preview, or why there is none: the file is being read, or it is too large or cannot be read."""

    name: str
    state: State
    preview: Preview | None = None


class Reader(Protocol):
    """What previews need of the profiles."""

    def file(self, name: str) -> ProfileFile:
        """Return a file of the list. Raises ProfileNotFoundError and ForbiddenError."""

    def note(self, file: ProfileFile, name: str) -> bytes | None:
        """Return a note that is kept with the index of a file, or None."""

    def failed(self, file: ProfileFile) -> bool:
        """Return True if the last reading of a file failed."""

    def read(self, name: str) -> Profile:
        """Read a file, without keeping it open. Raises FlameScopeError."""


class Previews:
    """Safe to use from several threads."""

    def __init__(self, reader: Reader, most_bytes: int) -> None:
        """Files of up to `most_bytes` are read for their preview."""
        self._reader = reader
        self._most_bytes = most_bytes
        self._lock = threading.Lock()
        self._kept: OrderedDict[tuple[str, Stamp], Preview] = OrderedDict()
        self._waiting: deque[str] = deque()
        self._names: set[str] = set()
        self._running = self._closed = False

    def of(self, names: Sequence[str]) -> list[Previewed]:
        """Return the previews of some files as far as they are known, and read the others behind it."""
        return [self._one(name) for name in names]

    def close(self) -> None:
        """Read no more files."""
        with self._lock:
            self._closed = True
            self._waiting.clear()

    @staticmethod
    def with_index(profile: Profile) -> Mapping[str, bytes]:
        """Return the note to keep with a new index."""
        return {NOTE: encode(_wire(profile))}

    def _one(self, name: str) -> Previewed:
        try:
            file = self._reader.file(name)
        except FlameScopeError:
            # It was deleted since it was listed, which is no error of the other files.
            return Previewed(name, "none")
        known = self._known(file)
        if known is not None:
            return Previewed(name, "ready", known)
        readable = file.type != UNKNOWN_TYPE and 0 < file.stamp.size <= self._most_bytes
        if not readable or self._reader.failed(file) or not self._add(name):
            return Previewed(name, "none")
        return Previewed(name, "reading")

    def _known(self, file: ProfileFile) -> Preview | None:
        key = (file.name, file.stamp)
        with self._lock:
            if (known := self._kept.get(key)) is not None:
                self._kept.move_to_end(key)
                return known
        body = self._reader.note(file, NOTE)
        with suppress(msgspec.MsgspecError):
            if body is not None:
                return self._keep(key, msgspec.json.decode(body, type=Preview))
        return None

    def _keep(self, key: tuple[str, Stamp], found: Preview) -> Preview:
        with self._lock:
            self._kept[key] = found
            while len(self._kept) > MAX_KEPT:
                self._kept.popitem(last=False)
        return found

    def _add(self, name: str) -> bool:
        """Queue a file for reading. Return False if the queue is full."""
        with self._lock:
            if self._closed or ((full := len(self._waiting) >= MAX_WAITING) and name not in self._names):
                return False
            if name not in self._names and not full:
                self._waiting.append(name)
                self._names.add(name)
            start, self._running = not self._running, True
        if start:
            threading.Thread(target=self._work, name="previews", daemon=True).start()
        return True

    def _work(self) -> None:
        while (name := self._next()) is not None:
            self._read(name)
            with self._lock:
                self._names.discard(name)

    def _next(self) -> str | None:
        with self._lock:
            if self._waiting:
                return self._waiting.popleft()
            self._running = False
            return None

    def _read(self, name: str) -> None:
        try:
            file = self._reader.file(name)
            self._keep((name, file.stamp), _wire(self._reader.read(name)))
        except FlameScopeError as error:
            # The list shows why. Unless it was a fault of the file, the next look at the list tries again.
            logger.debug("No preview: %s", error)
        except Exception:
            logger.exception("A preview could not be made")


def _wire(profile: Profile) -> Preview:
    return Preview.of(preview(profile))
