"""Who may do what: what is switched on, who shows the token, and whether a request comes from our own page.

A page of any site can make a browser send requests here. Browsers say so (Sec-Fetch-Site, Origin) and
pages cannot change what they say; programs say nothing.
"""

from __future__ import annotations

import ipaddress
import logging
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, request

from flamescope_py.errors import ConfigError, FlameScopeError, ForbiddenError, TokenRequiredError
from flamescope_py.settings import Settings
from flamescope_py.web.middleware.logs import FIELDS
from flamescope_py.web.middleware.token import Shown, read_token, shown

logger = logging.getLogger(__name__)

_KEY = "flamescope_py.guard"
EVERYTHING = "everything"
_METRICS = "metrics.show_metrics"
# They say nothing but whether the server works.
_HEALTH = frozenset({"health.show_health", "health.show_readiness"})
_READING = frozenset({"GET", "HEAD", "OPTIONS"})

_READ_ONLY = "This server is read-only."
_NO_CHANGES = "Uploads and deletions are off, as the server listens beyond loopback: switch on allow_changes."
_NO_SSH = "SSH is off, as the server listens beyond loopback: switch on allow_ssh and give ssh_hosts."
_FOREIGN = "This request comes from the page of another site, which may change nothing here."
_MISSING = "This needs the token of this server: give it as the password, or as Authorization: Bearer."
_WRONG = "This is not the token of this server: give it as the password, or as Authorization: Bearer."

Header = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Guard:
    """What is allowed; `changes` and `ssh` say why not, and nothing if it is."""

    changes: str
    ssh: str
    token: bytes
    everything: bool
    """Whether reading needs the token, too."""
    unguarded: frozenset[str]
    """The views that need none all the same."""

    def shown(self, header: Header) -> Shown:
        """Say how a request shows the token."""
        return shown(header("Authorization"), self.token)

    def refusal_of_change(self, header: Header) -> FlameScopeError | None:
        """Say why a request that changes something is refused, and nothing if it is not."""
        found = self.shown(header)
        if found is Shown.BEARER:
            return None
        site, origin = header("Sec-Fetch-Site"), header("Origin")
        if site and site != "same-origin":
            return ForbiddenError(_FOREIGN)
        if not site and origin and _place(origin) != header("Host").lower():
            return ForbiddenError(_FOREIGN)
        # Without a token, an Authorization may be that of a proxy which asks who it is.
        return self._refusal(found) if self.token else None

    def refusal_of_reading(self, header: Header, view: str | None) -> FlameScopeError | None:
        """Say why a view is refused to a request that changes nothing, and nothing if it is not."""
        if not self.everything or view in self.unguarded:
            return None
        return self._refusal(self.shown(header))

    def _refusal(self, found: Shown) -> FlameScopeError | None:
        return None if found.right else TokenRequiredError(_WRONG if found is Shown.WRONG else _MISSING)


def guard_of(settings: Settings) -> Guard:
    """Work out what is allowed. Raises ConfigError."""
    exposed = not _is_loopback(settings.host)
    if settings.allow_ssh and exposed and not settings.ssh_hosts:
        raise ConfigError("allow_ssh needs ssh_hosts: the hosts that SSH may reach.")
    changes = _NO_CHANGES if exposed and not settings.allow_changes else ""
    ssh = _NO_SSH if exposed and not settings.allow_ssh else ""
    if settings.read_only:
        changes = ssh = _READ_ONLY
    everything = settings.token_for == EVERYTHING
    if everything and settings.token_file is None:
        raise ConfigError("token_for = everything needs token_file: the file with the token.")
    unguarded = _HEALTH | {_METRICS} if settings.open_metrics else _HEALTH
    return Guard(changes, ssh, read_token(settings.token_file), everything, unguarded)


def install(app: Flask, settings: Settings) -> None:
    """Check every request."""
    guard = guard_of(settings)
    app.extensions[_KEY] = guard

    @app.before_request
    def check() -> None:
        refusal = guard.refusal_of_reading(_header, request.endpoint)
        # An address or a method that does not exist is answered as such.
        if refusal is None and request.method not in _READING and request.routing_exception is None:
            refusal = guard.refusal_of_change(_header)
        if refusal is not None:
            _tell(refusal, guard.shown(_header))
            raise refusal

    if guard.everything:
        app.after_request(_keep_private)


def _tell(refusal: FlameScopeError, found: Shown) -> None:
    """Log that somebody tried a token; what was tried, and as which user, may be somebody's password."""
    if isinstance(refusal, TokenRequiredError) and found is Shown.WRONG:
        fields = {"client": request.remote_addr, "method": request.method}
        logger.warning("a wrong token was refused", extra={FIELDS: fields})


def _keep_private(response: Response) -> Response:
    """Let no shared cache give to others what the token has opened."""
    response.cache_control.public = False
    response.cache_control.private = True
    response.vary.add("Authorization")
    return response


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
