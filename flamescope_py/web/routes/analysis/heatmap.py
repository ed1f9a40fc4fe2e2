"""`/heatmap/`: when samples fell."""

from __future__ import annotations

from flask import Blueprint, Response, request

from flamescope_py.errors import NoTimestampsError
from flamescope_py.service import HeatmapAnswer
from flamescope_py.web import context, params, wire
from flamescope_py.web.admission import spending
from flamescope_py.web.openapi.operation import QUERY_ERRORS, Operation, describes, json_answer
from flamescope_py.web.respond import answer, conditional

blueprint = Blueprint("heatmap", __name__)

_WRITERS = {params.NESTED: wire.heatmap_nested, params.COLUMNS: wire.heatmap_columns}
_OPERATION = Operation(
    json_answer(wire.Heatmap, wire.HeatmapColumns),
    (
        *(params.FILENAME, params.TYPE, params.ROWS, params.AUTO_ROWS, params.HEATMAP_FORMAT, params.UNTIMED),
        *(*params.HEATMAP_COLUMNS, *params.LANES, *params.QUESTION),
    ),
    (*QUERY_ERRORS, 416),
    conditional=True,
    detail="values[column][row] counts samples: columns are seconds from the profile's first, or of another "
    "columnLength, rows are offsets inside the column, the highest first. The form columns is flat. by "
    "adds lanes, a heatmap for each of some values, and others: together they are the heatmap.",
)


@blueprint.get("/heatmap/")
@describes(_OPERATION)
def show_heatmap() -> Response:
    """Count a profile's samples by second, or by several, and offset."""
    query, service = params.Query(request), context.service()
    ref = params.profile_ref(query)
    rows = params.rows(query, context.settings().max_rows)
    auto_rows = query.value(params.AUTO_ROWS)
    form = query.value(params.HEATMAP_FORMAT)
    untimed = query.value(params.UNTIMED)
    columns = params.columns(query)
    question = params.question(query, service, form)
    by, choice, part, busy = params.lanes(query)
    with service.open(ref) as opened:

        def make() -> Response:
            profile, queries, selection = opened.profile(), service.queries, question.selection
            if auto_rows:
                with spending(queries.costs.facets(profile)):
                    count = queries.heatmaps.usual_rows(profile, columns)
            else:
                count = rows
            asked = (profile, selection, count)
            cost = queries.costs.heatmap(*asked, question.search, columns)
            if by is not None or busy:
                cost += queries.costs.lanes(*asked, columns, len(choice.values) or choice.most)
            with spending(cost):
                found = queries.heatmaps.heatmap(*asked, question.search, columns)
                who, lanes = queries.breakdowns, None
                if by is not None:
                    lanes = who.lanes(by, choice, (profile, part), selection, count, columns)
                line = who.busy_line(profile, selection, columns) if busy else None
                return answer(_WRITERS[form](HeatmapAnswer(found, lanes, line)))

        def make_or_explain() -> Response:
            try:
                return make()
            except NoTimestampsError as error:
                if not untimed:
                    raise
                return answer(wire.no_heatmap(str(error)))

        return conditional(opened.version, make_or_explain)
