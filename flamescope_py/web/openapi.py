"""`/openapi.json`: the server's description of itself, made of its routes and the tables of parameters.

The front end's own files, which are no part of the interface, are left out.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import orjson
from flask import Blueprint, Flask, Response, current_app
from werkzeug.routing import Rule

from flamescope_py import __version__, errors, parameters
from flamescope_py.errors import FlameScopeError
from flamescope_py.parameters import Parameter
from flamescope_py.web import context, params
from flamescope_py.web.openapi_routes import OPERATIONS, Operation
from flamescope_py.web.openapi_schemas import SCHEMAS, reference
from flamescope_py.web.respond import JSON, answer

blueprint = Blueprint("openapi", __name__)

NOT_DESCRIBED = "frontend."
# A malformed request, no token, a host or page that is not ours, and our bugs, whatever the route.
_EVERYWHERE = (400, 401, 403, 500)
_TITLES = {500: "A fault of the server; its log says more.", 503: "Busy: Retry-After says when to ask again."}


@blueprint.get("/openapi.json")
def show_document() -> Response:
    """Describe the interface."""
    return answer(orjson.dumps(document(current_app, context.settings().max_rows)))


def document(app: Flask, max_rows: int) -> dict[str, Any]:
    """Describe the routes of an application. Raises KeyError for a view that is in no table."""
    paths: dict[str, dict[str, object]] = {}
    for rule in app.url_map.iter_rules():
        if not rule.endpoint.startswith(NOT_DESCRIBED):
            view = app.view_functions[rule.endpoint]
            path = re.sub(r"<(\w+)>", r"{\1}", rule.rule)
            for method in sorted(rule.methods or ()):
                if method not in {"HEAD", "OPTIONS"}:
                    described = _operation(rule, OPERATIONS[rule.endpoint], view.__doc__ or "", max_rows)
                    paths.setdefault(path, {})[method.lower()] = described
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "FlameScope",
            "version": __version__,
            "description": "Subsecond-offset heatmaps and flame graphs of profiles.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "."}],
        "paths": dict(sorted(paths.items())),
        "components": {
            "schemas": {**SCHEMAS, "Document": {"type": "object"}},
            "responses": {f"Error{status}": _error(status) for status in _statuses()},
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer", "description": "The content of token_file."}
            },
        },
    }


def _operation(rule: Rule, row: Operation, description: str, max_rows: int) -> dict[str, object]:
    responses: dict[str, object] = {str(row.status): _success(row)}
    if row.validated:
        responses["304"] = {"description": "What If-None-Match names is still the answer."}
    for status in sorted({*_EVERYWHERE, *row.errors}):
        responses[str(status)] = {"$ref": f"#/components/responses/Error{status}"}
    found: dict[str, object] = {
        "operationId": rule.endpoint.partition(".")[2],
        "summary": description.strip().splitlines()[0],
        "parameters": [
            *(_path_parameter(name) for name in sorted(rule.arguments)),
            *(_parameter(one, max_rows) for one in row.parameters),
        ],
        "responses": responses,
    }
    if row.body is not None:
        found["requestBody"] = {"required": True, "content": {kind: _body(kind, row) for kind in row.body}}
    if row.changes:
        found["security"] = [{}, {"token": []}]
    return found


def _success(row: Operation) -> dict[str, object]:
    if not row.answers:
        return {"description": "Done."}
    return {
        "description": "The answer.",
        "content": {kind: {"schema": _any(names)} if names else {} for kind, names in row.answers.items()},
    }


def _any(names: tuple[str, ...]) -> Mapping[str, object]:
    return reference(names[0]) if len(names) == 1 else {"anyOf": [reference(name) for name in names]}


def _body(kind: str, row: Operation) -> dict[str, object]:
    name = (row.body or {})[kind]
    if name:
        return {"schema": reference(name)}
    file = {"type": "string", "contentMediaType": "application/octet-stream"}
    form = {"type": "object", "properties": {"file": file}, "required": ["file"]}
    return {"schema": form} if kind.startswith("multipart/") else {}


def _path_parameter(name: str) -> dict[str, object]:
    return {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}


def _parameter(row: Parameter, max_rows: int) -> dict[str, object]:
    if row is params.ROWS:
        row = row._replace(kind=parameters.integer(1, max_rows))
    schema: dict[str, object] = dict(row.kind.schema)
    if row.repeats:
        schema = {"type": "array", "items": schema}
    elif isinstance(row.default, bool):
        schema["default"] = str(row.default).lower()
    elif row.default not in (None, ""):
        schema["default"] = row.default
    return {
        "name": row.name,
        "in": "query",
        "description": row.meaning,
        "required": row.required,
        "schema": schema,
    }


def _statuses() -> list[int]:
    used = {status for row in OPERATIONS.values() for status in row.errors}
    return sorted({*_EVERYWHERE, *used})


def _error(status: int) -> dict[str, object]:
    """Describe a status by the errors that have it."""
    classes = [
        one
        for one in vars(errors).values()
        if isinstance(one, type) and issubclass(one, FlameScopeError) and one.__dict__.get("status") == status
    ]
    words = " ".join((one.__doc__ or "").strip().splitlines()[0] for one in classes)
    return {
        "description": _TITLES.get(status, words),
        "content": {JSON: {"schema": reference("Error")}},
    }
