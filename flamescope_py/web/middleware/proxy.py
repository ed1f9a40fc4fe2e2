"""Support for reverse proxies: a base path, and forwarded headers from trusted proxies.

Forwarded headers are ignored unless the settings contain the number of proxies in front. The base path
comes from the settings. A proxy may keep it or strip it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.wrappers import Request, Response

from flamescope_py.settings import Settings
from flamescope_py.web.middleware import security
from flamescope_py.web.wsgi import Application, Environ, StartResponse

ROOT = "/"


def install(app: Flask, settings: Settings) -> None:
    """Make an application see the same addresses as the browser."""
    application: Application = app.wsgi_app
    if settings.base_path != ROOT:
        application = _BasePath(application, settings)
    count = settings.trusted_proxies
    if count:
        # No X-Forwarded-Prefix: the prefix is a setting, and a client's header would end up in redirects.
        application = ProxyFix(application, x_for=count, x_proto=count, x_host=count, x_port=0, x_prefix=0)
    cast(Any, app).wsgi_app = application


def below(base_path: str, path: str) -> str:
    """Return a path without the base path, which the proxy may have stripped already."""
    return ROOT + path.removeprefix(base_path) if path.startswith(base_path) else path


class _BasePath:
    """Moves the base path from PATH_INFO to SCRIPT_NAME."""

    def __init__(self, application: Application, settings: Settings) -> None:
        self._application = application
        self._base_path = settings.base_path
        self._headers = security.headers(settings)

    def __call__(self, environ: Environ, start: StartResponse) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if path == self._base_path.rstrip("/"):
            query = Request(environ).query_string.decode("latin-1")
            place = self._base_path + (f"?{query}" if query else "")
            response = Response(status=308, headers={**self._headers, "Location": place})
            response.autocorrect_location_header = False
            return response(environ, start)
        environ["PATH_INFO"] = below(self._base_path, path)
        environ["SCRIPT_NAME"] = self._base_path.rstrip("/")
        return self._application(environ, start)
