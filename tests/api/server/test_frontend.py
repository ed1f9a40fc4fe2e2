from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from flamescope_py.settings import Settings
from flamescope_py.web.routes import frontend
from tests.api.conftest import assert_refused, client_with


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    folder = tmp_path / "bundle"
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text("<title>bundle</title>")
    (folder / "assets" / "index-Djzy1Qcu.js").write_text("1")
    (folder / "assets" / "plain.js").write_text("1")
    (folder / ".env").write_text("secret")
    (tmp_path / "outside").write_text("secret")
    return folder


@pytest.fixture
def own(bundle: Path, client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> FlaskClient:
    monkeypatch.setattr(frontend, "OWN", bundle)
    return client


@pytest.fixture
def other(bundle: Path, settings: Settings) -> FlaskClient:
    return client_with(settings, frontend=bundle)


@pytest.mark.parametrize("which", ["own", "other"])
def test_the_page_is_always_asked_for_again(which: str, request: pytest.FixtureRequest) -> None:
    client: FlaskClient = request.getfixturevalue(which)
    page = client.get("/", buffered=True)
    assert (page.status_code, page.text) == (200, "<title>bundle</title>")
    assert page.content_type == "text/html; charset=utf-8"
    assert page.headers["Cache-Control"] == "no-cache"
    assert client.get("/", headers={"If-None-Match": page.headers["ETag"]}, buffered=True).status_code == 304


def test_only_names_with_a_hash_are_kept_forever(own: FlaskClient) -> None:
    assert "immutable" in own.get("/assets/index-Djzy1Qcu.js", buffered=True).headers["Cache-Control"]
    assert own.get("/assets/plain.js", buffered=True).headers["Cache-Control"] == "no-cache"
    assert "Expires" not in own.get("/assets/index-Djzy1Qcu.js", buffered=True).headers


def test_names_of_another_bundle_promise_nothing(other: FlaskClient) -> None:
    assert other.get("/assets/index-Djzy1Qcu.js", buffered=True).headers["Cache-Control"] == "no-cache"


@pytest.mark.parametrize("which", ["own", "other"])
@pytest.mark.parametrize(
    "url", ["/missing.js", "/assets/", "/assets", "/.env", "/../outside", "/%2e%2e/outside"]
)
def test_what_is_not_in_the_bundle_is_404(which: str, url: str, request: pytest.FixtureRequest) -> None:
    client: FlaskClient = request.getfixturevalue(which)
    answer = client.get(url, buffered=True)
    assert answer.status_code == 404
    assert answer.json == {"error": "There is nothing at this address."}


def test_routes_go_before_files_of_another_bundle(other: FlaskClient, bundle: Path) -> None:
    for folder in ("profile", "profiles"):
        (bundle / folder).mkdir()
        (bundle / folder / "index.html").write_text("x")
    assert isinstance(other.get("/profile/", buffered=True).json, list)
    assert other.get("/profile/index.html", buffered=True).status_code == 404
    assert other.get("/profiles/index.html", buffered=True).text == "x"


@pytest.mark.parametrize(
    ("path", "methods"),
    [
        ("/import/ssh", "OPTIONS, POST"),
        ("/import/ssh/capture", "OPTIONS, POST"),
        ("/import/hosts", "GET, HEAD, OPTIONS"),
        ("/profile/", "DELETE, GET, HEAD, OPTIONS, POST"),
        ("/profile/info", "GET, HEAD, OPTIONS"),
        ("/import/0123456789abcdef", "DELETE, GET, HEAD, OPTIONS"),
        ("/index.html", "GET, HEAD, OPTIONS"),
    ],
)
def test_a_route_takes_its_own_methods_and_no_others(client: FlaskClient, path: str, methods: str) -> None:
    answer = client.open(path, method="OPTIONS")
    assert answer.status_code == 200
    assert ", ".join(sorted(answer.allow)) == methods
    for method in {"GET", "POST", "PUT", "DELETE", "PATCH"} - set(methods.split(", ")):
        refused = client.open(path, method=method)
        assert refused.status_code == 405
        assert sorted(refused.allow) == methods.split(", ")


def test_a_front_end_that_was_never_built_says_so(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(frontend, "OWN", tmp_path / "nothing")
    page = client.get("/", headers={"Accept": "text/html,*/*;q=0.8"}, buffered=True)
    assert (page.status_code, page.content_type) == (404, "text/html; charset=utf-8")
    assert "make frontend" in page.text
    assert_refused(
        client.get("/", headers={"Accept": "application/json"}, buffered=True), 404, "make frontend"
    )


def test_the_first_page_is_few_files(client: FlaskClient) -> None:
    """Each is a request before anything is drawn. Without chosen chunks, the page as built has fifteen."""
    with client.get("/") as answer:
        files = re.findall(r'(?:src|href)="\./(assets/[^"]+)"', answer.get_data(as_text=True))
    assert 2 <= len(files) <= 5
