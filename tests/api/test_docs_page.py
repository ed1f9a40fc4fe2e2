"""The page of /docs/: all that the description says, as text, and lines for curl that work."""

from __future__ import annotations

import html
import re
import shlex
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from flamescope_py.settings import Settings
from flamescope_py.web import create_app
from flamescope_py.web.docs_page import kind_of
from tests.api.conftest import SMALL
from tests.support.curl import ADDRESS, TOKEN, curl


def page(client: FlaskClient, root: str = ADDRESS) -> str:
    answer = client.get("/docs/", base_url=root)
    assert answer.content_type == "text/html; charset=utf-8"
    return answer.text


def lines(text: str) -> list[str]:
    return [
        html.unescape(line)
        for line in re.findall(r'<pre class="curl"[^>]*><code>(.*?)</code>', text, re.DOTALL)
    ]


@pytest.fixture
def profile(profiles: Path) -> Path:
    (profiles / "perf.out").write_bytes(SMALL)
    return profiles


def test_everything_of_the_description_is_on_it(client: FlaskClient) -> None:
    text = html.unescape(re.sub(r"<[^>]*>", "", page(client)))
    described: dict[str, Any] = client.get("/openapi.json").json or {}
    for path, methods in described["paths"].items():
        for method, operation in methods.items():
            assert f"{method.upper()} {path}" in text
            assert operation["description"] in text
            for one in operation["parameters"]:
                assert one["name"] in text
                assert one["description"] in text
            for response in operation["responses"].values():
                assert response.get("description", "") in text
    for response in described["components"]["responses"].values():
        assert response["description"] in text
        assert response["content"]["application/json"]["example"]["error"] in text
    for name, schema in described["components"]["schemas"].items():
        assert name in text
        assert all(one in text for one in schema.get("properties", ()))


def test_it_tells_what_must_be_sent_and_what_does_not_always_come(client: FlaskClient) -> None:
    text = page(client)

    def marked(shape: str, word: str) -> set[str]:
        part = text.partition(f'id="shape-{shape}"')[2].partition("</article>")[0]
        return set(re.findall(rf"<code>(\w+)</code> <em>{word}</em>", part))

    assert marked("Fetch", "required") == {"host", "path"}
    assert marked("Profile", "sometimes") == {"modified", "reason", "duration", "samples", "error"}
    assert marked("Fetch", "sometimes") == marked("Profile", "required") == set()


def test_links_within_it_lead_somewhere(client: FlaskClient) -> None:
    text = page(client)
    targets = set(re.findall(r'href="#([^"]+)"', text))
    names = re.findall(r' id="([^"]+)"', text)
    assert len(names) == len(set(names))
    assert targets <= set(names)


def test_its_lines_work_as_they_stand(client: FlaskClient, profile: Path, tmp_path: Path) -> None:
    (tmp_path / "perf.out").write_bytes(SMALL)
    found = lines(page(client))
    assert len(found) > 20
    for line in found:
        if "/import/ssh" in line:
            continue
        # Jobs of another server are not there.
        expected = {404} if "/import/5f2d" in line else {200, 201, 204}
        with curl(client, line, tmp_path) as answer:
            assert answer.status_code in expected, (line, answer.data[:300])


def test_its_lines_show_the_token_where_it_is_needed(
    settings: Settings, profile: Path, tmp_path: Path
) -> None:
    (tmp_path / "token").write_text(TOKEN)
    (tmp_path / "perf.out").write_bytes(SMALL)
    client = create_app(replace(settings, token_file=tmp_path / "token")).test_client()
    needing = [line for line in lines(page(client)) if "$TOKEN" in line]
    assert len(needing) == 5
    for line in needing:
        if "/import/" not in line:
            with curl(client, line.replace("$TOKEN", "$(cat token)"), tmp_path) as answer:
                assert answer.status_code in {201, 204}
            without = re.sub(r'-H "[^"]*" ', "", line)
            with curl(client, without, tmp_path) as answer:
                assert answer.status_code == 401


def test_below_a_base_path_its_lines_name_it(settings: Settings) -> None:
    client = create_app(replace(settings, base_path="/flamescope/")).test_client()
    text = client.get("/flamescope/docs/").text
    assert all("http://localhost/flamescope/" in line for line in lines(text))
    assert not re.search(r'(?:href|src)="/', text)
    assert client.get("/flamescope/docs").headers["Location"] == "/flamescope/docs/"


def test_it_needs_nothing_inline_and_nothing_from_elsewhere(client: FlaskClient) -> None:
    policy = client.get("/docs/").headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none';")
    assert "unsafe" not in policy
    text = page(client)
    assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?! src=)", text)
    assert set(re.findall(r'<(?:script|link|img)[^>]*(?:src|href)="([^"]+)"', text)) == {
        "../favicon.svg",
        "docs.css",
        "docs.js",
    }
    for part, kind in (("docs.css", "text/css"), ("docs.js", "text/javascript")):
        with client.get(f"/docs/{part}") as answer:
            assert (answer.status_code, answer.mimetype) == (200, kind)
            assert b"http" not in answer.data


@pytest.mark.parametrize("name", ["docs.html", "none", "..", "../docs.py", "%2e%2e/docs.py", "docs.css/"])
def test_nothing_else_is_sent(client: FlaskClient, name: str) -> None:
    assert client.get(f"/docs/{name}").status_code == 404


@pytest.mark.parametrize("host", ["a'b", '<b>"', "$(x)", "a`x`b"])
def test_a_host_is_text_on_it_and_in_a_shell(settings: Settings, host: str) -> None:
    client = create_app(replace(settings, allowed_hosts=(host,))).test_client()
    text = client.get("/docs/", headers={"Host": host}).text
    assert "<b>" not in text
    for line in lines(text):
        address = shlex.split(line)[-1]
        assert address.startswith("http://")
        assert shlex.quote(address) in line


@pytest.mark.parametrize(
    ("schema", "words"),
    [
        ({"type": "integer", "minimum": 1, "maximum": 9}, "integer 1 to 9"),
        ({"type": ["string", "null"], "enum": ["a", None]}, "a | null"),
        ({"type": "array", "items": {"$ref": "#/components/schemas/Node"}}, "[Node]"),
        ({"type": ["integer", "null"]}, "integer | null"),
        ({"type": "object", "properties": {"a": {}, "b": {}}}, "{a, b}"),
        ({"type": "string", "format": "date-time"}, "date-time"),
        ({}, "any"),
    ],
)
def test_kinds_are_said_in_a_few_words(schema: dict[str, Any], words: str) -> None:
    assert kind_of(schema) == words
