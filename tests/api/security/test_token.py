"""The token: which requests need it, how they send it, and that it leaks nowhere."""

from __future__ import annotations

import base64
import logging
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from flamescope_py.errors import ConfigError
from flamescope_py.settings import Settings
from flamescope_py.web import create_app
from flamescope_py.web.routes import frontend
from tests.api.conftest import SMALL, assert_refused

TOKEN = "a-token=of:some/length=="
SAME_SITE = {"Sec-Fetch-Site": "same-origin"}
CROSS_SITE = {"Sec-Fetch-Site": "cross-site"}

Asking = Callable[..., FlaskClient]


@pytest.fixture
def asking(settings: Settings, tmp_path: Path) -> Asking:
    """Make a server that asks for the token."""
    (tmp_path / "token").write_text(TOKEN + "\n")

    def make(**more: Any) -> FlaskClient:
        guarded = replace(settings, token_file=tmp_path / "token", **more)
        return create_app(guarded).test_client()

    return make


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def basic(password: str, user: str = "ada") -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()}


RIGHT = [
    bearer(TOKEN),
    {"Authorization": f"bearer  {TOKEN}"},
    basic(TOKEN),
    basic(TOKEN, ""),
    basic(TOKEN, "ü"),
]
WRONG = [
    {},
    bearer(TOKEN + "x"),
    bearer(TOKEN[:-1]),
    bearer(""),
    bearer("é"),
    basic(TOKEN + "x"),
    basic(""),
    basic("ü", TOKEN),
    {"Authorization": "Basic"},
    {"Authorization": "Basic no-base64!"},
    {"Authorization": "Basic " + base64.b64encode(TOKEN.encode()).decode()},
    {"Authorization": f"Basic {TOKEN}"},
    {"Authorization": f"Digest {TOKEN}"},
    {"Authorization": TOKEN},
]


def assert_asked(answer: TestResponse) -> None:
    assert_refused(answer, 401, "token")
    kinds = [value.partition(" ")[0] for value in answer.headers.getlist("WWW-Authenticate")]
    assert kinds == ["Basic", "Bearer"]
    assert answer.headers["Cache-Control"] in {"no-store", "no-store, private"}


def upload(client: FlaskClient, headers: dict[str, str]) -> TestResponse:
    return client.post("/profile/?filename=x", data=SMALL, headers=headers)


@pytest.mark.parametrize("headers", RIGHT)
def test_clients_with_the_token_may_change_files(asking: Asking, headers: dict[str, str]) -> None:
    assert upload(asking(), headers).status_code == 201
    assert upload(asking(), {**headers, **SAME_SITE}).status_code == 201


@pytest.mark.parametrize("headers", WRONG)
def test_clients_without_the_token_change_nothing(
    asking: Asking, profiles: Path, headers: dict[str, str]
) -> None:
    client = asking()
    for more in ({}, SAME_SITE, {"Origin": "http://localhost"}):
        assert_asked(upload(client, {**headers, **more}))
        assert_asked(client.delete("/profile/?filename=small.perf", headers={**headers, **more}))
        assert_asked(client.post("/import/ssh", json={}, headers={**headers, **more}))
    assert (profiles / "small.perf").exists()
    assert client.get("/profile/", headers=headers).status_code == 200


def test_the_page_of_another_site_cannot_use_a_password_that_the_browser_knows(asking: Asking) -> None:
    for more in (CROSS_SITE, {"Origin": "http://evil.example"}):
        assert_refused(upload(asking(), {**basic(TOKEN), **more}), 403, "another site")
        assert upload(asking(), {**bearer(TOKEN), **more}).status_code == 201


EVERYTHING: dict[str, Any] = {"token_for": "everything"}
READINGS = [
    "/",
    "/profile/",
    "/profile",
    "/heatmap/?filename=small.perf",
    "/profile/download?filename=small.perf",
    "/openapi.json",
    "/metrics",
    "/no/such/address",
    "/assets/index-Djzy1Qcu.js",
]


@pytest.mark.parametrize("path", READINGS)
def test_everything_may_need_it(asking: Asking, path: str) -> None:
    client = asking(**EVERYTHING)
    for method in ("GET", "HEAD", "OPTIONS", "POST", "BREW"):
        answer = client.open(path, method=method, headers=SAME_SITE)
        assert answer.status_code == 401, method
    for headers in WRONG:
        assert_asked(client.get(path, headers=headers))
    for headers in RIGHT:
        with client.get(path, headers=headers) as shown:
            assert shown.status_code in {200, 308, 404}


def test_health_is_open_and_metrics_may_be(asking: Asking) -> None:
    for path in ("/healthz", "/readyz"):
        assert asking(**EVERYTHING).get(path).status_code == 200
    assert asking(**EVERYTHING, open_metrics=True).get("/metrics").status_code == 200
    assert asking(**EVERYTHING, open_metrics=True).get("/profile/").status_code == 401
    assert asking().get("/metrics").status_code == 200


def test_no_shared_cache_keeps_what_the_token_opens(
    asking: Asking, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "bundle" / "assets").mkdir(parents=True)
    (tmp_path / "bundle" / "assets" / "index-Djzy1Qcu.js").write_text("1")
    (tmp_path / "bundle" / "index.html").write_text("1")
    monkeypatch.setattr(frontend, "OWN", tmp_path / "bundle")
    client = asking(**EVERYTHING)
    for path in READINGS:
        with client.get(path, headers=basic(TOKEN)) as answer:
            assert "private" in answer.headers["Cache-Control"], path
            assert "public" not in answer.headers["Cache-Control"], path
            assert "Authorization" in answer.headers["Vary"], path


@pytest.mark.parametrize("path", ["/profile/download?filename=small.perf", "/heatmap/?filename=small.perf"])
def test_profiles_are_private_also_without_a_token(client: FlaskClient, path: str) -> None:
    with client.get(path) as answer:
        assert answer.headers["Cache-Control"] == "private, no-cache"


def test_a_wrong_token_is_logged_and_not_told(asking: Asking, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    secret = "hunter2-hunter2-hunter2"
    for headers in (bearer(secret), basic(secret), basic("x", secret)):
        caplog.clear()
        answer = upload(asking(), headers)
        (record,) = [one for one in caplog.records if one.levelno >= logging.WARNING]
        assert record.__dict__["fields"] == {"client": "127.0.0.1", "method": "POST"}
        told = f"{caplog.text} {[one.__dict__ for one in caplog.records]} {answer.text} {answer.headers}"
        assert secret not in told
        assert headers["Authorization"] not in told
    caplog.clear()
    upload(asking(), {})
    assert [one for one in caplog.records if one.levelno >= logging.WARNING] == []


@pytest.mark.parametrize(
    "token", ["", "short", "x" * 15, "a token with blanks", "ein-schlüssel-mit-ü", "x" * 20 + "\ny"]
)
def test_a_token_that_cannot_be_sent_is_refused(settings: Settings, tmp_path: Path, token: str) -> None:
    (tmp_path / "token").write_text(token)
    with pytest.raises(ConfigError, match="at least 16 characters"):
        create_app(replace(settings, token_file=tmp_path / "token"))


def test_without_a_file_nothing_can_be_asked(settings: Settings, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="needs token_file"):
        create_app(replace(settings, token_for="everything"))
    with pytest.raises(ConfigError, match="cannot be read: No such file"):
        create_app(replace(settings, token_file=tmp_path / "none"))
    client = create_app(settings).test_client()
    for headers in (bearer(""), basic(""), bearer("x")):
        assert_refused(upload(client, {**headers, **CROSS_SITE}), 403, "another site")
