"""`/` and the files below it: the front end, our own or the one of the setting `frontend`."""

from __future__ import annotations

import re
from pathlib import Path

from flask import Blueprint, Response, request, send_from_directory
from flask.sansio.blueprints import BlueprintSetupState
from werkzeug.exceptions import NotFound
from werkzeug.routing import Map, PathConverter

from flamescope_py.web import context
from flamescope_py.web.errors import error_body
from flamescope_py.web.respond import answer

blueprint = Blueprint("frontend", __name__)

OWN = Path(__file__).resolve().parents[2] / "static"
INDEX = "index.html"
# Vite writes assets/index-Djzy1Qcu.js: changed content gets a new name.
_HASHED = re.compile(r"assets/[^/]+-[\w-]{8}\.\w+")
_FOREVER = "public, max-age=31536000, immutable"


class BundleFile(PathConverter):
    """The path of a file of the bundle: any path that is not below a route of the interface.

    Otherwise a route that takes only POST would seem to take GET, too.
    """

    def __init__(self, url_map: Map) -> None:
        """Exclude the routes that are registered already; `/` itself is the page."""
        super().__init__(url_map)
        taken = {rule.rule.split("/")[1] for rule in url_map.iter_rules()} - {""}
        self.regex = rf"(?!(?:{'|'.join(map(re.escape, sorted(taken)))})(?:/|\Z)){self.regex}"


_NOT_BUILT = "The front end has not been built: run make frontend, or install a released wheel."
_NOT_BUILT_PAGE = (
    "<!doctype html><html lang=en><meta charset=utf-8><title>FlameScope</title>"
    "<h1>The front end has not been built</h1>"
    "<p>Run <code>make frontend</code>, or install a released wheel. The server itself works: "
    '<a href="profile/">profile/</a> lists the profiles.</p>'
)


@blueprint.record_once
def register(state: BlueprintSetupState) -> None:
    """Register the converter; call this after all other routes are registered."""
    state.app.url_map.converters["bundle"] = BundleFile


@blueprint.get("/")
def index() -> Response:
    """Send the page."""
    if not (_directory() / INDEX).is_file():
        return not_built()
    return _file(INDEX)


@blueprint.get("/<bundle:name>")
def static_file(name: str) -> Response:
    """Send any other file of the bundle."""
    if any(part.startswith(".") for part in name.split("/")):
        raise NotFound
    return _file(name)


def _directory() -> Path:
    return context.settings().frontend or OWN


def _file(name: str) -> Response:
    """Send a file with an ETag; names with a hash are cached for ever."""
    response = send_from_directory(_directory().resolve(), name, max_age=None)
    own = context.settings().frontend is None
    response.headers["Cache-Control"] = _FOREVER if own and _HASHED.fullmatch(name) else "no-cache"
    return response


def not_built() -> Response:
    """Return a 404 that explains how to build the front end, as a page or as JSON."""
    wants_page = request.accept_mimetypes.best_match(["application/json", "text/html"]) == "text/html"
    response = answer(_NOT_BUILT_PAGE.encode(), "text/html; charset=utf-8")
    if not wants_page:
        response = answer(error_body(_NOT_BUILT))
    response.status_code = 404
    return response
