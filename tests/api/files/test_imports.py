"""The routes of SSH jobs. The jobs themselves are tested in tests/ssh."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from flamescope_py.errors import ConfigError
from flamescope_py.settings import Settings
from flamescope_py.web import create_app
from flamescope_py.web.context import service_of
from tests.api.conftest import app_with, assert_refused, client_with, opened

FIELDS = [
    "id", "kind", "source", "state", "step", "done", "size", "secondsLeft", "created", "started", "ended",
    "error", "filename", "warnings", "live",
]  # fmt: skip


@pytest.fixture
def settings(settings: Settings, tmp_path: Path) -> Settings:
    (tmp_path / "config").write_text("Host beacon other *.wild !not\n  HostName 10.0.0.7\n  User admin\n")
    return replace(
        settings,
        ssh_config=tmp_path / "config",
        known_hosts_file=tmp_path / "known",
        max_jobs=1,
        max_client_jobs=2,
    )


@pytest.fixture
def app(settings: Settings) -> Iterator[Flask]:
    one = create_app(settings)
    yield one
    service_of(one).close()


@pytest.fixture
def place() -> Iterator[dict[str, Any]]:
    """Return the address of a host that accepts connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield {"host": "127.0.0.1", "port": listener.getsockname()[1]}


def test_a_job_from_start_to_end(client: FlaskClient, app: Flask, place: dict[str, Any]) -> None:
    answer = client.post("/import/ssh", json={**place, "user": "admin", "path": "/x/perf.out"})
    assert answer.status_code == 202
    assert answer.json is not None
    job = answer.json
    assert list(job) == FIELDS
    assert answer.headers["Location"] == f"./{job['id']}"
    assert (job["kind"], job["state"], job["source"]) == (
        "ssh",
        "running",
        f"admin@127.0.0.1:{place['port']}:/x/perf.out",
    )
    assert [one["id"] for one in client.get("/import/").json or []] == [job["id"]]
    stopped = client.delete(f"/import/{job['id']}")
    assert stopped.status_code in {200, 202}
    service_of(app).imports.jobs.wait(job["id"], lambda view: view.over, 30)
    ended = client.get(f"/import/{job['id']}").json
    assert ended is not None
    assert (ended["state"], ended["error"], ended["filename"]) == ("cancelled", None, None)
    assert ended["created"] <= ended["started"] <= ended["ended"]
    assert client.delete(f"/import/{job['id']}").status_code == 200
    assert_refused(client.get(f"/import/{job['id']}"), 404, "no such job")
    assert_refused(client.delete(f"/import/{job['id']}"), 404, "no such job")


def test_a_capture_says_where_its_job_is(client: FlaskClient, place: dict[str, Any]) -> None:
    answer = client.post("/import/ssh/capture", json={**place, "pgrep": "beacon", "seconds": 5})
    assert answer.status_code == 202
    assert answer.json is not None
    assert answer.headers["Location"] == f"../{answer.json['id']}"
    assert (answer.json["kind"], answer.json["source"]) == ("capture", f"127.0.0.1:{place['port']} 'beacon'")


def test_too_many_jobs_are_503(client: FlaskClient, place: dict[str, Any]) -> None:
    for _ in range(2):
        assert client.post("/import/ssh", json={**place, "path": "x"}).status_code == 202
    answer = client.post("/import/ssh", json={**place, "path": "x"})
    assert_refused(answer, 503, "yours")
    assert int(answer.headers["Retry-After"]) > 0


def test_whole_numbers_may_come_as_decimals(client: FlaskClient, place: dict[str, Any]) -> None:
    """JSON has one kind of number, and 367.0 is an integer."""
    body = {**place, "port": float(place["port"]), "pid": 1.0, "frequency": 367.0, "seconds": 1.0}
    answer = client.post("/import/ssh/capture", json=body)
    assert answer.status_code == 202
    assert (answer.json or {})["source"] == f"127.0.0.1:{place['port']} pid 1"
    for wrong in ({"pid": 1.5}, {"pid": 0.0}, {"pid": 1e30}, {"pid": float(1 << 22) + 1}):
        assert_refused(client.post("/import/ssh/capture", json={"host": "x", **wrong}), 400, "pid")


def test_a_large_body_is_413(client: FlaskClient) -> None:
    body = {"host": "x", "path": "y" * (2 << 20)}
    assert_refused(client.post("/import/ssh", json=body), 413)


def test_the_hosts_of_the_configuration(client: FlaskClient) -> None:
    assert client.get("/import/hosts").json == {
        "upload": {"enabled": True, "reason": None},
        "ssh": {"enabled": True, "reason": None},
        "record": {
            "enabled": False,
            "reason": "Recording on the server's own machine is off: switch on allow_record.",
        },
        "fleet": False,
        "hosts": [
            {"alias": "beacon", "host": "10.0.0.7", "port": 22, "user": "admin"},
            {"alias": "other", "host": "10.0.0.7", "port": 22, "user": "admin"},
        ],
        "maxSeconds": 600,
        "maxBytes": 4 << 30,
    }


def test_the_largest_upload_is_the_setting(settings: Settings) -> None:
    answer = client_with(settings, max_file_bytes=1 << 20).get("/import/hosts").json
    assert answer is not None
    assert answer["maxBytes"] == 1 << 20


def test_only_hosts_that_may_be_reached_are_shown(settings: Settings) -> None:
    client = client_with(settings, ssh_hosts=("192.168.*",))
    answer = client.get("/import/hosts").json
    assert answer is not None
    assert answer["hosts"] == []


def test_no_hosts_are_shown_where_ssh_is_off(settings: Settings) -> None:
    client = client_with(settings, host="0.0.0.0")
    answer = client.get("/import/hosts").json
    assert answer is not None
    assert (answer["ssh"]["enabled"], answer["hosts"]) == (False, [])
    assert "allow_ssh" in answer["ssh"]["reason"]


def test_ssh_beyond_loopback_needs_a_list_of_hosts(settings: Settings) -> None:
    with pytest.raises(ConfigError, match="ssh_hosts"):
        app_with(settings, host="0.0.0.0", allow_ssh=True)
    allowed = replace(settings, host="0.0.0.0", allow_ssh=True, ssh_hosts=("10.0.0.*",))
    app = create_app(allowed)
    job = opened(app).post("/import/ssh", json={"host": "192.0.2.1", "path": "x"}).json
    assert job is not None
    ended = service_of(app).imports.jobs.wait(job["id"], lambda view: view.over, 30)
    assert (ended.state, "ssh_hosts" in str(ended.error)) == ("failed", True)
    service_of(app).close()


@pytest.mark.parametrize("content", [None, "", "short"])
def test_a_token_file_must_hold_a_token(settings: Settings, tmp_path: Path, content: str | None) -> None:
    if content is not None:
        (tmp_path / "token").write_text(content)
    with pytest.raises(ConfigError, match="token_file"):
        app_with(settings, token_file=tmp_path / "token")
