"""`/flamegraph/`: which code ran, in a range or in the whole profile."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, Response, request

from flamescope_py.service import FlameGraph
from flamescope_py.web import context, params, wire
from flamescope_py.web.respond import TEXT, answer

blueprint = Blueprint("flamegraph", __name__)


def _nested(graph: FlameGraph) -> Response:
    return answer(wire.flame_graph_nested(context.service().without_libraries(graph)))


def _columns(graph: FlameGraph) -> Response:
    return answer(wire.flame_graph_columns(graph))


def _folded(graph: FlameGraph) -> Response:
    return answer(context.service().folded(graph), TEXT)


_FORMATS: dict[str, Callable[[FlameGraph], Response]] = {
    "nested": _nested,
    "columns": _columns,
    "folded": _folded,
}


@blueprint.get("/flamegraph/")
def show_flame_graph() -> Response:
    """Count the stacks of a range."""
    query, service = params.Query(request), context.service()
    ref = params.profile_ref(query)
    start, end = params.seconds(query, "start"), params.seconds(query, "end")
    write = _FORMATS[params.choice(query, "format", _FORMATS, "nested")]
    selection = params.selection(query, service)
    return write(service.flame_graph(ref, selection, start, end))
