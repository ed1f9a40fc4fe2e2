"""`/heatmap/`: when samples fell."""

from __future__ import annotations

from flask import Blueprint, Response, request

from flamescope_py.web import context, params, wire
from flamescope_py.web.respond import answer

blueprint = Blueprint("heatmap", __name__)

_FORMATS = {"nested": wire.heatmap_nested, "columns": wire.heatmap_columns}


@blueprint.get("/heatmap/")
def show_heatmap() -> Response:
    """Count a profile's samples by second and offset."""
    query, service = params.Query(request), context.service()
    ref = params.profile_ref(query)
    rows = params.rows(query, context.settings().max_rows)
    write = _FORMATS[params.choice(query, "format", _FORMATS, "nested")]
    selection = params.selection(query, service)
    return answer(write(service.heatmap(ref, selection, rows)))
