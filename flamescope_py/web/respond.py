"""Turn answers into responses: content type, caching, ETag, file name."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator
from urllib.parse import quote

from flask import Response, request

JSON = "application/json"
# Only the browser may cache, and it must revalidate.
PRIVATE = "private, no-cache"
# Exporters yield a line at a time; fewer and larger pieces cost less on the wire.
BLOCK = 64 << 10
_LONGEST_NAME = 100


def answer(body: bytes | Iterator[bytes], content_type: str = JSON) -> Response:
    """Return a response with a body, whole or streamed, that the browser may cache and must revalidate."""
    response = Response(body if isinstance(body, bytes) else _blocks(body), content_type=content_type)
    response.headers["Cache-Control"] = PRIVATE
    return response


def uncached(body: bytes, status: int = 200, content_type: str = JSON) -> Response:
    """Return a response that must not be cached."""
    response = Response(body, status, content_type=content_type)
    response.headers["Cache-Control"] = "no-store"
    return response


def conditional(version: str, make: Callable[[], Response]) -> Response:
    """Return 304 if the client's ETag is current, else build the response.

    The ETag is a hash of the request and of the file's version, not of the answer, so that revalidation
    costs no work. It is weak, because a compressed body has other bytes.
    """
    asked = f"{version}\0{request.path}\0".encode() + request.query_string
    tag = hashlib.sha256(asked).hexdigest()[:32]
    known = tag in request.if_none_match.as_set(include_weak=True)
    response = Response(status=304) if known else make()
    response.headers["Cache-Control"] = PRIVATE
    response.set_etag(tag, weak=True)
    return response


def as_download(response: Response, name: str) -> Response:
    """Set the file name for saving: in ASCII for all clients, and the true name too where that differs."""
    leaf = name.rpartition("/")[2]
    plain = re.sub(r"[^A-Za-z0-9._-]+", "_", leaf).lstrip("._-")[-_LONGEST_NAME:] or "profile"
    exact = "" if plain == leaf else f"; filename*=UTF-8''{quote(leaf, safe='', errors='replace')}"
    response.headers["Content-Disposition"] = f'attachment; filename="{plain}"{exact}'
    return response


def _blocks(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Join small pieces into blocks."""
    waiting: list[bytes] = []
    size = 0
    for piece in pieces:
        waiting.append(piece)
        size += len(piece)
        if size >= BLOCK:
            yield b"".join(waiting)
            waiting, size = [], 0
    if waiting:
        yield b"".join(waiting)
