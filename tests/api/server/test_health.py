from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from flamescope_py.web.routes import health


def test_a_server_that_can_list_is_alive_and_ready(client: FlaskClient) -> None:
    for path in ("/healthz", "/readyz"):
        answer = client.get(path)
        assert (answer.status_code, answer.json) == (200, {"status": "ok"})
        assert answer.headers["Cache-Control"] == "no-store"


def test_a_mount_that_went_away_makes_it_not_ready_but_alive(client: FlaskClient, profiles: Path) -> None:
    profiles.rename(profiles.with_name("elsewhere"))
    assert client.get("/healthz").status_code == 200
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "5"
    assert "mounted" in (answer.json or {})["error"]
    profiles.with_name("elsewhere").rename(profiles)
    assert client.get("/readyz").status_code == 200


def test_a_server_that_stops_is_not_ready(app: Flask, client: FlaskClient) -> None:
    health.stop(app)
    assert client.get("/readyz").status_code == 503
    assert client.get("/healthz").status_code == 200


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics"])
def test_watching_changes_nothing_and_needs_a_known_host(client: FlaskClient, path: str) -> None:
    assert client.post(path).status_code in {403, 405}
    assert client.get(path, headers={"Host": "evil.example"}).status_code == 403
