"""The values of fields of many messages: numbers, packed or not, and distinct ones."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from flamescope_py._kernel import load
from flamescope_py._kernel.arrays import fixed64_in, number_texts, numbers_in
from flamescope_py.readers.protobuf.messages import Fields
from flamescope_py.readers.protobuf.varints import MORE, PROTOBUF, Bytes, Ints, decode_all


def gather(array: Bytes, fields: Fields) -> tuple[Bytes, Ints]:
    """Return the values of fields one after the other, and the length of each."""
    lengths = fields.end - fields.start
    before = np.cumsum(lengths) - lengths
    places = np.repeat(fields.start - before, lengths) + np.arange(int(lengths.sum()))
    return array[places], lengths


def numbers(array: Bytes, fields: Fields, rows: int) -> tuple[Ints, Ints]:
    """Return the numbers of a repeated field, packed or not, and how many each of `rows` messages has.

    A number that the end of its field cuts is left out.
    """
    functions = load()
    if functions:
        values, inside = numbers_in(functions, array, fields.start, fields.end, PROTOBUF)
    else:
        values, inside = _numbers_by_array(array, fields)
    return values, np.bincount(fields.row, inside, rows).astype(np.int64)


def _numbers_by_array(array: Bytes, fields: Fields) -> tuple[Ints, Ints]:
    """Return the numbers of fields, and how many each has."""
    data, lengths = gather(array, fields)
    behind = np.cumsum(lengths)
    last = data[behind[lengths > 0] - 1]
    if (last >= MORE).any():
        parts = [
            decode_all(array[start:end])[0]
            for start, end in zip(fields.start.tolist(), fields.end.tolist(), strict=True)
        ]
        return np.concatenate(parts), np.array(list(map(len, parts)), np.int64)
    values, ends = decode_all(data)
    # The number of values that end inside of each field.
    return values, np.diff(np.searchsorted(ends, np.concatenate(([0], behind)), side="right"))


def fixed64(array: Bytes, fields: Fields, rows: int) -> tuple[npt.NDArray[np.uint64], Ints]:
    """Return the numbers of eight bytes of a repeated field, and how many each of `rows` messages has."""
    functions = load()
    if functions:
        values, inside = fixed64_in(functions, array, fields.start, fields.end)
        return values, np.bincount(fields.row, inside, rows).astype(np.int64)
    lengths = fields.end - fields.start
    cut = fields._replace(end=fields.start + lengths // 8 * 8)
    data, lengths = gather(array, cut)
    return data.view("<u8").astype(np.uint64), np.bincount(fields.row, lengths // 8, rows).astype(np.int64)


def distinct(data: bytes, array: Bytes, fields: Fields) -> tuple[Ints, Ints]:
    """Number distinct values of fields from 0. Return the number of each, and the field of each number."""
    functions = load()
    if functions:
        return number_texts(functions, array, fields.start, fields.end)
    known: dict[bytes, int] = {}
    number = [
        known.setdefault(data[start:end], len(known))
        for start, end in zip(fields.start.tolist(), fields.end.tolist(), strict=True)
    ]
    numbers = np.array(number, np.int64)
    firsts = np.full(len(known), len(number), np.int64)
    np.minimum.at(firsts, numbers, np.arange(len(number)))
    return numbers, firsts


def last_values(fields: Fields, number: int, rows: int) -> Ints:
    """Return the value of a field for every message: the last one, as the format has it, or 0."""
    found = np.zeros(rows, np.int64)
    chosen = np.flatnonzero(fields.number == number)
    found[fields.row[chosen]] = fields.value[chosen]
    return found
