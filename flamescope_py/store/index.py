"""The index on disk: a profile's columns as Arrow IPC files, so that a file is parsed once in its life.

One folder a version of a file, named by a digest of what tells versions apart. Checksums tell a damaged
index, which is made again and is never an error. `index_files` holds the layout of a folder;
docs/internals/index.md shows how to open one with other tools.
"""

from __future__ import annotations

import contextlib
import hashlib
import logging
import os
import shutil
import tempfile
import threading
from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from time import monotonic, time
from typing import NamedTuple

from flamescope_py import __version__
from flamescope_py.model import Profile, Seconds
from flamescope_py.store import index_files
from flamescope_py.store.index_files import DAMAGED

logger = logging.getLogger(__name__)

# Goes up whenever the same file would give other columns; the package's version is in the key as well.
FORMAT_VERSION = 4
MAX_GLANCES = 100_000
# How long the names of indexes are taken to be the same, for those that another server writes.
LOOK_SECONDS = 1.0
# How long writing waits for the answer that the profile was read for.
ANSWER_SECONDS = 0.1
# Folders that are being written; those of a server that was killed stay behind.
_ASIDE = ".new-"
_LEFT_SECONDS = 3600


class Glance(NamedTuple):
    """What a list shows of a profile: its length, None without time, and how many samples it has."""

    duration: Seconds | None
    samples: int

    @classmethod
    def of(cls, profile: Profile) -> Glance:
        """Take it from an open profile."""
        meta = profile.meta
        return cls(meta.last - meta.first if meta.timed else None, len(profile.samples))


class IndexStore:
    """Indexes in one cache directory, the least recently used dropped above `limit` bytes."""

    def __init__(self, directory: Path, limit: int, scope: str = "") -> None:
        """Use `directory`, made when the first index is written; 0 as `limit` switches the index off.

        `scope` is part of every key: the profile directory, whose names alone are not unique.
        """
        self._directory = directory
        self._scope = scope
        self._limit = limit
        self._complained = False
        self._glances: dict[str, Glance] = {}
        self._present: set[str] = set()
        self._changed = 0
        self._look_again = 0.0
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="index")
        self._closing = threading.Event()

    def load(self, *key: object) -> Profile | None:
        """Give the profile of a key, or None where there is no index or a damaged one, which is removed."""
        folder = self._folder(key)
        try:
            if not folder.is_dir():
                return None
        except OSError:  # the cache itself may not be looked into
            return None
        try:
            profile = index_files.read(folder)
        except DAMAGED as error:
            why = getattr(error, "strerror", None) or error
            logger.warning("The index %s is damaged and is made again: %s", folder.name, why)
            _remove(folder)
            return None
        with contextlib.suppress(OSError):  # a cache that is mounted read-only
            os.utime(folder)
        return profile

    def glance(self, *key: object) -> Glance | None:
        """Look at the facts of a key alone, for lists of many files; None where there is no sound index."""
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
                known = Glance(duration, facts["report"]["samples"])
            except DAMAGED:
                return None
            if len(self._glances) >= MAX_GLANCES:
                self._glances.clear()
            self._glances[folder.name] = known
        return known

    def version(self) -> int:
        """Give a number that is another one when indexes have come or gone."""
        self._names()
        return self._changed

    def _names(self) -> Collection[str]:
        """Give the names of all indexes, looked up when the directory has changed: a list of 100 000 files
        must not try to open as many."""
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

    def save_soon(self, profile: Profile, *key: object) -> None:
        """Write the index of a key in the background: an answer need not wait for the disk."""
        if self._limit:
            self._writer.submit(self._save_aside, profile, key)

    def close(self) -> None:
        """Wait until what is being written is written."""
        self._closing.set()
        self._writer.shutdown(wait=True)

    def save(self, profile: Profile, *key: object) -> None:
        """Write the index of a key, whole or not at all. A disk that takes none is logged once."""
        if not self._limit:
            return
        try:
            self._directory.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._write(profile, self._folder(key))
            self._shrink()
            self._look_again, self._changed = 0.0, 0
        except OSError as error:
            level = logging.DEBUG if self._complained else logging.WARNING
            self._complained = True
            logger.log(
                level, "No index can be written (%s): profiles are served from memory.", error.strerror
            )

    def _save_aside(self, profile: Profile, key: tuple[object, ...]) -> None:
        """Save in the writer's thread, where nobody would see what is raised."""
        # Who asked for the profile waits for an answer, which needs the interpreter for some milliseconds.
        self._closing.wait(ANSWER_SECONDS)
        try:
            self.save(profile, *key)
        except Exception:
            logger.exception("The index of a profile could not be written")

    def _write(self, profile: Profile, folder: Path) -> None:
        aside = Path(tempfile.mkdtemp(prefix=_ASIDE, dir=self._directory))
        try:
            index_files.write(profile, aside)
            _remove(folder)
            aside.rename(folder)
        except OSError:
            _remove(aside)
            if not folder.is_dir():  # else another process was quicker
                raise

    def _folder(self, key: tuple[object, ...]) -> Path:
        text = "\0".join(map(repr, (FORMAT_VERSION, __version__, self._scope, *key)))
        return self._directory / hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()[:40]

    def _shrink(self) -> None:
        """Drop the least recently used indexes until the rest fits; the newest always stays."""
        total, now = 0, time()
        found = [(*_use(path), path) for path in self._directory.iterdir() if path.is_dir()]
        for position, (used, size, path) in enumerate(sorted(found, reverse=True)):
            total += size
            left = path.name.startswith(_ASIDE) and now - used > _LEFT_SECONDS
            if left or (position and total > self._limit):
                _remove(path)


def _use(folder: Path) -> tuple[float, int]:
    """Give when an index was used, and its bytes; another server may be removing it just now."""
    try:
        return folder.stat().st_mtime, sum(path.stat().st_size for path in folder.iterdir())
    except OSError:
        return 0.0, 0


def _remove(folder: Path) -> None:
    """Remove an index, also where somebody took the rights to it away; it stays if that is impossible."""
    with contextlib.suppress(OSError):
        folder.chmod(0o700)
    shutil.rmtree(folder, ignore_errors=True)
