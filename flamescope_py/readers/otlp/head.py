"""Recognises OTLP profiles as protocol buffers. They have no magic: the fields of the head must fit."""

from __future__ import annotations

from flamescope_py.readers.protobuf.varints import decode_one

# A dictionary begins with row 0 of its mappings, which is empty: 0a 00.
_EMPTY_ROW = b"\x0a\x00"


def is_message(head: bytes) -> bool:
    """Return True if bytes begin with resources of profiles, or with a dictionary of them."""
    if head[:1] not in (b"\x0a", b"\x12"):
        return False
    length = decode_one(head, 1, len(head))
    if length is None or length[0] < 4:
        return False
    inside = head[length[1] : length[1] + length[0]]
    if head[:1] == b"\x12":
        return inside.startswith(_EMPTY_ROW)
    return _is_resource(inside)


def _is_resource(inside: bytes) -> bool:
    """Return True for resource and scopes: 0a Resource, 12 ScopeProfiles, of which one has profiles (12)."""
    at = 0
    if inside[:1] == b"\x0a":
        resource = decode_one(inside, 1, len(inside))
        if resource is None or resource[0] < 0:
            return False
        first = inside[resource[1] : resource[1] + 1]
        # An attribute, or none.
        if resource[0] and first not in (b"\x0a", b"\x10", b"\x1a"):
            return False
        at = resource[1] + resource[0]
        if at >= len(inside):
            return False
    if inside[at : at + 1] != b"\x12":
        return False
    scope = decode_one(inside, at + 1, len(inside))
    if scope is None:
        return False
    begin = inside[scope[1] : scope[1] + 1]
    return begin in (b"\x0a", b"\x12") and _has_profile(inside, scope[1])


def _has_profile(inside: bytes, at: int) -> bool:
    """Return True for a scope whose first profile begins as one does: with its type, a sample or its time."""
    if inside[at : at + 1] == b"\x0a":
        scope = decode_one(inside, at + 1, len(inside))
        if scope is None or scope[0] < 0:
            return False
        at = scope[1] + scope[0]
    if inside[at : at + 1] != b"\x12":
        return False
    profile = decode_one(inside, at + 1, len(inside))
    if profile is None:
        return False
    return inside[profile[1] : profile[1] + 1] in (b"\x0a", b"\x12", b"\x19")


def framed(head: bytes) -> int | None:
    """Return the length of a message behind four bytes of length, as the file exporter writes, else None."""
    length = int.from_bytes(head[:4], "big")
    return length if len(head) > 8 and 4 < length < 1 << 28 and is_message(head[4:]) else None
