"""`/docs/`: the description of the interface for people; a page without scripts or styles from elsewhere."""

from __future__ import annotations

from pathlib import Path

from flask import Blueprint, Response, current_app, render_template, request, send_from_directory
from werkzeug.exceptions import NotFound

from flamescope_py.web.docs_page import page
from flamescope_py.web.openapi import document
from flamescope_py.web.openapi_examples import EXAMPLES
from flamescope_py.web.respond import PRIVATE, answer

_PAGES = Path(__file__).parents[1] / "pages"
_EXAMPLES = {view.partition(".")[2]: rows for view, rows in EXAMPLES.items()}
_PARTS = frozenset({"docs.css", "docs.js"})
# Nothing in it is inline, so it needs less than the front end does.
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)

blueprint = Blueprint("docs", __name__, template_folder=_PAGES)


@blueprint.get("/docs/")
def show_page() -> Response:
    """Show every route, with lines for curl that can be copied."""
    described = document(current_app)
    text = render_template("docs.html", **page(described, _EXAMPLES, request.url_root)._asdict())
    response = answer(text.encode(), "text/html; charset=utf-8")
    response.headers["Content-Security-Policy"] = _POLICY
    return response


@blueprint.get("/docs/<name>")
def send_part(name: str) -> Response:
    """Send the page's script or its style."""
    if name not in _PARTS:
        raise NotFound
    response = send_from_directory(_PAGES, name, max_age=None)
    response.headers["Cache-Control"] = PRIVATE
    return response
