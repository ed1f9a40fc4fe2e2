"""SIGTERM: running requests are answered, no new ones are accepted, and nothing waits for ever."""

from __future__ import annotations

import json
import signal
import socket
from pathlib import Path
from urllib.request import urlopen

from tests.api.server.test_serve import raw, serving

HEAD = b"POST /profile/?filename=late.perf HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n"
# A busy machine needs a while, and a server that ends by its patience alone an hour.
ENDED_SECONDS = 200


def place_of(url: str) -> tuple[str, int]:
    host, _, port = url.strip("/").removeprefix("http://").partition(":")
    return host, int(port)


def wait_until_refused(url: str) -> None:
    """Return once nothing listens; the test's own timeout bounds it."""
    while True:
        try:
            socket.create_connection(place_of(url), timeout=60).close()
        except OSError:
            return


def test_a_slow_request_is_finished_after_the_listening_has_ended(profiles: Path, tmp_path: Path) -> None:
    body = (profiles / "small.perf").read_bytes()
    with serving(tmp_path, str(profiles)) as (process, _, url):
        with socket.create_connection(place_of(url), timeout=60) as slow:
            slow.sendall(HEAD % len(body) + body[:100])
            with urlopen(url + "profile/", timeout=60):
                pass  # the other one's head has arrived by now
            process.send_signal(signal.SIGTERM)
            wait_until_refused(url)
            slow.sendall(body[100:])
            answer = b""
            while chunk := slow.recv(65536):
                answer += chunk
        assert b"201 CREATED" in answer.upper()
        assert process.wait(ENDED_SECONDS) == 0
    assert (profiles / "late.perf").read_bytes() == body


def test_a_request_that_never_ends_is_given_up(profiles: Path, tmp_path: Path) -> None:
    with serving(tmp_path, str(profiles), "--shutdown-seconds", "1") as (process, _, url):
        with socket.create_connection(place_of(url), timeout=60) as stuck:
            stuck.sendall(HEAD % 1000 + b"x")
            with urlopen(url + "profile/", timeout=60):
                pass
            process.send_signal(signal.SIGTERM)
            _, problems = process.communicate(timeout=60)
        assert process.returncode == 0
        assert "1 requests were still running" in problems, problems
    assert "Traceback" not in problems
    assert not (profiles / "late.perf").exists()


def test_a_second_signal_ends_it_at_once(profiles: Path, tmp_path: Path) -> None:
    with (
        serving(tmp_path, str(profiles), "--shutdown-seconds", "3600") as (process, _, url),
        socket.create_connection(place_of(url), timeout=60) as stuck,
    ):
        stuck.sendall(HEAD % 1000 + b"x")
        with urlopen(url + "profile/", timeout=60):
            pass
        process.send_signal(signal.SIGTERM)
        wait_until_refused(url)
        process.send_signal(signal.SIGTERM)
        assert process.wait(ENDED_SECONDS) == 0


def test_an_idle_connection_does_not_hold_the_end_up(profiles: Path, tmp_path: Path) -> None:
    with (
        serving(tmp_path, str(profiles), "--shutdown-seconds", "3600") as (process, _, url),
        socket.create_connection(place_of(url), timeout=60) as idle,
    ):
        idle.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert idle.recv(12) == b"HTTP/1.1 200"
        process.send_signal(signal.SIGTERM)
        assert process.wait(ENDED_SECONDS) == 0


def test_an_upload_below_a_base_path_may_be_large(profiles: Path, tmp_path: Path) -> None:
    body = (profiles / "small.perf").read_bytes()
    body *= 1 + (2 << 20) // len(body)
    head = HEAD.replace(b"/profile/", b"/flames/profile/", 1) % len(body)
    with serving(tmp_path, str(profiles), "--base-path", "/flames/") as (_, _, url):
        status, _, answer = raw(url, head.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n") + body)
        assert status == 201, answer
        assert json.loads(answer)["size"] == len(body)
