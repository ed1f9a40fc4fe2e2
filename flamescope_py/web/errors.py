"""Every error leaves as `{"error": "one sentence"}`, whatever raised it and on whatever path.

No answer ever holds a traceback or a path of this machine; our own bugs (500) are logged with theirs.
"""

from __future__ import annotations

import logging

import orjson
from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException

from flamescope_py.errors import BusyError, FlameScopeError, TokenRequiredError, TooLargeError
from flamescope_py.web.middleware.token import CHALLENGES
from flamescope_py.web.respond import JSON

logger = logging.getLogger(__name__)

_BUG = "The server made a mistake: its log says more."
_WORDS = {
    400: "The request cannot be understood.",
    404: "There is nothing at this address.",
    413: "The request is too large.",
    414: "The query of the address is too long (max_query_bytes): ask for less at a time.",
}


def install(app: Flask) -> None:
    """Handle every exception of an application."""
    app.register_error_handler(FlameScopeError, _expected)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _bug)


def error_body(sentence: str) -> bytes:
    """Write the one error shape."""
    return orjson.dumps({"error": sentence.encode("utf-8", "replace").decode()})


def _error(sentence: str, status: int) -> Response:
    response = Response(error_body(sentence), status, content_type=JSON)
    response.headers["Cache-Control"] = "no-store"
    return response


def _expected(error: FlameScopeError) -> Response:
    if error.status == FlameScopeError.status:
        return _bug(error)
    response = _error(str(error), error.status)
    if isinstance(error, (BusyError, TooLargeError)) and error.retry_after is not None:
        response.headers["Retry-After"] = str(error.retry_after)
    if isinstance(error, TokenRequiredError):
        for challenge in CHALLENGES:
            response.headers.add("WWW-Authenticate", challenge)
    return response


def _http(error: HTTPException) -> Response:
    """Translate what Flask and Werkzeug raise; their own headers (Allow) stay."""
    status = error.code or 500
    response = _error(_WORDS.get(status, f"{error.name}."), status)
    valid = getattr(error, "valid_methods", None)
    if valid:
        response.headers["Allow"] = ", ".join(sorted(valid))
        response.data = error_body(f"{request.method} is not allowed here: use {response.headers['Allow']}.")
    return response


def _bug(error: Exception) -> Response:
    logger.error("%s %s failed", request.method, request.path, exc_info=error)
    return _error(_BUG, 500)
