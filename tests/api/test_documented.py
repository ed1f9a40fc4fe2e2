"""The examples of docs/api.md do what they say, and its table is the table of parameters."""

from __future__ import annotations

import re
import shlex
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.datastructures import Authorization
from werkzeug.test import TestResponse

from flamescope_py.config import Settings
from flamescope_py.web import create_app, params
from tests.api.conftest import SMALL

ROOT = Path(__file__).resolve().parents[2]
DOCUMENT = (ROOT / "docs" / "api.md").read_text("utf-8")
TOKEN = "a-token-of-some-length"
ADDRESS = "http://localhost:8080"
EXAMPLES = [
    line for block in re.findall(r"```sh\n(.*?)```", DOCUMENT, re.DOTALL) for line in block.splitlines()
]


def curl(client: FlaskClient, command: str, folder: Path) -> TestResponse:
    """Do what curl does with the few options that the page uses."""
    program, *words = shlex.split(command.replace("$(cat token)", TOKEN))
    assert program == "curl"
    method, headers, url = "GET", {}, ""
    data: Any = None
    while words:
        word = words.pop(0)
        if word == "-X":
            method = words.pop(0)
        elif word == "-H":
            name, _, value = words.pop(0).partition(": ")
            headers[name] = value
        elif word == "-u":
            user, _, password = words.pop(0).partition(":")
            headers["Authorization"] = Authorization(
                "basic", {"username": user, "password": password}
            ).to_header()
        elif word == "--compressed":
            headers["Accept-Encoding"] = "gzip"
        elif word == "--data-binary":
            method, data = "POST", (folder / words.pop(0).removeprefix("@")).read_bytes()
        elif word == "-F":
            name, _, file = words.pop(0).partition("=@")
            method, data = "POST", {name: (folder / file).open("rb")}
        elif word == "-o":
            words.pop(0)
        else:
            assert not url
            url = word
    assert url.startswith(ADDRESS)
    return client.open(url.removeprefix(ADDRESS), method=method, headers=headers, data=data)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("documented")
    (made / "profiles").mkdir()
    for file in (ROOT / "examples").glob("*.gz"):
        (made / "profiles" / file.name).write_bytes(file.read_bytes())
    (made / "perf.out").write_bytes(SMALL)
    return made


@pytest.fixture(scope="module")
def client(folder: Path) -> FlaskClient:
    return create_app(Settings(profile_dir=folder / "profiles", cache_dir=folder / "cache")).test_client()


@pytest.fixture(scope="module")
def guarded(folder: Path) -> FlaskClient:
    """The same profiles, for those who show the token."""
    (folder / "token").write_text(TOKEN)
    settings = Settings(profile_dir=folder / "profiles", cache_dir=folder / "cache")
    settings = replace(settings, token_file=folder / "token", token_for="everything")
    return create_app(settings).test_client()


def test_the_examples_with_the_token_are_needed_and_enough(guarded: FlaskClient, folder: Path) -> None:
    examples = [example for example in EXAMPLES if "token" in example]
    assert len(examples) == 2
    for example in examples:
        with curl(guarded, example, folder) as answer:
            assert answer.status_code in {200, 201}
        without = re.sub(r"-[Hu] \"[^\"]*\"", "", example)
        with curl(guarded, without, folder) as answer:
            assert answer.status_code == 401


def test_the_examples_work_one_after_the_other(client: FlaskClient, folder: Path) -> None:
    assert len(EXAMPLES) > 12
    for example in EXAMPLES:
        with curl(client, example, folder) as answer:
            assert answer.status_code in {200, 201, 204}, (example, answer.data[:500])
            if "--compressed" in example:
                assert answer.headers["Content-Encoding"] == "gzip"


def test_cuts_of_the_examples_keep_something(client: FlaskClient, folder: Path) -> None:
    cut = [example for example in EXAMPLES if "comm=" in example or "cpu=" in example or "search=" in example]
    assert len(cut) == 3
    for example in cut:
        answer = curl(client, example, folder)
        if "search=" in example:
            assert sum((answer.json or {})["matches"]) > 0
        elif "folded" in example:
            assert answer.text.startswith("node;")
        else:
            assert (answer.json or {})["maxvalue"] > 0


def test_the_tables_have_every_parameter_of_a_heatmap_and_of_a_question() -> None:
    rows = re.findall(r"^\| (`.*?) \|", DOCUMENT, re.MULTILINE)
    named = [found for row in rows for found in re.findall(r"`(\w+)`(\*?)", row)]
    assert sorted(named) == sorted(
        (row.name, "*" * row.repeats) for row in (*params.HEATMAP_COLUMNS, *params.QUESTION)
    )
