"""Which requests may bring a large body: uploads that will be taken, and nothing else.

waitress collects a whole body in a temporary file before the application sees the request, so this is
decided as soon as the headers are there: a page of another site must not fill the disk either.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

from flask import Flask
from waitress.parser import HTTPRequestParser
from waitress.utilities import Error

from flamescope_py.web.context import service_of, settings_of
from flamescope_py.web.guard import guard_in
from flamescope_py.web.proxy import below
from flamescope_py.web.uploads import MULTIPART_ROOM

UPLOAD = ("POST", "/profile/")


class _ForbiddenError(Error):
    code = 403
    reason = "Forbidden"


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
            reason = guard.changes or guard.origin(self._header)
            if reason and (request.chunked or request.content_length >= usual):
                request.error, request.completed = _ForbiddenError(reason), True

        def _header(self, name: str) -> str:
            headers: Mapping[str, str] = self.headers
            return headers.get(name.upper().replace("-", "_"), "")

    return Parser
