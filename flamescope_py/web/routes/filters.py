"""`/filter/`: the named frame filters, and what each would cost a profile."""

from __future__ import annotations

from flask import Blueprint, Response, request

from flamescope_py.service import ProfileRef, TimeRange
from flamescope_py.service.parameters import SELECTION
from flamescope_py.web import context, params, wire
from flamescope_py.web.respond import answer, validated

blueprint = Blueprint("filters", __name__)

_FILENAME, *_REST = params.RANGE
PROFILE = _FILENAME._replace(
    meaning="A profile of the list: say what each filter would cost it.", required=False
)
PARAMETERS = (PROFILE, *_REST, *SELECTION)


@blueprint.get("/filter/")
def list_filters() -> Response:
    """List the filters, those of the package first; of a profile, say what each would cost."""
    query, service = params.Query(request), context.service()
    filters, default = service.filters().values(), service.default_filters
    name, type_name, start, end = query.read((PROFILE, *_REST)).values()
    selection = params.selection(query.read(SELECTION), service)
    if name is None:
        return answer(wire.filter_list(filters, default, {}))
    part = TimeRange(start, end)
    with service.open(ProfileRef(name, type_name)) as opened:

        def make() -> Response:
            costs = service.queries.filter_costs(opened.profile(), part, selection, filters)
            return answer(wire.filter_list(filters, default, costs))

        return validated(opened.version, make)
