"""The fields of messages: of one, by a loop, and of many of a kind, by rounds over all of them.

https://protobuf.dev/programming-guides/encoding/: a field is a tag (its number, and how it is stored) and a
value. In each round the next field of every message is decoded: there are as many rounds as the longest
message has fields.
"""

from __future__ import annotations

from collections import defaultdict
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from flamescope_py.readers.wire.varints import Bytes, Ints, decode_all, decode_at, decode_one

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
        """Return some of the fields."""
        return Fields(*(column[mask] for column in self))


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


class Places:
    """The values of a field of an outermost message: where each begins and ends, and its last number."""

    def __init__(self) -> None:
        """Start empty."""
        self.starts: list[int] = []
        self.ends: list[int] = []
        self.value = 0


def places_of(data: bytes, start: int = 0, end: int | None = None) -> tuple[dict[int, Places], int]:
    """Return the fields of an outermost message by number, and the place of the first byte that is none.

    As `fields_of`, for millions of fields that hold messages.
    """
    found: defaultdict[int, Places] = defaultdict(Places)
    at, size = start, len(data) if end is None else end
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
                same, place = tag, found[tag >> 3]
                begin, finish = place.starts.append, place.ends.append
            begin(first)
            finish(last)
            at = last
            continue
        fields, stopped = fields_of(data, at, size, 1)
        if not fields:
            return found, stopped
        field = fields[0]
        place = found[field.number]
        place.value = field.value
        if field.wire == LENGTH:
            place.starts.append(field.start)
            place.ends.append(field.end)
        at = field.end
    return found, at


def scan(data: bytes, array: Bytes, starts: Ints, ends: Ints) -> tuple[Fields, npt.NDArray[np.bool_]]:
    """Return the fields of many messages, and which messages are whole. `array` is `data`, padded."""
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
    return Fields(*(column[order] for column in joined)), whole


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


def gather(array: Bytes, fields: Fields) -> tuple[Bytes, Ints]:
    """Return the values of fields one after the other, and the length of each."""
    lengths = fields.end - fields.start
    before = np.cumsum(lengths) - lengths
    places = np.repeat(fields.start - before, lengths) + np.arange(int(lengths.sum()))
    return array[places], lengths


def numbers(array: Bytes, fields: Fields, rows: int) -> tuple[Ints, Ints]:
    """Return the numbers of a repeated field, packed or not, and how many each of `rows` messages has."""
    data, lengths = gather(array, fields)
    values, ends = decode_all(data)
    # The number of values that end inside of each field.
    inside = np.diff(np.searchsorted(ends, np.concatenate(([0], np.cumsum(lengths))), side="right"))
    return values, np.bincount(fields.row, inside, rows).astype(np.int64)


def fixed64(array: Bytes, fields: Fields, rows: int) -> tuple[npt.NDArray[np.uint64], Ints]:
    """Return the numbers of eight bytes of a repeated field, and how many each of `rows` messages has."""
    lengths = fields.end - fields.start
    cut = fields._replace(end=fields.start + lengths // 8 * 8)
    data, lengths = gather(array, cut)
    return data.view("<u8").astype(np.uint64), np.bincount(fields.row, lengths // 8, rows).astype(np.int64)


def last_values(fields: Fields, rows: int, missing: int = 0) -> Ints:
    """Return the value of a field that is a number, for every message: the last one, as the format has it."""
    found = np.full(rows, missing, np.int64)
    found[fields.row] = fields.value
    return found


def texts(data: bytes, fields: Fields, rows: int) -> list[str]:
    """Return the value of a field that is a text, for every message."""
    found = [""] * rows
    for row, start, end in zip(fields.row.tolist(), fields.start.tolist(), fields.end.tolist(), strict=True):
        found[row] = data[start:end].decode("utf-8", "replace")
    return found
