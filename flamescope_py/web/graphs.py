"""Responses with flame graphs, in the format of the request."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from flask import Response

from flamescope_py.service import DIFFERENCES, EXPORTS, FORMATS, About, FlameGraph, GraphAnswer, Pair
from flamescope_py.service.parameters import Parameter
from flamescope_py.service.queries.graphs import ELIDED
from flamescope_py.web import params, wire
from flamescope_py.web.openapi.operation import QUERY_ERRORS, Operation, json_answer
from flamescope_py.web.respond import answer, as_download

_WRITERS: dict[str, Callable[[GraphAnswer], bytes]] = {
    params.NESTED: wire.flame_graph_nested,
    params.COLUMNS: wire.flame_graph_columns,
}
_SPEEDSCOPE = "speedscope"


def graph_operation(*rows: Parameter, detail: str, form: Parameter = params.GRAPH_FORMAT) -> Operation:
    """Return the description of a route that answers a flame graph in the formats of `form`."""
    exports = {name: row for name, row in {**EXPORTS, **DIFFERENCES}.items() if name in form.type.words}
    files: Mapping[str, tuple[type, ...]] = {one.media_type.partition(";")[0]: () for one in exports.values()}
    foreign = (wire.Speedscope,) if _SPEEDSCOPE in exports else ()
    return Operation(
        {**files, **json_answer(wire.Node, wire.FlameGraphColumns, *foreign)},
        (*rows, form, *params.QUESTION),
        (*QUERY_ERRORS, 416),
        conditional=True,
        headers={
            "Content-Disposition": "The name to save a file under; not in the forms nested and columns."
        },
        detail=detail,
    )


def graph_response(found: GraphAnswer, form: str, name: str, about: About | None = None) -> Response:
    """Return a graph in a format of `params.GRAPH_FORMAT`.

    `name` is that of the file, without its suffix; `about` has it as title by default.
    """
    write = _WRITERS.get(form)
    if write is not None:
        return answer(write(found))
    export = FORMATS[form]
    response = answer(export.write(found.graph, about or About(name), found.unit), export.media_type)
    # The name shows that the file is only a part of the profile.
    middle = ".elided" if found.kind == ELIDED else ""
    return as_download(response, name + middle + export.suffix)


def samples_response(pieces: Iterator[bytes], form: str, name: str) -> Response:
    """Return samples in one of EXPORTS; `name` is that of the file without its suffix."""
    export = EXPORTS[form]
    return as_download(answer(pieces, export.media_type), name + export.suffix)


def difference_response(pair: Pair, unit: str, form: str, names: tuple[str, str], name: str = "") -> Response:
    """Return a difference in a format of other programs.

    `names` are those of the two profiles, `name` is that of the file without its suffix, else the first.
    """
    export = DIFFERENCES[form]
    sides = zip(names, (pair.first, pair.second), strict=True)
    title = " beside ".join(_side(name, graph) for name, graph in sides)
    response = answer(export.write(pair, title, unit), export.media_type)
    return as_download(response, (name or names[0]) + export.suffix)


def _side(name: str, graph: FlameGraph) -> str:
    return f"{name} {'without ' if graph.outside else ''}{graph.start:g} to {graph.end:g} s"
