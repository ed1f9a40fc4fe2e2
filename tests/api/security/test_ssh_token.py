"""SSH by default: refused to local users without the token of this start. Profiles stay open."""

from __future__ import annotations

import json
import logging
import os
import re
import socket
import stat
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import HTTPCookieProcessor, Request, build_opener, urlopen

import pytest
from flask import Flask
from flask.testing import FlaskClient

from flamescope_py.service import JobView
from flamescope_py.settings import Settings
from flamescope_py.web import create_app
from flamescope_py.web.context import service_of
from flamescope_py.web.middleware import ssh_token
from flamescope_py.web.middleware.guard import guard_in
from tests.api.conftest import SMALL, assert_refused, opened
from tests.api.server.test_serve import serving

FETCH: dict[str, Any] = {"host": "h.invalid", "path": "x"}
JOB = "0123456789abcdef"


@pytest.fixture
def settings(settings: Settings, tmp_path: Path) -> Settings:
    (tmp_path / "config").write_text("Host beacon\n  HostName 10.0.0.7\n  User admin\n")
    return replace(settings, ssh_config=tmp_path / "config")


@pytest.fixture
def stranger(app: Flask) -> FlaskClient:
    """Another user of this machine, who can reach the port."""
    return app.test_client()


def start_token(app: Flask) -> str:
    token = guard_in(app).start_token.decode()
    assert len(token) > 40
    return token


@pytest.fixture
def job(app: Flask) -> Iterator[JobView]:
    """A job of the owner, at a host that never answers."""
    imports = service_of(app).imports
    with socket.create_server(("127.0.0.1", 0)) as listener:
        body = {"host": "127.0.0.1", "port": listener.getsockname()[1], "path": "/secret/of/the/owner"}
        yield imports.fetch(imports.read_fetch(body), "")
        service_of(app).close()


def test_a_stranger_uses_no_key_and_sees_no_job_or_host(
    app: Flask, stranger: FlaskClient, job: JobView
) -> None:
    for headers in ({}, {"Authorization": "Bearer "}, {"Authorization": "Bearer " + "x" * 43}):
        for path in ("/import/ssh", "/import/ssh/capture"):
            answer = stranger.post(path, json={**FETCH, "pid": 1}, headers=headers)
            assert_refused(answer, 401, "address that flamescope-py serve printed")
            # With Basic, every browser would ask for a password, which does not exist.
            assert [one.partition(" ")[0] for one in answer.headers.getlist("WWW-Authenticate")] == ["Bearer"]
        assert_refused(stranger.get(f"/import/{job.id}", headers=headers), 401, "token")
        assert_refused(stranger.delete(f"/import/{job.id}", headers=headers), 401, "token")
        assert stranger.get("/import/", headers=headers).json == []
        offer = stranger.get("/import/hosts", headers=headers).json
        assert offer is not None
        assert (offer["ssh"]["enabled"], offer["hosts"]) == (False, [])
        assert "serve printed" in offer["ssh"]["reason"]
    assert service_of(app).imports.jobs.job(job.id).state == "running"


def test_reading_and_uploading_stay_open_on_loopback(stranger: FlaskClient) -> None:
    assert stranger.get("/profile/").status_code == 200
    assert stranger.get("/heatmap/?filename=small.perf").status_code == 200
    assert stranger.post("/profile/?filename=x", data=SMALL).status_code == 201
    assert stranger.delete("/profile/?filename=x").status_code == 204


def test_the_printed_address_opens_it(app: Flask, stranger: FlaskClient, job: JobView) -> None:
    token = start_token(app)
    answer = stranger.get(f"/?theme=dark&token={token}")
    assert (answer.status_code, answer.headers["Location"]) == (303, "./?theme=dark")
    assert token not in answer.text
    cookie = answer.headers["Set-Cookie"]
    assert {"HttpOnly", "SameSite=Strict", "Path=/"} < set(cookie.split("; "))
    assert stranger.get(f"/import/{job.id}").status_code == 200
    offer = stranger.get("/import/hosts").json
    assert offer is not None
    assert (offer["ssh"]["enabled"], [one["alias"] for one in offer["hosts"]]) == (True, ["beacon"])
    assert stranger.delete(f"/import/{job.id}").status_code in {200, 202}


def test_programs_send_it_as_bearer(app: Flask, stranger: FlaskClient) -> None:
    headers = {"Authorization": f"Bearer {start_token(app)}"}
    assert_refused(stranger.post("/import/ssh", json={}, headers=headers), 400, "host")
    assert_refused(stranger.get(f"/import/{JOB}", headers=headers), 404, "no such job")


def test_the_page_of_another_site_cannot_use_the_cookie(app: Flask) -> None:
    """Another port of this host is the same site to a browser, which sends the cookie along."""
    client = opened(app)
    for headers in (
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site", "Origin": "http://localhost:8081"},
        {"Origin": "http://localhost:8081"},
    ):
        assert_refused(client.post("/import/ssh", json=FETCH, headers=headers), 403, "another site")


@pytest.mark.parametrize("given", ["", "x", "é", "x" * 43, "%FF", "%00"])
def test_a_wrong_token_opens_the_page_and_no_more(
    app: Flask, stranger: FlaskClient, caplog: pytest.LogCaptureFixture, given: str
) -> None:
    """It may be the bookmark of an earlier start."""
    caplog.set_level(logging.DEBUG)
    answer = stranger.get(f"/?token={given}")
    assert answer.status_code in {303, 400}
    assert "Set-Cookie" not in answer.headers
    if answer.status_code == 303:
        (record,) = [one for one in caplog.records if one.levelno >= logging.WARNING]
        assert record.__dict__["fields"] == {"client": "127.0.0.1", "method": "GET"}
    assert stranger.get(f"/import/{JOB}").status_code == 401


def test_each_start_has_its_own(settings: Settings) -> None:
    one, other = create_app(settings), create_app(settings)
    assert start_token(one) != start_token(other)
    client = other.test_client()
    client.set_cookie("flamescope_ssh", start_token(one))
    assert client.get(f"/import/{JOB}").status_code == 401


def test_there_is_none_where_ssh_is_off_or_a_token_is_set(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "token").write_text("a-token-of-some-length")
    for more in ({"read_only": True}, {"host": "0.0.0.0"}, {"token_file": tmp_path / "token"}):
        app = create_app(replace(settings, **more))
        assert guard_in(app).start_token == b""
        with app.test_client().get("/?token=x") as answer:
            assert answer.status_code in {200, 404}


def test_beyond_loopback_it_is_needed_too(settings: Settings) -> None:
    app = create_app(replace(settings, host="0.0.0.0", allow_ssh=True, ssh_hosts=("10.0.0.*",)))
    assert_refused(app.test_client().post("/import/ssh", json=FETCH), 401, "token")


def test_servers_on_two_ports_of_a_host_keep_their_cookies_apart() -> None:
    names = {ssh_token.cookie_name(host) for host in ("localhost:8080", "localhost:8081", "localhost")}
    assert len(names) == 3


def test_serve_as_a_user_runs_it(profiles: Path, tmp_path: Path) -> None:
    with serving(tmp_path, str(profiles)) as (process, line, url):
        token = re.findall(r"\?token=([\w-]+),", line)[0]
        port = re.findall(r":(\d+)/", url)[0]
        file = tmp_path / "cache" / "flamescope-py" / f"ssh-token-{port}"
        assert file.read_text().strip() == token
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
        with pytest.raises(HTTPError, match="401"):
            urlopen(Request(f"{url}import/ssh", b"{}", {"Content-Type": "application/json"}), timeout=60)
        with urlopen(f"{url}heatmap/?filename=small.perf", timeout=60) as answer:
            assert answer.status == 200
        browser = build_opener(HTTPCookieProcessor())
        with browser.open(f"{url}?token={token}", timeout=60) as answer:
            assert answer.url == url
        with browser.open(f"{url}import/hosts", timeout=60) as answer:
            assert json.load(answer)["ssh"]["enabled"] is True
        process.terminate()
        _, problems = process.communicate(timeout=60)
        assert token not in problems
        assert not file.exists()


@pytest.mark.skipif(os.getuid() != 0, reason="only root can become another user")
def test_another_user_of_the_machine_cannot_read_it(profiles: Path, tmp_path: Path) -> None:
    with serving(tmp_path, str(profiles)) as (_, _, url):
        port = re.findall(r":(\d+)/", url)[0]
        file = tmp_path / "cache" / "flamescope-py" / f"ssh-token-{port}"
        assert file.exists()
        done = subprocess.run(["cat", str(file)], user="nobody", capture_output=True, check=False)
        assert (done.returncode, done.stdout) == (1, b"")


def test_a_disk_that_takes_no_file_is_no_end(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "file").touch()
    assert not ssh_token.write_token(tmp_path / "file" / "ssh-token-1", b"x")
    assert "cannot be written" in caplog.text
