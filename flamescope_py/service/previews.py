"""Previews of the files in the list. Small files that were never opened are read in the background, in turn.

A preview is kept in memory, and with the index of a profile that was opened. A file that was only previewed
gets no index, because writing one takes twice as long as reading the file.

A second pass looks for the leading finding of each file. It waits until all previews are made, takes a rest
after each file as long as the file took, and leaves out profiles of many samples.
"""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict, deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from time import monotonic
from typing import Annotated, Any, Generic, Literal, NamedTuple, Protocol, TypeAlias, TypeVar

import msgspec
from msgspec import UNSET, Meta, UnsetType

from flamescope_py.analysis.preview import preview
from flamescope_py.errors import FlameScopeError
from flamescope_py.files.stamp import Stamp
from flamescope_py.model import Profile
from flamescope_py.service.findings import EXTRA as FINDINGS_EXTRA
from flamescope_py.service.findings import LARGE, findings_answer, leading_sentence
from flamescope_py.service.wire import Wire, encode
from flamescope_py.store.catalog import UNKNOWN_TYPE, ProfileFile

logger = logging.getLogger(__name__)

EXTRA = "preview.json"
MAX_KEPT, MAX_WAITING = 10_000, 1000
State = Literal["ready", "reading", "none"]
_Key: TypeAlias = tuple[str, Stamp]
_Found = TypeVar("_Found")


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

    def read_extra(self, file: ProfileFile, name: str) -> bytes | None:
        """Return an extra that is kept with the index of a file, or None."""

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


class _Pass(Generic[_Found]):
    """One of the two passes: what is known of files by name and version, and the files that wait for it.

    `extra` is the name of its extra beside an index, `of_extra` reads it, and `of_profile` makes it anew.
    """

    def __init__(
        self, extra: str, of_extra: Callable[[bytes], _Found], of_profile: Callable[[Profile], _Found]
    ) -> None:
        self.extra, self.of_extra, self.of_profile = extra, of_extra, of_profile
        self.queue = _Queue()
        self._found: OrderedDict[_Key, _Found] = OrderedDict()

    def get(self, key: _Key) -> _Found | None:
        if (found := self._found.get(key)) is not None:
            self._found.move_to_end(key)
        return found

    def keep(self, key: _Key, found: _Found) -> None:
        self._found[key] = found
        while len(self._found) > MAX_KEPT:
            self._found.popitem(last=False)


class Previews:
    """Safe to use from several threads."""

    def __init__(self, reader: Reader, most_bytes: int) -> None:
        """Files of up to `most_bytes` are read for their preview."""
        self._reader = reader
        self._most_bytes = most_bytes
        self._lock = threading.Lock()
        self._previews: _Pass[Preview] = _Pass(EXTRA, _DECODER.decode, _wire)
        self._findings: _Pass[str] = _Pass(
            FINDINGS_EXTRA, leading_sentence, lambda profile: leading_sentence(findings_answer(profile))
        )
        # Ends a rest.
        self._woken = threading.Event()
        self._running = self._closed = False

    def of(self, names: Sequence[str]) -> list[Previewed]:
        """Return the known previews of some files, and read the others in the background."""
        return [self._one(name) for name in names]

    def close(self) -> None:
        """Read no more files."""
        with self._lock:
            self._closed = True
            self._previews.queue.clear()
            self._findings.queue.clear()
        self._woken.set()

    @staticmethod
    def with_index(profile: Profile) -> Mapping[str, bytes]:
        """Return the extra to keep with a new index."""
        return {EXTRA: encode(_wire(profile))}

    def _one(self, name: str) -> Previewed:
        try:
            file = self._reader.file(name)
        except FlameScopeError:
            # It was deleted since it was listed, which is no error of the other files.
            return Previewed(name, "none")
        known = self._known(file, self._previews)
        if known is not None:
            finding = self._known(file, self._findings)
            looking = finding is None and known.samples < LARGE and self._queued(file, self._findings)
            return Previewed(name, "ready", known, finding, looking or UNSET)
        return Previewed(name, "reading" if self._queued(file, self._previews) else "none")

    def _known(self, file: ProfileFile, kind: _Pass[_Found]) -> _Found | None:
        key = (file.name, file.stamp)
        with self._lock:
            if (found := kind.get(key)) is not None:
                return found
        body = self._reader.read_extra(file, kind.extra)
        with suppress(ValueError):  # of msgspec, or text that is no UTF-8
            if body is not None:
                return self._keep(kind, key, kind.of_extra(body))
        return None

    def _keep(self, kind: _Pass[_Found], key: _Key, found: _Found) -> _Found:
        with self._lock:
            kind.keep(key, found)
        return found

    def _queued(self, file: ProfileFile, kind: _Pass[_Found]) -> bool:
        """Queue a file. Return False if it is too large or unreadable, or the queue is full."""
        readable = file.type != UNKNOWN_TYPE and 0 < file.stamp.size <= self._most_bytes
        if not readable or self._reader.failed(file):
            return False
        with self._lock:
            if self._closed or not kind.queue.add(file.name):
                return False
            start, self._running = not self._running, True
        if kind is self._previews:
            self._woken.set()
        if start:
            threading.Thread(target=self._work, name="previews", daemon=True).start()
        return True

    def _work(self) -> None:
        while (task := self._next()) is not None:
            kind, name = task
            began = monotonic()
            self._read(name, kind)
            with self._lock:
                kind.queue.done(name)
            if kind is self._findings:
                self._woken.wait(monotonic() - began)

    def _next(self) -> tuple[_Pass[Any], str] | None:
        with self._lock:
            self._woken.clear()
            for kind in (self._previews, self._findings):
                if (name := kind.queue.take()) is not None:
                    return kind, name
            self._running = False
            return None

    def _read(self, name: str, kind: _Pass[Any]) -> None:
        try:
            file = self._reader.file(name)
            self._keep(kind, (name, file.stamp), kind.of_profile(self._reader.read(name)))
        except FlameScopeError as error:
            # The list shows the reason. Unless the file is at fault, the next request for a list tries again.
            logger.debug("No preview: %s", error)
        except Exception:
            logger.exception("A preview could not be made")


# Made at import: of two threads that decode into a new type at once, one may see it half made.
_DECODER = msgspec.json.Decoder(Preview)


def _wire(profile: Profile) -> Preview:
    return Preview.of(preview(profile))
