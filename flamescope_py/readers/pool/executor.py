"""Pools of reading processes, and their recovery when a process dies or has to be ended."""

from __future__ import annotations

import errno
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import ExitStack, closing, suppress
from importlib.machinery import EXTENSION_SUFFIXES
from multiprocessing import connection
from multiprocessing.context import BaseContext
from time import monotonic, sleep
from typing import Any

from flamescope_py.readers.pool import worker
from flamescope_py.readers.pool.results import ResultFile, answer

START_SECONDS = 5
START_PAUSES = (0.1, 0.5)
# The executor may notice by itself, and its error then has the cause.
MOST_TURNS_WITH_DEAD = 3
# A function of `worker` and its arguments.
Call = tuple[Any, ...]


class NotStartedError(BrokenProcessPool):
    """No process can be started. The text is the reason."""


class ReaderExecutor:
    """Processes that read one part after the other; safe to use from several threads."""

    def __init__(
        self, workers: int, context: BaseContext, slots: Any, bounds: worker.Bounds | None = None
    ) -> None:
        """Start `workers` processes with the first call, or at `warm`; they report progress in `slots`."""
        self._bounds = bounds or worker.Bounds()
        self._workers = workers
        self._context = context
        self._slots = slots
        self._lock = threading.Lock()
        self._started = context.Semaphore(0)
        self._executor: ProcessPoolExecutor | None = None
        self._closed = False

    def warm(self) -> None:
        """Start the processes now, and let each read something; faults show when they are needed.

        Where there are processes, they have work already, and are warm by that.
        """
        with self._lock:
            begun = self._executor is not None
        with suppress(BrokenProcessPool, MemoryError):
            if not begun:
                self._run([(worker.warm_up,)] * self._workers, 0.1, lambda: None, list)

    def run(
        self, calls: Sequence[Call], seconds: float, each_turn: Callable[[], object], mapped: bool = False
    ) -> list[Any]:
        """Return the results of the calls; meanwhile `each_turn` runs every `seconds`.

        `mapped`: arrays of the results hold a descriptor as long as they live; see `ResultFile.load`.

        Raises the errors of the calls, those of `each_turn`, which cancel the calls, and BrokenProcessPool
        if a process dies or cannot be started.
        """
        with ExitStack() as files:
            results = [files.enter_context(closing(ResultFile())) for _ in calls]
            answers = [(answer, file.address, *call) for file, call in zip(results, calls, strict=True)]
            return self._run(answers, seconds, each_turn, lambda: [file.load(mapped) for file in results])

    def _run(
        self,
        calls: Sequence[Call],
        seconds: float,
        each_turn: Callable[[], object],
        results: Callable[[], list[Any]],
    ) -> list[Any]:
        executor, futures = self._submitted(calls)
        try:
            self._wait(executor, futures, seconds, each_turn)
            for future in futures:
                future.result()
            return results()
        except BrokenProcessPool:
            self._drop(executor)
            raise
        except (MemoryError, OSError, ImportError, SystemError) as error:
            if not _of_memory(error, bounded=self._bounds.memory is not None):
                raise
            # A process seldom returns memory to the system. Other readings notice its end, and start again.
            _terminate(executor)
            self._drop(executor)
            raise MemoryError from error

    def _wait(
        self,
        executor: ProcessPoolExecutor,
        futures: Sequence[Future[Any]],
        seconds: float,
        each_turn: Callable[[], object],
    ) -> None:
        waiting, turns_with_dead = set(futures), 0
        try:
            while waiting:
                _, waiting = wait(waiting, timeout=seconds)
                each_turn()
                turns_with_dead = turns_with_dead + 1 if waiting and _has_dead(executor) else 0
                if turns_with_dead > MOST_TURNS_WITH_DEAD:
                    raise BrokenProcessPool("a process died while it started")
        except BaseException:
            # A running call ends only with its process. Other readings notice its end, and start again.
            if [future for future in futures if not (future.done() or future.cancel())]:
                _terminate(executor)
            raise

    def close(self) -> None:
        """Stop the processes for good and cancel their readings."""
        with self._lock:
            executor, self._executor, self._closed = self._executor, None, True
        if executor is not None:
            # A process whose parent dies during the start prints a long traceback.
            deadline = monotonic() + START_SECONDS
            for _ in _processes(executor):
                self._started.acquire(timeout=max(0.0, deadline - monotonic()))
            _terminate(executor)
            executor.shutdown(wait=True, cancel_futures=True)

    def _submitted(self, calls: Sequence[Call]) -> tuple[ProcessPoolExecutor, list[Future[Any]]]:
        """Start the calls, if need be with new processes.

        A process may have been killed while idle. The fork server may be killed while calls are submitted. It
        is restarted once its end is noticed, which takes a moment.
        """
        pauses = list(START_PAUSES)
        while True:
            executor = self._pool()
            try:
                return executor, [executor.submit(call, *rest) for call, *rest in calls]
            except (OSError, EOFError, RuntimeError) as error:  # RuntimeError: broken, or dropped meanwhile
                self._drop(executor)
                if not pauses:
                    raise NotStartedError(getattr(error, "strerror", None) or str(error)) from error
            sleep(pauses.pop(0))

    def _pool(self) -> ProcessPoolExecutor:
        with self._lock:
            if self._closed:
                raise BrokenProcessPool("closed")
            if self._executor is None:
                started = self._started = self._context.Semaphore(0)
                shared = (self._slots, started, self._context.Barrier(self._workers), self._bounds)
                self._executor = ProcessPoolExecutor(
                    self._workers, self._context, initializer=worker.begin, initargs=shared
                )
            return self._executor

    def _drop(self, executor: ProcessPoolExecutor) -> None:
        """Discard a broken pool. The next use makes a new one, unless another thread has done so."""
        with self._lock:
            if self._executor is executor:
                self._executor = None
        _terminate(executor)
        # Its thread may wait for the rest of an answer whose process was killed, and would keep this
        # process from ending. The executor itself keeps the pipe open, so that nothing tells the thread.
        results = getattr(executor, "_result_queue", None)
        if results is not None:
            results._writer.close()
        executor.shutdown(wait=False, cancel_futures=True)


def _of_memory(error: Exception, *, bounded: bool) -> bool:
    """Return True if a process ended its work for lack of memory.

    A library that is imported on demand does not fit a tight bound either. The loader then names its file:
    "libarrow.so.2100: failed to map segment from shared object". The decoder of zstd fails without any error
    set, and the interpreter makes that a SystemError.
    """
    if isinstance(error, SystemError):
        return bounded
    if isinstance(error, ImportError):
        return bounded and str(error.path).endswith(tuple(EXTENSION_SUFFIXES))
    return not isinstance(error, OSError) or error.errno == errno.ENOMEM


def _processes(executor: ProcessPoolExecutor) -> list[Any]:
    """Return the processes: the pool's own table is the only list of them."""
    return list((getattr(executor, "_processes", None) or {}).values())


def _terminate(executor: ProcessPoolExecutor) -> None:
    for process in _processes(executor):
        process.terminate()


def _has_dead(executor: ProcessPoolExecutor) -> bool:
    """Return True if a process has ended.

    The executor only watches processes that existed at its last call. It would wait forever for one that dies
    while it starts, perhaps holding a lock that the others need.
    """
    try:
        return bool(connection.wait([process.sentinel for process in _processes(executor)], timeout=0))
    except (OSError, ValueError):  # closed meanwhile
        return True
