"""Host header check and security headers.

Another site can point its own name at 127.0.0.1 (DNS rebinding), and its page can then read our responses.
The page cannot change the Host header, so requests with an unknown host name are refused.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Collection
from urllib.parse import urlsplit, urlunsplit

from flask import Flask, Response, request
from werkzeug.exceptions import RequestURITooLarge

from flamescope_py.errors import ForbiddenError
from flamescope_py.settings import Settings

_HOST = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[^:\[\]/@\s]+)(?::[0-9]{1,5})?")

_COMMON_POLICY = (
    "img-src 'self' data: blob:; connect-src 'self'; object-src 'none'; base-uri 'none'; "
    "frame-ancestors 'none'; form-action 'self'"
)
_OWN_POLICY = f"default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; {_COMMON_POLICY}"
# FlameScope's bundle has an inline script and fonts as data URLs. Other origins stay forbidden.
_FOREIGN_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; "
    f"font-src 'self' data:; {_COMMON_POLICY}"
)
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def headers(settings: Settings) -> dict[str, str]:
    """Return the headers of every response."""
    policy = _OWN_POLICY if settings.frontend is None else _FOREIGN_POLICY
    return {**_HEADERS, "Content-Security-Policy": policy}


def install(app: Flask, settings: Settings) -> None:
    """Check every request's Host and complete every response's headers."""
    every = headers(settings)

    @app.before_request
    def check_host() -> None:
        host = request.headers.get("Host", "")
        if not is_expected(host, settings.host, settings.allowed_hosts):
            raise ForbiddenError(
                "This server does not answer to the host name of the request: add it to allowed_hosts."
            )
        if len(request.query_string) > settings.max_query_bytes:
            raise RequestURITooLarge

    @app.after_request
    def complete(response: Response) -> Response:
        for name, value in every.items():
            response.headers.setdefault(name, value)
        if response.status_code == 308:
            _make_relative(response)
        return response


def is_expected(header: str, bound: str, allowed: Collection[str]) -> bool:
    """Return True if a Host header names this server: loopback, the bound address or an allowed name.

    If the server is bound to all addresses, any IP address is accepted, because rebinding needs a name.
    """
    found = _HOST.fullmatch(header)
    if not found:
        return False
    host = found[1].strip("[]").lower().removesuffix(".")
    if host in {"localhost", bound.strip("[]").lower()}:
        return True
    if _is_allowed(host, allowed):
        return True
    address = _address(host)
    return address is not None and (address.is_loopback or _is_wildcard(bound))


def _is_allowed(host: str, allowed: Collection[str]) -> bool:
    """Match a host against names. A name with a leading dot also matches its subdomains."""
    names = [name.lower() for name in allowed]
    return any(host == name or (name.startswith(".") and host.endswith(name)) for name in names)


def _is_wildcard(bound: str) -> bool:
    address = _address(bound.strip("[]"))
    return address is not None and address.is_unspecified


def _address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def _make_relative(response: Response) -> None:
    """Make a redirect relative, because a proxy may have another name, port or scheme."""
    place = urlsplit(response.headers["Location"])
    response.headers["Location"] = urlunsplit(("", "", place.path, place.query, ""))
    response.autocorrect_location_header = False
    response.data = b""
