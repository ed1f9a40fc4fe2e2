"""Turn every exception into `{"error": "one sentence"}` with its status, on every path.

No response contains a traceback or a path of this machine. Bugs (500) are logged with their traceback.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping

import orjson
from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException

from flamescope_py import errors
from flamescope_py.errors import (
    BusyError,
    FlameScopeError,
    TokenRequiredError,
    TooLargeError,
    TooManyRequestsError,
)
from flamescope_py.web.middleware.token import CHALLENGES
from flamescope_py.web.respond import uncached

logger = logging.getLogger(__name__)

BUG = 500
# The status of each class and of its subclasses.
STATUSES: Mapping[type[FlameScopeError], int] = {
    FlameScopeError: BUG,
    errors.ParameterError: 400,
    errors.TokenRequiredError: 401,
    errors.ForbiddenError: 403,
    errors.ProfileNotFoundError: 404,
    errors.NotBuiltError: 404,
    errors.JobNotFoundError: 404,
    errors.ProfileChangedError: 409,
    errors.ConflictError: 409,
    errors.TooLargeError: 413,
    errors.UnknownFormatError: 415,
    errors.RangeError: 416,
    errors.BrokenProfileError: 422,
    errors.RemoteError: 502,
    errors.TooManyRequestsError: 429,
    # No standard has it; nginx logs it.
    errors.ClientGoneError: 499,
    errors.BusyError: 503,
    errors.StorageFullError: 507,
}

_WITH_RETRY = (BusyError, TooLargeError, TooManyRequestsError)
_BUG_SENTENCE = "The server made a mistake: its log says more."
_SENTENCES = {
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


def status_of(error: FlameScopeError) -> int:
    """Return the HTTP status of an error, by its nearest class in `STATUSES`."""
    return next(STATUSES[one] for one in type(error).__mro__ if one in STATUSES)


def error_body(sentence: str) -> bytes:
    """Return the body of an error."""
    return orjson.dumps({"error": sentence.encode("utf-8", "replace").decode()})


def _expected(error: FlameScopeError) -> Response:
    status = status_of(error)
    if status == BUG:
        return _bug(error)
    response = uncached(error_body(str(error)), status)
    if isinstance(error, _WITH_RETRY) and error.retry_after is not None:
        response.headers["Retry-After"] = str(error.retry_after)
    if isinstance(error, TokenRequiredError):
        for challenge in CHALLENGES if error.asks_browser else CHALLENGES[1:]:
            response.headers.add("WWW-Authenticate", challenge)
    return response


def _http(error: HTTPException) -> Response:
    """Translate an exception of Flask or Werkzeug. A 405 keeps its Allow header."""
    status = error.code or BUG
    response = uncached(error_body(_SENTENCES.get(status, f"{error.name}.")), status)
    valid = getattr(error, "valid_methods", None)
    if valid:
        response.headers["Allow"] = ", ".join(sorted(valid))
        response.data = error_body(f"{request.method} is not allowed here: use {response.headers['Allow']}.")
    return response


def _bug(error: Exception) -> Response:
    logger.error("%s %s failed", request.method, request.path, exc_info=error)
    return uncached(error_body(_BUG_SENTENCE), BUG)
