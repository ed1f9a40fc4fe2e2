"""Which requests may bring a large body: uploads that will be taken, and nothing else.

waitress collects a whole body in a temporary file before the application sees the request, so this is
decided as soon as the headers are there: a page of another site must not fill the disk either.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from flask import Flask
from waitress.parser import HTTPRequestParser
from waitress.utilities import Error

from flamescope_py.errors import FlameScopeError, ForbiddenError, TokenRequiredError
from flamescope_py.web.context import service_of, settings_of
from flamescope_py.web.guard import guard_in
from flamescope_py.web.proxy import below
from flamescope_py.web.token import CHALLENGES
from flamescope_py.web.uploads import MULTIPART_ROOM

UPLOAD = ("POST", "/profile/")


class RefusedError(Error):
    """One of our errors, as waitress answers errors."""

    def __init__(self, error: FlameScopeError) -> None:
        """Take over status and sentence."""
        super().__init__(str(error))
        self.code = error.status
        self.reason = HTTPStatus(error.status).phrase
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
