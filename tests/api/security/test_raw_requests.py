"""Requests that no browser sends, over a socket: smuggled ones, odd hosts, other protocols."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from flask import Flask
from waitress.adjustments import Adjustments

from flamescope_py.server.buffers import Buffers
from flamescope_py.server.parsing import parser_class
from tests.api.conftest import SMALL
from tests.api.server.test_serve import raw
from tests.api.server.test_stopping import place_of
from tests.e2e.running import Server, serving

HOST = "Host: localhost"
# A proxy that goes by the other length would pass this on as part of the first request.
HIDDEN = "GET /hidden HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One server for all requests: none of them may harm it."""
    folder = tmp_path_factory.mktemp("raw")
    (folder / "profiles").mkdir()
    (folder / "profiles" / "small.perf").write_bytes(SMALL)
    with serving(folder / "profiles", folder / "cache", "--idle-seconds", "1") as running:
        yield running


def request(first: str, *lines: str, body: str = "") -> bytes:
    return "\r\n".join([first, *lines, "", body]).encode("latin-1")


def everything(server: Server, sent: bytes) -> bytes:
    """Send bytes and return all bytes received until the server closes."""
    found = b""
    with socket.create_connection(place_of(server.url), timeout=60) as connection:
        connection.sendall(sent)
        with suppress(ConnectionResetError):
            while chunk := connection.recv(1 << 16):
                found += chunk
    return found


SMUGGLED = {
    "length-and-chunks": ["Content-Length: 6", "Transfer-Encoding: chunked"],
    "chunks-and-length": ["Transfer-Encoding: chunked", "Content-Length: 6"],
    "chunks-twice": ["Transfer-Encoding: chunked", "Transfer-Encoding: chunked"],
    "chunks-twice-in-one": ["Transfer-Encoding: chunked, chunked"],
    "chunks-and-more": ["Transfer-Encoding: chunked, identity"],
    "chunks-misspelt": ["Transfer-Encoding: xchunked"],
    "chunks-after-a-tab": ["Transfer-Encoding:\tchunked", "Content-Length: 6"],
    "blank-before-colon": ["Transfer-Encoding : chunked"],
    "folded": ["Transfer-Encoding:", " chunked", "Content-Length: 6"],
    "two-lengths": ["Content-Length: 0", "Content-Length: 6"],
    "length-with-a-sign": ["Content-Length: +6"],
    "length-below-zero": ["Content-Length: -6"],
    "length-in-hexadecimal": ["Content-Length: 0x6"],
    "length-with-an-underscore": ["Content-Length: 0_6"],
}


@pytest.mark.parametrize("version", ["1.1", "1.0"])
@pytest.mark.parametrize("kind", SMUGGLED)
def test_a_body_whose_end_can_be_read_in_two_ways_is_refused(server: Server, kind: str, version: str) -> None:
    first = request(f"POST /healthz HTTP/{version}", HOST, *SMUGGLED[kind], body="0\r\n\r\n" + HIDDEN)
    answer = everything(server, first)
    assert answer.split(b" ", 2)[1] in {b"400", b"501"}, answer
    # The connection is closed: nothing that follows is taken for a request.
    assert answer.count(b"Content-Type: ") == 1
    assert list(json.loads(answer.partition(b"\r\n\r\n")[2])) == ["error"]


HOSTS = {
    "http-1.0-without": (["GET /profile/ HTTP/1.0"], 403),
    "http-1.1-without": (["GET /profile/ HTTP/1.1"], 403),
    "http-0.9": (["GET /profile/"], 403),
    "two": (["GET /profile/ HTTP/1.1", HOST, "Host: evil.example"], 403),
    "folded": (["GET /profile/ HTTP/1.1", HOST, " evil.example"], 403),
    "user": (["GET /profile/ HTTP/1.1", "Host: localhost@evil.example"], 403),
    "underscore": (["GET /profile/ HTTP/1.1", "Host: evil.example", "X_Forwarded_Host: localhost"], 403),
    "absolute-other": (["GET http://evil.example/profile/ HTTP/1.1", HOST], 400),
    "absolute-without": (["GET http://localhost/profile/ HTTP/1.1"], 400),
    "absolute-host-other": (["GET http://localhost/profile/ HTTP/1.1", "Host: evil.example"], 400),
    "absolute-both-other": (["GET http://evil.example/profile/ HTTP/1.1", "Host: evil.example"], 403),
    "absolute-same": (["GET http://LOCALHOST/profile/ HTTP/1.1", HOST], 200),
}


@pytest.mark.parametrize("kind", HOSTS)
def test_the_host_of_a_request_is_one_and_ours(server: Server, kind: str) -> None:
    lines, status = HOSTS[kind]
    assert raw(server.url, request(*lines, "Connection: close"))[0] == status


OTHERS = {
    "websocket": (["GET /profile/ HTTP/1.1", HOST, "Upgrade: websocket", "Connection: Upgrade, close"], 200),
    "http-2-upgrade": (["GET /profile/ HTTP/1.1", HOST, "Upgrade: h2c", "Connection: Upgrade, close"], 200),
    "http-2": (["PRI * HTTP/2.0", "", "SM"], 403),
    "connect": (["CONNECT localhost:22 HTTP/1.1", HOST, "Connection: close"], 405),
    "trace": (["TRACE / HTTP/1.1", HOST, "X-Secret: s3cret", "Connection: close"], 405),
    "file": (["GET file:///etc/passwd HTTP/1.1", HOST, "Connection: close"], 404),
    "other-site": (["GET //evil.example/heatmap HTTP/1.1", HOST, "Connection: close"], 404),
}


@pytest.mark.parametrize("kind", OTHERS)
def test_other_protocols_and_places_lead_nowhere(server: Server, kind: str) -> None:
    lines, status = OTHERS[kind]
    found, headers, body = raw(server.url, request(*lines))
    assert found == status
    assert "Location" not in headers
    assert "Upgrade" not in headers
    assert b"s3cret" not in body
    assert b"root:" not in body


def test_a_method_cannot_be_renamed(server: Server) -> None:
    """Neither a header nor a parameter changes the method, past the checks of the new one."""
    more = ["X-HTTP-Method-Override: DELETE", "X-Method-Override: DELETE", "Connection: close"]
    for method in ("GET", "POST"):
        first = f"{method} /profile/?filename=small.perf&_method=DELETE HTTP/1.1"
        raw(server.url, request(first, HOST, "Content-Length: 0", *more))
    assert (server.profiles / "small.perf").exists()


def test_a_token_in_the_address_counts_for_nothing(profiles: Path, tmp_path: Path) -> None:
    """Addresses are kept in histories and in the logs of proxies."""
    token = tmp_path / "token"
    token.write_text("a-token-of-some-length")
    arguments = ["--token-file", str(token), "--token-for", "everything"]
    with serving(profiles, tmp_path / "cache", *arguments) as server:
        for name in ("token", "access_token", "Authorization"):
            first = f"GET /profile/?{name}=a-token-of-some-length HTTP/1.1"
            assert raw(server.url, request(first, HOST, "Connection: close"))[0] == 401
        assert "a-token-of-some-length" not in server.log.read_text()


def test_a_head_without_a_first_line_has_an_empty_address(app: Flask) -> None:
    """waitress logs the address of a request whose client leaves during its answer."""
    parser = parser_class(app, Buffers(1 << 20, 0, 4))(Adjustments())
    parser.received(b"\x00\r\n: b\r\n\r\n")
    assert parser.error is not None
    assert getattr(parser, "path", None) == ""


@pytest.mark.parametrize(
    "sent",
    [
        request("GET /heatmap?filename=small.perf HTTP/1.1", HOST, "Connection: close"),
        request("GET / HTTP/1.1", HOST, "Content-Length: x"),
        request("GET /\x00 HTTP/1.1", HOST, "Connection: close"),
        b"\x00\r\n: b\r\n\r\n",
        request("GET /healthz HTTP/1.1", HOST, "Connection: close"),
        request("GET /none HTTP/1.1", HOST, "Connection: close"),
    ],
    ids=["redirect", "length", "nul", "no-first-line", "health", "missing"],
)
def test_answers_that_the_application_never_made_carry_the_headers_too(server: Server, sent: bytes) -> None:
    head = everything(server, sent).partition(b"\r\n\r\n")[0].lower()
    for name in (
        b"content-security-policy",
        b"x-content-type-options",
        b"x-frame-options",
        b"referrer-policy",
    ):
        assert name in head, head
