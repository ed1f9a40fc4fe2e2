"""Read perf script text that grows, such as a live recording: each time by its new part only.

A file that was read before and is longer now is read once more, from its start, and what was read is kept.
From then on, whole blocks are added. Every version is a Profile of its own, equal to that of reading the
whole file up to its last whole block.
"""

from __future__ import annotations

import os
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator
from time import monotonic
from typing import BinaryIO

from flamescope_py.model import Profile, ProfileBuilder
from flamescope_py.model.profile_bounds import bounded_by
from flamescope_py.readers.encoding import PLAIN
from flamescope_py.readers.pool.pool import ReadBounds
from flamescope_py.readers.registry import Parallel
from flamescope_py.readers.source import ReportProgress, Source, open_source

Read = Callable[[BinaryIO, str, ReportProgress | None], Profile]

# A larger file is read anew, on all cores.
MAX_FIRST_BYTES = 64 << 20
MAX_FILES = 4
# A file that nobody asked about for so long is forgotten.
FORGET_SECONDS = 60.0
_HEAD_BYTES = 64 << 10
_CHUNK_BYTES = 1 << 20
_BLOCK_END = b"\n\n"


class GrowingFiles:
    """Reads any file, and growing ones quickly; thread-safe."""

    def __init__(self, read: Read, bounds: ReadBounds) -> None:
        """`read` reads whole files."""
        self._read = read
        self._bounds = bounds
        self._lock = threading.Lock()
        self._files: OrderedDict[tuple[int, int], _Grown] = OrderedDict()

    def read(self, file: BinaryIO, type_name: str, progress: ReportProgress | None = None) -> Profile:
        """Read a profile; raises as `ReaderPool.read` does."""
        source = open_source(file, type_name)
        parallel = source.reader.parallel
        if parallel is None or source.codec or source.encoding != PLAIN:
            return self._read(file, type_name, progress)
        known = self._known(file)
        with known.lock:
            if known.follows(file, source):
                return self._bounds.check(known.extended(file, source.size, parallel, self._bounds))
            profile = self._read(file, type_name, progress)
            known.begin(file, source)
            return profile

    def grows(self, file: BinaryIO) -> bool:
        """Return True for a file that has grown between two readings."""
        with self._lock:
            known = self._files.get(_key(file))
            return known is not None and known.builder is not None

    def _known(self, file: BinaryIO) -> _Grown:
        """Return what is known of a file, and forget others."""
        key, now = _key(file), monotonic()
        with self._lock:
            known = self._files.pop(key, None) or _Grown()
            known.used = now
            self._files[key] = known
            for other, grown in list(self._files.items())[: len(self._files) - 1]:
                if len(self._files) > MAX_FILES or now - grown.used > FORGET_SECONDS:
                    del self._files[other]
            return known


class _Grown:
    """What was read of a file: the first `done` bytes, in `builder` once it has grown."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.used = 0.0
        self.builder: ProfileBuilder | None = None
        self._size = -1
        self._head = b""
        self._done = 0

    def follows(self, file: BinaryIO, source: Source) -> bool:
        """Return True if the file is what was read, and more."""
        if self._size < 0 or source.size <= self._size - (self.builder is not None):
            return False
        if self.builder is None and source.size > MAX_FIRST_BYTES:
            return False
        return _head(file).startswith(self._head)

    def begin(self, file: BinaryIO, source: Source) -> None:
        """Remember a file that was read as a whole."""
        self.builder, self._done, self._size = None, 0, source.size
        self._head = _head(file)[: source.size]

    def extended(self, file: BinaryIO, size: int, parallel: Parallel, bounds: ReadBounds) -> Profile:
        """Read the new whole blocks, and return the profile of all."""
        with bounded_by(bounds.profile):
            end = max(self._done, _last_block_end(file, self._done, size))
            builder = self.builder or ProfileBuilder()
            if end > self._done:
                later = parallel.parse(_chunks(file, self._done, end), self._head)
                later.settle()
                builder.merge(later)
            self.builder, self._done, self._size = builder, end, size
            return parallel.finish(builder.snapshot())


def _key(file: BinaryIO) -> tuple[int, int]:
    status = os.fstat(file.fileno())
    return status.st_dev, status.st_ino


def _head(file: BinaryIO) -> bytes:
    file.seek(0)
    head = file.read(_HEAD_BYTES)
    file.seek(0)
    return head


def _last_block_end(file: BinaryIO, start: int, end: int) -> int:
    """Return where the last whole block between two places ends; 0 without one."""
    while end > start:
        begin = max(start, end - _CHUNK_BYTES)
        file.seek(begin)
        found = file.read(end - begin).rfind(_BLOCK_END)
        if found >= 0:
            return begin + found + len(_BLOCK_END)
        if begin == start:
            return 0
        # A block's end may lie across two windows.
        end = begin + 1
    return 0


def _chunks(file: BinaryIO, start: int, end: int) -> Iterator[bytes]:
    file.seek(start)
    while start < end and (chunk := file.read(min(_CHUNK_BYTES, end - start))):
        start += len(chunk)
        yield chunk
