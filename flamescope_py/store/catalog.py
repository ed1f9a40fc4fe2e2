"""The list of profiles: every file below the profile directory, with its type.

Types are sniffed from a bounded head of each file. They are remembered while the file is unchanged, also over
a restart, so that a list of 100 000 files takes 100 000 stats and no reads. If many files are new, they are
sniffed in the background.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from concurrent.futures import Future, wait
from dataclasses import dataclass
from datetime import datetime, timezone
from operator import attrgetter
from time import monotonic
from typing import BinaryIO, NamedTuple, Protocol

from flamescope_py.errors import BusyError, FlameScopeError
from flamescope_py.files.names import shown
from flamescope_py.files.stamp import Stamp
from flamescope_py.store.catalog_looks import Looker
from flamescope_py.store.catalog_memory import CatalogMemory
from flamescope_py.store.places import Directory, Listed

logger = logging.getLogger(__name__)

UNKNOWN_TYPE = "unknown"
_NAME = attrgetter("name")
# How long a list may sniff new files itself; the rest is left to the background.
LOOK_SECONDS = 1.0
# A directory whose walk takes less than this is walked for every list.
QUICK_SECONDS = 0.1
# The list of a slower one is fresh for this long.
FRESH_SECONDS = 2.0
# Up to this age, an older list is returned while a new walk is under way. Later requests wait for the walk.
OLD_SECONDS = 60.0
SHORT_WAIT, LONG_WAIT = 0.3, 5.0
# Files that are sniffed at a time.
LOOKS, REMOTE_LOOKS = 4, 32

_PENDING = "Not looked at yet, as there are many new files: it can be opened, and the list will say more."
_WALKING = "The list of profiles is being made: try again in a moment."


class Sniffed(Protocol):
    """The result of sniffing: a type, or `unknown` with a reason."""

    @property
    def type(self) -> str:
        """A type of the readers, or `unknown`."""

    @property
    def reason(self) -> str:
        """One sentence if the type is unknown."""


Sniff = Callable[[BinaryIO], Sniffed]


@dataclass(frozen=True, slots=True)
class ProfileFile:
    """A file of the list. `reason` is set if its type is unknown."""

    name: str
    type: str
    reason: str
    stamp: Stamp

    @property
    def modified(self) -> datetime | None:
        """The time of the last change in UTC; None for times that no calendar has (year 10 000)."""
        try:
            return datetime.fromtimestamp(self.stamp.mtime_ns // 1000 / 1e6, tz=timezone.utc)
        except (OverflowError, ValueError, OSError):
            return None


class Listing(NamedTuple):
    """The files of one walk, sorted by name; `skipped` counts folders that could not be read."""

    files: list[ProfileFile]
    skipped: int
    pending: int
    began: float
    ended: float

    def age(self, now: float) -> float:
        """Return the seconds from this walk to `now`."""
        return now - self.ended

    @property
    def large(self) -> bool:
        """True if the walk took long."""
        return self.ended - self.began > QUICK_SECONDS


class Catalog:
    """Lists a profile directory; safe to use from several threads."""

    def __init__(
        self,
        directory: Directory,
        sniff: Sniff,
        memory: CatalogMemory | None = None,
        look_seconds: float = LOOK_SECONDS,
        prepare: Callable[[], object] | None = None,
        remote: bool = False,
    ) -> None:
        """`sniff` returns the type of a file by its head. It does not raise for any content.

        `prepare` is called before a walk begins, so that its time is not that of the directory. A `remote`
        directory is walked and sniffed in the background only. If that fails, the last list stays.
        """
        self._directory = directory
        self._sniff = sniff
        self._memory = memory or CatalogMemory()
        self._remote = remote
        self._look_seconds = 0.0 if remote else look_seconds
        self._prepare = prepare
        self._lock = threading.Lock()
        self._known: dict[str, ProfileFile] = {}
        self._starting = threading.Lock()
        self._aside: Future[Listing] | None = None
        self._last: Listing | None = None
        self._changed = False
        self._complaints: set[str] = set()
        self._looker = Looker(self._find, self._remember, REMOTE_LOOKS if remote else LOOKS)

    def files(self) -> list[ProfileFile]:
        """Return all files, sorted by name. A file that cannot be opened is `unknown`, with a reason."""
        return self.listing().files

    def listing(self) -> Listing:
        """List the directory. The list of a large one may be seconds old.

        Raises BusyError if another request is still making the first list.
        """
        now, last = monotonic(), self._last
        if last is None or not (last.large or self._remote):
            return self._walk_since(now, LONG_WAIT)
        age = last.age(now)
        if age > FRESH_SECONDS or self._changed:
            wait([self._walk_aside(now)], SHORT_WAIT if age < OLD_SECONDS else LONG_WAIT)
        return self._last or last

    def _walk_aside(self, now: float) -> Future[Listing]:
        """Start a walk in another thread, or return the walk under way."""
        with self._starting:
            if self._aside is None or self._aside.done():
                found: Future[Listing] = Future()
                self._aside, self._changed = found, False

                def walk() -> None:
                    try:
                        found.set_result(self._walk_since(now, OLD_SECONDS))
                    except BaseException as error:  # noqa: BLE001 - logged, and kept for waiting threads
                        logger.warning("The profiles cannot be listed, the last list stays: %s", error)
                        found.set_exception(error)

                threading.Thread(target=walk, name="walk", daemon=True).start()
            return self._aside

    def _walk_since(self, since: float, patience: float) -> Listing:
        """Return a walk that began after `since`. Walks are made one at a time."""
        if not self._lock.acquire(timeout=patience):
            if self._last is None:
                raise BusyError(_WALKING)
            return self._last
        try:
            if self._last is None or self._last.began < since:
                self._last = self._walk()
            return self._last
        finally:
            self._lock.release()

    @property
    def last(self) -> Listing | None:
        """The list of the last walk, or None."""
        return self._last

    def file(self, name: str) -> ProfileFile:
        """Return one file without a walk. Raises as `Directory.find` does."""
        return self._find(self._directory.find(name))

    def forget_listing(self) -> None:
        """Walk again for the next list, since this program has changed the directory."""
        self._changed = True

    def close(self) -> None:
        """Stop sniffing, and save the known types for the next start."""
        self._looker.close()
        self._remember()

    def _walk(self) -> Listing:
        if self._prepare is not None:
            self._prepare()
        began = monotonic()
        if not self._known:
            self._recall()
        skipped: set[str] = set()
        files: list[ProfileFile] = []
        pending: list[Listed] = []
        known, deadline = self._known, began + self._look_seconds
        for folder in self._directory.folders(lambda name, error: self._skip(skipped, name, error)):
            for name, status in folder.entries:
                file = known.get(folder.above + (name if name.isascii() else shown(name)))
                if file is None or not file.stamp.is_of(status):
                    listed = folder.listed(name, status)
                    if monotonic() < deadline:
                        file = self._learn(listed)
                    else:
                        file = ProfileFile(listed.name, UNKNOWN_TYPE, _PENDING, listed.stamp)
                        pending.append(listed)
                files.append(file)
        files.sort(key=_NAME)
        if self._last is not None and files == self._last.files:
            files = self._last.files  # the same object, so that answers made of it stay cached
        self._prune(files)
        self._complaints = skipped
        self._looker.add(pending)
        if not pending:
            self._remember(few=False)
        return Listing(files, len(skipped), len(pending), began, monotonic())

    def _find(self, listed: Listed) -> ProfileFile:
        """Return a file that may be known, and sniff it if it is not."""
        known = self._known.get(listed.name)
        return known if known is not None and known.stamp == listed.stamp else self._learn(listed)

    def _learn(self, listed: Listed) -> ProfileFile:
        """Sniff a version of a file, and remember its type."""
        try:
            type_name, reason = self._look(listed)
        except BusyError as error:
            # The bucket failed, not the file: the next walk looks again.
            return ProfileFile(listed.name, UNKNOWN_TYPE, str(error), listed.stamp)
        file = self._known[listed.name] = ProfileFile(listed.name, type_name, reason, listed.stamp)
        self._memory.learned += 1
        return file

    def _look(self, listed: Listed) -> tuple[str, str]:
        """Return the type of a file, and a reason if it is unknown. Raises BusyError."""
        try:
            with self._directory.look(listed) as file:
                found = self._sniff(file)
                return found.type, found.reason
        except BusyError:
            raise
        except FlameScopeError as error:
            return UNKNOWN_TYPE, str(error)
        except OSError as error:
            return UNKNOWN_TYPE, f"The file cannot be read: {error.strerror}."
        except Exception:
            # No content of a file may break the list; MemoryError is an Exception, too.
            logger.exception("A file could not be looked at")
            return UNKNOWN_TYPE, "The server failed at looking at this file: its log has more."

    def _skip(self, skipped: set[str], name: str, error: OSError) -> None:
        """Count a folder that cannot be read, and log it the first time."""
        skipped.add(name)
        if name not in self._complaints:
            logger.warning("Cannot list the folder %r: %s", name, error.strerror)

    def _prune(self, files: list[ProfileFile]) -> None:
        """Forget files that are gone, if they are many."""
        if len(self._known) > 2 * len(files) + 1000:
            names = {file.name for file in files}
            for name in [name for name in list(self._known) if name not in names]:
                self._known.pop(name, None)

    def _recall(self) -> None:
        for name, size, mtime_ns, inode, type_name in self._memory.load():
            self._known[name] = ProfileFile(name, type_name, "", Stamp(size, mtime_ns, inode))

    def _remember(self, few: bool = True) -> None:
        """Save the known types; without `few`, only if enough of them are new."""
        if self._memory.learned > (0 if few else max(100, len(self._known) // 20)):
            # Files of unknown type are sniffed again after a restart, perhaps by a newer version.
            kept = [file for file in list(self._known.values()) if file.type != UNKNOWN_TYPE]
            self._memory.save([(file.name, *file.stamp, file.type) for file in kept])
