"""Reads profiles in other processes: a large perf script text in as many parts as there are cores.

A part ends where a sample ends, so that every worker runs the plain parser from a fresh state, and the
parts are joined by interning the later ones' stacks again. Workers read the file themselves, through
the descriptor of the asking process: nothing but names and columns crosses between processes.
Small files are not worth the trip and are read where they are asked for. What the workers do is in `worker`.
"""

from __future__ import annotations

import logging
import multiprocessing
import os
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from itertools import pairwise
from pathlib import Path
from time import monotonic
from typing import Any, BinaryIO, NamedTuple

from flamescope_py.errors import BusyError, TooLargeError
from flamescope_py.model import Profile, ProfileBuilder
from flamescope_py.readers import compression, worker
from flamescope_py.readers.source import Progress, Source, open_source, read_profile

logger = logging.getLogger(__name__)

# A worker's answer costs some milliseconds; 8 MB take about 30 to parse.
SMALL_FILE = 8 << 20
SMALL_COMPRESSED_FILE = 1 << 20
# How far a part's beginning is looked for; a text without blank lines is not cut.
MAX_SEARCH = 16 << 20
MAX_READINGS = 16
PROGRESS_SECONDS = 0.1
START_SECONDS = 5


class ReadBounds(NamedTuple):
    """How many large files are read at a time, how long one may take and how much a compressed one holds."""

    readings: int = MAX_READINGS
    seconds: float = 3600
    decompressed: int = compression.MAX_DECOMPRESSED


class ReaderPool:
    """A warm pool of reading processes, asked as `read_profile` is; from several threads, if need be."""

    def __init__(self, workers: int, bounds: ReadBounds | None = None) -> None:
        """Start `workers` processes when the first large file comes, or at `warm`."""
        self._workers = workers
        self._bounds = bounds = bounds or ReadBounds()
        self._lock = threading.Lock()
        self._context = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload([__name__])
        self._slots = self._context.Array("q", bounds.readings * workers, lock=False)
        self._started = self._context.Semaphore(0)
        self._free = list(range(bounds.readings))
        self._executor: ProcessPoolExecutor | None = None

    def warm(self) -> None:
        """Start the processes now, so that the first file does not wait for them."""
        wait([self._pool().submit(worker.nothing) for _ in range(self._workers)])

    def close(self) -> None:
        """Stop the processes; what they were reading is given up."""
        with self._lock:
            executor, self._executor = self._executor, None
        if executor is not None:
            # A process that loses its parent while it starts complains at length.
            for _ in range(self._workers):
                self._started.acquire(timeout=START_SECONDS)
            _terminate(executor)
            executor.shutdown(wait=True, cancel_futures=True)

    def read(self, file: BinaryIO, type_name: str, progress: Progress | None = None) -> Profile:
        """Read a profile; raises as `read_profile` does, BusyError, and TooLargeError after too long.

        A reading whose worker dies is tried once more, with new processes.
        """
        source = open_source(file, type_name)
        progress = self._watched(progress)
        path = Path(f"/proc/{os.getpid()}/fd/{file.fileno()}")
        if source.size < (SMALL_COMPRESSED_FILE if source.codec else SMALL_FILE) or not path.exists():
            return read_profile(file, type_name, progress, self._bounds.decompressed)
        with self._reading() as slot:
            try:
                return self._read(source, file, str(path), slot, progress)
            except BrokenProcessPool:
                logger.warning("A reading process died; its file is read once more.")
                self._renew()
            try:
                return self._read(source, file, str(path), slot, progress)
            except BrokenProcessPool as error:
                self._renew()
                raise BusyError(
                    "The reading process was stopped twice, perhaps for lack of memory: try again later."
                ) from error

    def _read(self, source: Source, file: BinaryIO, path: str, slot: int, progress: Progress) -> Profile:
        parallel, name, most = source.reader.parallel, source.reader.type, self._bounds.decompressed
        first = slot * self._workers
        if parallel is None or source.codec not in ("", *worker.QUICK_CODECS):
            whole = worker.Part(path, 0, source.size, first)
            profile: Profile = self._results([(worker.read_whole, whole, name, most)], slot, progress)[0]
            return profile
        if source.codec:
            cuts = [source.size * position // self._workers for position in range(self._workers + 1)]
        else:
            cuts = _cuts(file, source.size, self._workers, parallel.boundary)
        spans = [
            worker.Part(path, start, end, first + position)
            for position, (start, end) in enumerate(pairwise(cuts))
        ]
        parts: list[tuple[Any, ...]] = [(worker.read_part, span, name, most) for span in spans]
        if source.codec:
            parts = [(worker.read_share, span, name, most, cuts[:-1]) for span in spans]
        joined = ProfileBuilder()
        for builder in self._results(parts, slot, progress):
            joined.merge(builder)
        return parallel.finish(joined)

    def _results(self, calls: Sequence[tuple[Any, ...]], slot: int, progress: Progress) -> list[Any]:
        """Run the calls in the pool and give their results in order, telling the progress meanwhile."""
        first = slot * self._workers
        for position in range(self._workers):
            self._slots[first + position] = 0
        pool = self._pool()
        try:
            futures: list[Future[Any]] = [pool.submit(call, *rest) for call, *rest in calls]
        except RuntimeError as error:  # closed by another thread between the two lines
            raise BrokenProcessPool(str(error)) from error
        waiting = set(futures)
        try:
            while waiting:
                _, waiting = wait(waiting, timeout=PROGRESS_SECONDS)
                progress(sum(self._slots[first : first + self._workers]))
        except TooLargeError:
            # Nothing else ends what a process is at. Other readings notice, and begin again.
            if not all(future.cancel() for future in waiting):
                _terminate(pool)
            raise
        return [future.result() for future in futures]

    def _watched(self, progress: Progress | None) -> Progress:
        """Tell the progress, and give the reading up when its time is over."""
        seconds = self._bounds.seconds
        deadline = monotonic() + seconds

        def watched(done: int) -> None:
            if monotonic() > deadline:
                raise TooLargeError(
                    f"Reading the file takes longer than {seconds:g} seconds (max_parse_seconds): cut it."
                )
            if progress is not None:
                progress(done)

        return watched

    def _reading(self) -> _Slot:
        with self._lock:
            if not self._free:
                raise BusyError(f"{self._bounds.readings} profiles are being read: try again in a moment.")
            return _Slot(self._free, self._free.pop())

    def _pool(self) -> ProcessPoolExecutor:
        with self._lock:
            if self._executor is None:
                self._started = self._context.Semaphore(0)
                self._executor = ProcessPoolExecutor(
                    self._workers,
                    self._context,
                    initializer=worker.begin,
                    initargs=(self._slots, self._started),
                )
            return self._executor

    def _renew(self) -> None:
        """Drop a broken pool; the next use makes a new one."""
        with self._lock:
            executor, self._executor = self._executor, None
        if executor is not None:
            executor.shutdown(wait=False, cancel_futures=True)


def _terminate(executor: ProcessPoolExecutor) -> None:
    """End the processes; the pool's own table is the only list of them."""
    for process in list((getattr(executor, "_processes", None) or {}).values()):
        process.terminate()


class _Slot:
    """A place in the table of progress, given back at the end."""

    def __init__(self, free: list[int], slot: int) -> None:
        self._free = free
        self._slot = slot

    def __enter__(self) -> int:
        return self._slot

    def __exit__(self, *exception: object) -> None:
        self._free.append(self._slot)


def _cuts(file: BinaryIO, size: int, parts: int, boundary: Callable[[bytes], int]) -> list[int]:
    """Give where the parts begin, and the end: about equal parts, each beginning where a sample begins."""
    cuts = [0]
    for position in range(1, parts):
        cut = _next_boundary(file, size * position // parts, size, boundary)
        if cuts[-1] < cut < size:
            cuts.append(cut)
    return [*cuts, size]


def _next_boundary(file: BinaryIO, position: int, size: int, boundary: Callable[[bytes], int]) -> int:
    """Find the first place at or after `position` where a sample begins; `size` where none is near."""
    step = 1 << 16
    for start in range(position, min(position + MAX_SEARCH, size), step):
        file.seek(start)
        # One window reaches into the next, so that what lies across is seen.
        found = boundary(file.read(step + 8))
        if found >= 0:
            return min(start + found, size)
    return size
