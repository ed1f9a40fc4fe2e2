"""The base of all wire types: msgspec structs that describe an answer, written as JSON by orjson.

orjson writes numpy columns without a copy, which msgspec's own encoder cannot; msgspec makes the JSON Schema
of /openapi.json from the same classes. A field is declared once, with its meaning.
"""

from __future__ import annotations

from datetime import datetime
from functools import cache
from typing import Annotated, Any, TypeVar

import numpy as np
import orjson
from msgspec import UNSET, Meta, Struct, UnsetType
from numpy.typing import NDArray

Answer = TypeVar("Answer", bound="Wire")
Value = TypeVar("Value")

_OPTIONS = orjson.OPT_SERIALIZE_NUMPY | orjson.OPT_UTC_Z | orjson.OPT_OMIT_MICROSECONDS

# Columns of integers, flat and as a table.
Integers = Annotated[
    NDArray[np.integer[Any]], Meta(extra_json_schema={"type": "array", "items": {"type": "integer"}})
]
# A column of numbers, NaN for null.
Numbers = Annotated[
    NDArray[np.floating[Any]],
    Meta(
        extra_json_schema={"type": "array", "items": {"anyOf": [{"type": "number"}, {"type": "null"}]}},
    ),
]
IntegerTable = Annotated[
    NDArray[np.integer[Any]],
    Meta(
        extra_json_schema={"type": "array", "items": {"type": "array", "items": {"type": "integer"}}},
    ),
]
Time = Annotated[datetime, Meta(extra_json_schema={"format": "date-time"})]


class Wire(Struct, rename="camel", forbid_unknown_fields=True):
    """An answer or a part of one. A field that is UNSET is left out; one that is None is null."""

    @classmethod
    def of(cls: type[Answer], source: object, **more: object) -> Answer:
        """Copy the attributes of `source` that have a field's name; `more` adds and replaces fields.

        Raises TypeError if a required field is in neither.
        """
        names = [name for name in cls.__struct_fields__ if name not in more and hasattr(source, name)]
        return cls(**{name: getattr(source, name) for name in names}, **more)


def known(value: Value | None) -> Value | UnsetType:
    """Return UNSET for None, so that a field is left out."""
    return UNSET if value is None else value


def encode(answer: object) -> bytes:
    """Return an answer, or a list of answers, as JSON."""
    return orjson.dumps(answer, default=_fields, option=_OPTIONS)


def _fields(value: object) -> dict[str, object]:
    if not isinstance(value, Struct):
        raise TypeError(f"{type(value).__name__} is no wire type")
    names = _names(type(value))
    return {encoded: found for encoded, name in names if (found := getattr(value, name)) is not UNSET}


@cache
def _names(kind: type[Struct]) -> tuple[tuple[str, str], ...]:
    """Return the names of the fields in JSON and in Python; kept, since long lists ask for each item."""
    return tuple(zip(kind.__struct_encode_fields__, kind.__struct_fields__, strict=True))
