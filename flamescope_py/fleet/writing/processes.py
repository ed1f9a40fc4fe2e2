"""Processes that ingest, forked from one that has imported what they need."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing.context import ForkServerContext
from typing import Any

from flamescope_py.errors import ConfigError
from flamescope_py.readers.pool.forking import end_with_parent, forked_processes, start_importing

# The modules of the tasks. Their libraries take half a second to import.
_MODULES = ("flamescope_py.fleet.writing.running",)


def prepare_processes() -> None:
    """Start the process that others are forked from: it imports while this one does something else.

    Raises ConfigError if the system allows no processes.
    """
    _context()


def executor(count: int, initializer: Callable[..., object], *arguments: Any) -> ProcessPoolExecutor:
    """Return an executor of at most so many processes. Each calls `initializer` first.

    They are no forks of this process, whose threads must not be copied. They end with it, and by Ctrl-C.
    Raises ConfigError if the system allows no processes.
    """
    context = _context()
    with _told():
        return ProcessPoolExecutor(count, context, initializer=_begin, initargs=(initializer, arguments))


def _context() -> ForkServerContext:
    context = forked_processes(_MODULES)
    with _told():
        start_importing()
    return context


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        sentence = f"No processes can be started ({error}): they need /dev/shm and TMPDIR."
        raise ConfigError(sentence) from error


def _begin(initializer: Callable[..., object], arguments: tuple[Any, ...]) -> None:
    end_with_parent()
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    initializer(*arguments)
