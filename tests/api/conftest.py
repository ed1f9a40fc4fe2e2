"""A profile directory with one small profile, an application that serves it, and checks of its answers."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from flamescope_py.settings import Settings
from flamescope_py.web import create_app
from flamescope_py.web.middleware.guard import guard_in
from tests.support.perf_text import sample, script

# 3000.0 to 3002.5 s; the swapper is idle.
SMALL = script(
    sample("3000.110000", "leaf+0x1 (/srv/app)", "main+0x2 (/srv/app)"),
    sample("3000.120000", "leaf+0x1 (/srv/app)", "main+0x2 (/srv/app)"),
    sample("3001.500000", "other+0x9 (/srv/lib.so)", "main+0x2 (/srv/app)"),
    sample("3001.600000", "native_safe_halt+0xb ([kernel.kallsyms])", command="swapper", task="0"),
    sample("3002.500000", "uv_run+0x1 (/usr/bin/node)", "main+0x2 (/srv/app)"),
)


def filled(place: Path) -> Path:
    """Make a profile directory with the small profile."""
    folder = place / "profiles"
    folder.mkdir()
    (folder / "small.perf").write_bytes(SMALL)
    return folder


def serving(profiles: Path) -> Settings:
    """Return the settings for a profile directory, whose cache is beside it."""
    return Settings(profile_dir=profiles, cache_dir=profiles.with_name("cache"))


@pytest.fixture
def profiles(tmp_path: Path) -> Path:
    return filled(tmp_path)


@pytest.fixture
def settings(profiles: Path) -> Settings:
    return serving(profiles)


@pytest.fixture
def app(settings: Settings) -> Flask:
    return create_app(settings)


def opened(app: Flask) -> FlaskClient:
    """Return a client that has opened the address which `serve` prints, token included."""
    client = app.test_client()
    token = guard_in(app).start_token
    if token:
        client.set_cookie("flamescope_ssh", token.decode())
    return client


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return opened(app)


@pytest.fixture(scope="module")
def module_client(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    """A client for tests that change nothing. Making an application takes 30 ms, a request 5."""
    return opened(create_app(serving(filled(tmp_path_factory.mktemp("module")))))


def app_with(settings: Settings, **changes: Any) -> Flask:
    """Make an application with some settings changed."""
    return create_app(replace(settings, **changes))


def client_with(settings: Settings, **changes: Any) -> FlaskClient:
    """Return a client, as `opened` does, of an application with some settings changed."""
    return opened(app_with(settings, **changes))


def files(profiles: Path) -> list[str]:
    """Return the paths of all files below the profile directory."""
    return sorted(str(path.relative_to(profiles)) for path in profiles.rglob("*") if path.is_file())


def assert_refused(answer: TestResponse, status: int, word: str = "") -> None:
    """Check the error shape; `word` must be in the sentence."""
    assert answer.status_code == status, answer.text
    assert answer.content_type == "application/json"
    assert answer.json is not None
    assert list(answer.json) == ["error"]
    sentence = answer.json["error"]
    assert word in sentence
    assert sentence.endswith(".")
    assert "Traceback" not in sentence
    assert "/profiles" not in sentence
