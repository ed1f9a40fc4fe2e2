"""One function a format that a flame graph, or two of them, can be written in, and the tables of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from flamescope_py.analysis.compare import Pair
from flamescope_py.analysis.flamegraph import FlameGraph
from flamescope_py.export.difference import folded_difference, svg_difference
from flamescope_py.export.folded import folded
from flamescope_py.export.pprof import pprof
from flamescope_py.export.speedscope import speedscope
from flamescope_py.export.svg import svg

__all__ = ["DIFFERENCES", "FORMATS", "DifferenceFormat", "ExportFormat"]


class ExportFormat(NamedTuple):
    """A format: `write(graph, title, unit)` gives the file in pieces; `suffix` begins with a dot."""

    name: str
    title: str
    media_type: str
    suffix: str
    write: Callable[[FlameGraph, str, str], Iterator[bytes]]


class DifferenceFormat(NamedTuple):
    """A format that has a place for two sides: `write(pair, title, unit)` gives the file in pieces."""

    name: str
    title: str
    media_type: str
    suffix: str
    write: Callable[[Pair, str, str], Iterator[bytes]]


FORMATS = {
    row.name: row
    for row in (
        ExportFormat(
            "folded",
            "folded stacks",
            "text/plain; charset=utf-8",
            ".folded",
            lambda graph, title, unit: folded(graph),
        ),
        ExportFormat(
            "speedscope",
            "speedscope",
            "application/json",
            ".speedscope.json",
            speedscope,
        ),
        ExportFormat(
            "pprof",
            "pprof",
            "application/octet-stream",
            ".pb.gz",
            lambda graph, title, unit: pprof(graph, unit),
        ),
        ExportFormat(
            "svg",
            "SVG picture",
            "image/svg+xml",
            ".svg",
            lambda graph, title, unit: svg(graph, title, unit=unit),
        ),
    )
}

DIFFERENCES = {
    row.name: row
    for row in (
        DifferenceFormat(
            "folded",
            "folded stacks with both counts",
            FORMATS["folded"].media_type,
            ".diff.folded",
            lambda pair, title, unit: folded_difference(pair),
        ),
        DifferenceFormat(
            "svg",
            "SVG picture",
            FORMATS["svg"].media_type,
            ".diff.svg",
            svg_difference,
        ),
    )
}
