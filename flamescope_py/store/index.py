"""The index on disk: the columns of a profile as Arrow IPC files, so that each version is parsed once.

Each version of a file has a folder, named by a digest of its key. An index whose checksums are wrong is made
again and is never an error. `index_files` has the layout of a folder, docs/internals/index.md its use with
other tools.
"""

from __future__ import annotations

import contextlib
import hashlib
import logging
import os
import shutil
import tempfile
import threading
from collections.abc import Callable, Collection, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from time import monotonic, time
from typing import NamedTuple

from flamescope_py import __version__
from flamescope_py.model import Profile, Seconds
from flamescope_py.store import index_extras, index_files, index_shared
from flamescope_py.store.index_files import DAMAGED
from flamescope_py.store.index_shared import SharedIndex
from flamescope_py.store.turns import Turns

logger = logging.getLogger(__name__)

# Raise it whenever the same file would have other columns or extras. The package version is in the key too.
FORMAT_VERSION = 14
MAX_GLANCES = 100_000
# How long a listing of the directory holds, as another server may write to it.
LOOK_SECONDS = 1.0
# How long writing waits for the response that needed the profile.
ANSWER_SECONDS = 0.1
# Folders that are being written. A killed server leaves them behind.
_ASIDE = ".new-"
_LEFT_SECONDS = 3600


class Glance(NamedTuple):
    """The facts of a profile that a list shows: its seconds (None without time) and its samples.

    `preferred` is the type as which its file opens, if it is another one.
    """

    duration: Seconds | None
    samples: int
    preferred: str = ""

    @classmethod
    def of(cls, profile: Profile) -> Glance:
        """Return the facts of an open profile."""
        meta = profile.meta
        return cls(meta.last - meta.first if meta.timed else None, len(profile.samples), meta.preferred)


class IndexStore:
    """The indexes in one cache directory. The least recently used are dropped above `limit` bytes."""

    def __init__(
        self,
        directory: Path,
        limit: int,
        scope: str = "",
        memory: int = 1 << 40,
        turns: Turns | None = None,
        extras: Callable[[Profile], Mapping[str, bytes]] = lambda profile: {},
        shared: SharedIndex | None = None,
    ) -> None:
        """`directory` is made when the first index is written. A `limit` of 0 switches the index off.

        `scope` is part of every key: the profile directory, since names are unique only inside it. A table
        that takes more than `memory` bytes when decompressed counts as damaged. `turns` are those of several
        processes that share the directory. `extras` makes, in the background, further files to keep with a
        new index. `shared` has the indexes that other servers have made.
        """
        self.turns = turns or Turns()
        self._directory = directory
        self._scope = scope
        self._limit = limit
        self._memory = memory
        self._extras = extras
        self._shared = shared
        self._complained = False
        self._glances: dict[str, Glance] = {}
        self._present: set[str] = set()
        self._changed = 0
        self._look_again = 0.0
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="index")
        self._closing = threading.Event()

    def load(self, *key: object) -> Profile | None:
        """Return the profile of a key, or None without an index. A damaged index is removed."""
        folder = self._folder(key)
        try:
            if not folder.is_dir() and not self._bring(folder):
                return None
        except OSError:  # no permission for the cache itself
            return None
        try:
            profile = index_files.read(folder, self._memory)
        except DAMAGED as error:
            why = getattr(error, "strerror", None) or error
            logger.warning("The index %s is damaged and is made again: %s", folder.name, why)
            _remove(folder)
            return None
        with contextlib.suppress(OSError):  # a cache that is mounted read-only
            os.utime(folder)
        return profile

    def glance(self, *key: object) -> Glance | None:
        """Return the facts of a key without its columns, or None without a sound index."""
        names = self._names()
        folder = self._folder(key) if names else None
        if folder is None or folder.name not in names:
            return None
        known = self._glances.get(folder.name)
        if known is None:
            try:
                facts = index_files.facts_of(folder)
                meta = facts["meta"]
                duration = meta["last"] - meta["first"] if meta["timed"] else None
                known = Glance(duration, facts["report"]["samples"], meta["preferred"])
            except DAMAGED:
                return None
            if len(self._glances) >= MAX_GLANCES:
                self._glances.clear()
            self._glances[folder.name] = known
        return known

    def version(self) -> int:
        """Return a number that changes whenever indexes come or go."""
        self._names()
        return self._changed

    def _names(self) -> Collection[str]:
        """Return the names of all indexes, listed again if the directory has changed.

        With them, a list of 100 000 files need not try to open an index for each.
        """
        now = monotonic()
        if now >= self._look_again:
            self._look_again = now + LOOK_SECONDS
            try:
                changed = self._directory.stat().st_mtime_ns
                if changed != self._changed:
                    self._present = {path.name for path in self._directory.iterdir()}
                    self._changed = changed
            except OSError:
                self._present, self._changed = set(), 0
        return self._present

    def save_soon(self, profile: Profile, *key: object, then: Callable[[], object] = lambda: None) -> None:
        """Write the index of a key in the background, so that no response waits for the disk.

        `then` is called when that has ended, well or badly.
        """
        if self._limit:
            self._writer.submit(self._save_aside, profile, key, then)
        else:
            then()

    def close(self) -> None:
        """Finish the pending writes."""
        self._closing.set()
        self._writer.shutdown(wait=True)

    def save(self, profile: Profile, *key: object) -> None:
        """Write the index of a key, whole or not at all. A disk that cannot be written is logged once."""
        if not self._limit:
            return
        try:
            self._directory.mkdir(parents=True, exist_ok=True, mode=0o700)
            folder = self._folder(key)
            self._write(profile, folder)
            self._shrink()
            self._look_again, self._changed = 0.0, 0
        except OSError as error:
            level = logging.DEBUG if self._complained else logging.WARNING
            self._complained = True
            logger.log(
                level, "No index can be written (%s): profiles are served from memory.", error.strerror
            )
            return
        if self._shared is not None:
            self._shared.publish(folder)

    def _bring(self, folder: Path) -> bool:
        """Fetch an index that another server has made, whole or not at all. Raises OSError."""
        body = self._shared and self._shared.fetch(folder.name)
        if not body or not self._limit:
            return False
        self._directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        aside = Path(tempfile.mkdtemp(prefix=_ASIDE, dir=self._directory))
        try:
            index_shared.unpack(body, aside)
            aside.rename(folder)
        except index_shared.DAMAGED as error:
            logger.warning("The shared index %s is damaged and is made again: %s", folder.name, error)
            return False
        except OSError:
            if not folder.is_dir():  # else another process has brought it
                raise
        finally:
            _remove(aside)
        self._shrink()
        return True

    def read_extra(self, name: str, *key: object) -> bytes | None:
        """Return an extra of a key, or None."""
        return index_extras.read_extra(self._folder(key), name)

    def keep_extra(self, name: str, body: bytes, *key: object) -> None:
        """Keep an extra of a key if there is an index. A disk that cannot be written is logged."""
        try:
            index_extras.write_extra(self._folder(key), name, body)
        except OSError as error:
            logger.debug("An extra of an index cannot be written: %s", error.strerror)

    def _save_aside(self, profile: Profile, key: tuple[object, ...], then: Callable[[], object]) -> None:
        """Save in the thread of the writer, and log exceptions."""
        # The response that needed the profile comes first. It takes the interpreter for some milliseconds.
        self._closing.wait(ANSWER_SECONDS)
        try:
            self.save(profile, *key)
        except Exception:
            logger.exception("The index of a profile could not be written")
        finally:
            then()
        self._keep_extras(profile, key)

    def _keep_extras(self, profile: Profile, key: tuple[object, ...]) -> None:
        """Make and keep the extras of a new index, unless the server is stopping. Log exceptions."""
        if self._closing.is_set():
            return
        try:
            for name, body in self._extras(profile).items():
                self.keep_extra(name, body, *key)
        except Exception:
            logger.exception("The extras of an index could not be made")

    def _write(self, profile: Profile, folder: Path) -> None:
        aside = Path(tempfile.mkdtemp(prefix=_ASIDE, dir=self._directory))
        try:
            index_files.write(profile, aside)
            _remove(folder)
            aside.rename(folder)
        except OSError:
            _remove(aside)
            if not folder.is_dir():  # else another process has written it
                raise

    def _folder(self, key: tuple[object, ...]) -> Path:
        text = "\0".join(map(repr, (FORMAT_VERSION, __version__, self._scope, *key)))
        return self._directory / hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()[:40]

    def _shrink(self) -> None:
        """Drop the least recently used indexes until the rest fits. The newest always stays."""
        total, now = 0, time()
        found = [(*_use(path), path) for path in self._directory.iterdir() if path.is_dir()]
        for position, (used, size, path) in enumerate(sorted(found, reverse=True)):
            total += size
            left = path.name.startswith(_ASIDE) and now - used > _LEFT_SECONDS
            if left or (position and total > self._limit):
                _remove(path)


def _use(folder: Path) -> tuple[float, int]:
    """Return the time of last use and the bytes of an index; zeros if another server removes it."""
    try:
        return folder.stat().st_mtime, sum(path.stat().st_size for path in folder.iterdir())
    except OSError:
        return 0.0, 0


def _remove(folder: Path) -> None:
    """Remove an index if possible, even without permission to write to it."""
    with contextlib.suppress(OSError):
        folder.chmod(0o700)
    shutil.rmtree(folder, ignore_errors=True)
