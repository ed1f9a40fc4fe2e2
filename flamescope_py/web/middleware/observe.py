"""WSGI middleware: request id, metrics and access log, including streamed bodies.

A hook inside the application would miss the end of a response that is computed while it is sent.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Iterable, Iterator
from time import perf_counter
from typing import Any, cast

from flask import Flask, request
from werkzeug.routing import Rule

from flamescope_py.settings import Settings
from flamescope_py.web.middleware import logs
from flamescope_py.web.routes.metrics import Meters
from flamescope_py.web.wsgi import Application, Environ, StartResponse

_ROUTE = "flamescope_py.route"
NO_ROUTE = "none"
_CONVERTER = re.compile(r"<[^:>]+:")
_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")


def mark_routes(app: Flask) -> None:
    """Record the route of each request. Install this before any hook that may refuse a request."""

    @app.before_request
    def mark() -> None:
        if request.url_rule is not None:
            request.environ[_ROUTE] = route_of(request.url_rule)


def route_of(rule: Rule) -> str:
    """Return a route without converters, for example `/import/<job_id>`."""
    return _CONVERTER.sub("<", rule.rule)


def install(app: Flask, settings: Settings, meters: Meters) -> None:
    """Observe an application. Install this outside all other middleware."""
    cast(Any, app).wsgi_app = _Observer(app.wsgi_app, settings, meters)


class _Observer:
    def __init__(self, application: Application, settings: Settings, meters: Meters) -> None:
        self._application = application
        self._settings = settings
        self._meters = meters

    def __call__(self, environ: Environ, start: StartResponse) -> Iterable[bytes]:
        seen = _Seen(self._request_id(environ), lambda seen: self._tell(environ, seen))

        def started(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            seen.status = int(status[:3])
            seen.length = next((int(value) for name, value in headers if name == "Content-Length"), 0)
            return start(status, [*headers, ("X-Request-Id", seen.id)], *rest)

        body = self._application(environ, started)
        wrapper = environ.get("wsgi.file_wrapper")
        if isinstance(wrapper, type) and isinstance(body, wrapper):
            # The server sends files itself, which is faster than iterating here.
            seen.sent, seen.whole = seen.length, True
            seen.end()
            return body
        return _Body(body, seen)

    def _request_id(self, environ: Environ) -> str:
        """Return the id from a trusted proxy if it is valid, so that both logs share it, else a new one."""
        given = str(environ.get("HTTP_X_REQUEST_ID", ""))
        if self._settings.trusted_proxies and _ID.fullmatch(given):
            return given
        return uuid.uuid4().hex[:16]

    def _tell(self, environ: Environ, seen: _Seen) -> None:
        route, method = environ.get(_ROUTE, NO_ROUTE), environ["REQUEST_METHOD"]
        seconds = perf_counter() - seen.began
        self._meters.count(method, route, seen.status, seconds, seen.sent)
        if self._settings.log_requests:
            logs.log_request(
                {
                    "id": seen.id,
                    "client": environ.get("REMOTE_ADDR"),
                    "user": logs.user_of(environ, self._settings),
                    "method": method,
                    "route": route,
                    "profile": logs.profile_of(environ),
                    "status": seen.status,
                    "ms": round(1000 * seconds, 1),
                    "bytes": seen.sent,
                    "cut": None if seen.whole else "true",
                }
            )


class _Seen:
    """The observations of one request, reported once, at its end."""

    def __init__(self, request_id: str, tell: Callable[[_Seen], None]) -> None:
        self.id = request_id
        self.began = perf_counter()
        self.status = 0
        self.length = 0
        self.sent = 0
        self.whole = False
        self._tell: Callable[[_Seen], None] | None = tell

    def end(self) -> None:
        tell, self._tell = self._tell, None
        if tell is not None:
            tell(self)


class _Body:
    """Iterates over a response body and counts its bytes."""

    def __init__(self, body: Iterable[bytes], seen: _Seen) -> None:
        self._body = body
        self._pieces = iter(body)
        self._seen = seen

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        try:
            piece = next(self._pieces)
        except StopIteration:
            self._seen.whole = True
            self._seen.end()
            raise
        self._seen.sent += len(piece)
        return piece

    def close(self) -> None:
        try:
            close = getattr(self._body, "close", None)
            if close is not None:
                close()
        finally:
            self._seen.end()
