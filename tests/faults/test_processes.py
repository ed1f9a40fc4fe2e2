"""`serve --processes`: every request may go to any process, and a killed one is replaced.

A process that is stopped by SIGSTOP accepts nothing, so that a test can choose the one that answers.
"""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psutil
import pytest

from tests.api.conftest import SMALL
from tests.e2e.running import Server
from tests.faults.asking import ask

SECONDS = 60.0


class Several(Server):
    """A server of two processes."""

    def workers(self) -> list[psutil.Process]:
        """Return the processes that answer: children of the one that was started."""
        return psutil.Process(self.pid).children()

    @contextmanager
    def only(self, worker: int) -> Iterator[None]:
        """Let one of the processes answer alone, counted in the order of their starts."""
        others = [one for number, one in enumerate(self.workers()) if number != worker]
        for one in others:
            one.suspend()
        try:
            yield
        finally:
            for one in others:
                one.resume()

    def send(self, method: str, path: str, body: bytes | None = None) -> tuple[int, Any]:
        """Send a request with the token of SSH. Return the status and the JSON of the answer."""
        token = re.findall(r"token=([\w-]+)", self.opened_url)[0]
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        connection = HTTPConnection(urlsplit(self.url).netloc, timeout=SECONDS)
        try:
            connection.request(method, f"/{path}", body, headers)
            answer = connection.getresponse()
            text = answer.read()
            return answer.status, json.loads(text) if text else None
        finally:
            connection.close()

    def get(self, path: str) -> Any:
        """Return the JSON of an answer, which must be 200."""
        status, found = self.send("GET", path)
        assert status == 200, found
        return found


@pytest.fixture
def server(profiles: Path, tmp_path: Path) -> Iterator[Several]:
    found = Several(profiles, tmp_path / "cache", "--processes", "2", "--workers", "1")
    found.start()
    try:
        wait_until(lambda: len(found.workers()) == 2)
        for worker in range(2):
            with found.only(worker):
                assert ask(found.url, "healthz").status == 200
        yield found
    finally:
        found.stop()


def wait_until(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + SECONDS
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.05)


def wait_for_index(folder: Path) -> None:
    """Wait for the end of a reading, which is behind its answer: until then, other processes wait too."""
    wait_until(lambda: list((folder / "cache/index").glob("[!.]*")) != [])


@pytest.fixture
def silent() -> Iterator[int]:
    """The port of a host that accepts a connection and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


def fetch(port: int) -> bytes:
    return json.dumps({"host": "127.0.0.1", "port": port, "path": "/x.perf"}).encode()


def test_an_upload_and_a_removal_are_seen_by_every_process(server: Several) -> None:
    with server.only(0):
        assert server.send("POST", "profile/?filename=new.perf", SMALL)[0] == 201
    with server.only(1):
        assert {one["filename"] for one in server.get("profile/")} == {"new.perf", "small.perf"}
        assert ask(server.url, "heatmap/?filename=new.perf").status == 200
        assert server.send("DELETE", "profile/?filename=new.perf")[0] == 204
    with server.only(0):
        assert {one["filename"] for one in server.get("profile/")} == {"small.perf"}
        assert ask(server.url, "heatmap/?filename=new.perf").status == 404


def test_a_file_is_read_once_by_all_processes(server: Several, tmp_path: Path) -> None:
    answers = []
    for worker in range(2):
        with server.only(worker):
            answers.append(ask(server.url, "flamegraph/?filename=small.perf").body)
        wait_for_index(tmp_path)
    assert answers[0] == answers[1]
    lookups = r'flamescope_profile_lookups_total\{process="(\d)",source="file"\} (\S+)'
    requests = r'flamescope_requests_total\{.*process="(\d)".*"/flamegraph/".*\} (\S+)'

    def counted() -> bool:
        """A process writes its metrics a moment after a request."""
        text = ask(server.url, "metrics").body.decode()
        read, asked = (sorted(re.findall(pattern, text)) for pattern in (lookups, requests))
        return read == [("0", "1.0"), ("1", "0.0")] and asked == [("0", "1.0"), ("1", "1.0")]

    wait_until(counted)


def test_a_job_is_seen_and_ended_by_every_process(server: Several, silent: int) -> None:
    with server.only(0):
        status, job = server.send("POST", "import/ssh", fetch(silent))
        assert status == 202
    path = f"import/{job['id']}"
    with server.only(1):
        assert server.get(path)["source"] == job["source"]
        assert [one["id"] for one in server.get("import/")] == [job["id"]]
        assert server.send("DELETE", path)[0] == 202
    for worker in range(2):
        with server.only(worker):
            wait_until(lambda: server.get(path)["state"] == "cancelled")
    with server.only(1):
        assert server.send("DELETE", path)[0] == 200
    for worker in range(2):
        with server.only(worker):
            assert server.send("GET", path)[0] == 404
            assert server.get("import/") == []


def test_a_killed_process_is_replaced_and_its_jobs_have_failed(
    server: Several, silent: int, tmp_path: Path
) -> None:
    with server.only(0):
        job = server.send("POST", "import/ssh", fetch(silent))[1]
    before = server.workers()
    before[0].kill()
    wait_until(lambda: len(server.workers()) == 2 and before[0] not in server.workers())
    assert before[1] in server.workers()
    assert "Server process 0 ended by signal 9 and is started again." in server.log.read_text()
    wait_until(lambda: server.get(f"import/{job['id']}")["state"] == "failed")
    for worker in range(2):
        with server.only(worker):
            assert ask(server.url, "heatmap/?filename=small.perf").status == 200
            assert "has ended" in server.get(f"import/{job['id']}")["error"]
        wait_for_index(tmp_path)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_all_processes_and_their_jobs(
    server: Several, silent: int, number: signal.Signals
) -> None:
    server.send("POST", "import/ssh", fetch(silent))
    family = psutil.Process(server.pid).children(recursive=True)
    os.kill(server.pid, number)
    assert server.wait(SECONDS) == 0
    gone, alive = psutil.wait_procs(family, SECONDS)
    assert (len(gone), alive) == (len(family), [])
    assert "Traceback" not in server.log.read_text()


def test_the_processes_end_with_a_killed_parent(server: Several) -> None:
    family = psutil.Process(server.pid).children(recursive=True)
    server.kill()
    assert psutil.wait_procs(family, SECONDS)[1] == []


def test_settings_that_cannot_be_used_end_the_server(profiles: Path, tmp_path: Path) -> None:
    (tmp_path / "filters.toml").write_text("[x]\ndrop = ['(']\n")
    found = Several(
        profiles, tmp_path / "cache", "--processes", "2", "--filters-file", str(tmp_path / "filters.toml")
    )
    found.start()
    assert found.wait(SECONDS) == 2
    found.stop()
    assert "filters.toml" in found.log.read_text()
    assert "Traceback" not in found.log.read_text()
