"""The one place where an answer becomes a response; validators (ETag) belong here."""

from __future__ import annotations

from collections.abc import Iterator

from flask import Response

JSON = "application/json"
TEXT = "text/plain; charset=utf-8"


def answer(body: bytes | Iterator[bytes], content_type: str = JSON) -> Response:
    """Send a body, whole or as it is made; it may be kept, but not used without asking again."""
    response = Response(body, content_type=content_type)
    response.headers["Cache-Control"] = "no-cache"
    return response
