"""The token for SSH if no token_file is set: generated at each start and printed with the address.

SSH lends the keys of the server's owner, and a port on loopback is open to every user of the machine and to
every container on its network. Reading profiles stays open there; SSH asks for this token, as Jupyter does.
The address that `serve` prints has it as ?token=…; the page then keeps it in a cookie. Programs send it as
Authorization: Bearer, and find it in a file that only the owner can read.
"""

from __future__ import annotations

import hmac
import logging
import os
import secrets
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlencode

from flask import Flask, Response, request
from werkzeug.http import parse_cookie

from flamescope_py.settings import Settings
from flamescope_py.web.middleware.logs import FIELDS

logger = logging.getLogger(__name__)

PARAMETER = "token"
_PAGE = "frontend.index"
_COOKIE = "flamescope_ssh"


def make_token() -> bytes:
    """Return a new random token that is safe in a URL."""
    return secrets.token_urlsafe(32).encode()


def cookie_name(host: str) -> str:
    """Return the cookie's name, with the port, because browsers share cookies between ports of a host."""
    port = host.rpartition(":")[2]
    return f"{_COOKIE}_{port}" if port.isdecimal() else _COOKIE


def shown_in_cookie(header: Callable[[str], str], token: bytes) -> bool:
    """Return True if the request's cookie holds the token."""
    found = parse_cookie(header("Cookie")).get(cookie_name(header("Host")), "")
    return bool(token) and hmac.compare_digest(found.encode("utf-8", "replace"), token)


def install(app: Flask, settings: Settings, token: bytes) -> None:
    """Move the token from the page's address into a cookie."""

    @app.before_request
    def keep_token() -> Response | None:
        if request.endpoint != _PAGE or PARAMETER not in request.args:
            return None
        given = request.args[PARAMETER].encode("utf-8", "replace")
        rest = [(name, value) for name, value in request.args.items(multi=True) if name != PARAMETER]
        # Relative, because a proxy may have another name or path.
        response = Response(status=303, headers={"Location": f"./?{urlencode(rest)}" if rest else "./"})
        response.autocorrect_location_header = False
        response.headers["Cache-Control"] = "no-store"
        if hmac.compare_digest(given, token):
            response.set_cookie(
                cookie_name(request.headers.get("Host", "")),
                token.decode(),
                path=settings.base_path,
                secure=request.is_secure,
                httponly=True,
                samesite="Strict",
            )
        else:
            # Probably a bookmark from an earlier start. The page still shows profiles.
            fields = {"client": request.remote_addr, "method": request.method}
            logger.warning("a wrong token was refused", extra={FIELDS: fields})
        return response


def token_file(settings: Settings, port: int) -> Path:
    """Return the path of the token file of the server on a port."""
    return settings.cache_dir / f"ssh-token-{port}"


def write_token(path: Path, token: bytes) -> bool:
    """Write the token to a file with mode 0600. Return False if the file cannot be written."""
    aside = path.with_name(f".{path.name}-{secrets.token_hex(8)}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        with os.fdopen(os.open(aside, flags, 0o600), "wb") as file:
            file.write(token + b"\n")
        aside.replace(path)
    except OSError as error:
        with suppress(OSError):
            aside.unlink()
        logger.warning("The token cannot be written for programs: %s.", error.strerror)
        return False
    return True


def remove_token(path: Path, token: bytes) -> None:
    """Remove the token file unless another server has replaced it."""
    with suppress(OSError):
        if hmac.compare_digest(path.read_bytes().strip(), token):
            path.unlink()
