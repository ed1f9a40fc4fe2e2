"""Clients that connect and send nothing or little, or do not read: the server still answers the others."""

from __future__ import annotations

import resource
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import psutil
import pytest

from tests.api.conftest import filled
from tests.api.server.test_serve import raw
from tests.api.server.test_stopping import place_of
from tests.e2e.running import Server, serving
from tests.support.perf_text import sample

MANY = 1000
HEAD = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n"
HEALTH = HEAD + b"Connection: close\r\n\r\n"
LIST = b"GET /profile/ HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
THREADS = 4
# Between the bytes of a slow client.
BYTE_SECONDS = 0.05


@pytest.fixture(autouse=True)
def _enough_descriptors() -> Iterator[None]:
    """Raise this process's limit of open files."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MANY + 200
    if soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(wanted, hard), hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@contextmanager
def half_open(server: Server, count: int) -> Iterator[list[socket.socket]]:
    """Hold connections that have sent half a head."""
    with ExitStack() as stack:
        sockets = []
        for _ in range(count):
            one = stack.enter_context(socket.create_connection(place_of(server.url), timeout=60))
            one.sendall(HEAD[:20])
            sockets.append(one)
        yield sockets


def wait_until_closed(connection: socket.socket) -> None:
    """Wait until the server closes a connection. It resets one on which it left something unread."""
    with suppress(ConnectionResetError):
        assert connection.recv(1) == b""


def descriptors(server: Server) -> int:
    return psutil.Process(server.pid).num_fds()


@pytest.fixture(scope="module")
def impatient(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server of four threads, which closes a connection after a second of silence."""
    place = tmp_path_factory.mktemp("impatient")
    arguments = ["--threads", str(THREADS), "--idle-seconds", "1", "--max-connections", "2000"]
    with serving(filled(place), place / "cache", *arguments) as server:
        yield server


@pytest.fixture(scope="module")
def usual(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server at default settings."""
    place = tmp_path_factory.mktemp("usual")
    with serving(filled(place), place / "cache") as server:
        yield server


def test_a_thousand_half_open_connections_keep_no_client_out(impatient: Server) -> None:
    with half_open(impatient, MANY):
        assert_answers(impatient)


def test_more_half_open_connections_than_are_allowed_keep_no_client_out(
    profiles: Path, tmp_path: Path
) -> None:
    arguments = ["--max-connections", "400", "--idle-seconds", "1"]
    with serving(profiles, tmp_path / "cache", *arguments) as server, half_open(server, MANY):
        assert_answers(server)


def assert_answers(server: Server) -> None:
    for _ in range(5):
        assert raw(server.url, HEALTH)[0] == 200
        assert raw(server.url, LIST)[0] == 200


def test_silent_connections_are_closed(impatient: Server) -> None:
    assert raw(impatient.url, HEALTH)[0] == 200
    before = descriptors(impatient)
    with half_open(impatient, 50) as sockets:
        for one in sockets:
            wait_until_closed(one)
        while descriptors(impatient) > before + 5:
            time.sleep(0.05)


def test_fewer_descriptors_than_connections_are_told_and_no_end(profiles: Path, tmp_path: Path) -> None:
    """Accepting more than the system allows would fail again and again, at full speed."""
    few = ["prlimit", "--nofile=200:200", "--"]
    with (
        serving(profiles, tmp_path / "cache", "--idle-seconds", "1", under=few) as server,
        half_open(server, 300),
    ):
        assert raw(server.url, HEALTH)[0] == 200
        assert "Only 100 connections" in server.log.read_text()
        assert descriptors(server) < 200


def test_more_descriptors_are_asked_for(profiles: Path, tmp_path: Path) -> None:
    """The usual soft limit of 1024 is too small for 1000 connections and their files."""
    soft = ["prlimit", "--nofile=256:4096", "--"]
    arguments = ["--max-connections", "1000"]
    with serving(profiles, tmp_path / "cache", *arguments, under=soft) as server, half_open(server, 500):
        assert raw(server.url, HEALTH)[0] == 200
        assert psutil.Process(server.pid).rlimit(psutil.RLIMIT_NOFILE) == (1256, 4096)
        assert "connections" not in server.log.read_text()


def test_a_client_that_sends_single_bytes_keeps_no_other_out_and_is_closed(impatient: Server) -> None:
    with ExitStack() as stack:
        place = place_of(impatient.url)
        slow = [stack.enter_context(socket.create_connection(place, timeout=60)) for _ in range(4 * THREADS)]
        still = set(slow)
        for byte in iter(HEAD * 100):
            for one in list(still):
                try:
                    one.sendall(bytes([byte]))
                except OSError:
                    still.discard(one)
            assert raw(impatient.url, HEALTH)[0] == 200
            if not still:
                break
            time.sleep(BYTE_SECONDS)
        assert not still


def test_a_head_that_is_slow_but_ends_is_answered(usual: Server) -> None:
    with socket.create_connection(place_of(usual.url), timeout=60) as slow:
        for byte in HEALTH:
            slow.sendall(bytes([byte]))
            time.sleep(BYTE_SECONDS / 10)
        assert slow.recv(12) == b"HTTP/1.1 200"


def large_profile(path: Path) -> None:
    """Write a profile whose folded stacks are 32 MB, more than the buffers of a connection hold."""
    name = "f" * 2000
    path.write_text(
        "".join(sample(f"{n // 100}.{n % 100:02}0000", *(f"{name}{n} (/a)",) * 4) for n in range(4000))
    )


@contextmanager
def not_reading(server: Server, count: int, path: str) -> Iterator[list[socket.socket]]:
    """Hold connections that request a large answer and do not read it."""
    request = f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()
    with ExitStack() as stack:
        sockets = []
        for _ in range(count):
            one = stack.enter_context(socket.socket())
            one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            one.settimeout(60)
            one.connect(place_of(server.url))
            one.sendall(request)
            sockets.append(one)
        yield sockets


@pytest.mark.slow
@pytest.mark.parametrize("form", ["folded", "columns"], ids=["streamed", "whole"])
def test_a_client_that_reads_single_bytes_keeps_no_other_out(
    profiles: Path, tmp_path: Path, form: str
) -> None:
    """A streamed answer that exceeds the buffers holds a thread while it waits for its reader."""
    large_profile(profiles / "large.perf")
    path = f"/flamegraph/?filename=large.perf&format={form}"
    arguments = ["--threads", str(THREADS), "--idle-seconds", "2"]
    with serving(profiles, tmp_path / "cache", *arguments) as server:
        assert raw(server.url, path_request(path))[0] == 200
        with not_reading(server, 2 * THREADS, path) as slow:
            for _ in range(40):
                for one in slow[::2]:
                    with suppress(ConnectionResetError):  # closed by the server, where this process was slow
                        one.recv(1)
                assert raw(server.url, HEALTH)[0] == 200
                time.sleep(BYTE_SECONDS)
        assert raw(server.url, LIST)[0] == 200


def path_request(path: str) -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode()


def test_at_default_settings_idle_connections_keep_no_client_out(usual: Server) -> None:
    """As many as are allowed, silent, at a head, or kept alive: those that wait longest are closed."""
    with ExitStack() as stack:
        for number in range(MANY + 100):
            one = stack.enter_context(socket.create_connection(place_of(usual.url), timeout=60))
            with suppress(ConnectionResetError, BrokenPipeError):
                one.sendall((b"", HEAD[:20], HEAD + b"\r\n")[number % 3])
            if number % 100 == 0:
                assert raw(usual.url, HEALTH)[0] == 200  # long before idle_seconds closes a connection
        assert raw(usual.url, LIST)[0] == 200


def test_a_body_that_arrives_below_the_least_rate_is_closed(profiles: Path, tmp_path: Path) -> None:
    """Such a client is never silent (min_bytes_per_second)."""
    head = b"POST /profile/?filename=x HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n\r\n"
    arguments = ["--idle-seconds", "2", "--min-bytes-per-second", "1K"]
    with (
        serving(profiles, tmp_path / "cache", *arguments) as server,
        socket.create_connection(place_of(server.url), timeout=60) as slow,
        socket.create_connection(place_of(server.url), timeout=60) as steady,
    ):
        for one in (slow, steady):
            one.sendall(head)
        deadline = time.monotonic() + 60
        slow.settimeout(BYTE_SECONDS)
        closed = False
        while not closed and time.monotonic() < deadline:
            with suppress(ConnectionResetError, BrokenPipeError, TimeoutError):
                slow.sendall(b"x")
            steady.sendall(b"x" * 400)
            try:
                closed = slow.recv(1) == b""
            except TimeoutError:
                closed = False
            except OSError:
                closed = True
        assert closed
        steady.sendall(b"x")


@pytest.mark.parametrize("end", [b"", b"0\r\nX: "], ids=["size", "trailer"])
def test_a_chunk_head_or_trailer_without_end_is_refused(usual: Server, end: bytes) -> None:
    head = b"POST /profile/?filename=x HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
    with socket.create_connection(place_of(usual.url), timeout=60) as connection:
        connection.sendall(head + end)
        with suppress(ConnectionResetError, BrokenPipeError):
            for _ in range(64):
                connection.sendall(b"1" * 4096)
        with suppress(ConnectionResetError):
            assert connection.recv(4096).startswith(b"HTTP/1.1 400 ")
    assert raw(usual.url, HEALTH)[0] == 200
    assert [one.name for one in usual.profiles.iterdir()] == ["small.perf"]
