"""`/docs/`: the interface for people, drawn from /openapi.json by Swagger UI.

Its files are built beside the front end's and come from this server, whatever front end is in place.
"""

from __future__ import annotations

from flask import Blueprint, Response, send_from_directory
from werkzeug.exceptions import NotFound

from flamescope_py.web.respond import PRIVATE
from flamescope_py.web.routes.frontend import INDEX, OWN, not_built

_FILES = OWN / "docs"
_PARTS = frozenset({"start.js", "swagger-ui-bundle.js", "swagger-ui.css"})
# Stricter than the front end's: nothing inline. Swagger UI's arrows are images in its style sheet.
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)

blueprint = Blueprint("docs", __name__)


@blueprint.get("/docs/")
def show_page() -> Response:
    """Send the page."""
    if not (_FILES / INDEX).is_file():
        return not_built()
    response = _file(INDEX)
    response.headers["Content-Security-Policy"] = _POLICY
    return response


@blueprint.get("/docs/<name>")
def send_part(name: str) -> Response:
    """Send a script or the style sheet of the page."""
    if name not in _PARTS:
        raise NotFound
    return _file(name)


def _file(name: str) -> Response:
    response = send_from_directory(_FILES, name, max_age=None)
    response.headers["Cache-Control"] = PRIVATE
    return response
