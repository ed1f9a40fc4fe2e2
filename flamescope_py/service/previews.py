"""What the list shows of files that nobody has opened: small ones are read in the background, one at a time.

A preview is kept in memory, and with the index of a profile that was opened. A file that was only previewed
gets no index, which takes twice as long as reading it.

A second pass looks for the leading finding of each file. It waits until all previews are made, takes a rest
after each file as long as the file took, and leaves out profiles of many samples.
"""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict, deque
from collections.abc import Mapping, Sequence
from contextlib import suppress
from time import monotonic
from typing import Annotated, Literal, NamedTuple, Protocol, TypeAlias, TypeVar

import msgspec
from msgspec import UNSET, Meta, UnsetType

from flamescope_py.analysis.preview import preview
from flamescope_py.errors import FlameScopeError
from flamescope_py.files.stamp import Stamp
from flamescope_py.model import Profile
from flamescope_py.service.findings import LARGE, findings_answer, leading_sentence
from flamescope_py.service.findings import NOTE as FINDINGS_NOTE
from flamescope_py.service.wire import Wire, encode
from flamescope_py.store.catalog import UNKNOWN_TYPE, ProfileFile

logger = logging.getLogger(__name__)

NOTE = "preview.json"
MAX_KEPT, MAX_WAITING = 10_000, 1000
State = Literal["ready", "reading", "none"]
_Key: TypeAlias = tuple[str, Stamp]
_Kept = TypeVar("_Kept")


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
    """A preview, or why there is none: the file is being read, or it is too large or cannot be read.

    `finding` is the leading one as a sentence, empty where nothing stands out and None where it is not known,
    `looking` whether it will be known soon.
    """

    name: str
    state: State
    preview: Preview | None = None
    finding: str | None = None
    looking: bool | UnsetType = UNSET


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


class _Queue:
    """Names of files to work on, each once, the one in work included."""

    def __init__(self) -> None:
        self._waiting: deque[str] = deque()
        self._names: set[str] = set()

    def add(self, name: str) -> bool:
        """Return False if the queue is full."""
        if name not in self._names:
            if len(self._waiting) >= MAX_WAITING:
                return False
            self._waiting.append(name)
            self._names.add(name)
        return True

    def take(self) -> str | None:
        return self._waiting.popleft() if self._waiting else None

    def done(self, name: str) -> None:
        self._names.discard(name)

    def clear(self) -> None:
        self._waiting.clear()


class Previews:
    """Safe to use from several threads."""

    def __init__(self, reader: Reader, most_bytes: int) -> None:
        """Files of up to `most_bytes` are read for their preview."""
        self._reader = reader
        self._most_bytes = most_bytes
        self._lock = threading.Lock()
        self._kept: OrderedDict[_Key, Preview] = OrderedDict()
        self._found: OrderedDict[_Key, str] = OrderedDict()
        self._unread, self._unlooked = _Queue(), _Queue()
        # Ends a rest.
        self._woken = threading.Event()
        self._running = self._closed = False

    def of(self, names: Sequence[str]) -> list[Previewed]:
        """Return the previews of some files as far as they are known, and read the others behind it."""
        return [self._one(name) for name in names]

    def close(self) -> None:
        """Read no more files."""
        with self._lock:
            self._closed = True
            self._unread.clear()
            self._unlooked.clear()
        self._woken.set()

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
            finding = self._finding(file)
            looking = finding is None and known.samples < LARGE and self._queued(file, self._unlooked)
            return Previewed(name, "ready", known, finding, looking or UNSET)
        return Previewed(name, "reading" if self._queued(file, self._unread) else "none")

    def _known(self, file: ProfileFile) -> Preview | None:
        key = (file.name, file.stamp)
        with self._lock:
            if (known := self._kept.get(key)) is not None:
                self._kept.move_to_end(key)
                return known
        body = self._reader.note(file, NOTE)
        with suppress(msgspec.MsgspecError):
            if body is not None:
                return self._keep(self._kept, key, msgspec.json.decode(body, type=Preview))
        return None

    def _finding(self, file: ProfileFile) -> str | None:
        key = (file.name, file.stamp)
        with self._lock:
            if (found := self._found.get(key)) is not None:
                self._found.move_to_end(key)
                return found
        body = self._reader.note(file, FINDINGS_NOTE)
        with suppress(msgspec.MsgspecError):
            if body is not None:
                return self._keep(self._found, key, leading_sentence(body))
        return None

    def _keep(self, kept: OrderedDict[_Key, _Kept], key: _Key, found: _Kept) -> _Kept:
        with self._lock:
            kept[key] = found
            while len(kept) > MAX_KEPT:
                kept.popitem(last=False)
        return found

    def _queued(self, file: ProfileFile, queue: _Queue) -> bool:
        """Queue a file. Return False if it is too large or unreadable, or the queue is full."""
        readable = file.type != UNKNOWN_TYPE and 0 < file.stamp.size <= self._most_bytes
        if not readable or self._reader.failed(file):
            return False
        with self._lock:
            if self._closed or not queue.add(file.name):
                return False
            start, self._running = not self._running, True
        if queue is self._unread:
            self._woken.set()
        if start:
            threading.Thread(target=self._work, name="previews", daemon=True).start()
        return True

    def _work(self) -> None:
        while (task := self._next()) is not None:
            queue, name = task
            began = monotonic()
            self._read(name, queue is self._unlooked)
            with self._lock:
                queue.done(name)
            if queue is self._unlooked:
                self._woken.wait(monotonic() - began)

    def _next(self) -> tuple[_Queue, str] | None:
        with self._lock:
            self._woken.clear()
            for queue in (self._unread, self._unlooked):
                if (name := queue.take()) is not None:
                    return queue, name
            self._running = False
            return None

    def _read(self, name: str, look: bool) -> None:
        try:
            file = self._reader.file(name)
            profile, key = self._reader.read(name), (name, file.stamp)
            if look:
                self._keep(self._found, key, leading_sentence(findings_answer(profile)))
            else:
                self._keep(self._kept, key, _wire(profile))
        except FlameScopeError as error:
            # The list shows why. Unless it was a fault of the file, the next look at the list tries again.
            logger.debug("No preview: %s", error)
        except Exception:
            logger.exception("A preview could not be made")


def _wire(profile: Profile) -> Preview:
    return Preview.of(preview(profile))
