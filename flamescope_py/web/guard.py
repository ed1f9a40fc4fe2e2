"""Who may change something: what is switched on, and whether a request comes from our own page.

A page of any site can make a browser send requests here. Browsers say so (Sec-Fetch-Site, Origin) and
pages cannot change what they say; programs say nothing, and carry the token where there is one.
"""

from __future__ import annotations

import hmac
import ipaddress
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from flask import Flask, current_app, request

from flamescope_py.config import Settings
from flamescope_py.errors import ConfigError, ForbiddenError

_KEY = "flamescope_py.guard"
_SHORTEST_TOKEN = 16
_READING = frozenset({"GET", "HEAD", "OPTIONS"})

_READ_ONLY = "This server is read-only."
_NO_CHANGES = "Uploads and deletions are off, as the server listens beyond loopback: switch on allow_changes."
_NO_SSH = "SSH is off, as the server listens beyond loopback: switch on allow_ssh and give ssh_hosts."
_FOREIGN = "This request comes from the page of another site, which may change nothing here."
_NO_TOKEN = "Programs must send the token of token_file as Authorization: Bearer."  # noqa: S105

Header = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Guard:
    """What is allowed; `changes` and `ssh` say why not, and nothing if it is."""

    changes: str
    ssh: str
    token: bytes

    def origin(self, header: Header) -> str:
        """Say why a request that changes something is refused, and nothing if it is not."""
        # Another Authorization than ours may be that of a proxy which asks who it is.
        scheme, _, token = header("Authorization").partition(" ")
        right = hmac.compare_digest(token.strip().encode("utf-8", "replace"), self.token)
        if self.token and right and scheme.lower() == "bearer":
            return ""
        site, origin = header("Sec-Fetch-Site"), header("Origin")
        if site:
            return "" if site == "same-origin" else _FOREIGN
        if origin:
            return "" if _place(origin) == header("Host").lower() else _FOREIGN
        return _NO_TOKEN if self.token else ""


def guard_of(settings: Settings) -> Guard:
    """Work out what is allowed. Raises ConfigError."""
    exposed = not _is_loopback(settings.host)
    if settings.allow_ssh and exposed and not settings.ssh_hosts:
        raise ConfigError("allow_ssh needs ssh_hosts: the hosts that SSH may reach.")
    changes = _NO_CHANGES if exposed and not settings.allow_changes else ""
    ssh = _NO_SSH if exposed and not settings.allow_ssh else ""
    if settings.read_only:
        changes = ssh = _READ_ONLY
    return Guard(changes, ssh, _token(settings.token_file))


def install(app: Flask, settings: Settings) -> None:
    """Check every request that is to change something."""
    guard = guard_of(settings)
    app.extensions[_KEY] = guard

    @app.before_request
    def check_origin() -> None:
        # An address or a method that does not exist is answered as such.
        if request.method not in _READING and request.routing_exception is None:
            _require(guard.origin(_header))


def present() -> Guard:
    """Give what is allowed in the current application."""
    return guard_in(current_app)


def guard_in(app: Flask) -> Guard:
    """Give what is allowed in an application."""
    guard = app.extensions[_KEY]
    assert isinstance(guard, Guard)  # noqa: S101
    return guard


def require_changes() -> None:
    """Raise ForbiddenError unless files may be added and removed."""
    _require(present().changes)


def require_ssh() -> None:
    """Raise ForbiddenError unless SSH may be used."""
    _require(present().ssh)


def _require(reason: str) -> None:
    if reason:
        raise ForbiddenError(reason)


def _header(name: str) -> str:
    return request.headers.get(name, "")


def _place(origin: str) -> str:
    """Give host and port of an origin; the scheme is left out, as a proxy may speak another one to us."""
    try:
        return urlsplit(origin).netloc.lower()
    except ValueError:
        return ""


def _is_loopback(host: str) -> bool:
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def _token(path: Path | None) -> bytes:
    if path is None:
        return b""
    try:
        token = path.read_bytes().strip()
    except OSError as error:
        raise ConfigError(f"The token_file {path} cannot be read: {error.strerror}.") from error
    if len(token) < _SHORTEST_TOKEN:
        raise ConfigError(f"The token_file {path} must hold at least {_SHORTEST_TOKEN} characters.")
    return token
