"""The examples of docs/api.md work as described, and its table lists every parameter."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from flamescope_py.settings import Settings
from flamescope_py.web import create_app, params
from tests.api.conftest import SMALL
from tests.support.curl import TOKEN, curl

ROOT = Path(__file__).resolve().parents[3]
DOCUMENT = (ROOT / "docs" / "api.md").read_text("utf-8")
EXAMPLES = [
    line for block in re.findall(r"```sh\n(.*?)```", DOCUMENT, re.DOTALL) for line in block.splitlines()
]


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
    """Serve the same profiles to clients with the token."""
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


def test_the_tables_have_every_parameter_of_heatmaps_lanes_and_graphs() -> None:
    tables = re.findall(r"^\| parameter \|.*?\n\n", DOCUMENT + "\n", re.MULTILINE | re.DOTALL)
    rows = re.findall(r"^\| (`.*?) \|", "".join(tables), re.MULTILINE)
    named = [found for row in rows for found in re.findall(r"`(\w+)`(\*?)", row)]
    rows_of = (*params.HEATMAP_COLUMNS, *params.LANES, *params.QUESTION)
    assert sorted(named) == sorted((row.name, "*" * row.repeats) for row in rows_of)
