"""Every failure of a request has a status and one sentence in one shape."""

from __future__ import annotations

import gzip
import os
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from flamescope_py.errors import BusyError, ConfigError, FlameScopeError
from flamescope_py.service import Service
from tests.api.conftest import SMALL, assert_refused

SELECTING = ("/heatmap/", "/flamegraph/")


@pytest.mark.parametrize("route", SELECTING)
def test_an_address_that_is_not_utf_8_is_400(client: FlaskClient, route: str) -> None:
    answer = client.get(route, environ_overrides={"QUERY_STRING": "filename=\xff"})
    assert_refused(answer, 400, "UTF-8")


@pytest.mark.parametrize("route", SELECTING)
def test_unknown_parameters_are_ignored_and_the_same_value_may_repeat(
    client: FlaskClient, route: str
) -> None:
    query = "filename=small.perf&type=perf&type=perf&flavor=standard&foo=bar&filter=node&filter=node"
    assert client.get(f"{route}?{query}").status_code == 200


@pytest.mark.parametrize("route", SELECTING)
@pytest.mark.parametrize(
    ("content", "status"),
    [
        (b"", 422),
        (b"\x7fELF\0\0\0\0", 415),
        (b"just\nsome\ntext\n", 415),
        (gzip.compress(SMALL, mtime=0)[:12], 422),
        (gzip.compress(b"")[:5], 422),
    ],
    ids=["empty", "binary", "text", "cut gzip", "five bytes of gzip"],
)
def test_files_that_are_no_profile(
    client: FlaskClient, profiles: Path, route: str, content: bytes, status: int
) -> None:
    (profiles / "odd").write_bytes(content)
    assert_refused(client.get(f"{route}?filename=odd&type=perf"), status)
    assert_refused(client.get(f"{route}?filename=odd&type=unknown"), status)
    assert_refused(client.get(f"{route}?filename=odd"), status)


@pytest.mark.parametrize("route", SELECTING)
def test_unknown_is_opened_as_what_it_is(client: FlaskClient, route: str) -> None:
    assert client.get(f"{route}?filename=small.perf&type=unknown").status_code == 200


@pytest.mark.parametrize("url", ["/nowhere", "/nowhere/", "/heatmap/x", "/a/../b", "/.git/config"])
def test_an_unknown_address_is_404(client: FlaskClient, url: str) -> None:
    assert_refused(client.open(path=url), 404)


@pytest.mark.parametrize("route", ["/", "/heatmap/", "/flamegraph/", "/filter/"])
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_other_methods_are_405(client: FlaskClient, route: str, method: str) -> None:
    answer = client.open(route, method=method)
    assert_refused(answer, 405, method)
    assert "GET" in answer.headers["Allow"]


@pytest.mark.parametrize("route", ["/profile", "/heatmap", "/flamegraph", "/filter"])
def test_the_slash_at_the_end_is_added_without_naming_a_host(client: FlaskClient, route: str) -> None:
    answer = client.get(f"{route}?filename=a%20b%26c")
    assert answer.status_code == 308
    assert answer.headers["Location"] == f"{route}/?filename=a%20b%26c"
    assert client.get(route, follow_redirects=True).status_code in {200, 400}


@pytest.mark.parametrize("url", ["/profile/", "/filter/", "/heatmap/?filename=small.perf"])
def test_head_is_get_without_a_body(client: FlaskClient, url: str) -> None:
    answer = client.head(url)
    assert (answer.status_code, answer.data) == (200, b"")
    assert answer.headers["Content-Length"] == client.get(url).headers["Content-Length"]


def raising(app: Flask, monkeypatch: pytest.MonkeyPatch, error: Exception) -> FlaskClient:
    def fail(self: Service, asked: object) -> None:
        raise error

    monkeypatch.setattr(Service, "listing", fail)
    return app.test_client()


@pytest.mark.parametrize(
    "error", [ZeroDivisionError("/etc/secret"), FlameScopeError("/etc/secret"), ConfigError("/etc/secret")]
)
def test_a_bug_is_logged_and_not_shown(
    app: Flask, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, error: Exception
) -> None:
    answer = raising(app, monkeypatch, error).get("/profile/")
    assert_refused(answer, 500)
    assert "secret" not in answer.text
    assert "Traceback" in caplog.text
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_busy_says_when_to_try_again(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    client = raising(app, monkeypatch, BusyError("Too many files are being read: try again.", 7))
    answer = client.get("/profile/")
    assert_refused(answer, 503, "try again")
    assert answer.headers["Retry-After"] == "7"


def test_a_file_that_is_removed_after_the_list_is_404(client: FlaskClient, profiles: Path) -> None:
    assert client.get("/heatmap/?filename=small.perf").status_code == 200
    (profiles / "small.perf").unlink()
    assert_refused(client.get("/heatmap/?filename=small.perf"), 404)


def test_a_file_that_is_replaced_after_the_list_shows_the_new_content(
    client: FlaskClient, profiles: Path, tmp_path: Path
) -> None:
    def total() -> int:
        answer = client.get("/heatmap/?filename=small.perf&format=columns").json
        assert answer is not None
        return int(answer["samples"])

    assert total() == 4
    (tmp_path / "new").write_bytes(SMALL + SMALL)
    (tmp_path / "new").replace(profiles / "small.perf")
    assert total() == 8
    (profiles / "small.perf").write_bytes(SMALL[: SMALL.index(b"node 3738 3001")])
    assert total() == 2


def test_a_fifo_does_not_hang(client: FlaskClient, profiles: Path) -> None:
    os.mkfifo(profiles / "fifo")
    assert_refused(client.get("/heatmap/?filename=fifo&type=perf"), 404, "regular")


def test_a_folder_is_no_profile(client: FlaskClient, profiles: Path) -> None:
    (profiles / "folder").mkdir()
    for name in ("folder", "folder/", "small.perf/x", "."):
        assert_refused(client.get("/heatmap/", query_string={"filename": name}), 404)
