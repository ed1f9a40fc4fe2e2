"""The files of /docs/: they come from this server alone, and nothing else is sent."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from flamescope_py.settings import Settings
from tests.api.conftest import client_with

PARTS = {
    "start.js": "text/javascript",
    "swagger-ui-bundle.js": "text/javascript",
    "swagger-ui.css": "text/css",
}


def page(client: FlaskClient, place: str = "/docs/") -> str:
    with client.get(place) as answer:
        assert answer.content_type == "text/html; charset=utf-8"
        return answer.get_data(as_text=True)


def test_it_needs_nothing_inline_and_nothing_from_elsewhere(client: FlaskClient) -> None:
    with client.get("/docs/") as answer:
        policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none';")
    assert "unsafe" not in policy
    text = page(client)
    assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?! src=)", text)
    parts = set(re.findall(r'<(?:script|link|img)[^>]*(?:src|href)="([^"]+)"', text))
    assert parts == {"../favicon.svg", *PARTS}
    for part, kind in PARTS.items():
        with client.get(f"/docs/{part}") as answer:
            assert (answer.status_code, answer.mimetype) == (200, kind)
            assert answer.headers["Cache-Control"] == "private, no-cache"


def test_its_parts_are_not_in_the_front_end(client: FlaskClient) -> None:
    with client.get("/") as answer:
        scripts = re.findall(r'(?:src|href)="\./(assets/[^"]+\.js)"', answer.get_data(as_text=True))
    assert scripts
    for script in scripts:
        with client.get(f"/{script}") as answer:
            assert b"SwaggerUI" not in answer.data


def test_below_a_base_path_its_links_are_relative(settings: Settings) -> None:
    client = client_with(settings, base_path="/flamescope/")
    assert not re.search(r'(?:href|src)="/', page(client, "/flamescope/docs/"))
    assert client.get("/flamescope/docs").headers["Location"] == "/flamescope/docs/"


def test_it_is_there_beside_another_front_end(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "bundle").mkdir()
    (tmp_path / "bundle" / "index.html").write_text("<p>mine")
    client = client_with(settings, frontend=tmp_path / "bundle")
    assert "swagger-ui.css" in page(client)


@pytest.mark.parametrize(
    "name", ["index.html", "NOTICE", "none", "..", "../docs.py", "%2e%2e/index.html", "swagger-ui.css/"]
)
def test_nothing_else_is_sent(client: FlaskClient, name: str) -> None:
    assert client.get(f"/docs/{name}").status_code == 404
