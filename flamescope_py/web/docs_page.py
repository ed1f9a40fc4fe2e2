"""Turns the OpenAPI document into what its page shows: groups of routes, tables, and lines for curl."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple
from urllib.parse import quote, urlencode

import orjson

from flamescope_py.web.openapi_examples import Example
from flamescope_py.web.respond import JSON

Described = Mapping[str, Any]


class Row(NamedTuple):
    """A parameter, or a property of a shape."""

    name: str
    kind: str
    required: bool
    default: str
    meaning: str


class Shown(NamedTuple):
    """An example: its line for curl, and the answer if it is a text."""

    title: str
    curl: str
    answer: str


class Answer(NamedTuple):
    """One status; `shapes` names the schemas of its body."""

    status: str
    meaning: str
    media_types: tuple[str, ...]
    shapes: tuple[str, ...]
    headers: tuple[tuple[str, str], ...]


class Route(NamedTuple):
    """One method of one address."""

    name: str
    method: str
    path: str
    summary: str
    detail: str
    token: bool
    parameters: list[Row]
    body: tuple[str, ...]
    examples: list[Shown]
    answers: list[Answer]
    errors: list[Answer]


class Page(NamedTuple):
    """All that the template needs."""

    title: str
    version: str
    about: list[list[str]]
    """Paragraphs, cut at backquotes: every second piece is code."""
    groups: list[tuple[str, list[Route]]]
    shapes: list[tuple[str, str, list[Row], bool]]
    """Name, kind, properties, and whether it is of answers."""
    errors: list[tuple[str, str, str]]
    token: bool


def page(described: Described, examples: Mapping[str, Sequence[Example]], root: str) -> Page:
    """Make the page of a document; `examples` are by operation.

    `root` is the address of the server, with a slash at its end.
    """
    routes = [
        (tag, _route(described, method, path, one, examples[one["operationId"]], root))
        for path, methods in described["paths"].items()
        for method, one in methods.items()
        for tag in one["tags"]
    ]
    names = [tag["name"] for tag in described["tags"]]
    return Page(
        described["info"]["title"],
        described["info"]["version"],
        [part.split("`") for part in described["info"]["description"].split("\n\n")],
        [(name, [route for tag, route in routes if tag == name]) for name in names],
        list(_shapes(described)),
        list(_errors(described)),
        any(route.token for _, route in routes),
    )


def _route(
    described: Described, method: str, path: str, one: Described, examples: Sequence[Example], root: str
) -> Route:
    answers = [_answer(status, _found(described, response)) for status, response in one["responses"].items()]
    body = one.get("requestBody", {}).get("content", {})
    return Route(
        name=one["operationId"],
        method=method.upper(),
        path=path,
        summary=one["summary"],
        detail=one["description"].removeprefix(one["summary"]).strip(),
        token="security" in one,
        parameters=[_parameter(row) for row in one["parameters"]],
        body=tuple(
            f"{kind}: {kind_of(content['schema'])}" if content else kind for kind, content in body.items()
        ),
        examples=[_shown(row, _curl(method, path, row, "security" in one, root)) for row in examples],
        answers=[row for row in answers if row.status < "400"],
        errors=[row for row in answers if row.status >= "400"],
    )


def _shapes(described: Described) -> Iterator[tuple[str, str, list[Row], bool]]:
    bodies = {
        name
        for methods in described["paths"].values()
        for one in methods.values()
        for content in one.get("requestBody", {}).get("content", {}).values()
        for name in _names(content.get("schema", {}))
    }
    for name, one in described["components"]["schemas"].items():
        yield name, kind_of(one), _properties(one), name not in bodies


def _found(described: Described, response: Described) -> Described:
    """Follow a reference."""
    name = response.get("$ref", "").rpartition("/")[2]
    found: Described = described["components"]["responses"][name] if name else response
    return found


def _answer(status: str, response: Described) -> Answer:
    content = response.get("content", {})
    shapes = [name for one in content.values() for name in _names(one.get("schema", {}))]
    headers = tuple((name, one["description"]) for name, one in response.get("headers", {}).items())
    return Answer(status, response["description"], tuple(content), tuple(shapes), headers)


def _names(schema: Described) -> Iterator[str]:
    for one in schema.get("anyOf", [schema]):
        if "$ref" in one:
            yield one["$ref"].rpartition("/")[2]


def _parameter(row: Described) -> Row:
    schema = row["schema"]
    repeats = schema.get("type") == "array"
    kind = kind_of(schema["items"]) + ", may repeat" if repeats else kind_of(schema)
    return Row(row["name"], kind, row["required"], str(schema.get("default", "")), row["description"])


def _properties(schema: Described) -> list[Row]:
    inner = schema["items"] if schema.get("type") == "array" else schema
    required = inner.get("required", ())
    return [
        Row(name, kind_of(one), name in required, "", one.get("description", ""))
        for name, one in inner.get("properties", {}).items()
    ]


def kind_of(schema: Described) -> str:
    """Say in a few words what a value may be."""
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    if "enum" in schema:
        return " | ".join("null" if word is None else str(word) for word in schema["enum"])
    kinds = schema.get("type", "any")
    kinds = [kinds] if isinstance(kinds, str) else kinds
    return " | ".join(_kind(one, schema) for one in kinds)


def _kind(kind: str, schema: Described) -> str:
    if kind == "array":
        return f"[{kind_of(schema['items'])}]"
    if kind == "object" and "properties" in schema:
        return "{" + ", ".join(schema["properties"]) + "}"
    if kind == "string" and "format" in schema:
        return str(schema["format"])
    if kind == "integer" and "minimum" in schema and "maximum" in schema:
        return f"integer {schema['minimum']} to {schema['maximum']}"
    return kind


def _errors(described: Described) -> Iterator[tuple[str, str, str]]:
    for name, one in described["components"]["responses"].items():
        yield name.removeprefix("Error"), one["description"], one["content"][JSON]["example"]["error"]


def _shown(row: Example, curl: str) -> Shown:
    if row.answer is None:
        return Shown(row.title, curl, "")
    return Shown(
        row.title, curl, row.answer if isinstance(row.answer, str) else orjson.dumps(row.answer).decode()
    )


def _curl(method: str, path: str, row: Example, token: bool, root: str) -> str:
    """Write what curl needs to ask an example."""
    words = ["curl"]
    if token:
        words.append('-H "Authorization: Bearer $TOKEN"')
    body = row.body
    if isinstance(body, str):
        words.append(f"--data-binary @{shlex.quote(body)}")
    elif body is not None:
        words += ["-H 'Content-Type: application/json'", f"-d {shlex.quote(orjson.dumps(body).decode())}"]
    elif method != "get":
        words.append(f"-X {method.upper()}")
    if row.media_type == "application/octet-stream":
        words.append("-OJ")
    return " ".join([*words, shlex.quote(_address(path, row.query, root))])


def _address(path: str, query: Mapping[str, Any], root: str) -> str:
    inside = {name: value for name, value in query.items() if f"{{{name}}}" in path}
    for name, value in inside.items():
        path = path.replace(f"{{{name}}}", quote(str(value), safe=""))
    rest = {name: value for name, value in query.items() if name not in inside}
    return (
        root + path.removeprefix("/") + (f"?{urlencode(rest, doseq=True, quote_via=quote)}" if rest else "")
    )
