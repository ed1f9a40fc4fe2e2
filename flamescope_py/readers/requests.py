"""Requests that bring profiles over HTTP: unpacked within a bound, and split into files."""

from __future__ import annotations

import io
from collections.abc import Iterator

from flamescope_py.errors import TooLargeError
from flamescope_py.readers.compression import decompress
from flamescope_py.readers.otlp.requests import Part, parts_of_json, parts_of_message

__all__ = ["MAX_UNPACKED", "Part", "otlp_parts"]

MAX_UNPACKED = 64 << 20


def otlp_parts(body: bytes, json: bool) -> Iterator[Part]:
    """Split a request to export OTLP profiles, compressed or not, by service and host.

    Raises BrokenProfileError if it is none, and TooLargeError.
    """
    data = _unpacked(body)
    if data:
        yield from (parts_of_json if json else parts_of_message)(data)


def _unpacked(body: bytes) -> bytes:
    """Return the body without its compression, which its first bytes show."""
    found = bytearray()
    for chunk in decompress.chunks(io.BytesIO(body), limit=MAX_UNPACKED):
        found += chunk
        if len(found) > MAX_UNPACKED:
            raise TooLargeError(
                f"The request has more than {MAX_UNPACKED} bytes unpacked: send fewer profiles."
            )
    return bytes(found)
