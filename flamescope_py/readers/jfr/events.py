"""The events of a chunk that have a stack: their fields as columns, many events at a time.

size, id of the type, then the fields as the type describes them
0A 69 8A B4 C3 9F 02 05 2F 06      10 bytes: an ExecutionSample at a tick, of a thread, with a stack, a state
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from flamescope_py._kernel import load
from flamescope_py._kernel.arrays import events
from flamescope_py.readers.jfr.chunks import HEADER_BYTES
from flamescope_py.readers.jfr.cursor import Cursor, CutError
from flamescope_py.readers.jfr.metadata import BYTE, DOUBLE, FLOAT, NUMBER, TEXT, Field, Type, Types
from flamescope_py.readers.protobuf.varints import JFR, Bytes, Ints, decode_at

METADATA, CHECKPOINT = 0, 1
# Size, type and time: no event is shorter. A chunk of 256 MiB then has at most 64 million.
MIN_EVENT = 4
_FIXED = {BYTE: 1, FLOAT: 4, DOUBLE: 8}


class EventPlaces(NamedTuple):
    """Where the events of a chunk are: columns of the place behind the size, of the end, and of the type.

    `lost` is the number of bytes behind the last one that are no event.
    """

    at: Ints
    end: Ints
    type: Ints
    lost: int


def places(data: bytes, array: Bytes, start: int = HEADER_BYTES) -> EventPlaces:
    """Walk over all events of a chunk. Each has its size, which leads to the next. `array` is padded."""
    functions = load()
    if functions:
        (behind, end, kind), stopped = events(functions, array, start, len(data), MIN_EVENT)
        return EventPlaces(behind, end, kind, len(data) - stopped)
    return _places_slowly(data, array, start)


def _places_slowly(data: bytes, array: Bytes, start: int) -> EventPlaces:
    starts: list[int] = []
    at, size = start, len(data)
    # Most sizes have one byte: this loop is a third of the time of reading a chunk.
    append = starts.append
    while at < size:
        length = data[at]
        if length > 0x7F:
            try:
                length = Cursor(data, at).number()
            except CutError:
                break
        if length < MIN_EVENT or at + length > size:
            break
        append(at)
        at += length
    begin = np.array(starts, np.int64)
    _, behind = decode_at(array, begin, JFR)
    kind, _ = decode_at(array, behind, JFR)
    return EventPlaces(behind, np.append(begin[1:], at)[: len(begin)], kind, size - at)


class Columns(NamedTuple):
    """Fields of events of one type, and which of the events were whole."""

    values: dict[str, Ints]
    whole: npt.NDArray[np.bool_]


def columns(
    types: Types, kind: Type, data: bytes, array: Bytes, at: Ints, end: Ints, wanted: set[str]
) -> Columns:
    """Return fields of events that are numbers. `at` is behind the size, and `end` behind the event.

    Fields behind the last wanted one are not looked at.
    """
    _, place = decode_at(array, at, JFR)
    values: dict[str, Ints] = {}
    left = wanted & {field.name for field in kind.fields}
    for field in kind.fields:
        if not left:
            break
        stored = types.primitive(field)
        if field.array or stored in (TEXT, ""):
            place = _passed(types, field, data, place, end)
        elif stored == NUMBER:
            values[field.name], place = decode_at(array, place, JFR)
        else:
            width = _FIXED[stored]
            if width == 1:
                values[field.name] = array[np.minimum(place, len(array) - 1)].astype(np.int64)
            place = place + width
        left.discard(field.name)
    return Columns(values, place <= end)


def _passed(types: Types, field: Field, data: bytes, place: Ints, end: Ints) -> Ints:
    """Return the places behind a field that has no fixed form, one event at a time."""
    found = []
    for start, limit in zip(place.tolist(), end.tolist(), strict=True):
        cursor = Cursor(data, start, limit)
        try:
            types.skip(cursor, field)
            found.append(cursor.at)
        except CutError:
            found.append(limit + 1)
    return np.array(found, np.int64)
