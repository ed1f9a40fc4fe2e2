"""What is decided as soon as a request's head is there: whether it has one meaning, and what it may bring.

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
from waitress.utilities import Error

from flamescope_py.errors import FlameScopeError, ForbiddenError, TokenRequiredError
from flamescope_py.web.context import service_of, settings_of
from flamescope_py.web.errors import status_of
from flamescope_py.web.middleware.guard import guard_in
from flamescope_py.web.middleware.proxy import below
from flamescope_py.web.middleware.token import CHALLENGES
from flamescope_py.web.routes.uploads import MULTIPART_ROOM

_CODINGS = re.compile(rb"(?im)^transfer-encoding:(.*)$")
UPLOAD = ("POST", "/profile/")


class RefusedError(Error):
    """One of our errors, as waitress answers errors."""

    def __init__(self, error: FlameScopeError) -> None:
        """Take over status and sentence."""
        super().__init__(str(error))
        self.code = status_of(error)
        self.reason = HTTPStatus(self.code).phrase
        asks = isinstance(error, TokenRequiredError)
        self.headers = [("WWW-Authenticate", challenge) for challenge in CHALLENGES] if asks else []


def parser_class(app: Flask) -> type[HTTPRequestParser]:
    """Make the parser of an application's requests."""
    guard, base_path = guard_in(app), settings_of(app).base_path
    bound = service_of(app).imports.landing.bounds.max_bytes + MULTIPART_ROOM

    class Parser(HTTPRequestParser):
        def parse_header(self, header_plus: bytes) -> None:
            super().parse_header(header_plus)
            # The published types of waitress have other attributes than the class.
            request: Any = self
            _refuse_two_meanings(request, header_plus)
            # Nothing is spoken here but HTTP/1, and who is offered more may ignore it (RFC 9110, 7.8).
            request.headers.pop("UPGRADE", None)
            if (request.command, below(base_path, request.path)) != UPLOAD:
                return
            usual = request.adj.max_request_body_size
            request.adj = copy.copy(request.adj)
            request.adj.max_request_body_size = bound
            off = ForbiddenError(guard.changes) if guard.changes else None
            refused = off or guard.refusal_of_change(self._header)
            if refused and (request.chunked or request.content_length >= usual):
                request.error, request.completed = RefusedError(refused), True

        def _header(self, name: str) -> str:
            headers: Mapping[str, str] = self.headers
            return headers.get(name.upper().replace("-", "_"), "")

    return Parser


def _refuse_two_meanings(request: Any, head: bytes) -> None:
    """Raise ParsingError where the end of the body, or the host, could be read in two ways.

    RFC 9112 (6.1, 3.2.2) says which one counts; what is in front may be of another mind.
    """
    chunked = request.chunked or "TRANSFER_ENCODING" in request.headers
    if chunked and (request.version != "1.1" or "CONTENT_LENGTH" in request.headers):
        raise ParsingError("Transfer-Encoding goes with HTTP/1.1, and without Content-Length")
    if b",".join(_CODINGS.findall(head)).lower().count(b"chunked") > 1:
        raise ParsingError("Transfer-Encoding says chunked twice")
    named = request.proxy_netloc.lower()
    if named and named != request.headers.get("HOST", "").lower():
        raise ParsingError("The address names another host than Host does")
