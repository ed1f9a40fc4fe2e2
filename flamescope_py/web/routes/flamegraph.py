"""`/flamegraph/`: which code ran, in a range or in the whole profile."""

from __future__ import annotations

from flask import Blueprint, Response, request

from flamescope_py.web import context, graphs, params
from flamescope_py.web.respond import validated

blueprint = Blueprint("flamegraph", __name__)


@blueprint.get("/flamegraph/")
def show_flame_graph() -> Response:
    """Count the stacks of a range."""
    query, service = params.Query(request), context.service()
    ref, part = params.time_range(query)
    form = query.value(params.GRAPH_FORMAT)
    question = params.question(query, service, form)
    with service.open(ref) as opened:

        def make() -> Response:
            found = service.queries.flame_graph(opened.profile(), part, question)
            return graphs.sent(found, form, ref.name)

        return validated(opened.version, make)
