"""OTLP profiles as protocol buffers."""

from __future__ import annotations

import struct
from itertools import pairwise

import numpy as np

from flamescope_py.errors import BrokenProfileError
from flamescope_py.readers.otlp import model
from flamescope_py.readers.otlp.fields import (
    AnyValue,
    Function,
    KeyValue,
    KeyValueAndUnit,
    Line,
    Location,
    Mapping,
    Profile,
    ProfilesData,
    ProfilesDictionary,
    ResourceProfiles,
    Sample,
    ScopeProfiles,
    Stack,
    ValueType,
)
from flamescope_py.readers.otlp.fields import Resource as ResourceFields
from flamescope_py.readers.otlp.model import Document, ProfileSamples, Resource, Tables, text_at
from flamescope_py.readers.protobuf.messages import FIXED64, LENGTH, VARINT, Field, Fields, fields_of, scan
from flamescope_py.readers.protobuf.places import Places, places_of
from flamescope_py.readers.protobuf.values import fixed64, last_values, numbers
from flamescope_py.readers.protobuf.varints import Bytes, Ints, padded

CUT = "The OTLP profiles are cut short or damaged: copy the file again."
Row = tuple[int, ...]


def document(data: bytes) -> Document:
    """Read a document. Raises BrokenProfileError where it is not whole."""
    return Reader(data).document()


class Reader:
    """Finds the parts of a document; methods raise BrokenProfileError where it is not whole."""

    def __init__(self, data: bytes) -> None:
        """Read nothing yet."""
        self._data = data
        self._array: Bytes = padded(data)
        self._profiles = 0

    def document(self) -> Document:
        """Return the whole document."""
        return self.document_of(self.outer())

    def document_of(self, outer: list[Field]) -> Document:
        """Return the document of some of its outer fields."""
        dictionary = [field for field in outer if field.number == ProfilesData.DICTIONARY]
        tables = self._tables(dictionary[-1]) if dictionary else model.no_tables()
        resources = [field for field in outer if field.number == ProfilesData.RESOURCE_PROFILES]
        return Document(tables, [self._resource(field, tables) for field in resources])

    def outer(self) -> list[Field]:
        """Return the outer fields: resources and dictionaries."""
        return self._fields(0, len(self._data))

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
            self._data[one.start : one.end].decode("utf-8", "replace")
            for one in fields
            if one.number == ProfilesDictionary.STRING_TABLE
        ]
        mapping = (Mapping.MEMORY_START, Mapping.FILE_OFFSET, Mapping.FILENAME_STRINDEX)
        function = (Function.NAME_STRINDEX, Function.SYSTEM_NAME_STRINDEX, Function.FILENAME_STRINDEX)
        functions = self._rows(fields, ProfilesDictionary.FUNCTION_TABLE, function)
        return Tables(
            strings,
            [model.Mapping(*row) for row in self._rows(fields, ProfilesDictionary.MAPPING_TABLE, mapping)],
            self._locations(fields),
            [(name or system, file) for name, system, file in functions],
            self._attributes(fields, strings),
            *self._stacks(fields),
        )

    def _rows(self, fields: list[Field], number: int, columns: tuple[int, ...]) -> list[Row]:
        found, count = self._messages(fields, number)
        values = [last_values(found, column, count).tolist() for column in columns]
        return list(zip(*values, strict=True))

    def _locations(self, fields: list[Field]) -> list[model.Location]:
        found, count = self._messages(fields, ProfilesDictionary.LOCATION_TABLE)
        lines = found.of(Location.LINES)
        inner, _ = scan(self._data, self._array, lines.start, lines.end)
        functions = last_values(inner, Line.FUNCTION_INDEX, len(lines.row)).tolist()
        bounds = np.searchsorted(lines.row, np.arange(count + 1)).tolist()
        columns = [
            last_values(found, number, count).tolist()
            for number in (Location.MAPPING_INDEX, Location.ADDRESS)
        ]
        return [
            model.Location(mapping, address, functions[first:last])
            for mapping, address, (first, last) in zip(*columns, pairwise(bounds), strict=True)
        ]

    def _stacks(self, fields: list[Field]) -> tuple[Ints, Ints]:
        found, count = self._messages(fields, ProfilesDictionary.STACK_TABLE)
        return numbers(self._array, found.of(Stack.LOCATION_INDICES), count)

    def _attributes(self, fields: list[Field], strings: list[str]) -> list[tuple[str, str]]:
        found, count = self._messages(fields, ProfilesDictionary.ATTRIBUTE_TABLE)
        keys = last_values(found, KeyValueAndUnit.KEY_STRINDEX, count).tolist()
        values = [""] * count
        of_value = found.of(KeyValueAndUnit.VALUE)
        for row, start, end in zip(
            of_value.row.tolist(), of_value.start.tolist(), of_value.end.tolist(), strict=True
        ):
            values[row] = self._any_value(start, end, strings)
        return [(text_at(strings, key), value) for key, value in zip(keys, values, strict=True)]

    def _any_value(self, start: int, end: int, strings: list[str]) -> str:
        """Return a value of any type as a text: a string, a number or a truth value, else "" ."""
        for field in fields_of(self._data, start, end)[0]:
            if field.number == AnyValue.STRING_VALUE and field.wire == LENGTH:
                return self._data[field.start : field.end].decode("utf-8", "replace")
            if field.number == AnyValue.STRING_VALUE_STRINDEX and field.wire == VARINT:
                return text_at(strings, field.value)
            if field.number == AnyValue.INT_VALUE and field.wire == VARINT:
                return str(field.value)
            if field.number == AnyValue.BOOL_VALUE and field.wire == VARINT:
                return "true" if field.value else "false"
            if field.number == AnyValue.DOUBLE_VALUE and field.wire == FIXED64:
                return f"{struct.unpack('<d', self._data[field.start : field.end])[0]:.15g}"
        return ""

    def _resource(self, field: Field, tables: Tables) -> Resource:
        fields = self._inside(field)
        attributes: dict[str, str] = {}
        for resource in (one for one in fields if one.number == ResourceProfiles.RESOURCE):
            for pair in self._inside(resource):
                if pair.number == ResourceFields.ATTRIBUTES:
                    attributes.update(self._pair(pair, tables.strings))
        profiles = [
            self._profile(profile, tables)
            for scope in fields
            if scope.number == ResourceProfiles.SCOPE_PROFILES
            for profile in self._inside(scope)
            if profile.number == ScopeProfiles.PROFILES
        ]
        return Resource(attributes, profiles)

    def _pair(self, pair: Field, strings: list[str]) -> dict[str, str]:
        """Return an attribute of a resource; none for one without a key."""
        key = value = ""
        for field in self._inside(pair):
            if field.number == KeyValue.KEY and field.wire == LENGTH:
                key = self._data[field.start : field.end].decode("utf-8", "replace")
            elif field.number == KeyValue.KEY_STRINDEX and field.wire == VARINT:
                key = text_at(strings, field.value)
            elif field.number == KeyValue.VALUE and field.wire == LENGTH:
                value = self._any_value(field.start, field.end, strings)
        return {key: value} if key else {}

    def _profile(self, field: Field, tables: Tables) -> ProfileSamples:
        self._profiles += 1
        model.require_profiles(self._profiles)
        places, stopped = places_of(self._data, self._array, field.start, field.end)
        if stopped < field.end:
            raise BrokenProfileError(CUT)
        kind, types = self._scanned(places.get(Profile.SAMPLE_TYPE, Places()))
        type_row, unit_row = (
            int(last_values(kind, number, max(types, 1))[-1])
            for number in (ValueType.TYPE_STRINDEX, ValueType.UNIT_STRINDEX)
        )
        found, count = self._scanned(places.get(Profile.SAMPLES, Places()))
        attributes, attribute_counts = numbers(self._array, found.of(Sample.ATTRIBUTE_INDICES), count)
        values, value_counts = numbers(self._array, found.of(Sample.VALUES), count)
        times, time_counts = fixed64(self._array, found.of(Sample.TIMESTAMPS_UNIX_NANO), count)
        return ProfileSamples(
            tables.text(type_row),
            tables.text(unit_row),
            last_values(found, Sample.STACK_INDEX, count),
            values,
            value_counts,
            times,
            time_counts,
            attributes,
            attribute_counts,
        )

    def _scanned(self, places: Places) -> tuple[Fields, int]:
        """Return the fields of messages at some places, and how many messages there are."""
        return scan(self._data, self._array, places.starts, places.ends)[0], len(places.starts)
