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
    part = params.ranges(query)
    form = query.value(params.GRAPH_FORMAT)
    question = params.question(query, service)
    name = part.profile.name
    return validated(
        service.version(name), lambda: graphs.sent(service.flame_graph(part, question), form, name)
    )
