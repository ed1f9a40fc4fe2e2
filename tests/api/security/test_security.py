from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from flamescope_py.settings import Settings
from tests.api.conftest import assert_refused, client_with

LOOPBACK = [
    "localhost",
    "localhost:8080",
    "LOCALHOST",
    "localhost.",
    "127.0.0.1",
    "127.9.9.9:80",
    "[::1]:8080",
]
FOREIGN = [
    "evil.example",
    "localhost.evil.example",
    "10.0.0.5",
    "",
    "a b",
    "localhost/x",
    "[::1",
    "evil@localhost",
]


def status(settings: Settings, host: str, url: str = "/profile/") -> int:
    return client_with(settings).get(url, headers={"Host": host}).status_code


@pytest.mark.parametrize("host", LOOPBACK)
def test_loopback_names_are_expected(settings: Settings, host: str) -> None:
    assert status(settings, host) == 200


@pytest.mark.parametrize("host", FOREIGN)
@pytest.mark.parametrize("url", ["/", "/profile/", "/heatmap", "/nowhere"])
def test_any_other_host_is_refused_everywhere(client: FlaskClient, host: str, url: str) -> None:
    assert_refused(client.get(url, headers={"Host": host}), 403, "allowed_hosts")


def test_names_can_be_allowed(settings: Settings) -> None:
    allowed = dataclasses.replace(settings, allowed_hosts=("flames.example", ".lab.example"))
    assert status(allowed, "flames.example:8080") == 200
    assert status(allowed, "a.b.lab.example") == 200
    assert status(allowed, "x.flames.example") == 403
    assert status(allowed, "lab.example.evil.example") == 403
    assert status(allowed, "evillab.example") == 403


def test_the_bound_host_is_expected(settings: Settings) -> None:
    bound = dataclasses.replace(settings, host="10.0.0.5")
    assert status(bound, "10.0.0.5:8080") == 200
    assert status(bound, "10.0.0.6:8080") == 403


@pytest.mark.parametrize("wildcard", ["0.0.0.0", "::"])
def test_bound_to_all_addresses_any_address_will_do_but_no_name(settings: Settings, wildcard: str) -> None:
    bound = dataclasses.replace(settings, host=wildcard)
    assert status(bound, "192.168.1.7:8080") == 200
    assert status(bound, "[fe80::1]") == 200
    assert status(bound, "evil.example") == 403


@pytest.mark.parametrize("url", ["/", "/profile/", "/heatmap", "/nowhere", "/heatmap/"])
def test_every_answer_carries_the_headers(client: FlaskClient, url: str) -> None:
    headers = client.get(url, buffered=True).headers
    assert "script-src 'self';" in headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "Access-Control-Allow-Origin" not in headers
    assert "Server" not in headers


def test_another_bundle_may_use_inline_scripts_but_nothing_from_elsewhere(
    settings: Settings, tmp_path: Path
) -> None:
    (tmp_path / "index.html").write_text("<script>1</script>")
    other = dataclasses.replace(settings, frontend=tmp_path)
    policy = client_with(other).get("/", buffered=True).headers["Content-Security-Policy"]
    assert "script-src 'self' 'unsafe-inline';" in policy
    assert "font-src 'self' data:" in policy
    assert "http" not in policy
    assert "*" not in policy


def test_a_redirect_never_leads_to_another_host(client: FlaskClient) -> None:
    for path in ("//evil.example/heatmap", "/evil.example//heatmap", "/heatmap"):
        answer = client.get("/", environ_overrides={"PATH_INFO": path})
        assert "evil" not in answer.headers.get("Location", "")
