"""The examples in the description are real answers of the server, and so are its error sentences."""

from __future__ import annotations

import dataclasses
import http.client
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from flamescope_py.service.queries.heatmaps import Heatmaps
from flamescope_py.settings import Settings
from flamescope_py.web import create_app
from flamescope_py.web.openapi.examples import ERRORS, EXAMPLES, Example
from flamescope_py.web.openapi.operation import Operation, operation_of
from tests.api.conftest import SMALL, opened
from tests.e2e.running import serving
from tests.meta.test_openapi import conforms

PROFILE = "perf.out"
TIME = 1_767_268_800
TOKEN = "a-token-of-some-length"
# Answers that depend on other machines or on the moment. Their shapes are checked all the same.
NOT_ASKED = {
    "imports.fetch_file",
    "imports.capture",
    "imports.record",
    "imports.finish_job",
    "imports.list_jobs",
    "imports.show_job",
    "imports.cancel_job",
    # Their ids are made by the server.
    "notes.remove_note",
}
ROWS = [(view, example) for view, rows in EXAMPLES.items() for example in rows]
Make = Callable[..., FlaskClient]


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """Make a server of the one profile; `make(setting=…)`."""
    folder = tmp_path / "profiles"
    folder.mkdir()
    (folder / PROFILE).write_bytes(SMALL)
    os.utime(folder / PROFILE, (TIME, TIME))
    settings = Settings(profile_dir=folder, cache_dir=tmp_path / "cache", ssh_config=tmp_path / "none")

    def made(**more: Any) -> FlaskClient:
        return opened(create_app(dataclasses.replace(settings, **more)))

    return made


@pytest.fixture(scope="module")
def operations(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Operation]:
    """Return the described views by endpoint."""
    folder = tmp_path_factory.mktemp("operations")
    views = create_app(Settings(profile_dir=folder, cache_dir=folder / "cache")).view_functions
    return {name: one for name, view in views.items() if (one := operation_of(view)) is not None}


def ask(client: FlaskClient, view: str, example: Example) -> TestResponse:
    (rule,) = [one for one in client.application.url_map.iter_rules() if one.endpoint == view]
    (method,) = (rule.methods or set()) - {"HEAD", "OPTIONS"}
    data = SMALL if example.body == PROFILE else None
    json = example.body if isinstance(example.body, dict) else None
    query = dict(example.query)
    return client.open(rule.rule, method=method, query_string=query, data=data, json=json, buffered=True)


def test_every_route_has_an_example(operations: dict[str, Operation]) -> None:
    assert EXAMPLES.keys() == operations.keys()
    for view, row in operations.items():
        for example in EXAMPLES[view]:
            assert row.status == 204 or example.media_type in row.answers
            known = {one.name for one in row.parameters}
            assert example.query.keys() <= known | {"job_id"}


@pytest.mark.parametrize(("view", "example"), ROWS, ids=[f"{view}: {one.title}" for view, one in ROWS])
def test_an_example_is_what_the_server_answers(
    make: Make, operations: dict[str, Operation], view: str, example: Example
) -> None:
    client = make()
    if view in NOT_ASKED:
        return
    if view == "uploads.remove":
        assert ask(client, "uploads.upload", EXAMPLES["uploads.upload"][0]).status_code == 201
    if view == "profiles.show_progress":
        assert ask(client, "heatmap.show_heatmap", EXAMPLES["heatmap.show_heatmap"][0]).status_code == 200
    answer = ask(client, view, example)
    assert answer.status_code == operations[view].status
    if example.answer is None:
        return
    if example.media_type != "application/json":
        assert answer.text == example.answer
        return
    found: Any = answer.json
    if view == "uploads.upload":
        found["modified"] = example.answer["modified"]
    if view == "filters.list_filters":
        found = found[:1]
    assert found == example.answer


@pytest.mark.parametrize(("view", "example"), ROWS, ids=[f"{view}: {one.title}" for view, one in ROWS])
def test_an_example_is_of_its_schema(
    make: Make, operations: dict[str, Operation], view: str, example: Example
) -> None:
    described: dict[str, Any] = make().get("/openapi.json").json or {}
    (operation,) = [
        one
        for methods in described["paths"].values()
        for one in methods.values()
        if one["operationId"] == view.partition(".")[2]
    ]
    if isinstance(example.body, dict):
        body = operation["requestBody"]["content"]["application/json"]
        assert example.body in [one["value"] for one in body["examples"].values()]
        assert conforms(described, body["schema"], example.body) == []
    if example.answer is not None:
        content = operation["responses"][str(operations[view].status)]["content"][example.media_type]
        assert content["examples"][example.name] == {"summary": example.title, "value": example.answer}
        if "schema" in content:
            assert conforms(described, content["schema"], example.answer) == []
    for one in operation["parameters"]:
        if "example" in one:
            assert conforms(described, one["schema"], one["example"]) == []


def test_every_error_has_an_example(make: Make) -> None:
    described: dict[str, Any] = make().get("/openapi.json").json or {}
    responses = described["components"]["responses"]
    assert {f"Error{status}" for status in ERRORS} == responses.keys()
    for status, sentence in ERRORS.items():
        assert responses[f"Error{status}"]["content"]["application/json"]["example"] == {"error": sentence}


FILE = {"filename": PROFILE}
Provoke = Callable[[Make, Path, pytest.MonkeyPatch], TestResponse]


def _unknown(make: Make, folder: Path, patch: pytest.MonkeyPatch) -> TestResponse:
    (folder / "profiles" / "notes.txt").write_text("Dear diary, today nothing was slow.")
    return make().get("/heatmap/", query_string={"filename": "notes.txt"})


def _timeless(make: Make, folder: Path, patch: pytest.MonkeyPatch) -> TestResponse:
    (folder / "profiles" / "perf.folded").write_text("node;main;leaf 2\n")
    return make().get("/heatmap/", query_string={"filename": "perf.folded"})


def _bug(make: Make, folder: Path, patch: pytest.MonkeyPatch) -> TestResponse:
    def broken(*arguments: object) -> None:
        raise RuntimeError

    patch.setattr(Heatmaps, "heatmap", broken)
    return make().get("/heatmap/", query_string=FILE)


def _without_token(make: Make, folder: Path, patch: pytest.MonkeyPatch) -> TestResponse:
    (folder / "token").write_text(TOKEN)
    return make(token_file=folder / "token", token_for="everything").get("/profile/")


def _too_much_work(make: Make, folder: Path, patch: pytest.MonkeyPatch) -> TestResponse:
    client = make(max_client_seconds=1e-9, client_percent=1e-9)
    client.get("/heatmap/", query_string=FILE)
    return client.get("/heatmap/", query_string={**FILE, "rows": 25})


ERRONEOUS: dict[int, Provoke] = {
    400: lambda make, folder, patch: make().get("/heatmap/"),
    401: _without_token,
    403: lambda make, folder, patch: make().delete("/profile/", headers={"Sec-Fetch-Site": "cross-site"}),
    404: lambda make, folder, patch: make().get("/heatmap/?filename=none"),
    409: lambda make, folder, patch: make().post("/profile/?exists=refuse&filename=perf.out", data=SMALL),
    413: lambda make, folder, patch: make(max_cells=100).get("/heatmap/", query_string=FILE),
    414: lambda make, folder, patch: make(max_query_bytes=5).get("/heatmap/", query_string=FILE),
    415: _unknown,
    416: lambda make, folder, patch: make().get("/flamegraph/", query_string={**FILE, "start": 9}),
    422: _timeless,
    429: _too_much_work,
    500: _bug,
    503: lambda make, folder, patch: make(max_jobs=0).post("/import/ssh", json={"host": "x", "path": "y"}),
    507: lambda make, folder, patch: make(min_free_bytes=1 << 60).post("/profile/?filename=x", data=SMALL),
}


@pytest.mark.parametrize("status", ERRONEOUS)
def test_an_error_is_what_the_server_answers(
    make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, status: int
) -> None:
    answer = ERRONEOUS[status](make, tmp_path, monkeypatch)
    assert (answer.status_code, answer.json) == (status, {"error": ERRORS[status]})


def test_a_head_that_is_too_large_never_reaches_the_application(make: Make, tmp_path: Path) -> None:
    assert ERRONEOUS.keys() | {431} == ERRORS.keys()
    with serving(tmp_path / "profiles", tmp_path / "cache", "--max-header-bytes", "1K") as server:
        connection = http.client.HTTPConnection(urlsplit(server.url).netloc, timeout=60)
        connection.request("GET", "/healthz", headers={"X-Long": "x" * 2000})
        answer = connection.getresponse()
        assert answer.status == 431
        assert ERRORS[431].encode() in answer.read()
        connection.close()
