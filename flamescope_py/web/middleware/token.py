"""The token of token_file: how a request shows it, and how a browser is told to ask for it.

Programs send `Authorization: Bearer`, browsers ask their user and send it as the password of HTTP basic,
with any user name. A browser sends a password with every request once it knows it, whatever page asks; so
only Bearer, which no page of another site can know, stands for more than who is asking.
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
    """What a request shows."""

    NOTHING = "nothing"
    WRONG = "wrong"
    PASSWORD = "password"  # noqa: S105
    BEARER = "bearer"

    @property
    def right(self) -> bool:
        """Whether it is the token."""
        return self in (Shown.PASSWORD, Shown.BEARER)


def read_token(path: Path | None) -> bytes:
    """Read the token, empty where there is no file. Raises ConfigError."""
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
    """Look at an Authorization header; without a token, nothing that is shown is right."""
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
