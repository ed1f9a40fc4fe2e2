"""The fields of messages: of one, by a loop, and of many, by the kernel or by rounds over all of them.

https://protobuf.dev/programming-guides/encoding/: a field is a tag (its number, and how it is stored) and a
value. Without the kernel, the next field of every message is decoded in each round: there are as many rounds
as the longest message has fields.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from flamescope_py._kernel import load
from flamescope_py._kernel.arrays import fields as compiled_fields
from flamescope_py.readers.protobuf.varints import Bytes, Ints, decode_at, decode_one

VARINT, FIXED64, LENGTH, FIXED32 = 0, 1, 2, 5
_FIXED = {FIXED64: 8, FIXED32: 4}
# A few messages that are long are decoded one by one, else each of their fields would cost a round.
FEW = 64


class Field(NamedTuple):
    """A field of one message: the place of its value, without its length, and the number of a VARINT."""

    number: int
    wire: int
    start: int
    end: int
    value: int


class Fields(NamedTuple):
    """Fields of many messages as columns, those of one message in order. `row` is the message.

    `start` and `end` are the place of the value, without its length; `value` is the number of a VARINT.
    """

    row: Ints
    number: Ints
    wire: Ints
    start: Ints
    end: Ints
    value: Ints

    def of(self, number: int) -> Fields:
        """Return the fields of a number."""
        return self.where(self.number == number)

    def where(self, mask: npt.NDArray[np.bool_]) -> Fields:
        """Return the fields for which a mask is true."""
        return self.take(np.flatnonzero(mask))

    def take(self, rows: Ints) -> Fields:
        """Return some of the fields."""
        return Fields(*(column[rows] for column in self))


def fields_of(data: bytes, start: int, end: int, most: int = 1 << 62) -> tuple[list[Field], int]:
    """Return the first `most` fields of one message, and the place of the first byte behind them."""
    found: list[Field] = []
    at = start
    while at < end and len(found) < most:
        tag = data[at]
        behind = at + 1
        if tag > 0x7F:
            long_tag = decode_one(data, at, end)
            if long_tag is None:
                break
            tag, behind = long_tag
        wire, value = tag & 7, 0
        if wire in (VARINT, LENGTH):
            number = decode_one(data, behind, end)
            if number is None:
                break
            value, value_end = number
            first, last = (behind, value_end) if wire == VARINT else (value_end, value_end + value)
        else:
            first, last = behind, behind + _FIXED.get(wire, end)
        if not first <= last <= end:
            break
        found.append(Field(tag >> 3, wire, first, last, value))
        at = last
    return found, at


def scan(data: bytes, array: Bytes, starts: Ints, ends: Ints) -> tuple[Fields, npt.NDArray[np.bool_]]:
    """Return the fields of many messages, and which messages are whole. `array` is `data`, padded."""
    functions = load()
    if functions:
        columns, stopped = compiled_fields(functions, array, starts, ends)
        return Fields(*columns), stopped >= ends
    return _scan_by_rounds(data, array, starts, ends)


def _scan_by_rounds(
    data: bytes, array: Bytes, starts: Ints, ends: Ints
) -> tuple[Fields, npt.NDArray[np.bool_]]:
    rounds: list[Fields] = []
    whole = np.ones(len(starts), np.bool_)
    rows, at = np.arange(len(starts)), starts.astype(np.int64)
    while len(rows):
        left = at < ends[rows]
        rows, at = rows[left], at[left]
        if len(rows) < FEW:
            rounds.append(_scan_slowly(data, rows, at, ends, whole))
            break
        found = _next(array, rows, at)
        right = (found.end >= found.start) & (found.end <= ends[rows])
        whole[rows[~right]] = False
        found = found.where(right)
        rounds.append(found)
        rows, at = found.row, found.end
    joined = (
        Fields(*(np.concatenate(columns) for columns in zip(*rounds, strict=True))) if rounds else _none()
    )
    order = np.argsort(joined.row, kind="stable")
    return joined.take(order), whole


def _none() -> Fields:
    return Fields(*[np.zeros(0, np.int64)] * 6)


def _next(array: Bytes, rows: Ints, at: Ints) -> Fields:
    tag, behind = decode_at(array, at)
    wire = tag & 7
    value, value_end = decode_at(array, behind)
    is_length = wire == LENGTH
    start = np.where(is_length, value_end, behind)
    # A value of an unknown kind ends before it begins.
    end = np.select(
        [wire == VARINT, is_length, wire == FIXED64, wire == FIXED32],
        [value_end, value_end + np.clip(value, -1, 1 << 40), behind + 8, behind + 4],
        -1,
    )
    return Fields(rows, tag >> 3, wire, start, end, value)


def _scan_slowly(data: bytes, rows: Ints, at: Ints, ends: Ints, whole: npt.NDArray[np.bool_]) -> Fields:
    found: list[tuple[int, int, int, int, int, int]] = []
    for row, start in zip(rows.tolist(), at.tolist(), strict=True):
        end = int(ends[row])
        fields, stopped = fields_of(data, start, end)
        found += [(row, one.number, one.wire, one.start, one.end, one.value) for one in fields]
        if stopped < end:
            whole[row] = False
    columns = np.array(found, np.int64).reshape(-1, 6).T
    return Fields(*columns)
