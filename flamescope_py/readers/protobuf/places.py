"""The fields of an outermost message, of which there may be millions, each a message itself."""

from __future__ import annotations

from collections import defaultdict
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from flamescope_py._kernel import load
from flamescope_py._kernel.arrays import fields as compiled_fields
from flamescope_py.readers.protobuf.messages import LENGTH, VARINT, Fields, fields_of
from flamescope_py.readers.protobuf.varints import Bytes, Ints


class Places(NamedTuple):
    """The values of a field of an outermost message: where each begins and ends, and its last number."""

    starts: Ints = np.zeros(0, np.int64)
    ends: Ints = np.zeros(0, np.int64)
    value: int = 0


def places_of(data: bytes, array: Bytes, start: int, end: int) -> tuple[dict[int, Places], int]:
    """Return the fields of an outermost message by number, and the place of the first byte that is none.

    As `fields_of`, for millions of fields that hold messages. `array` is `data`, padded.
    """
    functions = load()
    if not functions:
        return _places_slowly(data, start, end)
    columns, stopped = compiled_fields(functions, array, np.array([start]), np.array([end]))
    found = Fields(*columns)
    found = found.where((found.wire == LENGTH) | (found.wire == VARINT))
    order = np.argsort(found.number, kind="stable")
    changes = np.flatnonzero(np.diff(found.number[order])) + 1
    places = {}
    for first, last in pairwise([0, *changes.tolist(), len(order)] if len(order) else []):
        own = found.take(order[first:last])
        plain, inside = own.value[own.wire == VARINT], own.wire == LENGTH
        value = int(plain[-1]) if len(plain) else 0
        places[int(own.number[0])] = Places(own.start[inside], own.end[inside], value)
    return places, int(stopped[0])


def _places_slowly(data: bytes, start: int, end: int) -> tuple[dict[int, Places], int]:
    starts, ends = defaultdict[int, list[int]](list), defaultdict[int, list[int]](list)
    values: dict[int, int] = {}
    at, size = start, end
    # Samples come one after the other: looking up their number each time takes half as long again.
    same, begin, finish = -1, list[int]().append, list[int]().append
    while at + 1 < size:
        tag, length = data[at], data[at + 1]
        # Most fields: a tag of one byte, and a length below 16 384.
        if tag & 0x87 == LENGTH and (length < 0x80 or (at + 2 < size and data[at + 2] < 0x80)):
            first = at + 2
            if length >= 0x80:
                length = length & 0x7F | data[first] << 7
                first += 1
            last = first + length
            if last > size:
                break
            if tag != same:
                same = tag
                begin, finish = starts[tag >> 3].append, ends[tag >> 3].append
            begin(first)
            finish(last)
            at = last
            continue
        fields, stopped = fields_of(data, at, size, 1)
        if not fields:
            at = stopped
            break
        field = fields[0]
        if field.wire == LENGTH:
            starts[field.number].append(field.start)
            ends[field.number].append(field.end)
        elif field.wire == VARINT:
            values[field.number] = field.value
        at = field.end
    found = {
        number: Places(
            np.array(starts[number], np.int64), np.array(ends[number], np.int64), values.get(number, 0)
        )
        for number in {**starts, **values}
    }
    return found, at
