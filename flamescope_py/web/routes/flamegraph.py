"""`/flamegraph/`: which code ran, in a range or in the whole profile."""

from __future__ import annotations

from flask import Blueprint, Response, request

from flamescope_py.web import context, graphs, params
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
            found = service.queries.flame_graph(opened.profile(), part, question)
            return graphs.graph_response(found, form, ref.name)

        return conditional(opened.version, make)
