"""Files that grow by records, a file for each service, host and minute, in the profile directory.

A record is on the disk (fsync) when `append` returns. A writer that is killed leaves a part of a record at
the end, which the next writer of the file removes.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import threading
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from time import monotonic
from typing import NamedTuple

from flamescope_py.errors import StorageFullError, TooManyRequestsError
from flamescope_py.files.opening import FOLDER, NO_FOLLOW, open_below

FOLDER_NAME = "otlp"
MESSAGES, LINES = ".otlp", ".otlp.jsonl"
# A folder of 10 000 hosts still lists quickly.
MAX_FILES = 20_000
RETRY_SECONDS = 30
# How long a count of all files holds.
LOOK_SECONDS = 5.0
_KNOWN = 50_000
_LABEL_BYTES = 120
_MINUTE = "%Y%m%dT%H%MZ"
_FILE = os.O_RDWR | os.O_CREAT | NO_FOLLOW
_FULL = "The spool of profiles is full: they are taken again when some have been ingested or removed."


class Spooled(NamedTuple):
    """A file of the spool: its name below the profile directory, its path and its bytes."""

    name: str
    path: Path
    size: int

    def is_over(self, now: datetime) -> bool:
        """Return True if the file has been complete for a minute."""
        try:
            minute = datetime.strptime(self.path.name.partition(".")[0] + "+0000", "%Y%m%dT%H%MZ%z")
        except ValueError:
            return False
        return minute + timedelta(minutes=2) <= now


class Spool:
    """Safe to use from several threads and processes."""

    def __init__(self, root: Path, most_bytes: int, min_free: int) -> None:
        """`root` is the profile directory. Files together take at most `most_bytes`."""
        self._root = root
        self._most_bytes, self._min_free = most_bytes, min_free
        self._lock = threading.Lock()
        # Sizes up to which files have whole records.
        self._whole: OrderedDict[Path, int] = OrderedDict()
        self._looked, self._bytes, self._files = -LOOK_SECONDS, 0, 0

    def append(self, service: str, host: str, suffix: str, record: bytes, now: datetime) -> str:
        """Add a record to the file of a minute, and return the file's name below the profile directory.

        Raises TooManyRequestsError when the spool is full, and StorageFullError.
        """
        parts = (FOLDER_NAME, label(service, "unknown_service"), label(host, "unknown_host"))
        leaf = f"{now:{_MINUTE}}{suffix}"
        path = self._root.joinpath(*parts, leaf)
        with self._lock, self._opened(parts, leaf) as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            size = os.fstat(file).st_size
            if self._whole.get(path) != size:
                size = whole_records(file, size, suffix)
                os.ftruncate(file, size)
            self._check_room(file, size, len(record))
            try:
                _write(file, record, size)
                os.fsync(file)
            except OSError as error:
                os.ftruncate(file, size)
                raise StorageFullError("The disk of the profile directory is full: make room.") from error
            self._whole[path] = size + len(record)
            self._whole.move_to_end(path)
            while len(self._whole) > _KNOWN:
                self._whole.popitem(last=False)
        return "/".join((*parts, leaf))

    def files(self) -> Iterator[Spooled]:
        """Yield all files, without following links."""
        for folder, _, leaves in os.walk(self._root / FOLDER_NAME):
            for leaf in leaves:
                path = Path(folder) / leaf
                if leaf.endswith((MESSAGES, LINES)) and not path.is_symlink():
                    name = path.relative_to(self._root).as_posix()
                    try:
                        yield Spooled(name, path, path.stat().st_size)
                    except FileNotFoundError:
                        continue

    def _check_room(self, file: int, size: int, more: int) -> None:
        """Raise TooManyRequestsError if so many more bytes have no room. Files are counted now and then."""
        if monotonic() - self._looked > LOOK_SECONDS:
            found = list(self.files())
            self._looked, self._files = monotonic(), len(found)
            self._bytes = sum(one.size for one in found)
        self._bytes += more
        self._files += size == 0
        state = os.fstatvfs(file)
        room = state.f_bavail * state.f_frsize - more >= self._min_free
        if self._bytes > self._most_bytes or self._files > MAX_FILES or not room:
            raise TooManyRequestsError(_FULL, RETRY_SECONDS)

    @contextmanager
    def _opened(self, folders: tuple[str, ...], leaf: str) -> Iterator[int]:
        def make(name: str, parent: int) -> None:
            try:
                os.mkdir(name, 0o777, dir_fd=parent)
            except FileExistsError:
                return

        folder = open_below(self._root, folders, FOLDER, make)
        try:
            file = os.open(leaf, _FILE, 0o666, dir_fd=folder)
        finally:
            os.close(folder)
        try:
            yield file
        finally:
            os.close(file)


def label(text: str, missing: str) -> str:
    """Return a name as a part of a path. Names that were changed differ by a digest, as the names did."""
    clean = "".join(letter if letter.isalnum() or letter in "-_." else "-" for letter in text).strip("-.")
    clean = clean.encode()[:_LABEL_BYTES].decode("utf-8", "ignore") or missing
    if clean == text or not text:
        return clean
    return f"{clean}-{hashlib.sha256(text.encode('utf-8', 'surrogatepass')).hexdigest()[:8]}"


def whole_records(file: int, size: int, suffix: str) -> int:
    """Return the bytes of the whole records at the start of a file."""
    if suffix == LINES:
        end = size
        while end > 0:
            start = max(0, end - (64 << 10))
            block = os.pread(file, end - start, start)
            if (found := block.rfind(b"\n")) >= 0:
                return start + found + 1
            end = start
        return 0
    at = 0
    while at + 4 <= size:
        length = int.from_bytes(os.pread(file, 4, at), "big")
        if at + 4 + length > size:
            break
        at += 4 + length
    return at


def _write(file: int, record: bytes, at: int) -> None:
    written = 0
    while written < len(record):
        written += os.pwrite(file, record[written:], at + written)
