"""`/filter/`: the named frame filters."""

from __future__ import annotations

from flask import Blueprint, Response

from flamescope_py.web import context, wire
from flamescope_py.web.respond import answer

blueprint = Blueprint("filters", __name__)


@blueprint.get("/filter/")
def list_filters() -> Response:
    """List the filters, those of the package first."""
    service = context.service()
    return answer(wire.filter_list(service.filters().values(), service.default_filters))
