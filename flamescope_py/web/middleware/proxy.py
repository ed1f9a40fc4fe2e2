"""The server behind others: a path that it lives below, and proxies whose word is taken.

Nothing that a client can send is believed unless the settings say how many proxies are in front. The
base path is known from the settings; a proxy may pass it on or cut it off.
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
    """Let an application see addresses as the browser has them."""
    application: Application = app.wsgi_app
    if settings.base_path != ROOT:
        application = _BasePath(application, settings)
    count = settings.trusted_proxies
    if count:
        # No prefix: it is a setting, and what a client may send in its place would end up in redirects.
        application = ProxyFix(application, x_for=count, x_proto=count, x_host=count, x_port=0, x_prefix=0)
    cast(Any, app).wsgi_app = application


def below(base_path: str, path: str) -> str:
    """Give a path as the application knows it, whether the proxy has cut the base path off or not."""
    return ROOT + path.removeprefix(base_path) if path.startswith(base_path) else path


class _BasePath:
    """Moves the base path from the request's path to where the application is mounted."""

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
