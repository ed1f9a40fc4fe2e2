"""`/timeline/`: the order in which code ran, in a range."""

from __future__ import annotations

from flask import Blueprint, Response, request

from flamescope_py.service import Question, make_timeline
from flamescope_py.service.parameters import SEARCH, SELECTION
from flamescope_py.web import context, params, wire
from flamescope_py.web.admission import spending
from flamescope_py.web.openapi.operation import QUERY_ERRORS, Operation, describes, json_answer
from flamescope_py.web.respond import answer, conditional

blueprint = Blueprint("timeline", __name__)

_OPERATION = Operation(
    json_answer(wire.Timeline),
    (*params.RANGE, *SELECTION, SEARCH),
    (*QUERY_ERRORS, 416),
    conditional=True,
    detail="A sample lasts until the next one of its thread, or for one interval if the thread did not run "
    "in between. Slices of traces have their own times. Frames that neighbours share are one span. A range "
    "may have 20 000 samples and max_graph_nodes spans. The error 413 of a longer one names the seconds "
    "that fit.",
)


@blueprint.get("/timeline/")
@describes(_OPERATION)
def show_timeline() -> Response:
    """List the frames of each thread of a range in the order in which they ran."""
    query, service = params.Query(request), context.service()
    ref, part = params.time_range(query)
    values = query.read((*SELECTION, SEARCH))
    question = Question(params.selection(values, service), search=values[SEARCH.name])
    with service.open(ref) as opened:

        def make() -> Response:
            profile, queries = opened.profile(), service.queries
            with spending(queries.costs.timeline(profile, question.selection, question.search)):
                return answer(wire.timeline_columns(make_timeline(queries, profile, part, question)))

        return conditional(opened.version, make)
