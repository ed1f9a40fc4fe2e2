"""Copies of objects on this machine's disk, of bounded size.

A copy is named after its bucket, name and version, so that it is good for ever. The least recently used make
room for new ones.
"""

from __future__ import annotations

import errno
import hashlib
import os
import tempfile
import threading
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from time import time
from typing import BinaryIO
from weakref import WeakValueDictionary

from flamescope_py.errors import BusyError, ProfileChangedError, StorageFullError, TooLargeError
from flamescope_py.objects.bucket import Bucket, Version

# Large objects come in ranges, several at a time: one connection does not fill the line. Each has a cost of
# its own: SeaweedFS takes a quarter more processor time for ranges of 8 MB.
_RANGE = 16 << 20
_AT_A_TIME = 16
_TRIES = 5
_FULL = (errno.ENOSPC, errno.EDQUOT)
_ASIDE = ".new-"
_LEFT_SECONDS = 3600


class _Lock:
    """A lock that a WeakValueDictionary can hold."""

    def __init__(self) -> None:
        self.lock = threading.Lock()


class Copies:
    """Safe to use from several threads; processes may share the folder."""

    def __init__(self, folder: Path, limit: int) -> None:
        """`folder` is made with the first copy. `limit` bounds the bytes of all copies in it."""
        self._folder, self._limit = folder, limit
        self._lock = threading.Lock()
        self._making: WeakValueDictionary[Path, _Lock] = WeakValueDictionary()

    def paths(self, bucket: Bucket, versions: Sequence[Version], suffix: str = "") -> list[Path]:
        """Return the paths of copies, which are made where they are missing.

        Raises TooLargeError if all of them are over the bound, ProfileChangedError for an object that
        has been replaced since it was listed, and what a Bucket raises.
        """
        if (size := sum(version.size for version in versions)) > self._limit:
            raise TooLargeError(
                f"The question needs {size} bytes of objects, over max_objects_bytes: ask about less time."
            )
        with self._lock:
            wanted = [self._path(bucket, version, suffix) for version in versions]
            pairs = zip(versions, wanted, strict=True)
            missing = [(version, path) for version, path in pairs if not _touch(path)]
            self._make_room(sum(version.size for version, _ in missing), set(wanted))
            with ThreadPoolExecutor(_AT_A_TIME, "objects") as threads:
                list(threads.map(lambda one: self._fetch(bucket, *one), missing))
        return wanted

    def open(self, bucket: Bucket, version: Version, progress: Callable[[int], object]) -> BinaryIO:
        """Open the copy of an object, and make it first where it is missing; raises as `paths`.

        `progress` is called with the bytes that have come so far.
        """
        if version.size > self._limit:
            raise TooLargeError(
                f"The object has {version.size} bytes, over max_objects_bytes: raise it, or cut the profile."
            )
        path = self._path(bucket, version)
        with self._lock:
            making = self._making.setdefault(path, _Lock())
        with making.lock:
            for _ in range(_TRIES):
                with suppress(FileNotFoundError):
                    os.utime(path)
                    return path.open("rb")
                # Never there, or removed by another thread or process that made room.
                with self._lock:
                    self._make_room(version.size, {path})
                self._fetch(bucket, version, path, progress)
        raise BusyError("Copies of objects push each other out of the cache: raise max_objects_bytes.")

    def _path(self, bucket: Bucket, version: Version, suffix: str = "") -> Path:
        key = "\0".join((bucket.url, version.name, version.tag))
        return (
            self._folder / f"{hashlib.sha256(key.encode('utf-8', 'surrogatepass')).hexdigest()[:40]}{suffix}"
        )

    def _make_room(self, size: int, kept: Collection[Path]) -> None:
        """Remove the least recently used copies until so many more bytes fit. The lock is held."""
        if not self._folder.is_dir():
            return
        found, now = [], time()
        for path in self._folder.iterdir():
            try:
                status = path.stat()
            except FileNotFoundError:
                continue
            # A copy that is being made stays, and the rest of a killed process goes.
            if not path.name.startswith(_ASIDE) or now - status.st_mtime > _LEFT_SECONDS:
                found.append((status.st_mtime, status.st_size, path))
        total = size + sum(one for _, one, _ in found)
        for _, bytes_, path in sorted(found):
            if total <= self._limit:
                return
            if path not in kept:
                path.unlink(missing_ok=True)
                total -= bytes_

    def _fetch(
        self, bucket: Bucket, version: Version, path: Path, progress: Callable[[int], object] = lambda done: 0
    ) -> None:
        """Copy one version of an object to disk, whole or not at all."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor, aside = tempfile.mkstemp(prefix=_ASIDE, dir=self._folder)
        try:
            with os.fdopen(descriptor, "wb") as file:
                _fill(file.fileno(), bucket, version, progress)
            Path(aside).replace(path)
        except OSError as error:
            if error.errno in _FULL:
                raise StorageFullError("The disk of the cache directory is full: make room.") from error
            raise
        finally:
            Path(aside).unlink(missing_ok=True)


def _fill(file: int, bucket: Bucket, version: Version, progress: Callable[[int], object]) -> None:
    """Write the bytes of a version to an open file."""
    lock, came = threading.Lock(), 0

    def bring(start: int) -> None:
        nonlocal came
        at, end = start, min(start + _RANGE, version.size)
        for piece in bucket.stream_range(version, start, end - start):
            at += _write(file, piece, at)
            with lock:
                came += len(piece)
                progress(came)
        if at != end:
            raise ProfileChangedError(f"{version.name} became shorter while it was read: try again.")

    starts = range(0, version.size, _RANGE)
    if len(starts) < 2:
        for start in starts:
            bring(start)
        return
    with ThreadPoolExecutor(min(_AT_A_TIME // 2, len(starts)), "object") as threads:
        waiting = [threads.submit(bring, start) for start in starts]
        try:
            for one in waiting:
                one.result()
        finally:
            # After a failure, the ranges that have not begun are of no use.
            threads.shutdown(wait=True, cancel_futures=True)


def _write(file: int, data: memoryview, at: int) -> int:
    """Write all of some bytes at a place, and return their number."""
    written = 0
    while written < len(data):
        written += os.pwrite(file, data[written:], at + written)
    return written


def _touch(path: Path) -> bool:
    """Mark a copy as used. Return False if it is not there."""
    try:
        os.utime(path)
    except OSError:
        return False
    return True
