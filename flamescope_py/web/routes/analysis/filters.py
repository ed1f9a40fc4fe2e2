"""`/filter/`: the named frame filters, and their cost for a profile."""

from __future__ import annotations

from flask import Blueprint, Response, request

from flamescope_py.service import ProfileRef, TimeRange
from flamescope_py.service.parameters import SELECTION
from flamescope_py.web import context, params, wire
from flamescope_py.web.admission import spending
from flamescope_py.web.openapi.operation import QUERY_ERRORS, Operation, describes, json_answer
from flamescope_py.web.respond import answer, conditional

blueprint = Blueprint("filters", __name__)

_FILENAME, *_REST = params.RANGE
_PROFILE = _FILENAME._replace(
    meaning="A profile of the list: add the cost that each filter would have for it.", required=False
)
_RANGE = (_PROFILE, *_REST)
_OPERATION = Operation(
    json_answer(list[wire.Filter]),
    (*_RANGE, *SELECTION),
    (*QUERY_ERRORS, 416),
    conditional=True,
    detail="With filename every filter has a cost: what it would do to the range instead of the filters "
    "that the request names; `suits` marks the filters made for such a profile.",
)


@blueprint.get("/filter/")
@describes(_OPERATION)
def list_filters() -> Response:
    """List the filters, those of the package first; with a profile, also the cost of each."""
    query, service = params.Query(request), context.service()
    filters, default = service.filters().values(), service.default_filters
    name, type_name, start, end = query.read(_RANGE).values()
    selection = params.selection(query.read(SELECTION), service)
    if name is None:
        return answer(wire.filter_list(filters, default, {}))
    part = TimeRange(start, end)
    with service.open(ProfileRef(name, type_name)) as opened:

        def make() -> Response:
            profile, queries = opened.profile(), service.queries
            with spending(queries.costs.filters(profile, selection, filters)):
                costs = queries.graphs.filter_costs(profile, part, selection, filters)
                suiting = queries.graphs.suiting(profile, filters)
            return answer(wire.filter_list(filters, default, costs, suiting))

        return conditional(opened.version, make)
