"""Heads of HTTP requests, damaged, to a real server: an answer or a closed connection, never a 500."""

from __future__ import annotations

import re
import select
import socket
from contextlib import suppress
from pathlib import Path
from random import Random
from time import monotonic
from urllib.parse import urlsplit

import psutil

from tests.api.conftest import SMALL
from tests.e2e.running import Server
from tools.fuzz.mutation import Mutator

_HEADS = (
    "GET / HTTP/1.1\r\nHost: localhost\r\nAccept-Encoding: gzip, br;q=0.5\r\n\r\n",
    "GET /profile/?search=a&sort=-size&limit=9&offset=0 HTTP/1.1\r\nHost: localhost\r\n\r\n",
    (
        "GET /heatmap/?filename=small.perf&rows=50&search=lea HTTP/1.1\r\nHost: localhost\r\n"
        'If-None-Match: W/"0123456789abcdef0123456789abcdef"\r\n\r\n'
    ),
    (
        "GET /flamegraph/?filename=small.perf&start=0&end=1.5&drop=a%7Cb&format=columns HTTP/1.0\r\n"
        "Host: 127.0.0.1\r\nConnection: keep-alive\r\n\r\n"
    ),
    (
        "GET /differential/?filename=small.perf&compareFilename=small.perf&start=0&end=2 HTTP/1.1\r\n"
        "Host: [::1]\r\nRange: bytes=0-5\r\nX-Forwarded-For: 10.0.0.1\r\n\r\n"
    ),
    "HEAD /profile/download?filename=small.perf HTTP/1.1\r\nHost: localhost\r\nRange: bytes=2-\r\n\r\n",
    (
        "POST /import/ssh HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        'Content-Length: 16\r\nAuthorization: Bearer abc\r\n\r\n{"host": "a\\u0"}'
    ),
    (
        "POST /profile/?filename=x.perf HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n"
        "Expect: 100-continue\r\n\r\n4\r\nabcd\r\n0\r\n\r\n"
    ),
    (
        "POST /profile/ HTTP/1.1\r\nHost: localhost\r\nContent-Type: multipart/form-data; boundary=b\r\n"
        "Content-Length: 71\r\n\r\n"
        '--b\r\nContent-Disposition: form-data; name="file"; filename="y"\r\n\r\nz\r\n--b--'
    ),
    "DELETE /profile/?filename=nothing HTTP/1.1\r\nHost: localhost\r\nOrigin: http://localhost\r\n\r\n",
    (
        "GET http://localhost/profile/info?filename=small.perf HTTP/1.1\r\nHost: localhost\r\n"
        "Cookie: flamescope_ssh=abc\r\nSec-Fetch-Site: same-origin\r\n\r\n"
    ),
    "OPTIONS * HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n",
)
_STATUS = re.compile(rb"HTTP/1\.[01] (\d\d\d) ")
# A request that is not complete has no answer: the server waits for its rest.
_HEAD_SECONDS, _BODY_SECONDS = 0.005, 0.2
_MOST_SECONDS = 10
MOST_BYTES = 1 << 30
_HEALTH = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"


class Inputs:
    """A server with one profile."""

    def __init__(self, chance: Random, folder: Path) -> None:
        """Start the server."""
        self._chance, self._mutator = chance, Mutator(chance)
        profiles = folder / "profiles"
        profiles.mkdir()
        (profiles / "small.perf").write_bytes(SMALL)
        arguments = ("--log-requests", "false", "--max-file-bytes", "64K", "--workers", "1")
        self.server = Server(profiles, folder / "cache", *arguments)
        self.server.start()
        place = urlsplit(self.server.url)
        self._place = (str(place.hostname), int(place.port or 0))

    def make(self) -> bytes:
        """Return a damaged request."""
        head = self._chance.choice(_HEADS).encode()
        if b"?" in head and self._chance.random() < 0.4:
            return self._with_other_query(head)
        if self._chance.random() < 0.2:
            head = head.replace(b"\r\n", self._chance.choice((b"\n", b"\r", b"\r\n ", b"\r\nX-A: b\r\n")), 1)
        return self._mutator.damaged(head, most=3)

    def _with_other_query(self, head: bytes) -> bytes:
        """Damage the query only, so that the request reaches the application."""
        path, mark, rest = head.partition(b"?")
        query, version, fields = rest.partition(b" HTTP")
        query = b"".join(self._mutator.damaged(query, most=2).split())
        return path + mark + query + version + fields

    def check(self, data: bytes) -> bool:
        """Send it. An answer must have a status that is no 500, and other requests are answered meanwhile."""
        with socket.create_connection(self._place, timeout=_MOST_SECONDS) as connection:
            with suppress(BrokenPipeError, ConnectionResetError):
                connection.sendall(data)
            answer = _answer(connection, _BODY_SECONDS if b"\r\n\r\n" in data else _HEAD_SECONDS)
            if not answer:
                self._check_health()
                return False
        found = _STATUS.match(answer)
        assert found, answer[:200]
        status = int(found[1])
        assert status < 500 or status in {501, 503, 505}, answer[:500]
        return status < 400

    def _check_health(self) -> None:
        with socket.create_connection(self._place, timeout=_MOST_SECONDS) as connection:
            connection.sendall(_HEALTH)
            assert _answer(connection, _MOST_SECONDS).startswith(b"HTTP/1.1 200 ")

    def close(self) -> None:
        """Stop the server, which must still be there, and must have logged no bug."""
        self._check_health()
        assert psutil.Process(self.server.pid).memory_info().rss < MOST_BYTES
        self.server.stop()
        assert "Traceback" not in self.server.log.read_text(errors="replace")


def _answer(connection: socket.socket, seconds: float) -> bytes:
    """Return the beginning of an answer, nothing where none comes."""
    began = monotonic()
    readable, _, _ = select.select([connection], [], [], seconds)
    if not readable:
        return b""
    try:
        answer = connection.recv(4096)
    except ConnectionResetError:
        return b""
    assert monotonic() - began < _MOST_SECONDS
    return answer
