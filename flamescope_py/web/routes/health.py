"""`/healthz` and `/readyz`: liveness and readiness.

Neither reads a profile. Liveness never depends on the disk: a restart would not repair a mount.
"""

from __future__ import annotations

from flask import Blueprint, Flask, Response, current_app

from flamescope_py.web import context, wire
from flamescope_py.web.openapi.operation import Operation, describes, json_answer
from flamescope_py.web.respond import uncached

blueprint = Blueprint("health", __name__)
PATH = "/healthz"

_STOPPING = "flamescope_py.stopping"
_RETRY_SECONDS = 5
_SENTENCES = {
    "profiles": "The profile directory cannot be read: look whether it is mounted.",
    "stopping": "The server is stopping.",
}


@blueprint.get(PATH)
@describes(Operation(json_answer(wire.Health)))
def show_health() -> Response:
    """Return ok while the process answers requests."""
    return uncached(wire.encode(wire.Health()))


@blueprint.get("/readyz")
@describes(Operation(json_answer(wire.Health), errors=(503,)))
def show_readiness() -> Response:
    """Return ok if profiles can be served, else a 503 with the reason."""
    checks = {"profiles": context.service().can_list(), "stopping": not _is_stopping()}
    wrong = [name for name, fine in checks.items() if not fine]
    if not wrong:
        return uncached(wire.encode(wire.Health()))
    response = uncached(wire.encode(wire.Error(status="unavailable", error=_SENTENCES[wrong[0]])), 503)
    response.headers["Retry-After"] = str(_RETRY_SECONDS)
    return response


def stop(app: Flask) -> None:
    """Report from now on that this application is stopping."""
    app.extensions[_STOPPING] = True


def _is_stopping() -> bool:
    return bool(current_app.extensions.get(_STOPPING))
