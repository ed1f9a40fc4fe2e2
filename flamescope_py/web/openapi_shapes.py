"""The pieces that JSON Schemas are made of here."""

from __future__ import annotations

from collections.abc import Mapping

Schema = Mapping[str, object]

INTEGER: Schema = {"type": "integer"}
NUMBER: Schema = {"type": "number"}
TEXT: Schema = {"type": "string"}
YES_OR_NO: Schema = {"type": "boolean"}
TIME: Schema = {"type": "string", "format": "date-time"}


def said(schema: Schema, meaning: str) -> Schema:
    """Say what a value means."""
    return {**schema, "description": meaning}


def listed(items: Schema) -> Schema:
    """Make the schema of a list."""
    return {"type": "array", "items": items}


def nullable(schema: Schema) -> Schema:
    """Allow null beside a type."""
    words = schema.get("enum")
    more = {"enum": [*words, None]} if isinstance(words, list) else {}
    return {**schema, "type": [schema["type"], "null"], **more}


def one_of(*words: str) -> Schema:
    """Make the schema of a few words."""
    return {"type": "string", "enum": list(words)}


def bounded(low: int, high: int | None = None) -> Schema:
    """Make the schema of whole numbers from `low`, to `high` where there is a bound."""
    return {"type": "integer", "minimum": low} | ({} if high is None else {"maximum": high})


def reference(name: str) -> Schema:
    """Refer to a schema by name."""
    return {"$ref": f"#/components/schemas/{name}"}


def record(always: Mapping[str, Schema], sometimes: Mapping[str, Schema] | None = None) -> dict[str, object]:
    """Make the schema of an object with these keys and no others."""
    return {
        "type": "object",
        "properties": {**always, **(sometimes or {})},
        "required": list(always),
        "additionalProperties": False,
    }
