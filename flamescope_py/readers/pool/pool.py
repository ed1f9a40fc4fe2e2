"""Reads profiles in other processes: a large perf script text in as many parts as there are cores.

A part ends where a sample ends, so that every worker runs the plain parser from a fresh state, and the
parts are joined by interning the later ones' names again. Workers read the file themselves, through
the descriptor of the asking process: nothing but names and columns crosses between processes.
Small files are read in the calling process, which is faster. While a large file keeps all processes busy,
medium-sized files go to other processes (`executor`), and the system schedules the cores. `worker` is the
workers' side.
"""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Iterator
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from time import monotonic
from typing import Any, BinaryIO, NamedTuple

from flamescope_py.errors import BrokenProfileError, BusyError, TooLargeError
from flamescope_py.model import Profile, ProfileBuilder
from flamescope_py.model.profile_bounds import ProfileBounds, bounded_by
from flamescope_py.readers import registry
from flamescope_py.readers.compression import decompress
from flamescope_py.readers.encoding import PLAIN
from flamescope_py.readers.pool import worker
from flamescope_py.readers.pool.cuts import part_cuts, share_cuts
from flamescope_py.readers.pool.executor import Call, NotStartedError, ReaderExecutor
from flamescope_py.readers.pool.forking import forked_processes
from flamescope_py.readers.registry import Parallel
from flamescope_py.readers.source import ReportProgress, Source, open_source, read_profile

logger = logging.getLogger(__name__)

# A worker's answer costs some milliseconds; 8 MB take about 30 to parse.
SMALL_FILE = 8 << 20
SMALL_COMPRESSED_FILE = 1 << 20
# Half a second for a process. Larger files wait for each other.
MIDDLING_FILE = 64 << 20
MIDDLING_COMPRESSED_FILE = 8 << 20
# A small file that holds more than this is read by a process after all.
SMALL_PROFILE = ProfileBounds(1_000_000, 1_000_000, 1_000_000)
MAX_READINGS = 16
PROGRESS_SECONDS = 0.1


class ReadBounds(NamedTuple):
    """Limits: large files read at once, seconds and memory per reading, and the size of one profile."""

    readings: int = MAX_READINGS
    seconds: float = 3600
    decompressed: int = decompress.MAX_DECOMPRESSED
    # For each process, in addition to its memory at the start; None for no limit.
    memory: int | None = None
    # For the content of a profile.
    nodes: int = 50_000_000
    frames: int = 10_000_000
    samples: int = 500_000_000

    @property
    def profile(self) -> ProfileBounds:
        """The bounds of a profile's content."""
        return ProfileBounds(self.nodes, self.frames, self.samples)

    def check(self, profile: Profile) -> Profile:
        """Return a profile that is within the bounds. Raises TooLargeError."""
        self.profile.check(len(profile.tree), len(profile.frames), len(profile.samples))
        return profile


class _TooSlowError(TooLargeError):
    """A reading takes longer than its bound."""


class _Processes(NamedTuple):
    """The processes, and the table in which they count what they have read."""

    slots: Any
    wide: ReaderExecutor
    aside: ReaderExecutor


class _Turn(NamedTuple):
    """One reading: its executor, and the first slot of the progress table that is its own."""

    executor: ReaderExecutor
    slots: Any
    first: int


class ReaderPool:
    """A warm pool of reading processes, with the interface of `read_profile`; thread-safe."""

    def __init__(self, workers: int, bounds: ReadBounds | None = None) -> None:
        """Start `workers` processes when the first large file comes, or at `warm`.

        Where processes can share neither memory nor files, all files are read in the calling process.
        """
        self._workers = workers
        self._bounds = bounds = bounds or ReadBounds()
        self._lock = threading.Lock()
        self._processes = _processes(workers, bounds)
        self._free = list(range(bounds.readings))
        self._in_wide = 0

    def warm(self) -> None:
        """Start the processes now, so that the first file waits neither for them nor for their first uses."""
        if self._processes is not None:
            self._processes.wide.warm()
        registry.warm()

    def close(self) -> None:
        """Stop the processes and cancel their readings."""
        if self._processes is not None:
            self._processes.wide.close()
            self._processes.aside.close()

    def read(self, file: BinaryIO, type_name: str, progress: ReportProgress | None = None) -> Profile:
        """Read a profile; raises as `read_profile` does, BusyError, and TooLargeError past a bound.

        If a worker dies, the reading is retried once, with new processes.
        """
        return self._bounds.check(self._read_any(file, type_name, progress))

    def _read_any(self, file: BinaryIO, type_name: str, progress: ReportProgress | None) -> Profile:
        source = open_source(file, type_name)
        progress = self._watched(progress)
        bounds = self._bounds
        if self._processes is None:
            with bounded_by(bounds.profile):
                return read_profile(file, type_name, progress, bounds.decompressed)
        if _is_small(source, file):
            # The columns decide: a small file may last for days, and perf may print much of one.
            try:
                with bounded_by(SMALL_PROFILE.at_most(bounds.profile)):
                    return read_profile(file, type_name, progress, min(SMALL_FILE, bounds.decompressed))
            except _TooSlowError:
                raise
            except TooLargeError:
                file.seek(0)
        path = f"/proc/{os.getpid()}/fd/{file.fileno()}"
        with self._reading(source, self._processes) as turn:
            try:
                return self._read(source, file, path, turn, progress)
            except BrokenProcessPool as error:
                logger.warning("A reading process died; its file is read once more: %s", error)
            except MemoryError as error:
                raise TooLargeError(_too_much_memory(self._bounds.memory)) from error
            try:
                return self._read(source, file, path, turn, progress)
            except MemoryError as error:
                raise TooLargeError(_too_much_memory(self._bounds.memory)) from error
            except NotStartedError as error:
                logger.warning("No reading process can be started: %s", error)
                raise BusyError(
                    f"No reading process can be started ({error}): try again later, or restart the server."
                ) from error
            except BrokenProcessPool as error:
                logger.warning("A reading process died again: %s", error)
                raise BusyError(
                    "The reading process was stopped twice, perhaps for lack of memory: try again later."
                ) from error

    def _read(
        self, source: Source, file: BinaryIO, path: str, turn: _Turn, progress: ReportProgress
    ) -> Profile:
        slots = range(turn.first, turn.first + self._workers)
        for place in slots:
            turn.slots[place] = 0
        parallel, calls = source.reader.parallel, self._calls(source, file, path, turn.first)
        whole = parallel is None or calls[0][0] is worker.read_whole
        found = turn.executor.run(
            calls, PROGRESS_SECONDS, lambda: progress(sum(turn.slots[n] for n in slots)), mapped=not whole
        )
        if parallel is None or whole:
            profile: Profile = found[0]
            return profile
        # Joining empties the parts.
        messages = {message for builder in found for message in builder.report.messages}
        try:
            with bounded_by(self._bounds.profile):
                return _joined(found, parallel)
        except BrokenProfileError as error:
            for shown in (decompress.ENDS_EARLY, decompress.DAMAGED):
                if shown in messages:
                    raise decompress.DamagedStreamError(shown) from error
            raise

    def _calls(self, source: Source, file: BinaryIO, path: str, first: int) -> list[Call]:
        """Return one call per process, each with its slot, counted from `first`."""
        parallel, name, most = source.reader.parallel, source.reader.type, self._bounds.decompressed
        if parallel is None or source.codec not in ("", *worker.QUICK_CODECS) or source.encoding != PLAIN:
            return [(worker.read_whole, worker.FileSpan(path, 0, source.size, first), source.asked, most)]
        if source.codec:
            cuts = share_cuts(source.size, self._workers)
        else:
            cuts = part_cuts(file, source.size, self._workers, parallel.boundary)
        spans = [
            worker.FileSpan(path, start, end, first + position)
            for position, (start, end) in enumerate(pairwise(cuts))
        ]
        if source.codec:
            return [(worker.read_share, span, name, most, cuts[:-1]) for span in spans]
        return [(worker.read_part, span, name, most) for span in spans]

    def _watched(self, progress: ReportProgress | None) -> ReportProgress:
        """Wrap `progress` so that the reading is given up when its time is over."""
        seconds = self._bounds.seconds
        deadline = monotonic() + seconds

        def watched(done: int) -> None:
            if monotonic() > deadline:
                raise _TooSlowError(
                    f"Reading the file takes longer than {seconds:g} seconds (max_parse_seconds): cut it."
                )
            if progress is not None:
                progress(done)

        return watched

    @contextmanager
    def _reading(self, source: Source, processes: _Processes) -> Iterator[_Turn]:
        """Reserve slots in the progress table, and choose the executor. Raises BusyError if none is free."""
        middling = source.size < (MIDDLING_COMPRESSED_FILE if source.codec else MIDDLING_FILE)
        with self._lock:
            if not self._free:
                raise BusyError(f"{self._bounds.readings} profiles are being read: try again in a moment.")
            turn = self._free.pop()
            is_wide = not (middling and self._in_wide)
            self._in_wide += is_wide
        executor = processes.wide if is_wide else processes.aside
        try:
            yield _Turn(executor, processes.slots, turn * self._workers)
        finally:
            with self._lock:
                self._free.append(turn)
                self._in_wide -= is_wide


def _processes(workers: int, bounds: ReadBounds) -> _Processes | None:
    """Return processes that are not started yet, or None if the system lets them share nothing."""
    context = forked_processes([__name__, *registry.PARALLEL_MODULES])
    worker_bounds = worker.Bounds(bounds.memory, workers, bounds.profile)
    try:
        # A file comes to them by its descriptor.
        Path("/proc/self/fd").stat()
        slots = context.Array("q", bounds.readings * workers, lock=False)
        wide, aside = (ReaderExecutor(workers, context, slots, worker_bounds) for _ in range(2))
    except (OSError, ImportError) as error:
        # An ImportError where the system has no semaphores.
        logger.warning("The server reads all files itself: processes need /dev/shm and /proc (%s)", error)
        return None
    return _Processes(slots, wide, aside)


def _is_small(source: Source, file: BinaryIO) -> bool:
    """Return True for a file that is read in the server itself. Its size when unpacked decides."""
    if not source.codec or source.size >= SMALL_COMPRESSED_FILE:
        return not source.codec and source.size < SMALL_FILE
    left = SMALL_FILE
    try:
        for chunk in decompress.chunks(file):
            left -= len(chunk)
            if left < 0:
                return False
    except decompress.DamagedStreamError:
        # The size of the readable part decides.
        pass
    finally:
        file.seek(0)
    return True


def _joined(builders: list[ProfileBuilder], parallel: Parallel) -> Profile:
    """Join the parts of a file. Together they have a third of `max_reader_bytes` (see `worker.Bounds`)."""
    joined = builders.pop(0)
    while builders:
        joined.merge(builders.pop(0))
    return parallel.finish(joined)


def _too_much_memory(most: int | None) -> str:
    bound = f" more than {most >> 20} MB of memory" if most else " more memory than there is"
    return f"Reading the file takes{bound} (max_reader_bytes): cut it, or record less."
