"""`/fleet/…`: questions about the collection of many hosts that the server is started with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from flask import Blueprint, Response, request

from flamescope_py.errors import ProfileNotFoundError
from flamescope_py.service import Cut, Fleet, HeatmapAnswer, Moment, Profile, Question, Service, TimeRange
from flamescope_py.service.fleet import parameters as asked
from flamescope_py.service.fleet import wire as fleet_wire
from flamescope_py.service.parameters import END, INVERTED, SEARCH, START, integer
from flamescope_py.service.queries.graphs import DIFFERENTIAL
from flamescope_py.service.queries.measures import difference
from flamescope_py.web import context, graphs, params, wire
from flamescope_py.web.admission import spending
from flamescope_py.web.openapi.operation import Operation, describes, json_answer
from flamescope_py.web.respond import answer, conditional
from flamescope_py.web.wsgi import client_gone

blueprint = Blueprint("fleet", __name__, url_prefix="/fleet")

# No collection, a question that is too large, an empty time, damage, and an engine that is busy or fails.
_ERRORS = (404, 413, 416, 422, 429, 503)
_TITLE = "fleet"
_DIFFERENCE_FORM = params.DIFFERENTIAL_FORMAT._replace(default=params.COLUMNS)
_FORM = params.GRAPH_FORMAT._replace(default=params.COLUMNS)
_STACKS = (*asked.TREE_SELECTION, SEARCH, INVERTED, params.NODES)
_FILES = asked.LIMIT._replace(meaning="The maximum number of files.", type=integer(1, 10_000), default=1000)


def _operation(answer_type: Any, *rows: Any, detail: str = "") -> Operation:
    return Operation(json_answer(answer_type), rows, _ERRORS, conditional=True, detail=detail)


def _graph_operation(*rows: Any, form: Any = _FORM, detail: str = "") -> Operation:
    made = graphs.graph_operation(*rows, detail=detail, form=form)
    unlike = [row for row in made.parameters if row.name not in {one.name for one in params.QUESTION}]
    return made._replace(parameters=(*unlike, *_STACKS), errors=_ERRORS)


def _fleet() -> Fleet:
    found = context.service().fleet
    if found is None:
        raise ProfileNotFoundError("This server has no collection: start it with --fleet PLACE.")
    return found


def _moment(fleet: Fleet) -> Moment:
    """Return the present state. Its questions end when the client closes the connection."""
    return fleet.moment(client_gone(request.environ))


def _cut(query: params.Query, fleet: Fleet, at: Moment, rows: Any = asked.CUT) -> Cut:
    values = query.read(rows)
    start, end = (values[row.name] for row in rows[:2])
    whole = None if start is not None and end is not None else fleet.whole(at)
    return asked.cut_of(values, whole, rows)


def _conditional(at: Moment, cost: float, make: Callable[[], Response]) -> Response:
    """Answer at a moment of the collection, with 304 to the current ETag."""

    def spend() -> Response:
        with spending(cost):
            return make()

    return conditional(at.version, spend)


@blueprint.get("/")
@describes(_operation(fleet_wire.FleetTotals, *asked.CUT, asked.BY, asked.FUNCTION))
def show_fleet_totals() -> Response:
    """Sum up the samples by host, service or version."""
    query, fleet = params.Query(request), _fleet()
    at = _moment(fleet)
    by, function = query.value(asked.BY), query.value(asked.FUNCTION)
    cut = _cut(query, fleet, at)
    cost = fleet.cost(at, cut, "hours" if function is None else "functions")
    return _conditional(at, cost, lambda: answer(wire.encode(fleet.totals(at, cut, by, function))))


@blueprint.get("/matrix")
@describes(
    _operation(fleet_wire.FleetMatrix, *asked.CUT, asked.BY, asked.STEP, asked.COLUMNS, asked.FUNCTION)
)
def show_fleet_matrix() -> Response:
    """Count the samples by host, service or version and time."""
    query, fleet = params.Query(request), _fleet()
    at = _moment(fleet)
    values = query.read((asked.BY, asked.STEP, asked.COLUMNS, asked.FUNCTION))
    by, step, most, function = values.values()
    cut = _cut(query, fleet, at)
    width = fleet.width(cut, step, most)
    cost = fleet.cost(at, cut, "hours" if function is None else "functions", width)
    return _conditional(at, cost, lambda: answer(wire.encode(fleet.matrix(at, cut, by, width, function))))


@blueprint.get("/functions")
@describes(_operation(fleet_wire.FleetFunctions, *asked.CUT, asked.BY, asked.LIMIT))
def show_fleet_functions() -> Response:
    """List the functions on top of most stacks of each host, service or version."""
    query, fleet = params.Query(request), _fleet()
    at = _moment(fleet)
    by, limit = query.read((asked.BY, asked.LIMIT)).values()
    cut = _cut(query, fleet, at)
    cost = fleet.cost(at, cut, "samples")
    return _conditional(at, cost, lambda: answer(wire.encode(fleet.functions(at, cut, by, limit))))


@blueprint.get("/profiles")
@describes(_operation(fleet_wire.FleetProfiles, _FILES))
def list_fleet_profiles() -> Response:
    """List the files of the collection, those without a place in time too."""
    query, fleet = params.Query(request), _fleet()
    at, limit = _moment(fleet), query.value(_FILES)
    return _conditional(at, 0.1, lambda: answer(wire.encode(fleet.profiles(at, limit))))


@blueprint.get("/flamegraph")
@describes(_graph_operation(*asked.CUT, detail="Whole minutes, of all hosts of the cut together."))
def show_fleet_flame_graph() -> Response:
    """Count the stacks of a cut."""
    query, fleet = params.Query(request), _fleet()
    at = _moment(fleet)
    form, question = query.value(_FORM), _question(query, context.service())
    cut = _cut(query, fleet, at)

    def make() -> Response:
        found = _queries().graphs.flame_graph(fleet.tree(at, cut), TimeRange(), question)
        return graphs.graph_response(found, form, _TITLE)

    return _conditional(at, fleet.cost(at, cut, "stacks"), make)


@blueprint.get("/differential")
@describes(_graph_operation(*asked.CUT, *asked.OTHER_CUT, form=_DIFFERENCE_FORM))
def show_fleet_differential() -> Response:
    """Compare the stacks of two cuts, each counting as a whole."""
    query, fleet = params.Query(request), _fleet()
    at = _moment(fleet)
    form = query.value(_DIFFERENCE_FORM)
    question = _question(query, context.service())
    cuts = (_cut(query, fleet, at), _cut(query, fleet, at, asked.OTHER_CUT))

    def make() -> Response:
        first, second = (fleet.tree(at, cut) for cut in cuts)
        sides, parts = (first, second), (TimeRange(), TimeRange())
        if form in (params.NESTED, params.COLUMNS):
            return graphs.graph_response(
                _queries().graphs.compare(DIFFERENTIAL, sides, parts, question), form, _TITLE
            )
        pair = difference(_queries(), sides, parts, question)
        unit = _queries().views.unit(first, question.selection)
        return graphs.difference_response(pair, unit, form, (_TITLE, _TITLE))

    return _conditional(at, sum(fleet.cost(at, cut, "stacks") for cut in cuts), make)


@blueprint.get("/heatmap")
@describes(_operation(wire.HeatmapColumns, *asked.CUT, params.ROWS, *_STACKS[:-2]))
def show_fleet_heatmap() -> Response:
    """Count the samples of a cut of at most an hour by second and offset, in flat columns."""
    query, fleet = params.Query(request), _fleet()
    at = _moment(fleet)
    rows = params.rows(query, context.settings().max_rows)
    values = query.read((*asked.TREE_SELECTION, SEARCH))
    selection = params.selection(asked.selection_values(values), context.service())
    cut = _cut(query, fleet, at)

    def make() -> Response:
        profile = fleet.window(at, cut)
        found = _queries().heatmaps.heatmap(profile, selection, rows, values[SEARCH.name])
        # Samples that the cut leaves out may lie before the first one here.
        found = replace(found, begins=None)
        return answer(wire.heatmap_columns(HeatmapAnswer(found, None, None)))

    return _conditional(at, fleet.cost(at, cut, "samples"), make)


@blueprint.get("/window")
@describes(
    _graph_operation(
        *asked.CUT, START, END, detail="start and end are seconds of the heatmap of the same cut."
    )
)
def show_fleet_window() -> Response:
    """Count the stacks of a range of a cut of at most an hour."""
    query, fleet = params.Query(request), _fleet()
    at = _moment(fleet)
    form, question = query.value(_FORM), _question(query, context.service())
    start, end = query.read((START, END)).values()
    cut = _cut(query, fleet, at)

    def make() -> Response:
        profile: Profile = fleet.window(at, cut)
        found = _queries().graphs.flame_graph(profile, TimeRange(start, end), question)
        return graphs.graph_response(found, form, _TITLE)

    return _conditional(at, fleet.cost(at, cut, "samples"), make)


def _queries() -> Any:
    return context.service().queries


def _question(query: params.Query, service: Service) -> Question:
    values = query.read(_STACKS)
    selection = params.selection(asked.selection_values(values), service)
    return Question(selection, values[INVERTED.name], values[SEARCH.name], values[params.NODES.name])
