"""Clients that read slowly, or fill the buffers: /healthz answers within a second, at default settings."""

from __future__ import annotations

import json
import select
import shutil
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import pytest

from tests.api.server.test_serve import raw
from tests.api.server.test_stopping import place_of
from tests.e2e.running import Server, serving
from tests.faults.test_connections import HEALTH, LIST, descriptors, large_profile, not_reading

MIB = 1 << 20


def large_cpuprofile(path: Path) -> None:
    """Write 2.8 MB of which the folded stacks are 200 MB: one deep path, and a leaf at each node of it."""
    depth = 2000
    nodes = [
        {
            "id": n + 1,
            "callFrame": {"functionName": f"{'f' * 90}{n}", "url": "", "lineNumber": 0, "columnNumber": 0},
            "children": [n + 2] if n + 1 < depth else [],
        }
        for n in range(depth)
    ]
    samples = [n + 1 for n in range(depth)]
    found = {
        "nodes": nodes,
        "samples": samples,
        "timeDeltas": [1000] * depth,
        "startTime": 0,
        "endTime": 1000 * depth,
    }
    path.write_text(json.dumps(found))


def assert_healthy(server: Server, times: int = 10) -> None:
    """Ask for the server's health. `raw` ends after 60 s, while idle_seconds (120) keep silent clients."""
    for _ in range(times):
        assert raw(server.url, HEALTH)[0] == 200
        time.sleep(0.1)


def size_of(server: Server, path: str) -> int:
    """Read an answer and count its bytes."""
    with urllib.request.urlopen(server.url + path[1:], timeout=120) as answer:
        return sum(len(piece) for piece in iter(lambda: answer.read(MIB), b""))


def buffered_on_disk(server: Server) -> int:
    """Return the size of the process's deleted but open files."""
    total = 0
    for link in Path(f"/proc/{server.pid}/fd").iterdir():
        try:
            if "(deleted)" in str(link.readlink()):
                total += link.stat().st_size
        except OSError:
            continue
    return total


def test_twenty_slow_readers_stop_no_other_client(profiles: Path, tmp_path: Path) -> None:
    large_cpuprofile(profiles / "deep.cpuprofile")
    path = "/flamegraph/?filename=deep.cpuprofile&format=folded"
    with serving(profiles, tmp_path / "cache") as server:
        assert size_of(server, path) > 150 * MIB
        with not_reading(server, 20, path) as slow:
            for _ in range(10):
                for one in slow:
                    one.setblocking(False)
                    with suppress(BlockingIOError, ConnectionResetError):
                        one.recv(200)
                assert_healthy(server, 2)
            assert raw(server.url, LIST)[0] in {200, 503}
            assert buffered_on_disk(server) < 1200 * MIB
        assert raw(server.url, LIST)[0] == 200


def settled_descriptors(server: Server) -> int:
    """Return the number of open descriptors, once the connections of earlier requests are closed."""
    count = descriptors(server)
    while True:
        time.sleep(0.3)
        if (now := descriptors(server)) == count:
            return count
        count = now


def test_a_reader_below_the_least_rate_is_closed(profiles: Path, tmp_path: Path) -> None:
    """Such a client reads now and then, so it is never silent (min_bytes_per_second)."""
    large_profile(profiles / "large.perf")
    arguments = ["--idle-seconds", "2", "--min-bytes-per-second", "1M"]
    path = "/flamegraph/?filename=large.perf&format=folded"
    with serving(profiles, tmp_path / "cache", *arguments) as server:
        size = size_of(server, path)
        before = settled_descriptors(server)
        with not_reading(server, 2, path) as (slow, _):
            read = len(slow.recv(1000))
            while descriptors(server) <= before:
                time.sleep(0.01)
            while descriptors(server) > before:
                read += len(slow.recv(1000))
                time.sleep(0.2)
            assert read < size
        assert size_of(server, path) == size


def head(size: int) -> bytes:
    return f"POST /profile/?filename=x HTTP/1.1\r\nHost: localhost\r\nContent-Length: {size}\r\n\r\n".encode()


def sent(connection: socket.socket, size: int) -> bytes:
    """Send up to `size` bytes of a body, stopping at an early answer. Return the answer's bytes so far."""
    for _ in range(size // (64 << 10)):
        readable, _, _ = select.select([connection], [], [], 0.001)
        if readable:
            return rest_of(connection)
        connection.sendall(bytes(64 << 10))
    return b""


@contextmanager
def half_uploads(server: Server, count: int, size: int) -> Iterator[list[socket.socket]]:
    """Hold connections that have sent `size` bytes of a body twice that long, or as many as are accepted."""
    with ExitStack() as stack:
        sockets = []
        for _ in range(count):
            one = stack.enter_context(socket.create_connection(place_of(server.url), timeout=60))
            with suppress(ConnectionResetError, BrokenPipeError):
                one.sendall(head(2 * size))
                one.sendall(bytes(size))
            sockets.append(one)
        yield sockets


def rest_of(connection: socket.socket) -> bytes:
    answer = b""
    with suppress(ConnectionResetError):
        while piece := connection.recv(65536):
            answer += piece
    return answer


def answered(sockets: list[socket.socket], count: int) -> list[bytes]:
    """Wait until this many connections were answered, and return the answers."""
    answers: list[bytes] = []
    waiting = list(sockets)
    while len(answers) < count:
        readable, _, _ = select.select(waiting, [], [], 30)
        assert readable, answers
        for one in readable:
            waiting.remove(one)
            answers.append(rest_of(one))
    return answers


def test_bodies_under_way_have_one_budget(profiles: Path, tmp_path: Path) -> None:
    with serving(profiles, tmp_path / "cache", "--max-buffered-bytes", "8M") as server:
        with half_uploads(server, 12, 2 * MIB) as uploads:
            refused = answered(uploads, 7)
            assert_healthy(server, 2)
            assert buffered_on_disk(server) <= 12 * MIB
        for one in refused:
            assert one.startswith(b"HTTP/1.1 503 ")
            assert b"Retry-After: " in one
            assert b"max_buffered_bytes" in one
        # Released buffers no longer count.
        with socket.create_connection(place_of(server.url), timeout=60) as connection:
            connection.sendall(head(2 * MIB))
            assert sent(connection, 2 * MIB) or connection.recv(65536)


def test_a_full_temporary_directory_is_told(profiles: Path, tmp_path: Path, small_disk: Path) -> None:
    """The disk fills up during an upload: no part of it is left, and the server goes on."""
    with serving(profiles, tmp_path / "cache", more={"TMPDIR": str(small_disk)}) as server:
        # By where the disk is full within a piece, closing the file finds it full once more.
        for odd in (0, 1, 777, 5000):
            with socket.create_connection(place_of(server.url), timeout=60) as connection:
                connection.sendall(head(16 * MIB + odd) + bytes(odd))
                answer = sent(connection, 16 * MIB) or rest_of(connection)
            assert answer.startswith(b"HTTP/1.1 507 "), odd
            assert b"TMPDIR" in answer
        assert_healthy(server, 2)
        assert raw(server.url, LIST)[0] == 200
        assert shutil.disk_usage(small_disk).used < 64 << 10
        log = server.log.read_text()
        assert "Traceback" not in log
        assert "uncaptured" not in log
    assert list(small_disk.iterdir()) == []


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 4 MB."""
    place = tmp_path / "small"
    place.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(place)]
    mounted = subprocess.run(command, check=False, capture_output=True, text=True)
    if mounted.returncode != 0:
        pytest.xfail(f"no disk can be mounted here: {mounted.stderr[:200]}")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)
