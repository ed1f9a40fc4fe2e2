"""The list of profiles: every file below the profile directory, with its type.

Types come from a bounded look at each file's head, remembered for as long as the file stays the same,
also over a restart: a list of 100 000 files is as many stats, not as many reads. What is new and many
is looked at in the background, so that the list need not wait for it.
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
from flamescope_py.store.catalog_looks import Looker
from flamescope_py.store.catalog_memory import CatalogMemory
from flamescope_py.store.directory import Listed, ProfileDirectory, Stamp, shown

logger = logging.getLogger(__name__)

UNKNOWN_TYPE = "unknown"
_NAME = attrgetter("name")
# How long a list may look at new files itself; the rest is left to the background.
LOOK_SECONDS = 1.0
# A directory that is walked more quickly is walked for every list.
QUICK_SECONDS = 0.1
# The list of another one holds for a moment; later it is still given while a new walk is under way, unless
# it is so old that the walk is worth waiting for.
FRESH_SECONDS = 2.0
OLD_SECONDS = 60.0
SHORT_WAIT, LONG_WAIT = 0.3, 5.0

_PENDING = "Not looked at yet, as there are many new files: it can be opened, and the list will say more."
_WALKING = "The list of profiles is being made: try again in a moment."


class Sniffed(Protocol):
    """What sniffing answers: a type, or `unknown` and why."""

    @property
    def type(self) -> str:
        """A type of the readers, or `unknown`."""

    @property
    def reason(self) -> str:
        """One sentence, where the type is unknown."""


Sniff = Callable[[BinaryIO], Sniffed]


@dataclass(frozen=True, slots=True)
class ProfileFile:
    """A file of the list; `reason` says why its type is unknown."""

    name: str
    type: str
    reason: str
    stamp: Stamp

    @property
    def modified(self) -> datetime | None:
        """When the file was last written, in UTC; None for times that no calendar has (year 10 000)."""
        try:
            return datetime.fromtimestamp(self.stamp.mtime_ns // 1000 / 1e6, tz=timezone.utc)
        except (OverflowError, ValueError, OSError):
            return None


class Listing(NamedTuple):
    """What one walk found, sorted by name: folders that could not be read are only counted."""

    files: list[ProfileFile]
    skipped: int
    pending: int
    began: float
    ended: float

    @property
    def large(self) -> bool:
        """Say whether the walk took long."""
        return self.ended - self.began > QUICK_SECONDS


class Catalog:
    """Lists a profile directory; safe to use from several threads."""

    def __init__(
        self,
        directory: ProfileDirectory,
        sniff: Sniff,
        memory: CatalogMemory | None = None,
        look_seconds: float = LOOK_SECONDS,
    ) -> None:
        """`sniff` tells a file's type from its head and does not raise for what the file holds."""
        self._directory = directory
        self._sniff = sniff
        self._memory = memory or CatalogMemory()
        self._look_seconds = look_seconds
        self._lock = threading.Lock()
        self._known: dict[str, ProfileFile] = {}
        self._starting = threading.Lock()
        self._aside: Future[Listing] | None = None
        self._last: Listing | None = None
        self._changed = False
        self._complaints: set[str] = set()
        self._looker = Looker(self._learn, self._remember)

    def files(self) -> list[ProfileFile]:
        """Give all files, sorted by name; what cannot be opened is `unknown` and says why."""
        return self.listing().files

    def listing(self) -> Listing:
        """List the directory; of a large one, give a list that may be seconds old.

        Raises BusyError for the first list, when another request is still at it.
        """
        asked, last = monotonic(), self._last
        if last is None or not last.large:
            return self._walked(asked, LONG_WAIT)
        age = asked - last.ended
        if age > FRESH_SECONDS or self._changed:
            wait([self._walk_aside(asked)], SHORT_WAIT if age < OLD_SECONDS else LONG_WAIT)
        return self._last or last

    def _walk_aside(self, asked: float) -> Future[Listing]:
        """Walk in another thread, unless one is at it."""
        with self._starting:
            if self._aside is None or self._aside.done():
                found: Future[Listing] = Future()
                self._aside, self._changed = found, False

                def walk() -> None:
                    try:
                        found.set_result(self._walked(asked, OLD_SECONDS))
                    except BaseException as error:  # noqa: BLE001 - whoever waits gets it
                        found.set_exception(error)

                threading.Thread(target=walk, name="walk", daemon=True).start()
            return self._aside

    def _walked(self, asked: float, patience: float) -> Listing:
        """Give a walk that began after `asked`, one at a time."""
        if not self._lock.acquire(timeout=patience):
            if self._last is None:
                raise BusyError(_WALKING)
            return self._last
        try:
            if self._last is None or self._last.began < asked:
                self._last = self._walk()
            return self._last
        finally:
            self._lock.release()

    @property
    def last(self) -> Listing | None:
        """The list of the last walk, if there was one."""
        return self._last

    def file(self, name: str) -> ProfileFile:
        """Give one file without a walk. Raises as `ProfileDirectory.open` does."""
        listed = self._directory.find(name)
        known = self._known.get(name)
        return known if known is not None and known.stamp == listed.stamp else self._learn(listed)

    def forget_listing(self) -> None:
        """Walk again for the next list, however fresh: this program has changed the directory."""
        self._changed = True

    def close(self) -> None:
        """Stop looking at files, and keep what is known for the next start."""
        self._looker.close()
        self._remember()

    def _walk(self) -> Listing:
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
            files = self._last.files  # the very same, so that what was made of it still holds
        self._prune(files)
        self._complaints = skipped
        self._looker.add(pending)
        if not pending:
            self._remember(few=False)
        return Listing(files, len(skipped), len(pending), began, monotonic())

    def _learn(self, listed: Listed) -> ProfileFile:
        """Look at a file's head, once for each of its versions."""
        type_name, reason = self._look(listed)
        file = self._known[listed.name] = ProfileFile(listed.name, type_name, reason, listed.stamp)
        self._memory.learned += 1
        return file

    def _look(self, listed: Listed) -> tuple[str, str]:
        try:
            with self._directory.open_parts(listed.parts) as file:
                found = self._sniff(file)
                return found.type, found.reason
        except FlameScopeError as error:
            return UNKNOWN_TYPE, str(error)
        except OSError as error:
            return UNKNOWN_TYPE, f"The file cannot be read: {error.strerror}."

    def _skip(self, skipped: set[str], name: str, error: OSError) -> None:
        """Count a folder that cannot be read, and log it when that is new."""
        skipped.add(name)
        if name not in self._complaints:
            logger.warning("Cannot list the folder %r: %s", name, error.strerror)

    def _prune(self, files: list[ProfileFile]) -> None:
        """Forget files that are gone, once they are many."""
        if len(self._known) > 2 * len(files) + 1000:
            names = {file.name for file in files}
            for name in [name for name in list(self._known) if name not in names]:
                self._known.pop(name, None)

    def _recall(self) -> None:
        for name, size, mtime_ns, inode, type_name in self._memory.load():
            self._known[name] = ProfileFile(name, type_name, "", Stamp(size, mtime_ns, inode))

    def _remember(self, few: bool = True) -> None:
        """Keep what is known; with `few` off, only when enough is new to be worth the writing."""
        if self._memory.learned > (0 if few else max(100, len(self._known) // 20)):
            # Files of no known type are looked at again after a restart, perhaps of a newer version.
            kept = [file for file in list(self._known.values()) if file.type != UNKNOWN_TYPE]
            self._memory.save([(file.name, *file.stamp, file.type) for file in kept])
