"""Authentication with the token of token_file, as a Bearer token or as a basic password.

Programs send `Authorization: Bearer`. Browsers prompt the user and send the token as the password of HTTP
basic authentication, with any user name. A browser then adds the password to every request, even if a page
of another site caused it. Only Bearer also proves that no other site made the request.
"""

from __future__ import annotations

import hmac
import re
from enum import Enum
from pathlib import Path

from werkzeug.datastructures import Authorization

from flamescope_py.errors import ConfigError

SHORTEST = 16
REALM = "flamescope-py"
CHALLENGES = (f'Basic realm="{REALM}", charset="UTF-8"', f'Bearer realm="{REALM}"')
_SENDABLE = re.compile(rb"[!-~]+")


class Shown(Enum):
    """The kind of token in a request."""

    NOTHING = "nothing"
    WRONG = "wrong"
    PASSWORD = "password"  # noqa: S105
    BEARER = "bearer"

    @property
    def right(self) -> bool:
        """True if the token is correct."""
        return self in (Shown.PASSWORD, Shown.BEARER)


def read_token(path: Path | None) -> bytes:
    """Read the token; empty if there is no file. Raises ConfigError."""
    if path is None:
        return b""
    try:
        token = path.read_bytes().strip()
    except OSError as error:
        raise ConfigError(f"The token_file {path} cannot be read: {error.strerror}.") from error
    if len(token) < SHORTEST or not _SENDABLE.fullmatch(token):
        raise ConfigError(
            f"The token_file {path} must hold at least {SHORTEST} characters, of ASCII and without blanks."
        )
    return token


def shown(authorization: str, token: bytes) -> Shown:
    """Check an Authorization header. If `token` is empty, no header is correct."""
    scheme, _, rest = authorization.strip().partition(" ")
    if scheme.lower() == "bearer":
        return Shown.BEARER if _same(rest.strip().encode("latin-1", "replace"), token) else Shown.WRONG
    if scheme.lower() == "basic":
        found = Authorization.from_header(authorization.strip())
        password = (found.password or "") if found is not None else ""
        return Shown.PASSWORD if _same(password.encode(), token) else Shown.WRONG
    return Shown.WRONG if scheme else Shown.NOTHING


def _same(given: bytes, token: bytes) -> bool:
    return hmac.compare_digest(given, token) and bool(token)
