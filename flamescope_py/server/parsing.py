"""Check a request as soon as its head is there: it has one meaning, and only some may have a large body.

A proxy in front and this server must not see two requests where the other sees one, or another host. Only
uploads that will be taken may bring a large body: waitress collects it in a temporary file before the
application sees the request, and a page of another site must not fill the disk either.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from flask import Flask
from waitress.parser import HTTPRequestParser, ParsingError
from waitress.utilities import BadRequest, Error

from flamescope_py.errors import (
    BusyError,
    FlameScopeError,
    ForbiddenError,
    StorageFullError,
    TokenRequiredError,
)
from flamescope_py.server.buffers import NO_ROOM, SMALL_BYTES, Buffers
from flamescope_py.web.context import service_of, settings_of
from flamescope_py.web.errors import status_of
from flamescope_py.web.middleware.guard import guard_in
from flamescope_py.web.middleware.proxy import below
from flamescope_py.web.middleware.token import CHALLENGES
from flamescope_py.web.routes.incoming.otlp import MAX_BODY as OTLP_BODY
from flamescope_py.web.routes.incoming.otlp import PATH as OTLP_PATH
from flamescope_py.web.routes.incoming.uploads import MULTIPART_ROOM

_CODINGS = re.compile(rb"(?im)^transfer-encoding:(.*)$")
_NO_DISK = "The disk of the server's temporary directory (TMPDIR) is full: make room there and try again."
_NO_BUFFER = "Too many uploads are under way at the same time (max_buffered_bytes): try again."
UPLOAD = ("POST", "/profile/")
# A line of a chunk's size, and the trailer: waitress copies them for each piece that comes.
_MOST_CHUNK_LINE = 4 << 10
_MOST_TRAILER = 16 << 10


class RefusedError(Error):
    """One of our errors, as waitress answers errors."""

    def __init__(self, error: FlameScopeError) -> None:
        """`error` has the status and the sentence."""
        super().__init__(str(error))
        self.code = status_of(error)
        self.reason = HTTPStatus(self.code).phrase
        self.headers: list[tuple[str, str]] = []
        if isinstance(error, TokenRequiredError):
            self.headers += [("WWW-Authenticate", challenge) for challenge in CHALLENGES]
        if isinstance(error, BusyError):
            self.headers.append(("Retry-After", str(error.retry_after)))


def parser_class(app: Flask, buffers: Buffers) -> type[HTTPRequestParser]:  # noqa: C901 - one class
    """Return the parser of an application's requests; bodies are counted in `buffers`."""
    guard, base_path = guard_in(app), settings_of(app).base_path
    bounds = {UPLOAD: service_of(app).imports.landing.bounds.max_bytes + MULTIPART_ROOM}
    if settings_of(app).accept_otlp:
        bounds["POST", OTLP_PATH] = OTLP_BODY

    class Parser(HTTPRequestParser):
        # waitress logs it when a client leaves, also for a head that had none.
        path = ""
        _held = 0

        def received(self, data: bytes) -> int:
            """Take bytes of a request, as long as there is room for them."""
            request: Any = self
            try:
                taken: int = super().received(data)
            except OSError as error:
                if error.errno not in NO_ROOM:
                    raise
                self._refuse(StorageFullError(_NO_DISK))
                return len(data)
            buffers.change(request.body_bytes_received - self._held)
            self._held = request.body_bytes_received
            if request.chunked and not request.completed and _is_endless(request.body_rcv):
                request.error, request.completed = (
                    BadRequest("A chunk's head or the trailer is too long"),
                    True,
                )
            if self._held > SMALL_BYTES and not request.completed and buffers.exceeded():
                full = buffers.disk_is_full()
                self._refuse(StorageFullError(_NO_DISK) if full else BusyError(_NO_BUFFER))
            if request.error is not None:
                # waitress would ask for the body that is refused.
                request.expect_continue = False
            return taken

        def close(self) -> None:
            """Let go of the body. Closing its file may write once more, to a disk that is full."""
            try:
                super().close()
            except OSError as error:
                if error.errno not in NO_ROOM:
                    raise
            finally:
                buffers.change(-self._held)
                self._held = 0

        def _refuse(self, error: FlameScopeError) -> None:
            request: Any = self
            request.error, request.completed = RefusedError(error), True

        def parse_header(self, header_plus: bytes) -> None:
            super().parse_header(header_plus)
            # The published types of waitress have other attributes than the class.
            request: Any = self
            _refuse_two_meanings(request, header_plus)
            # Only HTTP/1 is supported. A server may ignore an upgrade (RFC 9110, 7.8).
            request.headers.pop("UPGRADE", None)
            place = (request.command, below(base_path, request.path))
            if place not in bounds:
                return
            usual = request.adj.max_request_body_size
            request.adj = copy.copy(request.adj)
            request.adj.max_request_body_size = bounds[place]
            off = ForbiddenError(guard.changes) if guard.changes and place == UPLOAD else None
            refused = off or guard.refusal_of_change(self._header)
            if refused and (request.chunked or request.content_length >= usual):
                self._refuse(refused)

        def _header(self, name: str) -> str:
            headers: Mapping[str, str] = self.headers
            return headers.get(name.upper().replace("-", "_"), "")

    return Parser


def _is_endless(chunks: Any) -> bool:
    """Return True if the line of a chunk's size, or the trailer, is longer than any sensible one."""
    if chunks is None:
        return False
    return len(chunks.control_line) > _MOST_CHUNK_LINE or len(chunks.trailer) > _MOST_TRAILER


def _refuse_two_meanings(request: Any, head: bytes) -> None:
    """Raise ParsingError where the end of the body, or the host, could be read in two ways.

    RFC 9112 (6.1, 3.2.2) defines the right one, but a proxy in front may choose the other.
    """
    chunked = request.chunked or "TRANSFER_ENCODING" in request.headers
    if chunked and (request.version != "1.1" or "CONTENT_LENGTH" in request.headers):
        raise ParsingError("Transfer-Encoding goes with HTTP/1.1, and without Content-Length")
    if b",".join(_CODINGS.findall(head)).lower().count(b"chunked") > 1:
        raise ParsingError("Transfer-Encoding says chunked twice")
    named = request.proxy_netloc.lower()
    if named and named != request.headers.get("HOST", "").lower():
        raise ParsingError("The address names another host than Host does")
