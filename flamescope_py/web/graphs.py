"""Sends a flame graph in the form that was asked for."""

from __future__ import annotations

from collections.abc import Callable

from flask import Response

from flamescope_py.service import DIFFERENCES, FORMATS, FlameGraph, GraphAnswer, Pair
from flamescope_py.service.queries import ELIDED
from flamescope_py.web import params, wire
from flamescope_py.web.respond import answer, as_download


def sent(found: GraphAnswer, form: str, name: str) -> Response:
    """Send `found` in one of the formats of `params.GRAPH_FORMAT`; `name` is for titles and downloads."""
    own = _OWN.get(form)
    if own is not None:
        return answer(own(found))
    export = FORMATS[form]
    response = answer(export.write(found.graph, name, found.unit), export.media_type)
    # A file that is not the whole truth of a profile says so.
    middle = ".elided" if found.kind == ELIDED else ""
    return as_download(response, name + middle + export.suffix)


def difference_sent(pair: Pair, unit: str, form: str, names: tuple[str, str]) -> Response:
    """Send a difference in one of the formats of other programs; `names` are those of the profiles."""
    export = DIFFERENCES[form]
    sides = zip(names, (pair.first, pair.second), strict=True)
    title = " beside ".join(_side(name, graph) for name, graph in sides)
    response = answer(export.write(pair, title, unit), export.media_type)
    return as_download(response, names[0] + export.suffix)


def _side(name: str, graph: FlameGraph) -> str:
    return f"{name} {'without ' if graph.outside else ''}{graph.start:g} to {graph.end:g} s"


_OWN: dict[str, Callable[[GraphAnswer], bytes]] = {
    params.NESTED: wire.flame_graph_nested,
    params.COLUMNS: wire.flame_graph_columns,
}
