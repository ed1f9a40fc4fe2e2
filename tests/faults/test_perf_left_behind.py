"""A perf that never ends, as a hostile perf.data may cause, ends with the process that started it."""

from __future__ import annotations

import gzip
import os
import signal
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from itertools import count
from pathlib import Path

import psutil
import pytest

from flamescope_py.readers.pool.pool import SMALL_FILE
from tests.e2e.running import Server
from tests.faults.asking import Answer, ask

RECORDED = Path(__file__).resolve().parents[1] / "data" / "perf_data" / "two-events.perf.data.gz"
QUESTION = "heatmap/?filename=large.perf.data"

pytestmark = pytest.mark.slow


@pytest.fixture
def started(tmp_path: Path) -> Path:
    """Put a perf that never ends on the path. Each run appends its process id and that of its parent."""
    path = tmp_path / "started"
    perf = tmp_path / "bin" / "perf"
    perf.parent.mkdir()
    perf.write_text(
        f"#!/bin/sh\nsleep 100000 &\necho $! >> {path}.children\necho $$ $PPID >> {path}\nexec sleep 100000\n"
    )
    perf.chmod(0o755)
    return path


@pytest.fixture
def large(profiles: Path) -> Path:
    """Write a perf.data that is large enough for a reading process."""
    path = profiles / "large.perf.data"
    path.write_bytes(gzip.decompress(RECORDED.read_bytes()))
    os.truncate(path, SMALL_FILE + 1)
    return path


@pytest.fixture
def asking() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(1) as executor:
        yield executor


def serving_with(started: Path, profiles: Path, *arguments: str) -> Server:
    more = {"PATH": f"{started.parent / 'bin'}{os.pathsep}{os.environ['PATH']}"}
    return Server(profiles, started.parent / "cache", *arguments, more=more)


def wait_for(started: Path, number: int) -> tuple[int, int]:
    """Wait for the start of a perf by its number. Return its process id and that of its parent."""
    while not started.exists() or started.read_text().count("\n") < number:
        time.sleep(0.01)
    process, parent = map(int, started.read_text().splitlines()[-1].split())
    return process, parent


def wait_until_gone(started: Path) -> None:
    """Wait for the end of every perf, and of the child that each has."""
    children = Path(f"{started}.children").read_text()
    for line in (started.read_text() + children).splitlines():
        with suppress(psutil.NoSuchProcess):
            while psutil.Process(int(line.split()[0])).status() != psutil.STATUS_ZOMBIE:
                time.sleep(0.01)


def test_perf_ends_where_a_reading_takes_too_long(profiles: Path, large: Path, started: Path) -> None:
    server = serving_with(started, profiles, "--max-parse-seconds", "2")
    server.start()
    try:
        # On a busy machine the time may be over before perf has started: then try a new version of the file.
        for version in count():
            os.utime(large, (version, version))
            answer = ask(server.url, QUESTION)
            assert (answer.status, b"max_parse_seconds" in answer.body) == (413, True)
            if started.exists():
                break
        wait_until_gone(started)
    finally:
        server.stop()


def test_perf_ends_with_a_reading_process_that_is_killed(
    profiles: Path, large: Path, started: Path, asking: ThreadPoolExecutor
) -> None:
    server = serving_with(started, profiles)
    server.start()
    try:
        answer: Future[Answer] = asking.submit(ask, server.url, QUESTION)
        for number in (1, 2):
            os.kill(wait_for(started, number)[1], signal.SIGKILL)
        assert answer.result().status == 503
        wait_until_gone(started)
    finally:
        server.stop()


@pytest.mark.parametrize("small", [False, True], ids=["in-a-process", "in-a-thread"])
def test_perf_ends_with_a_server_that_is_killed(
    profiles: Path, large: Path, started: Path, asking: ThreadPoolExecutor, small: bool
) -> None:
    if small:
        os.truncate(large, 100_000)
    server = serving_with(started, profiles)
    server.start()
    answer: Future[Answer] = asking.submit(ask, server.url, QUESTION)
    wait_for(started, 1)
    os.kill(server.pid, signal.SIGKILL)
    assert answer.result().status == 0
    server.stop()
    wait_until_gone(started)
