"""OTLP profiles as protocol buffers."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from flamescope_py.errors import BrokenProfileError
from flamescope_py.readers.otlp.model import Document, Location, Mapping, ProfileSamples, Resource, Tables
from flamescope_py.readers.wire.messages import (
    LENGTH,
    Field,
    Fields,
    Places,
    fields_of,
    fixed64,
    last_values,
    numbers,
    places_of,
    scan,
    texts,
)
from flamescope_py.readers.wire.varints import Bytes, Ints, padded

CUT = "The OTLP profiles are cut short or damaged: copy the file again."
Row = tuple[int, ...]


def document(data: bytes) -> Document:
    """Read a document. Raises BrokenProfileError where it is not whole."""
    return _Reader(data).document()


class _Reader:
    """Finds the parts of a document."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._array: Bytes = padded(data)

    def document(self) -> Document:
        outer = self._fields(0, len(self._data))
        dictionary = [field for field in outer if field.number == 2]
        tables = self._tables(dictionary[-1]) if dictionary else Tables([], [], [], [], [], [])
        return Document(tables, [self._resource(field, tables) for field in outer if field.number == 1])

    def _fields(self, start: int, end: int) -> list[Field]:
        """Return the fields of a message that hold messages or texts, and numbers."""
        found, stopped = fields_of(self._data, start, end)
        if stopped < end:
            raise BrokenProfileError(CUT)
        return found

    def _inside(self, field: Field) -> list[Field]:
        return self._fields(field.start, field.end) if field.wire == LENGTH else []

    def _messages(self, fields: list[Field], number: int) -> tuple[Fields, int]:
        """Return the fields of all messages of a number."""
        places = [field for field in fields if field.number == number and field.wire == LENGTH]
        starts = np.array([field.start for field in places], np.int64)
        ends = np.array([field.end for field in places], np.int64)
        return scan(self._data, self._array, starts, ends)[0], len(places)

    def _tables(self, field: Field) -> Tables:
        fields = self._inside(field)
        strings = [
            self._data[one.start : one.end].decode("utf-8", "replace") for one in fields if one.number == 5
        ]
        return Tables(
            strings,
            [Mapping(*row) for row in self._rows(fields, 1, (1, 3, 4))],
            self._locations(fields),
            [(name or system, file) for name, system, file in self._rows(fields, 3, (1, 2, 3))],
            self._attributes(fields, strings),
            self._stacks(fields),
        )

    def _rows(self, fields: list[Field], number: int, columns: tuple[int, ...]) -> list[Row]:
        found, count = self._messages(fields, number)
        values = [last_values(found.of(column), count).tolist() for column in columns]
        return list(zip(*values, strict=True))

    def _locations(self, fields: list[Field]) -> list[Location]:
        found, count = self._messages(fields, 2)
        lines = found.of(3)
        inner, _ = scan(self._data, self._array, lines.start, lines.end)
        functions = last_values(inner.of(1), len(lines.row)).tolist()
        bounds = np.searchsorted(lines.row, np.arange(count + 1)).tolist()
        columns = [last_values(found.of(number), count).tolist() for number in (1, 2)]
        return [
            Location(mapping, address, functions[first:last])
            for mapping, address, (first, last) in zip(*columns, pairwise(bounds), strict=True)
        ]

    def _stacks(self, fields: list[Field]) -> list[list[int]]:
        found, count = self._messages(fields, 7)
        return _split(*numbers(self._array, found.of(1), count))

    def _attributes(self, fields: list[Field], strings: list[str]) -> list[tuple[str, str]]:
        found, count = self._messages(fields, 6)
        keys = last_values(found.of(1), count).tolist()
        values = [""] * count
        of_value = found.of(2)
        for row, start, end in zip(
            of_value.row.tolist(), of_value.start.tolist(), of_value.end.tolist(), strict=True
        ):
            values[row] = self._any_value(start, end)
        return [
            (strings[key] if 0 <= key < len(strings) else "", value)
            for key, value in zip(keys, values, strict=True)
        ]

    def _any_value(self, start: int, end: int) -> str:
        """Return a value of any type as a text: a string or a whole number, else "" ."""
        for field in fields_of(self._data, start, end)[0]:
            if field.number == 1 and field.wire == LENGTH:
                return self._data[field.start : field.end].decode("utf-8", "replace")
            if field.number == 3:
                return str(field.value)
        return ""

    def _resource(self, field: Field, tables: Tables) -> Resource:
        fields = self._inside(field)
        attributes: dict[str, str] = {}
        for resource in (one for one in fields if one.number == 1):
            for pair in (one for one in self._inside(resource) if one.number == 1):
                found, count = self._messages([pair._replace(number=1)], 1)
                key = texts(self._data, found.of(1), count)[0]
                value = found.of(2)
                if len(value.row):
                    attributes[key] = self._any_value(int(value.start[-1]), int(value.end[-1]))
        profiles = [
            self._profile(profile, tables)
            for scope in fields
            if scope.number == 2
            for profile in self._inside(scope)
            if profile.number == 2
        ]
        return Resource(attributes, profiles)

    def _profile(self, field: Field, tables: Tables) -> ProfileSamples:
        places, stopped = places_of(self._data, field.start, field.end)
        if stopped < field.end:
            raise BrokenProfileError(CUT)
        kind, types = self._scanned(places.get(1, Places()))
        type_row, unit_row = (int(last_values(kind.of(number), max(types, 1))[-1]) for number in (1, 2))
        found, count = self._scanned(places.get(2, Places()))
        attributes, attribute_counts = numbers(self._array, found.of(2), count)
        values, value_counts = numbers(self._array, found.of(4), count)
        times, time_counts = fixed64(self._array, found.of(5), count)
        return ProfileSamples(
            tables.text(type_row),
            tables.text(unit_row),
            last_values(found.of(1), count),
            values,
            value_counts,
            times,
            time_counts,
            attributes,
            attribute_counts,
        )

    def _scanned(self, places: Places) -> tuple[Fields, int]:
        """Return the fields of messages at some places, and how many messages there are."""
        starts, ends = np.array(places.starts, np.int64), np.array(places.ends, np.int64)
        return scan(self._data, self._array, starts, ends)[0], len(starts)


def _split(values: Ints, counts: Ints) -> list[list[int]]:
    """Return the values of each row as a list."""
    bounds = [0, *np.cumsum(counts).tolist()]
    found = values.tolist()
    return [found[first:last] for first, last in pairwise(bounds)]
