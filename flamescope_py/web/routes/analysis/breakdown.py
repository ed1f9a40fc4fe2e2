"""`/breakdown/`: who was busy, by command, thread, CPU, function and so on."""

from __future__ import annotations

from flask import Blueprint, Response, request

from flamescope_py.service import BreakdownAnswer, ProfileRef, TimeRange, breakdown_answer
from flamescope_py.service.parameters import BY, LIMIT, SELECTION
from flamescope_py.web import context, params
from flamescope_py.web.admission import spending
from flamescope_py.web.openapi.operation import QUERY_ERRORS, Operation, describes, json_answer
from flamescope_py.web.respond import answer, conditional

blueprint = Blueprint("breakdown", __name__)

_OPERATION = Operation(
    json_answer(BreakdownAnswer),
    (*params.RANGE, BY, LIMIT, *SELECTION, *params.OTHER_RANGE, params.REST),
    (*QUERY_ERRORS, 416),
    conditional=True,
    detail="Rows by comm, process, thread, cpu or event leave out the selection's own cut of that property, "
    "so that its alternatives stay visible. Values without samples follow at the end, up to limit. With rest "
    "or a second profile every row has the change of its share.",
)


@blueprint.get("/breakdown/")
@describes(_OPERATION)
def show_breakdown() -> Response:
    """Count the samples of a range by the values of a property."""
    query, service = params.Query(request), context.service()
    by, limit = query.value(BY), query.value(LIMIT)
    selection = params.selection(query.read(SELECTION), service)
    refs, parts = _sides(query)
    with service.open_pair(*refs) as opened:

        def make() -> Response:
            profile, second = opened.profiles()
            part, other = parts
            compared = None if other is None else (second, other)
            sides = (profile,) if compared is None else (profile, second)
            with spending(service.queries.costs.breakdown(sides, selection)):
                found = service.queries.breakdowns.breakdown(by, limit, (profile, part), selection, compared)
            return answer(breakdown_answer(found, service.queries.views.unit(profile, selection)))

        return conditional(opened.version, make)


def _sides(query: params.Query) -> tuple[tuple[ProfileRef, ProfileRef], tuple[TimeRange, TimeRange | None]]:
    """Read the range, and the one to compare it with, if any."""
    if params.compares(query):
        return params.sides(query)
    ref, part = params.time_range(query)
    return (ref, ref), (part, None)
