"""The OpenAPI document of an application, made of its routes, parameters and wire types.

The front end's own files are no part of the interface and are left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from flask import Flask
from werkzeug.routing import Rule

from flamescope_py import __version__
from flamescope_py.service.parameters import NO_FILTER
from flamescope_py.web.context import service_of, settings_of
from flamescope_py.web.errors import STATUSES
from flamescope_py.web.middleware.guard import guard_in
from flamescope_py.web.middleware.observe import route_of
from flamescope_py.web.openapi.examples import ERRORS
from flamescope_py.web.openapi.operation import Operation, operation_of
from flamescope_py.web.openapi.rendering import EVERYWHERE, Renderer
from flamescope_py.web.openapi.schemas import Schema, make_schemas
from flamescope_py.web.respond import JSON
from flamescope_py.web.wire import Error

# Pages for people, and their files.
NOT_DESCRIBED = ("frontend.", "docs.")
# Blueprint → the group that its routes are shown in.
GROUPS: Mapping[str, str] = {
    "profiles": "Profiles",
    "uploads": "Profiles",
    "notes": "Profiles",
    "formats": "Profiles",
    "heatmap": "Heatmaps and flame graphs",
    "breakdown": "Heatmaps and flame graphs",
    "findings": "Heatmaps and flame graphs",
    "flamegraph": "Heatmaps and flame graphs",
    "timeline": "Heatmaps and flame graphs",
    "marks": "Heatmaps and flame graphs",
    "report": "Heatmaps and flame graphs",
    "compare": "Heatmaps and flame graphs",
    "filters": "Heatmaps and flame graphs",
    "fleet": "Many hosts",
    "otlp": "Many hosts",
    "imports": "Imports over SSH",
    "health": "Watching the server",
    "metrics": "Watching the server",
    "openapi": "This description",
}
_ABOUT = """\
When the samples of a profile fell, second by second, and which code ran then.

Parameters that a route does not know are ignored; one that may not repeat may come once. Answers are
compressed for clients that send `Accept-Encoding: gzip`. Every answer carries an `X-Request-Id`, which the
server's log holds too. Every error is `{"error": "one sentence"}`. Requests that change something are refused
if they come from the page of another site.\
"""
_TITLES = {
    414: "The query of the address is too long (max_query_bytes).",
    429: "The client's address has asked for too much work at a time (max_client_seconds).",
    431: "The head of the request is too large (max_header_bytes).",
    500: "A fault of the server; its log says more.",
    503: "Busy: Retry-After names the seconds to wait.",
}
_HEADERS = {
    401: ("WWW-Authenticate", "The ways to send the token: Basic, and in a second header Bearer."),
    429: ("Retry-After", "The seconds to wait."),
    503: ("Retry-After", "The seconds to wait."),
}
_SCHEMES = {
    "token": {"type": "http", "scheme": "bearer", "description": "The content of token_file."},
    "password": {
        "type": "http",
        "scheme": "basic",
        "description": "The same as password, with any user name.",
    },
}


class _Route(NamedTuple):
    rule: Rule
    operation: Operation
    summary: str


def document(app: Flask) -> dict[str, Any]:
    """Describe the routes of an application. Raises LookupError for a view without a description."""
    routes = _routes(app)
    types = [one for route in routes for one in _types(route.operation)]
    schemas = make_schemas([*types, Error], service_of(app).imports.max_seconds)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "FlameScope",
            "version": __version__,
            "description": _ABOUT,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "."}],
        "tags": [{"name": name} for name in dict.fromkeys(GROUPS.values())],
        "paths": _paths(app, routes, Renderer(schemas.by_type, _narrower(app))),
        "components": {
            "schemas": schemas.components,
            "responses": {f"Error{status}": _error(status, schemas.by_type) for status in _statuses(routes)},
            "securitySchemes": _SCHEMES,
        },
    }


def _routes(app: Flask) -> list[_Route]:
    """Return the described routes, those of the first groups first."""
    order = list(GROUPS)
    rules = [one for one in app.url_map.iter_rules() if not one.endpoint.startswith(NOT_DESCRIBED)]
    found = []
    for rule in rules:
        view = app.view_functions[rule.endpoint]
        operation, blueprint = operation_of(view), rule.endpoint.partition(".")[0]
        if operation is None or blueprint not in order:
            raise LookupError(f"the view {rule.endpoint} has no description")
        summary = _first_line(view.__doc__, rule.endpoint)
        found.append((order.index(blueprint), _Route(rule, operation, summary)))
    return [route for _, route in sorted(found, key=lambda one: one[0])]


def _types(operation: Operation) -> Iterator[Any]:
    for types in operation.answers.values():
        yield from types
    yield from filter(None, (operation.body or {}).values())


def _paths(app: Flask, routes: list[_Route], renderer: Renderer) -> dict[str, dict[str, object]]:
    """Return every method of every path."""
    guard = guard_in(app)
    paths: dict[str, dict[str, object]] = {}
    for rule, operation, summary in routes:
        group = GROUPS[rule.endpoint.partition(".")[0]]
        described = renderer.operation(rule, operation, summary, group)
        if guard.token and (operation.changes or (guard.everything and rule.endpoint not in guard.unguarded)):
            described["security"] = [{name: []} for name in _SCHEMES]
        path = route_of(rule).replace("<", "{").replace(">", "}")
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            paths.setdefault(path, {})[method.lower()] = described
    return paths


def _narrower(app: Flask) -> dict[str, Schema]:
    """Return the settings' bounds of parameters, by name."""
    filters = [*service_of(app).filters(), NO_FILTER]
    return {"rows": {"maximum": settings_of(app).max_rows}, "filter": {"enum": filters}}


def _statuses(routes: list[_Route]) -> list[int]:
    used = {status for route in routes for status in route.operation.errors}
    return sorted({*EVERYWHERE, *used})


def _error(status: int, schemas: Mapping[Any, Schema]) -> dict[str, object]:
    """Describe a status by the docstrings of its exceptions."""
    classes = [one for one, its_status in STATUSES.items() if its_status == status]
    words = " ".join(_first_line(one.__doc__, one.__name__) for one in classes)
    found: dict[str, object] = {
        "description": _TITLES.get(status, words),
        "content": {JSON: {"schema": schemas[Error], "example": {"error": ERRORS[status]}}},
    }
    if status in _HEADERS:
        name, meaning = _HEADERS[status]
        found["headers"] = {name: {"description": meaning, "schema": {"type": "string"}}}
    return found


def _first_line(docstring: str | None, otherwise: str) -> str:
    """Return the first line of a docstring, or another text where PYTHONOPTIMIZE=2 has removed docstrings."""
    return (docstring or otherwise).strip().splitlines()[0]
