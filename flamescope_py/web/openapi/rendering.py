"""Render one route as an OpenAPI operation: its parameters, its body, its answers and its errors."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from werkzeug.routing import Rule

from flamescope_py.service.parameters import Parameter
from flamescope_py.web.openapi.examples import EXAMPLES, Example
from flamescope_py.web.openapi.operation import FORM, Operation
from flamescope_py.web.openapi.schemas import Schema, any_of

# On every route: a malformed request, no token, a foreign host or page, an address or a head that is too
# long, and bugs.
EVERYWHERE = (400, 401, 403, 414, 431, 500)
LATER = 202
_TAG = "Identifies this version of the answer; send it back as If-None-Match."
# OpenAPI 3.1 describes bytes without a type.
_FILE: Schema = {"contentMediaType": "application/octet-stream"}


class Renderer(NamedTuple):
    """`schemas` holds the schema of each type, `narrower` the settings' bounds of parameters by name."""

    schemas: Mapping[Any, Schema]
    narrower: Mapping[str, Schema]

    def operation(self, rule: Rule, row: Operation, summary: str, group: str) -> dict[str, object]:
        """Return the operation of a route; `summary` is the first line of its view's docstring."""
        examples = EXAMPLES.get(rule.endpoint, ())
        responses: dict[str, object] = {str(row.status): self._success(row, examples)}
        if row.later:
            responses[str(LATER)] = self._success(row, examples)
        if row.conditional:
            responses["304"] = {"description": "The answer that If-None-Match names is still current."}
        for status in sorted({*EVERYWHERE, *row.errors}):
            responses[str(status)] = {"$ref": f"#/components/responses/Error{status}"}
        found: dict[str, object] = {
            "operationId": rule.endpoint.partition(".")[2],
            "tags": [group],
            "summary": summary,
            "description": " ".join(filter(None, (summary, row.detail))),
            "parameters": [
                *(_path_parameter(one, examples) for one in sorted(rule.arguments)),
                *(self._parameter(one, examples) for one in row.parameters),
            ],
            "responses": responses,
        }
        if row.body is not None:
            content = {kind: self._body(kind, one, examples) for kind, one in row.body.items()}
            found["requestBody"] = {"required": True, "content": content}
        return found

    def _success(self, row: Operation, examples: tuple[Example, ...]) -> dict[str, object]:
        headers = {**row.headers, **({"ETag": _TAG} if row.conditional else {})}
        found: dict[str, object] = {"description": "The answer." if row.answers else "Done."}
        if row.answers:
            answers = row.answers.items()
            found["content"] = {kind: self._content(kind, types, examples) for kind, types in answers}
        if headers:
            found["headers"] = {
                name: {"description": meaning, "schema": {"type": "string"}}
                for name, meaning in headers.items()
            }
        return found

    def _content(self, kind: str, types: tuple[Any, ...], examples: tuple[Example, ...]) -> dict[str, object]:
        found: dict[str, object] = {"schema": any_of([self.schemas[one] for one in types])} if types else {}
        shown = {
            one.name: {"summary": one.title, "value": one.answer}
            for one in examples
            if one.media_type == kind and one.answer is not None
        }
        return found | ({"examples": shown} if shown else {})

    def _body(self, kind: str, type_: Any, examples: tuple[Example, ...]) -> dict[str, object]:
        if type_ is None:
            form = {"type": "object", "properties": {"file": _FILE}, "required": ["file"]}
            return {"schema": form} if kind == FORM else {}
        shown = {
            one.name: {"summary": one.title, "value": one.body}
            for one in examples
            if isinstance(one.body, Mapping)
        }
        return {"schema": self.schemas[type_], "examples": shown}

    def _parameter(self, row: Parameter, examples: tuple[Example, ...]) -> dict[str, object]:
        schema: dict[str, object] = {**row.type.schema, **self.narrower.get(row.name, {})}
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


def _path_parameter(name: str, examples: tuple[Example, ...]) -> dict[str, object]:
    return {
        "name": name,
        "in": "path",
        "description": "The id of a job.",
        "required": True,
        "schema": {"type": "string", "pattern": "^[0-9a-f]{16}$"},
        **_example(name, examples),
    }


def _example(name: str, examples: tuple[Example, ...]) -> dict[str, object]:
    """Return the first example's value of a parameter, if any."""
    values = [one.query[name] for one in examples if name in one.query]
    return {"example": values[0]} if values else {}
