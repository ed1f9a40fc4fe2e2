"""`/heatmap/`: when samples fell."""

from __future__ import annotations

from flask import Blueprint, Response, request

from flamescope_py.web import context, params, wire
from flamescope_py.web.respond import answer, validated

blueprint = Blueprint("heatmap", __name__)

_FORMS = {params.NESTED: wire.heatmap_nested, params.COLUMNS: wire.heatmap_columns}


@blueprint.get("/heatmap/")
def show_heatmap() -> Response:
    """Count a profile's samples by second, or by several, and offset."""
    query, service = params.Query(request), context.service()
    ref = params.profile_ref(query)
    rows = params.rows(query, context.settings().max_rows)
    form = query.value(params.HEATMAP_FORMAT)
    columns = params.columns(query)
    question = params.question(query, service, form)
    with service.open(ref) as opened:

        def make() -> Response:
            selection, search = question.selection, question.search
            found = service.queries.heatmap(opened.profile(), selection, rows, search, columns)
            return answer(_FORMS[form](found))

        return validated(opened.version, make)
