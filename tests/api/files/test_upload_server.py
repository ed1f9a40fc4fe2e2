"""Uploads through the real web server: bodies of any size in little memory, from permitted clients."""

from __future__ import annotations

import http.client
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.api.conftest import SMALL, filled
from tests.e2e.running import Server, serving

BLOCK = SMALL * 1000


@pytest.fixture
def server(profiles: Path, tmp_path: Path) -> Iterator[Server]:
    with serving(profiles, tmp_path / "cache", "--max-file-bytes", "1G") as running:
        yield running


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server for the tests that look at no memory."""
    place = tmp_path_factory.mktemp("shared")
    with serving(filled(place), place / "cache", "--max-file-bytes", "1G") as running:
        yield running


def send(
    server: Server, body: Iterator[bytes] | bytes, size: int, headers: dict[str, str]
) -> tuple[int, str]:
    connection = http.client.HTTPConnection(urlsplit(server.url).netloc, timeout=120)
    length = {} if size < 0 else {"Content-Length": str(size)}
    path = "/profile/" if "multipart" in headers.get("Content-Type", "") else "/profile/?filename=new.out"
    connection.request("POST", path, body, {**length, **headers}, encode_chunked=size < 0)
    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()
    return answer.status, text


def peak_memory(server: Server) -> int:
    """Return the server's peak memory in bytes."""
    status = Path(f"/proc/{server.pid}/status").read_text()
    return int(re.findall(r"VmHWM:\s+(\d+) kB", status)[0]) << 10


HEAD = b'--b\r\nContent-Disposition: form-data; name="file"; filename="new.out"\r\n\r\n'
TAIL = b"\r\n--b--\r\n"


@pytest.mark.slow
@pytest.mark.parametrize("form", [False, True], ids=["raw", "form"])
def test_a_large_upload_in_little_memory(server: Server, profiles: Path, form: bool) -> None:
    times = (120 << 20) // len(BLOCK)

    def body(blocks: int) -> Iterator[bytes]:
        yield HEAD if form else b""
        for _ in range(blocks):
            yield BLOCK
        yield TAIL if form else b""

    headers = {"Content-Type": "multipart/form-data; boundary=b"} if form else {}
    around = len(HEAD) + len(TAIL) if form else 0
    assert send(server, body(1), len(BLOCK) + around, headers)[0] == 201
    before = peak_memory(server)
    status, text = send(server, body(times), times * len(BLOCK) + around, headers)
    assert status == 201, text
    assert (profiles / "new-2.out").stat().st_size == times * len(BLOCK)
    assert peak_memory(server) - before < 40 << 20


def test_without_a_length(shared: Server) -> None:
    assert send(shared, iter([BLOCK] * 20), -1, {"Transfer-Encoding": "chunked"})[0] == 201
    new = shared.profiles / "new.out"
    assert new.read_bytes() == BLOCK * 20
    new.unlink()


@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "http://evil.example"}])
def test_a_large_body_of_another_site_is_refused_before_it_comes(
    shared: Server, headers: dict[str, str]
) -> None:
    status, text = send(shared, b"", 1 << 29, headers)
    assert (status, "another site" in text) == (403, True)
    assert [path.name for path in shared.profiles.iterdir() if path.is_file()] == ["small.perf"]


def test_a_large_body_without_the_token_is_refused_before_it_comes(profiles: Path, tmp_path: Path) -> None:
    (tmp_path / "token").write_text("x" * 20)
    with serving(profiles, tmp_path / "cache", "--token-file", str(tmp_path / "token")) as server:
        connection = http.client.HTTPConnection(urlsplit(server.url).netloc, timeout=120)
        headers = {"Content-Length": str(1 << 29), "Sec-Fetch-Site": "same-origin"}
        connection.request("POST", "/profile/?filename=new.out", b"", headers)
        answer = connection.getresponse()
        assert (answer.status, b"token" in answer.read()) == (401, True)
        assert [one.partition(" ")[0] for one in answer.msg.get_all("WWW-Authenticate", [])] == [
            "Basic",
            "Bearer",
        ]
        connection.close()
        guess = {"Authorization": "Bearer " + "y" * 20}
        assert send(server, b"", 1 << 29, guess)[0] == 401
        body, shown = BLOCK * 20, {"Authorization": "Bearer " + "x" * 20}
        assert send(server, body, len(body), shown)[0] == 201
    assert (profiles / "new.out").stat().st_size == len(body)
    log = (tmp_path / "cache.log").read_text()
    assert log.count("refused before it came client=127.0.0.1 status=401") == 2
    assert "yyy" not in log


def test_more_than_the_bound_is_refused_before_it_comes(shared: Server) -> None:
    assert send(shared, b"", 1 << 31, {})[0] == 413
