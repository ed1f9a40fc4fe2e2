"""A path prefix, and proxy headers that are trusted only if the settings allow it."""

from __future__ import annotations

import dataclasses

import pytest
from flask.testing import FlaskClient

from flamescope_py.errors import ConfigError
from flamescope_py.settings import Settings
from flamescope_py.settings.command import load_settings
from flamescope_py.web.middleware.proxy import below
from tests.api.conftest import client_with


@pytest.fixture
def mounted(settings: Settings) -> FlaskClient:
    return client_with(settings, base_path="/flamescope/")


@pytest.mark.parametrize("path", ["/flamescope/profile/", "/profile/"])
def test_the_base_path_may_be_passed_on_or_cut_off(mounted: FlaskClient, path: str) -> None:
    answer = mounted.get(path)
    assert answer.status_code == 200
    assert [item["filename"] for item in answer.json or ()] == ["small.perf"]


@pytest.mark.parametrize(
    ("path", "location"),
    [
        ("/flamescope", "/flamescope/"),
        ("/flamescope?a=%0d%0aX:y", "/flamescope/?a=%0d%0aX:y"),
        ("/flamescope/profile?limit=1", "/flamescope/profile/?limit=1"),
        ("/profile?limit=1", "/flamescope/profile/?limit=1"),
    ],
)
def test_redirects_stay_below_it(mounted: FlaskClient, path: str, location: str) -> None:
    answer = mounted.get(path)
    assert answer.status_code == 308
    assert answer.headers["Location"] == location
    assert "X" not in answer.headers


def test_another_path_with_the_same_beginning_is_not_it(mounted: FlaskClient) -> None:
    assert mounted.get("/flamescopes/profile/").status_code == 404
    assert below("/a/", "/ab/") == "/ab/"
    assert below("/a/", "/a/a/") == "/a/"


@pytest.mark.parametrize(
    ("value", "base"), [("/", "/"), ("flamescope", "/flamescope/"), ("/a/b", "/a/b/"), ("/a/", "/a/")]
)
def test_slashes_are_completed(value: str, base: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FLAMESCOPE_BASE_PATH", value)
    assert load_settings().base_path == base


@pytest.mark.parametrize("value", ["//evil/", "/a b/", "/a/../b/", "https://x/", "/a\r\nX: y/", "/%2e/"])
def test_what_is_no_path_is_refused(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FLAMESCOPE_BASE_PATH", value)
    with pytest.raises(ConfigError, match=r"^base_path"):
        load_settings()


FORGED = {"X-Forwarded-Host": "localhost", "X-Forwarded-For": "127.0.0.1", "X-Forwarded-Proto": "https"}


def test_without_proxies_their_headers_count_for_nothing(client: FlaskClient) -> None:
    assert client.get("/profile/", headers={"Host": "evil.example", **FORGED}).status_code == 403


def test_a_proxy_names_the_host_that_the_browser_asked(settings: Settings) -> None:
    behind = dataclasses.replace(settings, trusted_proxies=1, allowed_hosts=("flames.example.org",))
    client = client_with(behind)
    told = {"Host": "backend.internal", "X-Forwarded-Host": "flames.example.org"}
    assert client.get("/profile/", headers=told).status_code == 200
    assert client.get("/profile/", headers={"Host": "backend.internal"}).status_code == 403
    # The client's own value stands before the one added by the proxy.
    assert client.get("/profile/", headers={**told, "X-Forwarded-Host": "localhost, evil"}).status_code == 403


def test_a_prefix_of_a_client_is_no_base_path(settings: Settings) -> None:
    client = client_with(settings, trusted_proxies=1)
    answer = client.get("/profile", headers={"X-Forwarded-Prefix": "//evil.example"})
    assert answer.headers["Location"] == "/profile/"


def test_the_front_end_names_no_absolute_path(settings: Settings, mounted: FlaskClient) -> None:
    page = mounted.get("/flamescope/", headers={"Accept": "text/html"}, buffered=True).text
    assert 'src="/' not in page
    assert 'href="/' not in page
