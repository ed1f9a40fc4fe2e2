"""The memory that an Arrow IPC file takes when it is decompressed, found before anything allocates it.

Arrow believes the size that stands before each compressed buffer. A forged index of some kilobytes could ask
for any amount of memory. The metadata are flatbuffers. Their layout (Footer, Message, RecordBatch) is in
https://arrow.apache.org/docs/format/Columnar.html and the schemas beside it.
"""

from __future__ import annotations

import struct
from typing import Any

_MAGIC = b"ARROW1"
# Fields by their place in a table: Footer, Message, RecordBatch.
_FOOTER_DICTIONARIES, _FOOTER_BATCHES = 2, 3
_MESSAGE_HEADER = 2
_BATCH_BUFFERS, _BATCH_COMPRESSION = 2, 3
# Structs: a block of the footer (offset, length of the metadata, length of the body), a buffer of a batch.
_BLOCK, _BUFFER = struct.Struct("<qi4xq"), struct.Struct("<qq")
# The size that stands before a buffer that is not compressed after all.
_NOT_COMPRESSED = -1


def uncompressed_bytes(data: memoryview) -> int:
    """Return the bytes of all buffers of a file when decompressed. Raises ValueError for a damaged file."""
    try:
        return sum(_batch_bytes(data, *block) for block in _blocks(data))
    except (struct.error, IndexError) as error:
        raise ValueError("the metadata of a table are damaged") from error


def _blocks(data: memoryview) -> list[tuple[Any, ...]]:
    """Return offset, metadata length and body length of every record batch."""
    if bytes(data[-len(_MAGIC) :]) != _MAGIC:
        raise ValueError("a table does not end as an Arrow file")
    place = len(data) - len(_MAGIC) - 4
    footer = data[_start(place - _number(data, "<i", place), place) : place]
    table = _number(footer, "<I", 0)
    if _vector(footer, _field(footer, table, _FOOTER_DICTIONARIES), _BLOCK):
        raise ValueError("a table has dictionaries")
    return _vector(footer, _field(footer, table, _FOOTER_BATCHES), _BLOCK)


def _batch_bytes(data: memoryview, offset: int, metadata: int, body: int) -> int:
    begin = _start(offset, len(data))
    # A message begins with a mark and its length.
    message = data[begin + 8 : _start(begin + metadata, len(data))]
    content = data[begin + metadata : _start(begin + metadata + body, len(data))]
    header = _field(message, _number(message, "<I", 0), _MESSAGE_HEADER)
    if header == 0:
        raise ValueError("a record batch has no header")
    batch = header + _number(message, "<I", header)
    compressed = _field(message, batch, _BATCH_COMPRESSION) != 0
    total = 0
    for start, length in _vector(message, _field(message, batch, _BATCH_BUFFERS), _BUFFER):
        _start(start + length, len(content))
        if length < 0 or start < 0:
            raise ValueError("a buffer of a table is damaged")
        size = _number(content, "<q", start) if compressed and length else _NOT_COMPRESSED
        total += length if size == _NOT_COMPRESSED else _start(size, None)
    return total


def _field(data: memoryview, table: int, number: int) -> int:
    """Return the place of a table's field, 0 where it is absent."""
    slots = _start(table - _number(data, "<i", table), len(data))
    slot = 4 + 2 * number
    if slot >= _number(data, "<H", slots):
        return 0
    found = _number(data, "<H", slots + slot)
    return table + found if found else 0


def _vector(data: memoryview, field: int, item: struct.Struct) -> list[tuple[Any, ...]]:
    if field == 0:
        return []
    begin = field + _number(data, "<I", field)
    count = _number(data, "<I", begin)
    return list(item.iter_unpack(_exactly(data, begin + 4, count * item.size)))


def _exactly(data: memoryview, start: int, size: int) -> memoryview:
    return data[_start(start, len(data)) : _start(start + size, len(data))]


def _number(data: memoryview, form: str, place: int) -> int:
    # A negative place would count from the end.
    found: int = struct.unpack_from(form, data, _start(place, len(data)))[0]
    return found


def _start(place: int, limit: int | None) -> int:
    """Return a place that is not negative and at most `limit`. Raises ValueError for any other."""
    if place < 0 or (limit is not None and place > limit):
        raise ValueError("the metadata of a table are damaged")
    return place
