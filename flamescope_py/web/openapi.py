"""`/openapi.json`: the server's description of itself, made of its routes and the tables of parameters.

The front end's own files, which are no part of the interface, are left out.
"""

from __future__ import annotations

from typing import Any

import orjson
from flask import Blueprint, Flask, Response, current_app

from flamescope_py import __version__
from flamescope_py.service.parameters import NO_FILTER
from flamescope_py.web.context import service_of, settings_of
from flamescope_py.web.errors import STATUSES
from flamescope_py.web.middleware.guard import guard_in
from flamescope_py.web.middleware.observe import route_of
from flamescope_py.web.openapi_examples import ERRORS
from flamescope_py.web.openapi_operation import EVERYWHERE, operation
from flamescope_py.web.openapi_routes import GROUPS, OPERATIONS
from flamescope_py.web.openapi_schemas import schemas
from flamescope_py.web.openapi_shapes import reference
from flamescope_py.web.respond import JSON, answer

blueprint = Blueprint("openapi", __name__)

# Pages for people and the files that they are made of.
NOT_DESCRIBED = ("frontend.", "docs.")
_ABOUT = """\
When samples of a profile fell, second by second, and what ran then.

Parameters that a route does not know are ignored; one that may not repeat may come once. Answers are
compressed for those who say `Accept-Encoding: gzip`, and all carry an `X-Request-Id`, which is in the
server's log, too. Every error is `{"error": "one sentence"}`. Requests that change something must not come
from the page of another site.\
"""
_TITLES = {
    414: "The query of the address is too long (max_query_bytes).",
    431: "The head of the request is too large (max_header_bytes).",
    500: "A fault of the server; its log says more.",
    503: "Busy: Retry-After says when to ask again.",
}
_HEADERS = {
    401: ("WWW-Authenticate", "How the token may be shown: Basic, and once more: Bearer."),
    503: ("Retry-After", "In how many seconds to ask again."),
}
_SCHEMES = {
    "token": {"type": "http", "scheme": "bearer", "description": "The content of token_file."},
    "password": {
        "type": "http",
        "scheme": "basic",
        "description": "The same as password, with any user name.",
    },
}


@blueprint.get("/openapi.json")
def show_document() -> Response:
    """Describe the interface, as OpenAPI 3.1."""
    return answer(orjson.dumps(document(current_app)))


def document(app: Flask) -> dict[str, Any]:
    """Describe the routes of an application. Raises KeyError for a view that is in no table."""
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
        "paths": _paths(app),
        "components": {
            "schemas": schemas(service_of(app).imports.max_seconds),
            "responses": {f"Error{status}": _error(status) for status in _statuses()},
            "securitySchemes": _SCHEMES,
        },
    }


def _paths(app: Flask) -> dict[str, dict[str, object]]:
    """Describe every method of every path, those of the first groups first."""
    order, guard, narrower = list(OPERATIONS), guard_in(app), _narrower(app)
    rules = [one for one in app.url_map.iter_rules() if not one.endpoint.startswith(NOT_DESCRIBED)]
    paths: dict[str, dict[str, object]] = {}
    for rule in sorted(rules, key=lambda rule: order.index(rule.endpoint) if rule.endpoint in order else 0):
        row = OPERATIONS[rule.endpoint]
        summary = (app.view_functions[rule.endpoint].__doc__ or "").strip().splitlines()[0]
        described = operation(rule, row, summary, narrower)
        if guard.token and (row.changes or (guard.everything and rule.endpoint not in guard.unguarded)):
            described["security"] = [{name: []} for name in _SCHEMES]
        path = route_of(rule).replace("<", "{").replace(">", "}")
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            paths.setdefault(path, {})[method.lower()] = described
    return paths


def _narrower(app: Flask) -> dict[str, dict[str, object]]:
    """Say what the settings make of parameters, by name."""
    filters = [*service_of(app).filters(), NO_FILTER]
    return {"rows": {"maximum": settings_of(app).max_rows}, "filter": {"enum": filters}}


def _statuses() -> list[int]:
    used = {status for row in OPERATIONS.values() for status in row.errors}
    return sorted({*EVERYWHERE, *used})


def _error(status: int) -> dict[str, object]:
    """Describe a status by the errors that have it."""
    classes = [one for one, its_status in STATUSES.items() if its_status == status]
    words = " ".join((one.__doc__ or "").strip().splitlines()[0] for one in classes)
    found: dict[str, object] = {
        "description": _TITLES.get(status, words),
        "content": {JSON: {"schema": reference("Error"), "example": {"error": ERRORS[status]}}},
    }
    if status in _HEADERS:
        name, meaning = _HEADERS[status]
        found["headers"] = {name: {"description": meaning, "schema": {"type": "string"}}}
    return found
