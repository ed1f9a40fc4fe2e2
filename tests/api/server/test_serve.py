"""The command as a user runs it: a process of its own, a socket, signals."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

COMMAND = [sys.executable, "-m", "flamescope_py", "serve"]


def environment(tmp_path: Path, **more: str) -> dict[str, str]:
    """Return an environment without the machine's own settings."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("FLAMESCOPE_")}
    places = {"XDG_CONFIG_HOME": str(tmp_path / "config"), "XDG_CACHE_HOME": str(tmp_path / "cache")}
    return kept | places | more


@contextmanager
def serving(tmp_path: Path, *arguments: str, **more: str) -> Iterator[tuple[subprocess.Popen[str], str, str]]:
    """Run the server. Yield the process, its start line and its URL."""
    process = subprocess.Popen(
        [*COMMAND, *arguments, "--port", "0"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment(tmp_path, **more),
    )
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        found = re.search(r"http://\S+/", line)
        assert found, line or process.communicate()
        yield process, line, found[0]
    finally:
        process.kill()
        process.communicate()


def refused(tmp_path: Path, *arguments: str, **more: str) -> str:
    """Run a server that must fail to start. Return its error output."""
    done = subprocess.run(
        [*COMMAND, *arguments],
        capture_output=True,
        text=True,
        env=environment(tmp_path, **more),
        timeout=60,
        check=False,
    )
    assert done.returncode == 2, done
    assert "Traceback" not in done.stderr
    assert done.stdout == ""
    return done.stderr


def raw(url: str, request: bytes) -> tuple[int, dict[str, str], bytes]:
    """Send raw bytes. Return status, headers and body."""
    host, port = re.findall(r"//(.*):(\d+)/", url)[0]
    with socket.create_connection((host, int(port)), timeout=240) as connection:
        connection.sendall(request)
        answer = b""
        # A connection that the server gives up may be reset.
        with suppress(ConnectionResetError):
            while chunk := connection.recv(65536):
                answer += chunk
    head, _, body = answer.partition(b"\r\n\r\n")
    first, *lines = head.decode().split("\r\n")
    return int(first.split()[1]), dict(line.split(": ", 1) for line in lines), body


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_serves_and_ends_cleanly(profiles: Path, tmp_path: Path, number: signal.Signals) -> None:
    with serving(tmp_path, str(profiles)) as (process, line, url):
        assert f"profiles: {profiles} (command line)" in line
        assert "(default)" in line
        assert "no configuration file" in line
        with urlopen(url + "profile/", timeout=60) as answer:
            assert "Server" not in answer.headers
            assert "Via" not in answer.headers
            assert json.load(answer)[0]["filename"] == "small.perf"
        process.send_signal(number)
        rest, problems = process.communicate(timeout=60)
        assert process.returncode == 0
        assert rest == ""
        (logged,) = problems.splitlines()
        assert "route=/profile/" in logged


def test_settings_come_from_where_the_line_says(profiles: Path, tmp_path: Path) -> None:
    file = tmp_path / "settings.toml"
    file.write_text('[filters]\ndefault_filters = ["node"]\n[profiles]\ncache_dir = "kept"\n')
    more = {"FLAMESCOPE_PROFILE_DIR": str(profiles)}
    with serving(tmp_path, "--config", str(file), **more) as (_, line, url):
        assert f"profiles: {profiles} (environment)" in line
        assert f"cache: {tmp_path / 'kept'} (configuration file {file})" in line
        assert f"settings: {file}" in line
        with urlopen(url + "filter/", timeout=60) as answer:
            assert json.load(answer)[0]["default"] is True


def test_what_never_reaches_the_application_is_refused_in_the_same_shape(
    profiles: Path, tmp_path: Path
) -> None:
    requests = {
        b"GARBAGE\r\n\r\n": 400,
        b"GET / HTTP/1.1\r\nHost: localhost\r\nX: " + b"a" * 262_200 + b"\r\n\r\n": 431,
        b"GET /heatmap/?filename=\xff HTTP/1.1\r\nHost: localhost\r\n\r\n": 400,
        b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999\r\n\r\n": 413,
    }
    with serving(tmp_path, str(profiles)) as (_, _, url):
        for request, status in requests.items():
            answer = raw(url, request)
            assert answer[0] == status
            assert answer[1]["Content-Type"] == "application/json"
            assert list(json.loads(answer[2])) == ["error"]
            assert "Server" not in answer[1]
        with pytest.raises(HTTPError, match="403"):
            urlopen(Request(url, headers={"Host": "evil.example"}), timeout=60)
        with pytest.raises(HTTPError, match="403"):
            urlopen(Request(url, headers={"X-Forwarded-Host": "localhost", "Host": "evil"}), timeout=60)


def test_a_port_in_use_is_told(profiles: Path, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        assert "in use" in refused(tmp_path, str(profiles), "--port", port)


def test_what_is_missing_is_told(profiles: Path, tmp_path: Path) -> None:
    nowhere = str(tmp_path / "nowhere")
    assert "nowhere" in refused(tmp_path, nowhere)
    assert "index.html" in refused(tmp_path, str(profiles), "--frontend", nowhere)
    assert "cannot be read" in refused(tmp_path, str(profiles), "--config", nowhere)
    assert "nope" in refused(tmp_path, str(profiles), "--default-filters", "nope")
    assert "FLAMESCOPE" not in refused(tmp_path, str(profiles), "--port", "x")
    assert "environment" in refused(tmp_path, str(profiles), FLAMESCOPE_PORT="99999")
    assert "Cannot listen" in refused(tmp_path, str(profiles), "--host", "no.such.host.invalid")
    assert "Cannot listen" in refused(tmp_path, str(profiles), "--host", "a" * 70)


def test_another_front_end_is_served(profiles: Path, tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("other")
    with serving(tmp_path, str(profiles), "--frontend", str(tmp_path)) as (_, line, url):
        assert f"front end: {tmp_path} (command line)" in line
        with urlopen(url, timeout=60) as answer:
            assert answer.read() == b"other"


def test_ipv6(profiles: Path, tmp_path: Path) -> None:
    if not socket.has_dualstack_ipv6():
        pytest.skip("this machine has no IPv6")
    with serving(tmp_path, str(profiles), "--host", "::1") as (_, _, url):
        assert url.startswith("http://[::1]:")
        with urlopen(url + "profile/", timeout=60) as answer:
            assert answer.status == 200
