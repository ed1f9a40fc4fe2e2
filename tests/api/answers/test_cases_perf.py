"""Inputs from real users, as perf prints them, read through the HTTP API."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from flamescope_py.analysis.vocabulary import BY_SAMPLE, BY_STACK
from flamescope_py.web import create_app
from tests.api.conftest import filled, opened, serving

CASES = Path(__file__).resolve().parents[2] / "data" / "cases"
FOLDERS = ("perf", "perf-right")
PROPERTIES = [by for by in BY_SAMPLE + BY_STACK if by != "comm"]
ROWS = [
    (folder, row) for folder in FOLDERS for row in json.loads((CASES / folder / "expected.json").read_text())
]


@pytest.fixture(scope="module")
def profiles(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return filled(tmp_path_factory.mktemp("cases"))


@pytest.fixture(scope="module")
def client(profiles: Path) -> FlaskClient:
    return opened(create_app(serving(profiles)))


def folded(client: FlaskClient, name: str) -> dict[str, int]:
    answer = client.get(f"/flamegraph/?filename={name}&format=folded&idle=include")
    assert answer.status_code == 200, answer.text
    lines = (line.rpartition(" ") for line in answer.text.splitlines())
    return {stack: int(count) for stack, _, count in lines}


def without_owner(stacks: dict[str, int]) -> dict[str, int]:
    """Remove the first level, whose label is free if perf prints no command."""
    return {stack.partition(";")[2]: count for stack, count in stacks.items()}


def assert_breakdowns(client: FlaskClient, name: str, count: int | None, number: int) -> None:
    """Check sums of breakdowns and lanes by commands, and by one of the other properties in turn."""
    query = f"filename={name}&idle=include&event=all"
    for by in ("comm", PROPERTIES[number % len(PROPERTIES)]):
        answer = client.get(f"/breakdown/?{query}&by={by}&limit=1")
        assert answer.status_code == 200, answer.text
        found = answer.get_json()
        assert found["samples"] == count or count is None
        assert sum(found["rows"]["self"]) + found["others"]["samples"] == found["samples"]
        answer = client.get(f"/heatmap/?{query}&rows=50&format=columns&by={by}&lanes=1")
        if answer.status_code == 422:
            assert count is None
            continue
        heat = answer.get_json()
        parts = [lane["values"] for lane in heat["lanes"]] + [heat["others"]["values"]]
        assert [sum(cells) for cells in zip(*parts, strict=True)] == heat["values"]
        assert sum(heat["values"]) == found["samples"]
    assert client.get(f"/findings/?{query}").status_code == 200


@pytest.mark.parametrize(
    ("folder", "row"), ROWS, ids=lambda value: value if isinstance(value, str) else value["file"]
)
def test_a_case_has_its_values(client: FlaskClient, profiles: Path, folder: str, row: dict[str, Any]) -> None:
    name = row["file"]
    shutil.copy(CASES / folder / name, profiles)
    info = client.get(f"/profile/info?filename={name}")
    assert info.status_code == 200, info.text
    if row.get("idle") is not None:
        assert info.get_json()["idle"] == row["idle"]
    count = row.get("samples", row.get("heat"))
    if count is not None:
        answer = client.get(f"/heatmap/?filename={name}&rows=50&idle=include")
        assert answer.status_code == 200, answer.text
        assert sum(map(sum, answer.get_json()["values"])) == count
    elif "samples" in row:
        assert not info.get_json()["timed"]
    assert_breakdowns(client, name, count, ROWS.index((folder, row)))
    if row.get("folded"):
        found = folded(client, name)
        ownerless = any(stack.startswith("main") for stack in row["folded"])
        if ownerless:
            found = without_owner(found)
            row = {"folded": {stack.removeprefix("w;"): count for stack, count in row["folded"].items()}}
        assert found == row["folded"]


@pytest.mark.parametrize("name", ["sym-jitdebug.out", "dsoff.out"])
def test_code_of_a_jit_has_its_kind_and_one_frame_a_function(
    client: FlaskClient, profiles: Path, name: str
) -> None:
    shutil.copy(CASES / "perf" / name, profiles)
    graph = client.get(f"/flamegraph/?filename={name}&format=columns").get_json()
    assert graph["frames"]["kind"].count("jit") == 1


def test_every_file_has_a_row() -> None:
    for folder in FOLDERS:
        files = {path.name for path in (CASES / folder).iterdir()} - {"expected.json"}
        assert files == {row["file"] for of, row in ROWS if of == folder}
