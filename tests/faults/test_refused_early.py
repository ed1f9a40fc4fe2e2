"""Requests that are refused before they have come: the client gets the answer, whatever it still sends."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Iterator
from contextlib import closing, suppress

import psutil
import pytest

from tests.api.server.test_stopping import place_of
from tests.e2e.running import Server, serving

MIB = 1 << 20
POST = "POST {} HTTP/1.1\r\nHost: localhost\r\n{}\r\n\r\n"
LENGTH = f"Content-Length: {64 * MIB}"
# What is refused early, by its kind: a head, and what the answer names.
REFUSED = {
    "too-large": (413, POST.format("/flamegraph/?filename=small.perf", LENGTH), ""),
    "another-site": (
        403,
        POST.format("/profile/?filename=x", f"{LENGTH}\r\nOrigin: http://other.example"),
        "another site",
    ),
    "two-lengths": (
        400,
        POST.format("/profile/?filename=x", f"{LENGTH}\r\nTransfer-Encoding: chunked"),
        "Transfer-Encoding",
    ),
    "no-http": (400, "POST / HTTP/1.1\r\nContent-Length: many\r\n\r\n", "Content-Length"),
    "endless-chunk": (
        400,
        POST.format("/profile/?filename=x", "Transfer-Encoding: chunked") + "1;" + "x" * 8192,
        "chunk",
    ),
}
AT_THE_HEAD = ("too-large", "another-site", "two-lengths")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("profiles"), tmp_path_factory.mktemp("cache")) as running:
        yield running


def held(server: Server, *peers: socket.socket) -> int:
    """Count the peers whose connections the server still has."""
    found = psutil.Process(server.pid).net_connections("tcp")
    # One that listens has no peer.
    ports = {getattr(one.raddr, "port", 0) for one in found}
    return sum(one.getsockname()[1] in ports for one in peers)


@pytest.mark.parametrize(
    ("kind", "expect"), [*((kind, False) for kind in REFUSED), *((kind, True) for kind in AT_THE_HEAD)]
)
def test_who_reads_after_sending_gets_the_whole_answer(server: Server, kind: str, expect: bool) -> None:
    status, head, named = REFUSED[kind]
    if expect:
        # As curl asks before a large body. The answer is none of "100 Continue".
        head = head.replace("Host: localhost\r\n", "Host: localhost\r\nExpect: 100-continue\r\n")
    with socket.create_connection(place_of(server.url), timeout=60) as connection:
        connection.sendall(head.encode())
        # More than the buffers of both sides hold: the server has to take it, or to reset the connection.
        for _ in range(32):
            connection.sendall(bytes(MIB))
        answer = b"".join(iter(lambda: connection.recv(65536), b""))
    first, _, body = answer.partition(b"\r\n\r\n")
    assert first.startswith(f"HTTP/1.1 {status} ".encode()), answer[:300]
    assert b"connection: close" in first.lower()
    assert named in json.loads(body)["error"]


@pytest.mark.slow
def test_nobody_holds_a_refused_connection_open(server: Server) -> None:
    """One peer is silent after the answer, one goes on sending a little."""
    head = REFUSED["too-large"][1].encode()
    with (
        closing(socket.create_connection(place_of(server.url), timeout=60)) as silent,
        closing(socket.create_connection(place_of(server.url), timeout=60)) as sending,
    ):
        for one in (silent, sending):
            one.sendall(head)
            while one.recv(65536):
                pass
        assert held(server, silent, sending) == 2
        with suppress(ConnectionResetError, BrokenPipeError):
            while True:
                sending.sendall(b"x")
                time.sleep(0.2)
        while held(server, silent, sending):
            time.sleep(0.1)
