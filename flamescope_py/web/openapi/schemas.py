"""The JSON Schemas of answers and bodies, made by msgspec of their types."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import msgspec

from flamescope_py.service import ONE_TARGET, RecordBody, bounded

Schema = Mapping[str, Any]

_PLACE = "#/components/schemas/{name}"


class Schemas(NamedTuple):
    """Schemas by type, and the components that they refer to by name."""

    by_type: Mapping[Any, Schema]
    components: Mapping[str, Schema]


def make_schemas(types: Iterable[Any], max_seconds: int) -> Schemas:
    """Return the schemas of some types; recordings take at most `max_seconds`."""
    asked = list(dict.fromkeys(types))
    recordings = {one for one in asked if isinstance(one, type) and issubclass(one, RecordBody)}
    actual = [bounded(one, max_seconds) if one in recordings else one for one in asked]
    found, components = msgspec.json.schema_components(actual, ref_template=_PLACE)
    for component in components.values():
        component.pop("title", None)
    for one in recordings:
        components[one.__name__]["oneOf"] = ONE_TARGET
    return Schemas(dict(zip(asked, found, strict=True)), components)


def any_of(schemas: list[Schema]) -> Schema:
    """Return the schema of a value that fits one of several."""
    return schemas[0] if len(schemas) == 1 else {"anyOf": schemas}
