"""`/flamegraph/`: which code ran, in a range or in the whole profile."""

from __future__ import annotations

from flask import Blueprint, Response, request

from flamescope_py.web import context, graphs, params
from flamescope_py.web.admission import spending
from flamescope_py.web.openapi.operation import describes
from flamescope_py.web.respond import conditional

blueprint = Blueprint("flamegraph", __name__)

_OPERATION = graphs.graph_operation(
    *params.RANGE,
    detail="Without start and end it is the whole profile. The forms folded, speedscope, pprof and svg "
    "are files for other programs.",
)


@blueprint.get("/flamegraph/")
@describes(_OPERATION)
def show_flame_graph() -> Response:
    """Count the stacks of a range."""
    query, service = params.Query(request), context.service()
    ref, part = params.time_range(query)
    form = query.value(params.GRAPH_FORMAT)
    question = params.question(query, service, form)
    with service.open(ref) as opened:

        def make() -> Response:
            profile, queries = opened.profile(), service.queries
            selection, inverted = question.selection, question.inverted
            with spending(queries.costs.graph(profile, selection, question.search, inverted=inverted)):
                return graphs.graph_response(queries.flame_graph(profile, part, question), form, ref.name)

        return conditional(opened.version, make)
