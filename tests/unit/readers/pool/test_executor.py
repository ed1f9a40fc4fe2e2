"""Reading processes that die at the worst moments: while they start, and while they answer."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures.process import BrokenProcessPool

import psutil
import pytest

from flamescope_py.readers.pool.executor import ReaderExecutor
from tests.support.processes.readers import ReaderWatch, send


@pytest.fixture
def executor() -> Iterator[ReaderExecutor]:
    context = multiprocessing.get_context("forkserver")
    made = ReaderExecutor(2, context, context.Array("q", 2, lock=False))
    yield made
    made.close()


def answer_in_part() -> None:
    """Send the first bytes of a long message where the executor sends answers, and die."""
    frame = sys._getframe()
    while "result_queue" not in frame.f_locals:
        assert frame.f_back is not None
        frame = frame.f_back
    os.write(frame.f_locals["result_queue"]._writer.fileno(), b"\0\0\1\0begun")
    os.kill(os.getpid(), signal.SIGKILL)


@pytest.mark.timeout(120)
def test_a_process_that_dies_while_it_answers_leaves_no_thread_behind(executor: ReaderExecutor) -> None:
    before = set(threading.enumerate())
    with pytest.raises(BrokenProcessPool):
        executor.run([(answer_in_part,)], 0.1, lambda: None)
    for thread in set(threading.enumerate()) - before:
        thread.join(60)
        assert not thread.is_alive()
    assert executor.run([(os.getpid,)], 0.1, lambda: None) != [os.getpid()]


@pytest.mark.timeout(120)
def test_a_process_that_dies_while_it_starts_is_noticed(executor: ReaderExecutor) -> None:
    """The standard library's executor watches the processes that there were at its last call."""
    watch = ReaderWatch()
    executor.run([(os.getpid,)], 0.1, lambda: None)
    fork_server = psutil.Process(watch.pids()[0]).ppid()
    send(signal.SIGSTOP, [fork_server])
    later = threading.Timer(0.3, send, (signal.SIGCONT, [fork_server]))
    later.start()
    with pytest.raises(BrokenProcessPool):
        executor.run([(time.sleep, 300)] * 2, 0.01, lambda: send(signal.SIGKILL, watch.pids()[1:]))
    later.join()
    assert executor.run([(os.getpid,)], 0.1, lambda: None) != [os.getpid()]
