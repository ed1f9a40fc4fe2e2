"""Numbers of seven bits a byte, the lowest first, as protocol buffers and JFR write them.

They differ in the longest. Protocol buffers have up to ten bytes, and JFR nine, of which the last has eight
bits.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from flamescope_py._kernel import load
from flamescope_py._kernel.arrays import all_numbers, numbers_at

Bytes: TypeAlias = npt.NDArray[np.uint8]
Ints: TypeAlias = npt.NDArray[np.int64]

PROTOBUF, JFR = 10, 9
# Zeros behind the bytes, so that no decoding runs past their end.
PADDING = 16
# The bit of a byte that another one follows, and the others.
MORE, _LOW = 0x80, 0x7F


def padded(data: bytes) -> Bytes:
    """Return bytes as an array with PADDING behind them."""
    return np.frombuffer(data + bytes(PADDING), np.uint8)


def decode_at(data: Bytes, at: Ints, longest: int = PROTOBUF) -> tuple[Ints, Ints]:
    """Decode one number at each of many places of a padded array. Return them, and the places behind them.

    Numbers are 64-bit ones with a sign. A place behind the end is one of the last byte.
    """
    functions = load()
    if functions:
        return numbers_at(functions, data, at, longest)
    last = len(data) - 1
    first = data[np.minimum(at, last)]
    values = (first & _LOW).astype(np.int64)
    behind = at + 1
    rows = np.flatnonzero(first & MORE)
    for place in range(1, longest):
        if not len(rows):
            break
        part = data[np.minimum(behind[rows], last)]
        bits = part if longest == JFR and place == JFR - 1 else part & _LOW
        values[rows] |= bits.astype(np.int64) << (7 * place)
        behind[rows] += 1
        rows = rows[(part & MORE) != 0]
    return values, behind


def decode_all(data: Bytes, longest: int = PROTOBUF) -> tuple[Ints, Ints]:
    """Decode all numbers of an array of numbers alone. Return them, and the place behind each.

    A number that the end cuts is left out.
    """
    functions = load()
    if functions:
        return all_numbers(functions, data, longest)
    ends = np.flatnonzero(data < MORE)
    starts = np.concatenate(([0], ends[:-1] + 1)) if len(ends) else ends
    lengths = ends - starts + 1
    behind = int(ends[-1]) + 1 if len(ends) else 0
    if lengths.max(initial=0) >= longest or len(data) - behind >= longest:
        return _decode_slowly(data, longest)
    values = (data[starts] & _LOW).astype(np.int64)
    rows = np.flatnonzero(lengths > 1)
    place = 1
    while len(rows):
        values[rows] |= (data[starts[rows] + place] & _LOW).astype(np.int64) << (7 * place)
        place += 1
        rows = rows[lengths[rows] > place]
    return values, ends + 1


def _decode_slowly(data: Bytes, longest: int) -> tuple[Ints, Ints]:
    """Decode numbers of which one is so long that not every end shows."""
    text = data.tobytes()
    values: list[int] = []
    ends: list[int] = []
    at = 0
    while (found := decode_one(text, at, len(text), longest)) is not None:
        value, at = found
        values.append(value)
        ends.append(at)
    return np.array(values, np.int64), np.array(ends, np.int64)


def decode_one(data: bytes, at: int, end: int, longest: int = PROTOBUF) -> tuple[int, int] | None:
    """Return the number at a place and the place behind it, None where it is cut."""
    value = shift = 0
    for place in range(longest):
        if at >= end:
            return None
        byte = data[at]
        at += 1
        if longest == JFR and place == JFR - 1:
            value |= byte << shift
            break
        value |= (byte & _LOW) << shift
        if byte < MORE:
            break
        shift += 7
    value &= (1 << 64) - 1
    return (value - (1 << 64) if value >> 63 else value), at
