"""A lane whose process dies at the worst moment: while it sends its answer."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
from concurrent.futures.process import BrokenProcessPool

import pytest

from flamescope_py.readers.pool.lanes import Lane


def answer_in_part() -> None:
    """Send the first bytes of a long message where the executor sends answers, and die."""
    frame = sys._getframe()
    while "result_queue" not in frame.f_locals:
        assert frame.f_back is not None
        frame = frame.f_back
    os.write(frame.f_locals["result_queue"]._writer.fileno(), b"\0\0\1\0begun")
    os.kill(os.getpid(), signal.SIGKILL)


@pytest.mark.timeout(120)
def test_a_process_that_dies_while_it_answers_leaves_no_thread_behind() -> None:
    before = set(threading.enumerate())
    context = multiprocessing.get_context("forkserver")
    lane = Lane(2, context, context.Array("q", 2, lock=False))
    with pytest.raises(BrokenProcessPool):
        lane.run([(answer_in_part,)], 0.1, lambda: None)
    for thread in set(threading.enumerate()) - before:
        thread.join(60)
        assert not thread.is_alive()
    assert lane.run([(os.getpid,)], 0.1, lambda: None) != [os.getpid()]
    lane.close()
