"""kill -9 of the server and of its reader processes, at seeded random moments: nothing is lost or half.

FAULT_ROUNDS=50 runs as many seeds; the seed is in the name of a test, so that it can be run again.
"""

from __future__ import annotations

import contextlib
import gzip
import os
import random
import shutil
import threading
import time
from collections.abc import Iterator
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from urllib.parse import urlsplit

import psutil
import pytest

from tests.e2e.running import EXAMPLES, NODE18, SYSTEM, Server
from tests.faults.asking import Answer, all_answers, ask, paths

ROUNDS = int(os.environ.get("FAULT_ROUNDS", "2"))
KILLS = 3
LARGE = "large.perf"
NAMES = (LARGE, SYSTEM)
# The longest time before a kill: it covers the start of the interpreter up to the last answer.
LONGEST = 1.5
UPLOADED = b"".join(b"a 1 %d.5: x:\n\t 1 f%d (/a)\n\n" % (n, n % 99) for n in range(50_000))


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two profiles. One is large enough to be read by several processes."""
    folder = tmp_path_factory.mktemp("profiles")
    shutil.copy(EXAMPLES / SYSTEM, folder)
    text = gzip.decompress((EXAMPLES / NODE18).read_bytes())
    (folder / LARGE).write_bytes(text * (1 + (24 << 20) // len(text)))
    return folder


@pytest.fixture(scope="module")
def expected(directory: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """All answers of an undisturbed server."""
    server = Server(directory, tmp_path_factory.mktemp("calm") / "cache")
    server.start()
    try:
        return all_answers(server.url, NAMES)
    finally:
        server.stop()


@pytest.fixture
def server(directory: Path, tmp_path: Path) -> Iterator[Server]:
    found = Server(directory, tmp_path / "cache", "--workers", "2")
    yield found
    found.stop()


def processes(server: Server) -> list[psutil.Process]:
    """Return all descendants of the server."""
    with contextlib.suppress(psutil.NoSuchProcess):
        return psutil.Process(server.pid).children(recursive=True)
    return []


def all_gone(found: list[psutil.Process]) -> bool:
    _, alive = psutil.wait_procs(found, timeout=60)
    return not [one for one in alive if one.is_running() and one.status() != psutil.STATUS_ZOMBIE]


def upload(url: str, name: str) -> None:
    connection = HTTPConnection(urlsplit(url).netloc, timeout=60)
    # The server may be killed before its answer, or within it.
    with contextlib.suppress(OSError, HTTPException):
        connection.request("POST", f"/profile/?filename={name}", UPLOADED)
        connection.getresponse().read()
    connection.close()


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(ROUNDS))
def test_a_server_killed_at_any_moment_starts_again_as_if_nothing_had_been(
    server: Server, directory: Path, tmp_path: Path, expected: dict[str, bytes], seed: int
) -> None:
    chance = random.Random(seed)
    for number in range(KILLS):
        if number == KILLS // 2:
            shutil.rmtree(tmp_path / "cache", ignore_errors=True)
        server.start()
        asking = [threading.Thread(target=ask, args=(server.url, path)) for path in paths(NAMES)[:8]]
        asking.append(threading.Thread(target=upload, args=(server.url, f"up-{seed}-{number}")))
        for thread in asking:
            thread.start()
        time.sleep(chance.uniform(0, LONGEST))
        started = processes(server)
        server.kill()
        for thread in asking:
            thread.join(120)
        assert all_gone(started)
    uploads = [path for path in directory.rglob("*") if path.is_file() and path.name not in NAMES]
    whole = [path for path in uploads if path.read_bytes() == UPLOADED]
    assert all(path in whole for path in uploads if path.parent == directory), uploads
    for path in whole:
        path.unlink()
    server.start()
    assert all_answers(server.url, NAMES) == expected
    assert sorted(path.name for path in directory.rglob("*") if path.is_file()) == sorted(NAMES)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(ROUNDS))
def test_reading_processes_killed_at_any_moment_cost_a_reading_and_no_answer(
    server: Server, directory: Path, expected: dict[str, bytes], seed: int
) -> None:
    """Any of them: the readers, the fork server, the resource tracker."""
    chance = random.Random(seed)
    server.start()
    path = paths([LARGE])[0]
    modified = (directory / LARGE).stat().st_mtime_ns
    for _ in range(KILLS):
        os.utime(directory / LARGE)  # another version of the file, to be read anew
        answers: list[Answer] = []
        asking = threading.Thread(target=lambda kept=answers: kept.append(ask(server.url, path)))
        asking.start()
        time.sleep(chance.uniform(0, 0.4))
        for victim in chance.sample(processes(server), chance.randint(1, 2)):
            with contextlib.suppress(psutil.NoSuchProcess):
                victim.kill()
        asking.join(120)
        (answer,) = answers
        assert answer.status == 200 or (answer.status, answer.retry_after is None) == (503, False), answer
    # Other tests compare the list, which has the time.
    os.utime(directory / LARGE, ns=(modified, modified))
    assert all_answers(server.url, NAMES) == expected
