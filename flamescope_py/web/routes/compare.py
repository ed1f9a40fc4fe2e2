"""`/differential/` and `/elided/`: two ranges beside each other, of any two profiles, or one and the rest."""

from __future__ import annotations

from flask import Blueprint, Response, request

from flamescope_py.service import DIFFERENCES
from flamescope_py.service.parameters import Parameter
from flamescope_py.service.queries import DIFFERENTIAL, ELIDED, ELIDED_SCALED
from flamescope_py.web import context, graphs, params
from flamescope_py.web.respond import validated

blueprint = Blueprint("compare", __name__)


@blueprint.get("/differential/")
def show_differential() -> Response:
    """Say of every stack of the first range how much more samples it has than the second's, scaled."""
    return _compared(DIFFERENTIAL, params.DIFFERENTIAL_FORMAT)


@blueprint.get("/elided/")
def show_elided() -> Response:
    """Show the stacks that only the second range has."""
    return _compared(ELIDED, params.GRAPH_FORMAT)


def _compared(kind: str, formats: Parameter) -> Response:
    query, service = params.Query(request), context.service()
    refs, parts = params.sides(query)
    form = query.value(formats)
    question = params.question(query, service, form)
    # FlameScope's form has its numbers.
    counted = ELIDED_SCALED if kind == ELIDED and form == params.NESTED else kind
    names, queries = (refs[0].name, refs[1].name), service.queries
    with service.open_pair(*refs) as opened:

        def make() -> Response:
            profiles = opened.profiles()
            if kind == DIFFERENTIAL and form in DIFFERENCES:
                pair, unit = (
                    queries.difference(profiles, parts, question),
                    queries.unit(profiles[0], question),
                )
                return graphs.difference_sent(pair, unit, form, names)
            return graphs.sent(queries.compare(counted, profiles, parts, question), form, names[1])

        return validated(opened.version, make)
