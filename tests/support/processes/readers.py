"""The reading processes that this test process has started, seen from outside."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress

import psutil


def reader_pids() -> set[int]:
    """Return the processes that run below the fork server, of all pools together."""
    found = set()
    for child in psutil.Process().children():
        with suppress(psutil.NoSuchProcess):
            found |= {one.pid for one in child.children() if one.status() != psutil.STATUS_ZOMBIE}
    return found


class ReaderWatch:
    """Follows the reading processes that start after it was made."""

    def __init__(self) -> None:
        self._others = reader_pids()

    def pids(self) -> list[int]:
        """Return the running ones, in order of their start."""
        return sorted(reader_pids() - self._others)

    def wait(self, count: int) -> list[int]:
        """Return the pids once there are as many; the test's own timeout bounds it."""
        while len(found := self.pids()) < count:
            time.sleep(0.01)
        return found


def send(number: signal.Signals, pids: Iterable[int]) -> None:
    """Send a signal to processes, some of which may have ended."""
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, number)


@contextmanager
def stopped(pids: Iterable[int]) -> Iterator[None]:
    """Pause processes: their calls take as long as the block."""
    pids = list(pids)
    send(signal.SIGSTOP, pids)
    try:
        yield
    finally:
        send(signal.SIGCONT, pids)
