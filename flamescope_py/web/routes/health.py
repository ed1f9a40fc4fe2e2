"""`/healthz` and `/readyz`: whether the process lives, and whether it can do its work.

Neither reads a profile. Liveness never fails for the disk's sake: a restart would not mend a mount.
"""

from __future__ import annotations

import orjson
from flask import Blueprint, Flask, Response, current_app

from flamescope_py.web import context
from flamescope_py.web.respond import answer

blueprint = Blueprint("health", __name__)
PATH = "/healthz"

_STOPPING = "flamescope_py.stopping"


@blueprint.get(PATH)
def show_health() -> Response:
    """Say that requests are answered."""
    return _state({"status": "ok"})


@blueprint.get("/readyz")
def show_readiness() -> Response:
    """Say whether profiles can be served; 503 names what is missing."""
    checks = {"profiles": context.service().can_list(), "stopping": not _is_stopping()}
    wrong = [name for name, fine in checks.items() if not fine]
    if not wrong:
        return _state({"status": "ok"})
    response = _state({"status": "unavailable", "error": _WORDS[wrong[0]]}, 503)
    response.headers["Retry-After"] = "5"
    return response


_WORDS = {
    "profiles": "The profile directory cannot be read: look whether it is mounted.",
    "stopping": "The server is stopping.",
}


def stop(app: Flask) -> None:
    """Say from now on that this application is stopping."""
    app.extensions[_STOPPING] = True


def _is_stopping() -> bool:
    return bool(current_app.extensions.get(_STOPPING))


def _state(found: dict[str, str], status: int = 200) -> Response:
    response = answer(orjson.dumps(found))
    response.status_code = status
    response.headers["Cache-Control"] = "no-store"
    return response
