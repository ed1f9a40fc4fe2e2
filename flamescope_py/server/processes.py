"""Several server processes behind one listener: started, restarted when they die, and stopped together.

The parent answers no request and starts no thread, so that it may fork at any time. A child leaves the
parent's process group, because Ctrl-C reaches a whole group and the parent passes the signal on.
"""

from __future__ import annotations

import logging
import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable
from multiprocessing.process import BaseProcess
from time import monotonic, sleep

logger = logging.getLogger(__name__)

# A child that ends sooner is not started again at once.
_SOON_SECONDS = 2.0
# Exit code of a child that cannot use its settings: so no other one can.
WRONG_USAGE = 2
_SIGNALS = (signal.SIGINT, signal.SIGTERM)
_FORK = multiprocessing.get_context("fork")


class Processes:
    """Runs `work(number)` in `count` child processes until SIGINT or SIGTERM."""

    def __init__(self, count: int, work: Callable[[int], int], patience: float) -> None:
        """`work` returns the exit code of its process. `patience` is how many seconds all may take to end."""
        self._count = count
        self._work = work
        self._patience = patience
        self._running: dict[int, tuple[BaseProcess, float]] = {}
        # Closed with the parent, however it ends: the children then end too.
        self._alive, self._parent = os.pipe()

    def run(self) -> int:
        """Start the processes and wait for them. Return the exit code."""
        before = signal.pthread_sigmask(signal.SIG_BLOCK, (*_SIGNALS, signal.SIGCHLD))
        try:
            for number in range(self._count):
                self._start(number, before)
            code = self._watch(before)
            self._stop()
            return code
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)

    def _watch(self, mask: set[int | signal.Signals]) -> int:
        """Restart processes until a signal comes, or until one cannot use its settings."""
        while signal.sigwait((*_SIGNALS, signal.SIGCHLD)) == signal.SIGCHLD:
            for number, code, began in self._ended():
                if code == WRONG_USAGE:
                    return code
                how = f"by signal {-code}" if code < 0 else f"with code {code}"
                logger.error("Server process %d ended %s and is started again.", number, how)
                if monotonic() - began < _SOON_SECONDS:
                    sleep(_SOON_SECONDS)
                self._start(number, mask)
        return 0

    def _start(self, number: int, mask: set[int | signal.Signals]) -> None:
        sys.stdout.flush()
        process = _FORK.Process(target=self._child, args=(number, mask), name=f"server-{number}")
        process.start()
        self._running[number] = process, monotonic()

    def _child(self, number: int, mask: set[int | signal.Signals]) -> None:
        os.setpgid(0, 0)
        os.close(self._parent)
        threading.Thread(target=self._end_with_parent, name="parent", daemon=True).start()
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        sys.exit(self._work(number))

    def _end_with_parent(self) -> None:
        os.read(self._alive, 1)
        os.kill(os.getpid(), signal.SIGTERM)

    def _ended(self) -> list[tuple[int, int, float]]:
        """Return number, exit code (negative for a signal) and start of every process that has ended."""
        found = []
        for number, (process, began) in list(self._running.items()):
            if process.exitcode is not None:
                del self._running[number]
                found.append((number, process.exitcode, began))
        return found

    def _stop(self) -> None:
        """End all processes gracefully, at a second signal at once, and after the patience by force."""
        deadline = monotonic() + self._patience
        self._signal(signal.SIGTERM)
        while True:
            self._ended()
            if not self._running:
                return
            left = deadline - monotonic()
            came = signal.sigtimedwait((*_SIGNALS, signal.SIGCHLD), max(0.0, left))
            if left <= 0:
                logger.warning("Stopped while %d server processes were still running.", len(self._running))
                self._signal(signal.SIGKILL)
                deadline = monotonic() + self._patience
            elif came is not None and came.si_signo in _SIGNALS:
                self._signal(signal.SIGTERM)

    def _signal(self, number: signal.Signals) -> None:
        for process, _ in self._running.values():
            if process.pid is not None and process.exitcode is None:
                os.kill(process.pid, number)
