"""`/flamegraph/`: which code ran, in a range or in the whole profile."""

from __future__ import annotations

from dataclasses import replace

from flask import Blueprint, Response, request

from flamescope_py.service import About, about_cost, about_export, exported, of_samples, ranged_name
from flamescope_py.service.about import SVG
from flamescope_py.service.queries.measures import with_interval
from flamescope_py.web import context, graphs, params
from flamescope_py.web.admission import spending
from flamescope_py.web.openapi.operation import describes
from flamescope_py.web.respond import conditional

blueprint = Blueprint("flamegraph", __name__)

_OPERATION = graphs.graph_operation(
    *params.RANGE,
    *params.GRAPH_BREAKDOWN,
    form=params.RANGE_FORMAT,
    detail="Without start and end it is the whole profile. The forms folded, speedscope and svg are files "
    "for other programs. firefox (the Firefox Profiler's JSON) and pprof have every sample with its time and "
    "thread; pprof with inverted has the graph. With by, the form columns also has the breakdown.",
)


@blueprint.get("/flamegraph/")
@describes(_OPERATION)
def show_flame_graph() -> Response:
    """Count the stacks of a range."""
    query, service = params.Query(request), context.service()
    ref, part = params.time_range(query)
    form = query.value(params.RANGE_FORMAT)
    question = params.question(query, service, form)
    by, limit = params.graph_breakdown(query, form)
    by_sample = of_samples(form, question)
    with service.open(ref) as opened:

        def make() -> Response:
            profile, queries = opened.profile(), service.queries
            selection, inverted = question.selection, question.inverted
            name = ranged_name(ref.name, part)
            if by_sample:
                with spending(queries.costs.export(profile, selection)):
                    pieces = exported(queries, profile, part, question, form, ref.name)
                    return graphs.samples_response(pieces, form, name)
            cost = queries.costs.graph(profile, selection, question.search, inverted=inverted)
            if form == SVG:
                cost += about_cost(queries, profile, question)
            if by is not None:
                cost += queries.costs.breakdown((profile,), selection)
            with spending(cost):
                found, about = queries.graphs.flame_graph(profile, part, question), About(ref.name)
                if by is not None:
                    counted = queries.breakdowns.against_rest(by, limit, (profile, part), selection)
                    found = replace(found, breakdown=counted)
                if form == params.COLUMNS:
                    found = with_interval(queries, found, profile, selection)
                if form == SVG:
                    about = about_export(queries, profile, ref.name, part, question)
                return graphs.graph_response(found, form, name, about)

        return conditional(opened.version, make)
