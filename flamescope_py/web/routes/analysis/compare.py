"""`/differential/` and `/elided/`: compare two ranges, or a range with the rest of its profile."""

from __future__ import annotations

from flask import Blueprint, Response, request

from flamescope_py.service import DIFFERENCES, About, Profile, ranged_name
from flamescope_py.service.parameters import Parameter
from flamescope_py.service.queries.graphs import DIFFERENTIAL, ELIDED, ELIDED_SCALED
from flamescope_py.service.queries.measures import difference, with_sizes
from flamescope_py.web import context, graphs, params
from flamescope_py.web.admission import spending
from flamescope_py.web.openapi.operation import describes
from flamescope_py.web.respond import conditional

blueprint = Blueprint("compare", __name__)

_ROWS = (*params.RANGE, *params.OTHER_RANGE, params.REST)


@blueprint.get("/differential/")
@describes(
    graphs.graph_operation(
        *_ROWS,
        params.SVG_BASE,
        form=params.DIFFERENTIAL_FORMAT,
        detail="The graph is that of the first range. d, in columns delta, counts the samples that a node "
        "has more than in the second range, which is scaled to the first one's total. rest takes the place "
        "of the second profile. The forms folded (each stack with both counts) and svg are files for other "
        "programs.",
    )
)
def show_differential() -> Response:
    """Compare every stack of the first range with the second, scaled."""
    return _compared(DIFFERENTIAL, params.DIFFERENTIAL_FORMAT)


@blueprint.get("/elided/")
@describes(
    graphs.graph_operation(
        *_ROWS,
        detail="The graph is that of the second range. Nodes of both count 0. FlameScope's "
        "form scales counts to the first range's total and rounds them; the others have the second range's "
        "own counts. rest takes the place of the second profile.",
    )
)
def show_elided() -> Response:
    """Show the stacks that only the second range has."""
    return _compared(ELIDED, params.GRAPH_FORMAT)


def _compared(kind: str, formats: Parameter) -> Response:
    query, service = params.Query(request), context.service()
    refs, parts = params.sides(query)
    form = query.value(formats)
    base = query.value(params.SVG_BASE) if kind == DIFFERENTIAL else ""
    question = params.question(query, service, form)
    # FlameScope's form has its numbers.
    counted = ELIDED_SCALED if kind == ELIDED and form == params.NESTED else kind
    names, queries = (refs[0].name, refs[1].name), service.queries
    with service.open_pair(*refs) as opened:

        def make() -> Response:
            profiles = opened.profiles()
            selection, inverted = question.selection, question.inverted
            with spending(queries.costs.compare(profiles, selection, question.search, inverted=inverted)):
                return compared(profiles)

        def compared(profiles: tuple[Profile, Profile]) -> Response:
            if kind == DIFFERENTIAL and form in DIFFERENCES:
                pair = difference(queries, profiles, parts, question, base)
                unit = queries.views.unit(profiles[0], question.selection)
                return graphs.difference_response(pair, unit, form, names, ranged_name(names[0], parts[0]))
            found = queries.graphs.compare(counted, profiles, parts, question)
            if form == params.COLUMNS:
                found = with_sizes(queries, found, profiles, parts, question.selection)
            return graphs.graph_response(found, form, ranged_name(names[1], parts[1]), About(names[1]))

        return conditional(opened.version, make)
