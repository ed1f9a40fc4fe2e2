"""Describes one route: its parameters, its body, what it answers and every error that it may answer."""

from __future__ import annotations

from collections.abc import Mapping

from werkzeug.routing import Rule

from flamescope_py.service.parameters import Parameter
from flamescope_py.web.openapi_examples import EXAMPLES, Example
from flamescope_py.web.openapi_routes import FORM, GROUPS, Operation
from flamescope_py.web.openapi_shapes import reference

# A malformed request, no token, a host or page that is not ours, an address or a head that is too long, and
# our bugs, whatever the route.
EVERYWHERE = (400, 401, 403, 414, 431, 500)
LATER = 202
_TAG = "Tells this answer from any other; send it back as If-None-Match."
# Without a type, as OpenAPI 3.1 has it for bytes: any content is a file.
_FILE: Mapping[str, object] = {"contentMediaType": "application/octet-stream"}


def operation(
    rule: Rule, row: Operation, summary: str, narrower: Mapping[str, Mapping[str, object]]
) -> dict[str, object]:
    """Describe one route; `summary` is its view's own line.

    `narrower` has what parameters are held to besides, by name.
    """
    examples = EXAMPLES.get(rule.endpoint, ())
    responses: dict[str, object] = {str(row.status): _success(row, examples)}
    if row.later:
        responses[str(LATER)] = _success(row, examples)
    if row.validated:
        responses["304"] = {"description": "What If-None-Match names is still the answer."}
    for status in sorted({*EVERYWHERE, *row.errors}):
        responses[str(status)] = {"$ref": f"#/components/responses/Error{status}"}
    blueprint, _, name = rule.endpoint.partition(".")
    found: dict[str, object] = {
        "operationId": name,
        "tags": [GROUPS[blueprint]],
        "summary": summary,
        "description": " ".join(filter(None, (summary, row.detail))),
        "parameters": [
            *(_path_parameter(one, examples) for one in sorted(rule.arguments)),
            *(_parameter(one, narrower.get(one.name, {}), examples) for one in row.parameters),
        ],
        "responses": responses,
    }
    if row.body is not None:
        content = {kind: _body(kind, schema, examples) for kind, schema in row.body.items()}
        found["requestBody"] = {"required": True, "content": content}
    return found


def _success(row: Operation, examples: tuple[Example, ...]) -> dict[str, object]:
    headers = {**row.headers, **({"ETag": _TAG} if row.validated else {})}
    found: dict[str, object] = {"description": "The answer." if row.answers else "Done."}
    if row.answers:
        found["content"] = {kind: _content(kind, names, examples) for kind, names in row.answers.items()}
    if headers:
        found["headers"] = {
            name: {"description": meaning, "schema": {"type": "string"}} for name, meaning in headers.items()
        }
    return found


def _content(kind: str, names: tuple[str, ...], examples: tuple[Example, ...]) -> dict[str, object]:
    found: dict[str, object] = {"schema": _any(names)} if names else {}
    shown = {
        one.name: {"summary": one.title, "value": one.answer}
        for one in examples
        if one.media_type == kind and one.answer is not None
    }
    return found | ({"examples": shown} if shown else {})


def _any(names: tuple[str, ...]) -> Mapping[str, object]:
    return reference(names[0]) if len(names) == 1 else {"anyOf": [reference(name) for name in names]}


def _body(kind: str, schema: str, examples: tuple[Example, ...]) -> dict[str, object]:
    if not schema:
        form = {"type": "object", "properties": {"file": _FILE}, "required": ["file"]}
        return {"schema": form} if kind == FORM else {}
    shown = {
        one.name: {"summary": one.title, "value": one.body}
        for one in examples
        if isinstance(one.body, Mapping)
    }
    return {"schema": reference(schema), "examples": shown}


def _path_parameter(name: str, examples: tuple[Example, ...]) -> dict[str, object]:
    return {
        "name": name,
        "in": "path",
        "description": "The id of a job.",
        "required": True,
        "schema": {"type": "string", "pattern": "^[0-9a-f]{16}$"},
        **_example(name, examples),
    }


def _parameter(
    row: Parameter, narrower: Mapping[str, object], examples: tuple[Example, ...]
) -> dict[str, object]:
    schema: dict[str, object] = {**row.kind.schema, **narrower}
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
        **_example(row.name, examples),
    }


def _example(name: str, examples: tuple[Example, ...]) -> dict[str, object]:
    """Give the first value that an example has for a parameter."""
    values = [one.query[name] for one in examples if name in one.query]
    return {"example": values[0]} if values else {}
