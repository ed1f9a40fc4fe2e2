"""The routes of recordings on the server's own machine. Recording itself is tested in tests/ssh."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from flamescope_py.settings import Settings
from flamescope_py.web import create_app
from flamescope_py.web.context import service_of
from flamescope_py.web.middleware.guard import guard_in
from tests.api.conftest import assert_refused

BODY: dict[str, Any] = {"pid": (1 << 22) - 1, "seconds": 1}


@pytest.fixture
def allowed(settings: Settings) -> Iterator[Flask]:
    app = create_app(replace(settings, allow_record=True))
    yield app
    service_of(app).close()


def owner(app: Flask) -> FlaskClient:
    """Return a client that shows the token of this start."""
    client = app.test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {guard_in(app).start_token.decode()}"
    return client


def offered(client: FlaskClient) -> Any:
    found = client.get("/import/hosts").json
    assert found is not None
    return found["record"]


def test_it_is_off_until_it_is_switched_on(app: Flask) -> None:
    client = owner(app)
    assert_refused(client.post("/import/record", json=BODY), 403, "allow_record")
    assert offered(client)["enabled"] is False


def test_it_needs_the_token_of_this_start(allowed: Flask) -> None:
    stranger = allowed.test_client()
    assert_refused(stranger.post("/import/record", json=BODY), 401, "It has the token")
    assert_refused(stranger.post("/import/0123456789abcdef/finish"), 401, "It has the token")
    assert offered(stranger)["enabled"] is False
    client = owner(allowed)
    assert offered(client) == {"enabled": True, "reason": None}
    answer = client.post("/import/record", json=BODY)
    assert answer.status_code == 202
    assert answer.json is not None
    assert (answer.json["kind"], answer.json["source"]) == ("record", f"pid {BODY['pid']}")
    assert answer.headers["Location"] == f"./{answer.json['id']}"


def test_the_token_is_made_for_recording_alone(settings: Settings) -> None:
    """Beyond loopback SSH is off, and recording may be on."""
    app = create_app(replace(settings, host="0.0.0.0", allow_record=True))
    assert guard_in(app).start_token
    assert guard_in(app).ssh
    service_of(app).close()


def test_a_read_only_server_records_nothing(settings: Settings) -> None:
    app = create_app(replace(settings, allow_record=True, read_only=True))
    assert_refused(app.test_client().post("/import/record", json=BODY), 403, "read-only")
    service_of(app).close()


@pytest.mark.parametrize(
    ("body", "word"),
    [
        ({}, "exactly one"),
        ({"pid": 1, "system": True}, "exactly one"),
        ({"pid": 0}, "pid"),
        ({"pid": 1, "seconds": 100_000}, "seconds"),
        ({"pid": 1, "event": "a; b"}, "event"),
        ({"pid": 1, "host": "x"}, "host"),
        ({"pid": 1, "filename": "../x"}, "filename"),
        ([], "JSON object"),
    ],
)
def test_bad_bodies(allowed: Flask, body: Any, word: str) -> None:
    for path in ("/import/record", "/import/commands"):
        assert_refused(owner(allowed).post(path, json=body), 400, word)


def test_the_commands_are_shown_and_not_run(client: FlaskClient) -> None:
    answer = client.post("/import/commands", json={"pgrep": "$(touch x)", "seconds": 5, "sudo": True})
    assert answer.status_code == 200
    assert answer.json is not None
    search, record, follow, script = answer.json["commands"]
    assert search == "pgrep -f -- '$(touch x)'"
    assert "--no-buffering -o - -- sleep 5 > " in record
    fields, _, rest = script.partition("perf.data ")[2].rpartition(" ")
    assert rest == "--show-lost-events"
    assert follow.endswith(fields)
    assert "sudo -n perf script -f -i - -F comm," in follow
    assert record.startswith("sudo -n perf record --sample-cpu -k CLOCK_REALTIME -F 99 ")
    assert script.startswith("sudo -n perf script -f --header ")


def test_the_end_of_a_job_that_is_not_there(app: Flask) -> None:
    assert_refused(owner(app).post("/import/0123456789abcdef/finish"), 404, "no such job")
