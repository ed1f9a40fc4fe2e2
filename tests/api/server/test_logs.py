"""One log line per request. No input of a client adds another line."""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from flask import Flask
from flask.testing import FlaskClient

from flamescope_py.settings import Settings
from flamescope_py.web.middleware import logs
from tests.api.conftest import app_with, client_with

NASTY = 'a"b\r\nINFO flamescope_py.requests: request id=forged user=root\x1b[31m\u2028\u202e= ü'


class Lines(logging.Handler):
    def __init__(self, formatter: logging.Formatter) -> None:
        super().__init__()
        self.setFormatter(formatter)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))


@pytest.fixture(params=["text", "json"])
def form(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def handler(form: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> Lines:
    handler = Lines(logs.JsonFormatter() if form == "json" else logs.TextFormatter())
    monkeypatch.setattr(logs.requests, "handlers", [handler])
    caplog.set_level(logging.INFO, logs.requests.name)
    return handler


def test_a_line_says_what_was_asked_and_what_it_cost(client: FlaskClient, handler: Lines, form: str) -> None:
    answer = client.get("/heatmap/?filename=small.perf&rows=10", buffered=True)
    (line,) = handler.lines
    expected = {
        "id": answer.headers["X-Request-Id"],
        "client": "127.0.0.1",
        "method": "GET",
        "route": "/heatmap/",
        "profile": "small.perf",
        "status": 200,
        "bytes": len(answer.data),
    }
    if form == "json":
        found = json.loads(line)
        assert {name: found[name] for name in expected} == expected
        assert found["ms"] >= 0
        assert found["message"] == "request"
    else:
        for name, value in expected.items():
            assert f" {name}={value}" in line


def test_nothing_that_is_sent_makes_a_line_or_a_field(client: FlaskClient, handler: Lines, form: str) -> None:
    headers = {"User-Agent": "x", "X-Request-Id": "forged", "X-Forwarded-User": "root"}
    assert client.get(f"/heatmap/?filename={quote(NASTY)}", headers=headers, buffered=True).status_code == 404
    (line,) = handler.lines
    assert line.isascii()
    assert line.isprintable()
    if form == "json":
        found = json.loads(line)
        assert found["profile"] == NASTY
        assert "user" not in found
        assert found["id"] != "forged"
    else:
        assert line.count(" id=") == 2
        assert json.dumps(NASTY) in line


def test_messages_of_others_are_one_line_too(form: str) -> None:
    record = logging.LogRecord("other", logging.WARNING, "", 0, "said %s", (NASTY,), None)
    formatter = logs.JsonFormatter() if form == "json" else logs.TextFormatter()
    assert formatter.format(record).isprintable()


def test_lines_of_a_traceback_begin_like_no_other(form: str) -> None:
    try:
        raise ValueError(NASTY)
    except ValueError as error:
        info = (type(error), error, error.__traceback__)
    record = logging.LogRecord("other", logging.ERROR, "", 0, "failed", (), info)
    text = (logs.JsonFormatter() if form == "json" else logs.TextFormatter()).format(record)
    first, *rest = text.split("\n")
    assert "failed" in first
    assert all(line.startswith("    ") and line.isprintable() for line in rest)


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics"])
def test_health_checks_are_not_logged(client: FlaskClient, handler: Lines, path: str) -> None:
    client.get(path)
    assert handler.lines == []


def test_streamed_answers_and_files_are_counted_in_full(client: FlaskClient, handler: Lines) -> None:
    for path in ("/profile/download?filename=small.perf", "/flamegraph/?filename=small.perf&format=folded"):
        answer = client.get(path, buffered=True)
        assert f"{len(answer.data)}" in handler.lines[-1]
        assert "cut" not in handler.lines[-1]


def test_an_answer_that_is_not_read_to_its_end_is_marked(client: FlaskClient, handler: Lines) -> None:
    client.get("/flamegraph/?filename=small.perf", buffered=False).close()
    assert "cut" in handler.lines[-1]


def test_lines_can_be_switched_off(settings: Settings, handler: Lines) -> None:
    client_with(settings, log_requests=False).get("/profile/")
    assert handler.lines == []


@pytest.fixture
def behind(settings: Settings) -> Flask:
    return app_with(settings, trusted_proxies=1, user_header="X-Forwarded-User")


def test_a_trusted_proxy_names_user_client_and_request(behind: Flask, handler: Lines, form: str) -> None:
    headers = {"X-Forwarded-User": "ada", "X-Forwarded-For": "10.1.2.3", "X-Request-Id": "abc-1"}
    answer = behind.test_client().get("/profile/", headers=headers, buffered=True)
    assert answer.headers["X-Request-Id"] == "abc-1"
    for value in ("ada", "10.1.2.3", "abc-1"):
        assert value in handler.lines[0]
    odd = behind.test_client().get("/profile/", headers={"X-Request-Id": "a b"})
    assert odd.headers["X-Request-Id"] != "a b"


@pytest.mark.parametrize("more", [{"user_header": "X-Forwarded-User"}, {"trusted_proxies": 1}])
def test_only_a_trusted_proxy_names_a_user(settings: Settings, handler: Lines, more: dict[str, Any]) -> None:
    client = client_with(settings, **more)
    client.get("/profile/", headers={"X-Forwarded-User": "ada"}, auth=("ada", "x"), buffered=True)
    assert "ada" not in handler.lines[0]
    assert "user" not in handler.lines[0]


def test_an_error_says_nothing_of_the_machine(client: FlaskClient, profiles: Path) -> None:
    answer = client.get("/heatmap/?filename=none")
    assert str(profiles) not in answer.text
