"""`/differential/` and `/elided/`: two ranges beside each other, of any two profiles, or one and the rest."""

from __future__ import annotations

from flask import Blueprint, Response, request

from flamescope_py.service import DIFFERENCES
from flamescope_py.service.parameters import Parameter
from flamescope_py.web import context, graphs, params
from flamescope_py.web.respond import validated

blueprint = Blueprint("compare", __name__)
DIFFERENTIAL = "differential"


@blueprint.get("/differential/")
def show_differential() -> Response:
    """Say of every stack of the first range how much more samples it has than the second's, scaled."""
    return _compared(DIFFERENTIAL, params.DIFFERENTIAL_FORMAT)


@blueprint.get("/elided/")
def show_elided() -> Response:
    """Show the stacks that only the second range has."""
    return _compared("elided", params.GRAPH_FORMAT)


def _compared(kind: str, formats: Parameter) -> Response:
    query, service = params.Query(request), context.service()
    first, second = params.sides(query)
    form = query.value(formats)
    question = params.question(query, service)
    names = first.profile.name, second.profile.name

    def make() -> Response:
        if kind == DIFFERENTIAL and form in DIFFERENCES:
            return graphs.difference_sent(*service.difference(first, second, question), form, names)
        return graphs.sent(service.compare(kind, first, second, question), form, names[1])

    return validated(service.versions(*names), make)
