"""Results of reading processes: whole or not at all, whenever a process is killed."""

from __future__ import annotations

import multiprocessing
import os
import resource
import signal
import threading
from collections.abc import Iterator
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing, suppress
from pathlib import Path

import numpy as np
import numpy.typing as npt
import psutil
import pytest

from flamescope_py.errors import BrokenProfileError
from flamescope_py.readers.pool.executor import ReaderExecutor
from flamescope_py.readers.pool.results import ResultFile, WorkerError, answer

# Takes a moment to send through any pipe.
LARGE = 192 << 20


@pytest.fixture
def executor() -> Iterator[ReaderExecutor]:
    context = multiprocessing.get_context("forkserver")
    made = ReaderExecutor(1, context, context.Array("q", 1, lock=False))
    yield made
    made.close()


def columns(count: int) -> dict[str, npt.NDArray[np.int64]]:
    return {"even": np.arange(count) * 2, "odd": np.arange(count) * 2 + 1, "none": np.arange(0)}


def in_a_circle(blocks: int) -> bytes:
    """Return much. More stays behind, in blocks of 96 kB that hold each other."""
    held: list[object] = [bytearray(96 << 10) for _ in range(blocks)]
    held.append(held)
    return bytes(32 << 20)


def refuse(message: str) -> None:
    raise BrokenProfileError(message)


def large_and_killed(seconds: float) -> bytes:
    """Return much, from a process that is killed after a while."""
    threading.Timer(seconds, os.kill, (os.getpid(), signal.SIGKILL)).start()
    return bytes(LARGE)


def large_and_killed_while_writing(most: int) -> bytes:
    """Return much, from a process that the system ends at the first byte behind `most` of a file."""
    signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
    return bytes(LARGE)


def test_the_memory_behind_a_large_result_is_returned_to_the_system() -> None:
    process = psutil.Process()
    with closing(ResultFile()) as file:
        before = process.memory_info().rss
        answer(file.address, in_a_circle, 1000)
        assert process.memory_info().rss - before < 48 << 20
        assert len(file.load(mapped=True)) == 32 << 20


def executor_threads() -> set[threading.Thread]:
    return {thread for thread in threading.enumerate() if "ExecutorManager" in type(thread).__name__}


def assert_ended(threads: set[threading.Thread]) -> None:
    for thread in threads:
        thread.join(60)
    assert not [thread for thread in threads if thread.is_alive()]


@pytest.mark.parametrize("seconds", [0.0, 0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.5])
def test_a_process_killed_at_any_moment_of_a_large_answer_leaves_no_thread_waiting(
    executor: ReaderExecutor, seconds: float
) -> None:
    before = executor_threads()
    with suppress(BrokenProcessPool):
        (found,) = executor.run([(large_and_killed, seconds)], 0.01, lambda: None)
        assert len(found) == LARGE
    started = executor_threads() - before
    executor.close()
    assert_ended(started)


def test_a_process_that_ends_while_it_writes_breaks_the_call_and_the_next_one_works(
    executor: ReaderExecutor,
) -> None:
    before = executor_threads()
    with pytest.raises(BrokenProcessPool):
        executor.run([(large_and_killed_while_writing, LARGE // 2)], 0.01, lambda: None)
    assert_ended(executor_threads() - before)
    (found,) = executor.run([(columns, 10)], 0.01, lambda: None)
    assert found["odd"].tolist() == list(range(1, 20, 2))


@pytest.mark.parametrize("mapped", [False, True])
def test_columns_arrive_as_they_were_and_may_be_changed(executor: ReaderExecutor, mapped: bool) -> None:
    calls = [(columns, 100_000), (columns, 1)]
    first, second = executor.run(calls, 0.01, lambda: None, mapped)
    for found, count in ((first, 100_000), (second, 1)):
        for name, column in columns(count).items():
            assert column.dtype == found[name].dtype
            assert found[name].tolist() == column.tolist()
        found["even"][0] = 7
    assert first["even"][:3].tolist() == [7, 2, 4]


def test_copied_columns_hold_no_descriptor(executor: ReaderExecutor) -> None:
    before = len(list(Path("/proc/self/fd").iterdir()))
    file = ResultFile()
    answer(file.address, columns, 100_000)
    found = file.load(mapped=False)
    file.close()
    assert len(list(Path("/proc/self/fd").iterdir())) == before
    assert found["odd"][-1] == 199_999


def test_an_error_arrives_with_its_traceback_as_the_cause(executor: ReaderExecutor) -> None:
    # Longer than a pipe writes at once.
    with pytest.raises(BrokenProfileError, match=r"^x+$") as caught:
        executor.run([(refuse, "x" * 100_000)], 0.01, lambda: None)
    assert isinstance(caught.value.__cause__, WorkerError)
    assert "in refuse" in str(caught.value.__cause__)


def test_an_answer_that_comes_too_late_changes_no_other_file(tmp_path: Path) -> None:
    """The server gave the call up, and the number of its descriptor is that of another file by now."""
    given_up = ResultFile()
    path, token = given_up.address
    number = int(path.rpartition("/")[2])
    other = tmp_path / "profile"
    other.write_bytes(b"a profile" * 100)
    with other.open("r+b") as file:
        os.dup2(file.fileno(), number)
        with pytest.raises(FileNotFoundError):
            answer((path, token), columns, 10)
    given_up.close()
    assert other.read_bytes() == b"a profile" * 100


def test_without_memory_files_a_temporary_file_serves(
    executor: ReaderExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(os, "memfd_create", raising=False)
    (found,) = executor.run([(columns, 1000)], 0.01, lambda: None)
    assert found["even"].tolist() == list(range(0, 2000, 2))
