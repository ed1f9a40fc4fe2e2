"""Access control: features that are switched on, the token, and whether a request comes from our own page.

A page of any site can make a browser send requests here. The browser then names that site (Sec-Fetch-Site,
Origin), and pages cannot change these headers; programs do not send them.
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
from flamescope_py.web.middleware import ssh_token
from flamescope_py.web.middleware.logs import FIELDS
from flamescope_py.web.middleware.token import Shown, read_token, shown

logger = logging.getLogger(__name__)

_KEY = "flamescope_py.guard"
EVERYTHING = "everything"
_METRICS = "metrics.show_metrics"
# They only report whether the server works.
_HEALTH = frozenset({"health.show_health", "health.show_readiness"})
_READING = frozenset({"GET", "HEAD", "OPTIONS"})

_READ_ONLY = "This server is read-only."
_NO_CHANGES = "Uploads and deletions are off, as the server listens beyond loopback: switch on allow_changes."
_NO_SSH = "SSH is off, as the server listens beyond loopback: switch on allow_ssh and give ssh_hosts."
_NO_RECORD = "Recording on the server's own machine is off: switch on allow_record."
_FOREIGN = "This request comes from the page of another site, which may change nothing here."
_EMBEDDED = "This request comes from the page of another site: open the address itself."
_MISSING = "This needs the token of this server: give it as the password, or as Authorization: Bearer."
# The page shows the first sentence in one line of a narrow window, and the rest for a click.
_NOT_SHOWN = (
    "SSH and recording need the printed address. It is the address that flamescope-py serve printed at "
    "its start. It has the token of the server, which programs send as Authorization: Bearer."
)
_WRONG = "This is not the token of this server: give it as the password, or as Authorization: Bearer."

Header = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Guard:
    """The access rules of one application.

    `changes`, `ssh` and `record` are the reasons why uploads, SSH or recording here are off, empty if they
    are on. With `everything`, reading needs the token too, except for the views in `unguarded`. Without
    `token`, SSH and recording need `start_token`, which is empty if both are off.
    """

    changes: str
    ssh: str
    record: str
    token: bytes
    start_token: bytes
    everything: bool
    unguarded: frozenset[str]

    def shown(self, header: Header) -> Shown:
        """Return how a request shows the token."""
        return shown(header("Authorization"), self.token)

    def lacks_start_token(self, header: Header) -> bool:
        """Return True if SSH needs the token of this start and the request does not show it."""
        if not self.start_token or shown(header("Authorization"), self.start_token).right:
            return False
        return not ssh_token.shown_in_cookie(header, self.start_token)

    def refusal_of_change(self, header: Header) -> FlameScopeError | None:
        """Return the error if a request that changes something must be refused, else None."""
        found = self.shown(header)
        if found is Shown.BEARER:
            return None
        site, origin = header("Sec-Fetch-Site"), header("Origin")
        if site and site != "same-origin":
            return ForbiddenError(_FOREIGN)
        if not site and origin and _place(origin) != header("Host").lower():
            return ForbiddenError(_FOREIGN)
        # Without a token, the Authorization header may belong to a proxy that authenticates users.
        return self._refusal(found) if self.token else None

    def refusal_of_embedding(self, header: Header, view: str | None) -> FlameScopeError | None:
        """Return the error if the page of another site embeds this, for example as an image, else None.

        The page cannot read the response, but it can make the server compute one.
        """
        if view in _HEALTH or self.shown(header) is Shown.BEARER or not _is_embedded(header):
            return None
        return ForbiddenError(_EMBEDDED)

    def refusal_of_reading(self, header: Header, view: str | None) -> FlameScopeError | None:
        """Return the error if this reading request must be refused, else None."""
        if not self.everything or view in self.unguarded:
            return None
        return self._refusal(self.shown(header))

    def _refusal(self, found: Shown) -> FlameScopeError | None:
        return None if found.right else TokenRequiredError(_WRONG if found is Shown.WRONG else _MISSING)


def guard_of(settings: Settings, start_token: bytes | None = None) -> Guard:
    """Derive the access rules from the settings, with a given token of this start or a new one.

    Raises ConfigError.
    """
    exposed = not _is_loopback(settings.host)
    if settings.allow_ssh and exposed and not settings.ssh_hosts:
        raise ConfigError("allow_ssh needs ssh_hosts: the hosts that SSH may reach.")
    changes = _NO_CHANGES if exposed and not settings.allow_changes else ""
    ssh = _NO_SSH if exposed and not settings.allow_ssh else ""
    record = "" if settings.allow_record else _NO_RECORD
    if settings.read_only:
        changes = ssh = record = _READ_ONLY
    everything = settings.token_for == EVERYTHING
    if everything and settings.token_file is None:
        raise ConfigError("token_for = everything needs token_file: the file with the token.")
    unguarded = _HEALTH | {_METRICS} if settings.open_metrics else _HEALTH
    token = read_token(settings.token_file)
    if start_token is None:
        start_token = b"" if token or (ssh and record) else ssh_token.make_token()
    return Guard(changes, ssh, record, token, start_token, everything, unguarded)


def install(app: Flask, settings: Settings, start_token: bytes | None = None) -> None:
    """Check every request. `start_token` is that of all processes of this server."""
    guard = guard_of(settings, start_token)
    app.extensions[_KEY] = guard
    if guard.start_token:
        ssh_token.install(app, settings, guard.start_token)

    @app.before_request
    def check() -> None:
        changes = request.method not in _READING and request.routing_exception is None
        refusal = None if changes else guard.refusal_of_embedding(_header, request.endpoint)
        refusal = refusal or guard.refusal_of_reading(_header, request.endpoint)
        # Unknown addresses and methods get their 404 or 405.
        if refusal is None and changes:
            refusal = guard.refusal_of_change(_header)
        if refusal is not None:
            _tell(refusal, guard.shown(_header))
            raise refusal

    if guard.everything:
        app.after_request(_keep_private)


def _tell(refusal: FlameScopeError, found: Shown) -> None:
    """Log a wrong token without its text or user name, which may belong to another account."""
    if isinstance(refusal, TokenRequiredError) and found is Shown.WRONG:
        fields = {"client": request.remote_addr, "method": request.method}
        logger.warning("a wrong token was refused", extra={FIELDS: fields})


def _keep_private(response: Response) -> Response:
    """Keep responses that needed the token out of shared caches."""
    response.cache_control.public = False
    response.cache_control.private = True
    response.vary.add("Authorization")
    return response


def present() -> Guard:
    """Return the guard of the current application."""
    return guard_in(current_app)


def guard_in(app: Flask) -> Guard:
    """Return the guard of an application."""
    guard = app.extensions[_KEY]
    assert isinstance(guard, Guard)  # noqa: S101
    return guard


def require_changes() -> None:
    """Raise ForbiddenError unless files may be added and removed."""
    _require(present().changes)


def require_ssh() -> None:
    """Raise ForbiddenError if SSH is off, TokenRequiredError if the request does not show its token."""
    _require(present().ssh)
    require_jobs()


def require_record() -> None:
    """Raise ForbiddenError if recording here is off, TokenRequiredError without its token."""
    _require(present().record)
    require_jobs()


def require_jobs() -> None:
    """Raise TokenRequiredError unless the request may see and end SSH jobs."""
    if not may_see_jobs():
        raise TokenRequiredError(_NOT_SHOWN, asks_browser=False)


def may_see_jobs() -> bool:
    """Return True if the request may see SSH jobs: they hold hosts, paths and errors."""
    return not present().lacks_start_token(_header)


def why_no_ssh() -> str:
    """Return why the request may not use SSH, empty if it may."""
    return present().ssh or ("" if may_see_jobs() else _NOT_SHOWN)


def why_no_record() -> str:
    """Return why the request may not record here, empty if it may."""
    return present().record or ("" if may_see_jobs() else _NOT_SHOWN)


def _require(reason: str) -> None:
    if reason:
        raise ForbiddenError(reason)


def _header(name: str) -> str:
    return request.headers.get(name, "")


def _is_embedded(header: Header) -> bool:
    """Return True if the page of another site embeds this resource instead of linking to it."""
    if header("Sec-Fetch-Site") != "cross-site":
        return False
    return header("Sec-Fetch-Mode") != "navigate" or header("Sec-Fetch-Dest") not in {"document", ""}


def _place(origin: str) -> str:
    """Return host and port of an origin, without the scheme, because a proxy may use another one."""
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
