"""The one place where an answer becomes a response: its type, its validator, its name as a download."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator
from urllib.parse import quote

from flask import Response, request

JSON = "application/json"
# Kept by the browser alone, and never used without asking whether it still holds.
PRIVATE = "private, no-cache"
# Formats give a line at a time; fewer and larger pieces cost less on the wire.
BLOCK = 64 << 10
_LONGEST_NAME = 100


def answer(body: bytes | Iterator[bytes], content_type: str = JSON) -> Response:
    """Send a body, whole or as it is made; it may be kept, but not used without asking again."""
    response = Response(body if isinstance(body, bytes) else _blocks(body), content_type=content_type)
    response.headers["Cache-Control"] = PRIVATE
    return response


def validated(version: str, make: Callable[[], Response]) -> Response:
    """Answer 304 where the client has this version's answer to this question, else what `make` gives.

    The validator is made of the question and not of the answer, so that asking again costs no work. It is
    a weak one: a compressed body is another one byte by byte.
    """
    asked = f"{version}\0{request.path}\0".encode() + request.query_string
    tag = hashlib.sha256(asked).hexdigest()[:32]
    known = tag in request.if_none_match.as_set(include_weak=True)
    response = Response(status=304) if known else make()
    response.headers["Cache-Control"] = PRIVATE
    response.set_etag(tag, weak=True)
    return response


def as_download(response: Response, name: str) -> Response:
    """Name a response for saving: plain ASCII for all clients and, where that differs, the true name too."""
    leaf = name.rpartition("/")[2]
    plain = re.sub(r"[^A-Za-z0-9._-]+", "_", leaf).lstrip("._-")[-_LONGEST_NAME:] or "profile"
    exact = "" if plain == leaf else f"; filename*=UTF-8''{quote(leaf, safe='', errors='replace')}"
    response.headers["Content-Disposition"] = f'attachment; filename="{plain}"{exact}'
    return response


def _blocks(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Join small pieces."""
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
