"""Compress responses with gzip if the client accepts it and it pays, streamed responses piece by piece.

isal also decompresses profiles. At this level it compresses JSON to a fifth at about a gigabyte a second.
Compressed formats (pprof) and files sent unchanged (downloads) are left alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from flask import Flask, Response, request
from isal import isal_zlib

MIN_BYTES = 1024
LEVEL = 2
_GZIP = 31
_TYPES = frozenset({"application/json", "application/javascript", "image/svg+xml", "application/xml"})


def install(app: Flask) -> None:
    """Compress the responses of an application."""
    app.after_request(_compressed)


def _compressed(response: Response) -> Response:
    if not _pays(response):
        return response
    response.vary.add("Accept-Encoding")
    if response.status_code == 304 or not _accepted():
        return response
    response.headers["Content-Encoding"] = "gzip"
    response.headers.pop("Accept-Ranges", None)
    tag, _ = response.get_etag()
    if tag is not None:
        response.set_etag(tag, weak=True)
    if response.is_sequence and not response.direct_passthrough:
        response.data = b"".join(_packed([response.get_data()]))
    else:
        _pack_stream(response)
    return response


def _pays(response: Response) -> bool:
    """Return True if a response is worth compressing: text, complete, not encoded yet and not tiny."""
    if response.status_code == 304:
        return True
    if response.status_code in {204, 206} or response.headers.get("Content-Encoding"):
        return False
    kind = response.mimetype or ""
    if kind not in _TYPES and not kind.startswith("text/"):
        return False
    length = response.headers.get("Content-Length", type=int)
    return length is None or length > MIN_BYTES


def _accepted() -> bool:
    accepted = request.accept_encodings
    quality: float = accepted.quality("gzip")
    return quality > 0 and quality >= accepted.quality("identity")


def _pack_stream(response: Response) -> None:
    """Compress a streamed response, whose length is not known in advance."""
    source = response.response
    response.direct_passthrough = False
    close = getattr(source, "close", None)
    if close is not None:
        response.call_on_close(close)
    response.response = _packed(source)  # type: ignore[arg-type]
    response.headers.pop("Content-Length", None)


def _packed(pieces: Iterable[bytes]) -> Iterator[bytes]:
    packer = isal_zlib.compressobj(LEVEL, isal_zlib.DEFLATED, _GZIP)
    for piece in pieces:
        packed = packer.compress(piece)
        if packed:
            yield packed
    yield packer.flush()
