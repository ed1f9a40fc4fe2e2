"""Writes fields of protocol buffers: https://protobuf.dev/programming-guides/encoding/.

A message per sample as a Python object would cost more than everything else, so that these are bytes.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

LONGEST = 10
_MORE, _LOW, _BITS = 0x80, 0x7F, 7
_VARINT, _LENGTH = 0, 2


def varint(value: int) -> bytes:
    """Return a number from 0 on, seven bits a byte, the lowest first."""
    found = bytearray()
    while value > _LOW:
        found.append(value & _LOW | _MORE)
        value >>= _BITS
    found.append(value)
    return bytes(found)


def varints(values: npt.NDArray[np.integer[Any]]) -> list[bytes]:
    """Return numbers from 0 on, each as `varint` does."""
    rest = values.astype(np.uint64)
    table = np.zeros((len(rest), LONGEST), np.uint8)
    lengths = np.ones(len(rest), np.int64)
    for place in range(LONGEST):
        table[:, place] = rest & np.uint64(_LOW)
        rest = rest >> np.uint64(_BITS)
        table[:, place] |= np.where(rest > 0, _MORE, 0).astype(np.uint8)
        lengths += rest > 0
    flat = table.tobytes()
    starts = range(0, LONGEST * len(rest), LONGEST)
    return [flat[start : start + length] for start, length in zip(starts, lengths.tolist(), strict=True)]


def number(field: int, value: int) -> bytes:
    """Return a field with a number from 0 on."""
    return varint(field << 3 | _VARINT) + varint(value)


def text(field: int, value: bytes) -> bytes:
    """Return a field with bytes: a text, a message, or packed numbers."""
    return varint(field << 3 | _LENGTH) + varint(len(value)) + value
