"""Processes that ingest, forked from one that has imported what they need."""

from __future__ import annotations

import signal
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from typing import Any

from flamescope_py.readers.pool.forking import end_with_parent, forked_processes, start_importing

# The modules of the tasks. Their libraries take half a second to import.
_MODULES = ("flamescope_py.fleet.writing.running",)


def prepare_processes() -> None:
    """Start the process that others are forked from: it imports while this one does something else."""
    forked_processes(_MODULES)
    start_importing()


def executor(count: int, initializer: Callable[..., object], *arguments: Any) -> ProcessPoolExecutor:
    """Return an executor of at most so many processes. Each calls `initializer` first.

    They are no forks of this process, whose threads must not be copied. They end with it, and by Ctrl-C.
    """
    prepare_processes()
    return ProcessPoolExecutor(
        count, forked_processes(_MODULES), initializer=_begin, initargs=(initializer, arguments)
    )


def _begin(initializer: Callable[..., object], arguments: tuple[Any, ...]) -> None:
    end_with_parent()
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    initializer(*arguments)
