"""Recognises an nflxprofile. It has no magic, and short bytes often parse as protocol buffers
by accident, so that a head is walked field by field: every number and wire type must be one of the format,
the times must be times, and a node must look like a node.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Iterator, Mapping
from typing import TypeAlias

VARINT, FIXED64, LENGTH = 0, 1, 2

# Wire types by field number; a repeated number may also come unpacked.
Wires: TypeAlias = Mapping[int, tuple[int, ...]]
_PROFILE: Wires = {
    **dict.fromkeys((1, 2), (FIXED64,)),
    3: (LENGTH, VARINT),
    4: (LENGTH, FIXED64),
    **dict.fromkeys((5, 6, 7, 8), (LENGTH,)),
    **dict.fromkeys((9, 10, 11, 12), (LENGTH, VARINT)),
    13: (VARINT,),
}
_ENTRY: Wires = {1: (VARINT,), 2: (LENGTH,)}
_NODE: Wires = {
    **dict.fromkeys((1, 4, 10, 11), (LENGTH,)),
    **dict.fromkeys((2, 5, 6, 7, 8, 9), (VARINT,)),
    3: (VARINT, LENGTH),
}

# Nodes that must look right before the rest is believed.
ENOUGH_NODES = 50
# A head that ends inside its samples, before the first node, is believed from this length on.
LONG_HEAD = 32 << 10
MAX_SECONDS = 1e12
MIN_SECONDS = 1e-9


class _Cut(Exception):  # noqa: N818  an end, not an error
    """The bytes end inside a field."""


def recognises(head: bytes) -> bool:
    """Return True for the head of an nflxprofile."""
    times: dict[int, float] = {}
    nodes, cut = 0, False
    try:
        for number, value in _fields(head, _PROFILE):
            if number in {1, 2}:
                times[number] = struct.unpack("<d", value)[0]
            elif number == 5:
                _require_node(value)
                nodes += 1
            if nodes == ENOUGH_NODES:
                break
    except _Cut:
        cut = True
    except ValueError:
        return False
    believed = nodes > 0 or (cut and len(head) >= LONG_HEAD)
    return believed and len(times) == 2 and are_times(times[1], times[2])


def are_times(start: float, end: float) -> bool:
    """Return True if two numbers can be the seconds at which a profile starts and ends."""
    return start <= end and all(map(_is_time, (start, end)))


def _is_time(seconds: float) -> bool:
    # Text read as a number is mostly a very small or a very large one.
    return seconds == 0 or (math.isfinite(seconds) and MIN_SECONDS < abs(seconds) < MAX_SECONDS)


def _require_node(entry: bytes) -> None:
    """Raise ValueError for bytes that are no entry of the map of nodes."""
    try:
        parts = dict(_fields(entry, _ENTRY))
        node = dict(_fields(parts.get(2, b""), _NODE))
    except _Cut as error:
        raise ValueError("a node is cut short") from error
    if 1 not in node:
        raise ValueError("a node has no name")


def _fields(data: bytes, known: Wires) -> Iterator[tuple[int, bytes]]:
    """Yield the number and the bytes of every field (none for a varint).

    Raises ValueError for a field that is not known, and _Cut where the last one is not whole.
    """
    position = 0
    while position < len(data):
        tag, position = _varint(data, position)
        number, wire = tag >> 3, tag & 7
        if wire not in known.get(number, ()):
            raise ValueError("a field of another format")
        if wire == VARINT:
            length = 0
            _, position = _varint(data, position)
        elif wire == FIXED64:
            length = 8
        else:
            length, position = _varint(data, position)
        if position + length > len(data):
            raise _Cut
        yield number, data[position : position + length]
        position += length


def _varint(data: bytes, position: int) -> tuple[int, int]:
    """Read a number of at most ten bytes. Return it and where it ends."""
    number = 0
    for shift, byte in enumerate(data[position : position + 10]):
        number |= (byte & 0x7F) << (7 * shift)
        if byte < 0x80:
            return number, position + shift + 1
    if position + 10 > len(data):
        raise _Cut
    raise ValueError("a number without end")
