"""OTLP profiles as JSON, in the mapping of protocol buffers: names in camel case, long numbers as strings."""

from __future__ import annotations

from typing import Any

import numpy as np

from flamescope_py.readers.json.text import integer, items, member, name
from flamescope_py.readers.otlp.model import (
    Document,
    Location,
    Mapping,
    ProfileSamples,
    Resource,
    Tables,
    text_at,
)

_MAPPING = ("memoryStart", "fileOffset", "filenameStrindex")


def document(content: object) -> Document:
    """Read a document; values of another type than the format's count as missing."""
    dictionary = member(content, "dictionary")

    def rows(table: str) -> list[Any]:
        return items(member(dictionary, table))

    strings = [one if isinstance(one, str) else "" for one in rows("stringTable")]
    stacks = [_ints(member(one, "locationIndices")) for one in rows("stackTable")]
    tables = Tables(
        strings,
        [Mapping(*(_int(one, key) for key in _MAPPING)) for one in rows("mappingTable")],
        [_location(one) for one in rows("locationTable")],
        [_function(one) for one in rows("functionTable")],
        [_attribute(one, strings) for one in rows("attributeTable")],
        np.array([row for stack in stacks for row in stack], np.int64),
        np.array(list(map(len, stacks)), np.int64),
    )
    return Document(tables, [_resource(one, tables) for one in items(member(content, "resourceProfiles"))])


def _location(content: object) -> Location:
    functions = [_int(line, "functionIndex") for line in items(member(content, "lines"))]
    return Location(_int(content, "mappingIndex"), _int(content, "address"), functions)


def _function(content: object) -> tuple[int, int]:
    name_row = _int(content, "nameStrindex") or _int(content, "systemNameStrindex")
    return name_row, _int(content, "filenameStrindex")


def _attribute(content: object, strings: list[str]) -> tuple[str, str]:
    return text_at(strings, _int(content, "keyStrindex")), _any_value(member(content, "value"), strings)


def _int(value: object, key: str) -> int:
    return integer(member(value, key)) or 0


def _ints(values: object) -> list[int]:
    return [_long(value) for value in items(values)]


def _long(value: object) -> int:
    """Return a number, which may be a string with a sign; 0 for another value."""
    if isinstance(value, str) and value.startswith("-"):
        return -(integer(value[1:]) or 0)
    return integer(value) or 0


def _any_value(value: object, strings: list[str]) -> str:
    """Return a value of any type as a text: a string, a number or a truth value, else "" ."""
    text = member(value, "stringValue")
    if isinstance(text, str):
        return text
    if (row := integer(member(value, "stringValueStrindex"))) is not None:
        return text_at(strings, row)
    truth, number = member(value, "boolValue"), member(value, "doubleValue")
    if isinstance(truth, bool):
        return "true" if truth else "false"
    if isinstance(number, int | float):
        return f"{number:.15g}"
    return name(member(value, "intValue"))


def _resource(content: object, tables: Tables) -> Resource:
    attributes: dict[str, str] = {}
    for pair in items(member(content, "resource", "attributes")):
        key = name(member(pair, "key")) or text_at(tables.strings, _int(pair, "keyStrindex"))
        if key:
            attributes[key] = _any_value(member(pair, "value"), tables.strings)
    profiles = [
        _profile(profile, tables)
        for scope in items(member(content, "scopeProfiles"))
        for profile in items(member(scope, "profiles"))
    ]
    return Resource(attributes, profiles)


def _profile(content: object, tables: Tables) -> ProfileSamples:
    samples = items(member(content, "samples"))
    values = [_ints(member(one, "values")) for one in samples]
    attributes = [_ints(member(one, "attributeIndices")) for one in samples]
    times = [[max(time, 0) for time in _ints(member(one, "timestampsUnixNano"))] for one in samples]
    return ProfileSamples(
        tables.text(_int(member(content, "sampleType"), "typeStrindex")),
        tables.text(_int(member(content, "sampleType"), "unitStrindex")),
        np.array([_int(one, "stackIndex") for one in samples], np.int64),
        np.array([value for row in values for value in row], np.int64),
        np.array(list(map(len, values)), np.int64),
        np.array([time for row in times for time in row], np.uint64),
        np.array(list(map(len, times)), np.int64),
        np.array([row for rows in attributes for row in rows], np.int64),
        np.array(list(map(len, attributes)), np.int64),
    )
