"""`/openapi.json` is valid and true of the routes, their parameters and their answers."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator

from flamescope_py.settings import Settings
from flamescope_py.web import create_app, params
from flamescope_py.web.errors import STATUSES
from flamescope_py.web.openapi.document import NOT_DESCRIBED, document
from tests.api.conftest import SMALL, opened
from tests.support.recorded import input_bytes

FILE = {"filename": "small.perf"}
SIDES = {**FILE, "compareFilename": "small.perf"}


@pytest.fixture
def app(tmp_path: Path) -> Flask:
    profiles = tmp_path / "profiles"
    profiles.mkdir()
    (profiles / "small.perf").write_bytes(SMALL)
    (profiles / "odd").write_bytes(b"\x7fELF")
    (profiles / "multi").write_bytes(input_bytes("multi.perf.out"))
    return create_app(Settings(profile_dir=profiles, cache_dir=tmp_path / "cache", max_rows=500))


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return opened(app)


@pytest.fixture
def described(client: FlaskClient) -> dict[str, Any]:
    found: dict[str, Any] = client.get("/openapi.json").json or {}
    return found


NO_JOB = "0" * 16


def operations(described: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in described["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


def required(operation: dict[str, Any]) -> dict[str, str]:
    """Return a valid value for each required parameter."""
    # A comparison needs a second profile, or the rest.
    given = [one for one in operation["parameters"] if one["required"] or one["name"] == "compareFilename"]
    schemas = {one["name"]: {"examples": ["small.perf"], **one["schema"]} for one in given}
    return {name: schema.get("enum", schema["examples"])[0] for name, schema in schemas.items()}


def asked(client: FlaskClient, path: str, method: str, query: dict[str, str]) -> Any:
    return client.open(path.replace("{job_id}", NO_JOB), method=method.upper(), query_string=query)


def test_it_is_a_valid_description(described: dict[str, Any]) -> None:
    assert described["openapi"].startswith("3.1.")
    assert [error.message for error in OpenAPIV31SpecValidator(described).iter_errors()] == []


def test_it_is_one_where_the_interpreter_removes_docstrings(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As PYTHONOPTIMIZE=2 does."""
    for one in (*app.view_functions.values(), *STATUSES):
        monkeypatch.setattr(one, "__doc__", None)
    test_it_is_a_valid_description(client.get("/openapi.json").get_json())


def test_it_has_every_route_and_no_other(app: Flask, described: dict[str, Any]) -> None:
    rules = {
        (re.sub(r"<(?:[^:>]+:)?(\w+)>", r"{\1}", rule.rule), method.lower())
        for rule in app.url_map.iter_rules()
        if not rule.endpoint.startswith(NOT_DESCRIBED)
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert {(path, method) for path, method, _ in operations(described)} == rules
    hidden = {rule.rule for rule in app.url_map.iter_rules() if rule.endpoint.startswith(NOT_DESCRIBED)}
    assert hidden == {"/", "/<bundle:name>", "/docs/", "/docs/<name>"}


def test_a_server_with_every_door_describes_them(tmp_path: Path) -> None:
    (tmp_path / "profiles").mkdir()
    (tmp_path / "token").write_text("a-token-of-some-length")
    doors: dict[str, Any] = {"accept_otlp": True, "token_file": tmp_path / "token", "fleet": str(tmp_path)}
    settings = Settings(profile_dir=tmp_path / "profiles", cache_dir=tmp_path / "cache", **doors)
    described = opened(create_app(settings)).get("/openapi.json").json or {}
    assert "post" in described["paths"]["/v1development/profiles"]
    assert any(path.startswith("/fleet/") for path in described["paths"])
    assert [error.message for error in OpenAPIV31SpecValidator(described).iter_errors()] == []


def test_everything_is_explained(described: dict[str, Any]) -> None:
    groups = {one["name"] for one in described["tags"]}
    for path, method, operation in operations(described):
        assert set(operation["tags"]) < groups, path
        assert operation["description"].endswith("."), path
        for one in operation["parameters"]:
            assert one["description"].endswith("."), (path, one["name"])
        for status, response in operation["responses"].items():
            assert "$ref" in response or response["description"].endswith("."), (path, method, status)


def fields(schema: object, place: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield every property within a schema, with its path."""
    if isinstance(schema, dict):
        for name, one in schema.get("properties", {}).items():
            yield f"{place}.{name}", one
        for name, one in schema.items():
            if name not in {"oneOf", "anyOf"}:
                yield from fields(one, f"{place}.{name}")


def test_every_field_is_explained(described: dict[str, Any]) -> None:
    found = dict(fields(described["components"]["schemas"], ""))
    assert len(found) > 100
    unsaid = [place for place, one in found.items() if not {"description", "$ref"} & one.keys()]
    assert unsaid == []


def test_it_says_what_needs_the_token(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("a-token-of-some-length")
    plain = Settings(profile_dir=tmp_path, cache_dir=tmp_path / "cache")
    guarded = dataclasses.replace(plain, token_file=tmp_path / "token")

    def secured(settings: Settings) -> set[tuple[str, str]]:
        found = document(create_app(settings))
        return {
            (path, method)
            for path, method, one in operations(found)
            if one.get("security") == [{"token": []}, {"password": []}]
        }

    everything = {(path, method) for path, method, _ in operations(document(create_app(plain)))}
    assert secured(plain) == set()
    assert {method for _, method in secured(guarded)} == {"post", "delete"}
    assert {one for one in everything if one[1] != "get"} == secured(guarded)
    open_to_all = {("/healthz", "get"), ("/readyz", "get")}
    strict = dataclasses.replace(guarded, token_for="everything")
    assert secured(strict) == everything - open_to_all
    open_to_all.add(("/metrics", "get"))
    assert secured(dataclasses.replace(strict, open_metrics=True)) == everything - open_to_all


def test_a_view_in_no_table_is_noticed(app: Flask) -> None:
    app.add_url_rule("/new", "new.show", lambda: "")
    with pytest.raises(LookupError, match="new"):
        document(app)


def test_views_read_the_parameters_that_are_described_and_no_others(
    client: FlaskClient, described: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    read: set[str] = set()
    real = params.Query.texts

    def texts(self: params.Query, name: str) -> Any:
        read.add(name)
        return real(self, name)

    monkeypatch.setattr(params.Query, "texts", texts)
    for path, method, operation in operations(described):
        if "application/json" not in operation.get("requestBody", {}).get("content", {}):
            read.clear()
            asked(client, path, method, required(operation)).close()
            named = {one["name"] for one in operation["parameters"] if one["in"] == "query"}
            assert read == named, (path, method)
            if method == "delete" and named:
                client.post("/profile/", query_string=FILE, data=SMALL)


def test_a_value_that_is_none_of_those_described_is_400(
    client: FlaskClient, described: dict[str, Any]
) -> None:
    tried = 0
    for path, method, operation in operations(described):
        for one in operation["parameters"]:
            if one["in"] != "query" or "requestBody" in operation:
                continue
            item = one["schema"].get("items", one["schema"])
            bad = ["", "\u2603"] if item["type"] != "string" or "enum" in item else [""]
            # Any text is a value, also an empty one.
            bad = [] if item == {"type": "string"} else bad
            for value in bad + ["x" * (item.get("maxLength", 0) + 1)] * ("maxLength" in item):
                answer = asked(client, path, method, required(operation) | {one["name"]: value})
                assert answer.status_code == 400, (path, one["name"], value)
                tried += 1
    assert tried > 100


def test_bounds_are_those_of_the_settings(described: dict[str, Any], client: FlaskClient) -> None:
    (rows,) = [one for one in described["paths"]["/heatmap/"]["get"]["parameters"] if one["name"] == "rows"]
    assert rows["schema"] == {"type": "integer", "minimum": 1, "maximum": 500, "default": 50}
    assert client.get("/heatmap/", query_string={**FILE, "rows": 500}).status_code == 200
    assert client.get("/heatmap/", query_string={**FILE, "rows": 501}).status_code == 400


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("/profile/", {}),
        ("/profile/info", FILE),
        ("/profile/info", {"filename": "multi"}),
        ("/profile/progress", FILE),
        ("/heatmap/", FILE),
        ("/heatmap/", {**FILE, "search": "leaf"}),
        ("/heatmap/", {**FILE, "format": "columns", "search": "leaf"}),
        ("/heatmap/", {**FILE, "by": "comm", "busy": "true"}),
        ("/heatmap/", {**FILE, "by": "function", "format": "columns", "from": "0", "to": "1"}),
        ("/breakdown/", {**FILE, "by": "thread"}),
        ("/breakdown/", {**FILE, "by": "function", "end": "1", "rest": "second"}),
        ("/breakdown/", {**SIDES, "by": "cpu"}),
        ("/flamegraph/", {**FILE, "search": "leaf"}),
        ("/flamegraph/", {"filename": "multi", "flavor": "nodejs"}),
        ("/flamegraph/", {**FILE, "format": "columns", "filter": "node", "search": "leaf"}),
        ("/differential/", SIDES),
        ("/differential/", {**SIDES, "format": "columns"}),
        ("/elided/", SIDES),
        ("/elided/", {**SIDES, "format": "columns"}),
        ("/differential/", {**FILE, "end": "1", "rest": "first", "format": "columns"}),
        ("/findings/", FILE),
        ("/filter/", {}),
        ("/format/", {}),
        ("/import/", {}),
        ("/import/hosts", {}),
        ("/healthz", {}),
        ("/readyz", {}),
    ],
)
def test_answers_are_as_described(
    client: FlaskClient, described: dict[str, Any], path: str, query: dict[str, str]
) -> None:
    answer = client.get(path, query_string=query)
    assert answer.status_code == 200
    content = described["paths"][path]["get"]["responses"]["200"]["content"]
    assert conforms(described, content["application/json"]["schema"], answer.json) == []


def conforms(described: dict[str, Any], schema: dict[str, Any], value: object) -> list[str]:
    validator = Draft202012Validator({**schema, "components": described["components"]})
    return [error.message[:200] for error in validator.iter_errors(value)]


@pytest.mark.parametrize(
    ("path", "query", "status"),
    [
        ("/heatmap/", {}, 400),
        ("/heatmap/", {"filename": "none"}, 404),
        ("/heatmap/", {"filename": "odd"}, 415),
        ("/flamegraph/", {**FILE, "start": "99"}, 416),
        ("/elided/", {**SIDES, "compareEnd": "99"}, 416),
        ("/profile/info", {"filename": "odd"}, 415),
        ("/profile/download", {"filename": "none"}, 404),
        (f"/import/{NO_JOB}", {}, 404),
    ],
)
def test_errors_are_as_described(
    client: FlaskClient, described: dict[str, Any], path: str, query: dict[str, str], status: int
) -> None:
    answer = client.get(path, query_string=query)
    assert answer.status_code == status
    responses = described["paths"][path.replace(NO_JOB, "{job_id}")]["get"]["responses"]
    assert responses[str(status)] == {"$ref": f"#/components/responses/Error{status}"}
    error = described["components"]["responses"][f"Error{status}"]
    assert error["description"].endswith(".")
    assert conforms(described, error["content"]["application/json"]["schema"], answer.json) == []


def test_every_status_of_our_errors_is_somewhere(described: dict[str, Any]) -> None:
    named = {int(name.removeprefix("Error")) for name in described["components"]["responses"]}
    # Clients that go see no 499. 502 is for jobs, which end as `failed` while their request succeeds.
    assert set(STATUSES.values()) - named == {499, 502}


def test_settings_do_not_matter_to_the_routes(described: dict[str, Any], tmp_path: Path) -> None:
    plain = Settings(profile_dir=tmp_path, cache_dir=tmp_path / "cache")
    other = create_app(dataclasses.replace(plain, read_only=True)).test_client()
    assert (other.get("/openapi.json").json or {})["paths"].keys() == described["paths"].keys()
