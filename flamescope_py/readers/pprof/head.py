"""Recognises a pprof profile. It has no magic, so that the fields of its head must be those of the format."""

from __future__ import annotations

from flamescope_py.readers.protobuf.messages import LENGTH, VARINT, Field, fields_of

_LENGTHS = {1, 2, 3, 4, 5, 6, 11, 13}
_NUMBERS = {7, 8, 9, 10, 12, 13, 14, 15}
SAMPLE_TYPE, PERIOD_TYPE, STRING = 1, 11, 6
# A row of the table of strings: those of types come first or last.
MAX_ROW = 1 << 24
# Fields that are looked at. Two tell little text or other messages from a profile by chance.
ENOUGH, LEAST = 50, 2


def recognises(head: bytes) -> bool:
    """Return True for the head of a pprof profile."""
    # 0a 04 08 01 10 02 sample_type · 32 00 the empty string that begins the table · 48 time · 50 duration
    if not head.startswith((b"\x0a", b"\x32\x00", b"\x48", b"\x50", b"\x5a")):
        return False
    fields, stopped = fields_of(head[: 64 << 10], 0, min(len(head), 64 << 10))
    fields = fields[:ENOUGH]
    if len(fields) < LEAST and stopped < len(head):
        return False
    return bool(fields) and all(_fits(head, field) for field in fields)


def _fits(head: bytes, field: Field) -> bool:
    """Return True for a field that a profile has."""
    if field.wire == VARINT:
        return field.number in _NUMBERS
    if field.wire != LENGTH or field.number not in _LENGTHS:
        return False
    if field.number not in (SAMPLE_TYPE, PERIOD_TYPE):
        return True
    inner, stopped = fields_of(head, field.start, field.end)
    rows = [one.value for one in inner if one.wire == VARINT and one.number in (1, 2)]
    return stopped == field.end and len(rows) == len(inner) and all(0 <= row < MAX_ROW for row in rows)
