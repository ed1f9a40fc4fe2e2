"""The formats that a flame graph, a pair of them, or samples can be written in: one writer function each.

A writer is imported when it runs, so that the names of the formats cost nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from flamescope_py.analysis.chosen import ChosenSamples
    from flamescope_py.analysis.compare import Pair
    from flamescope_py.analysis.flamegraph import FlameGraph
    from flamescope_py.export.about import About

__all__ = [
    "DIFFERENCES",
    "EXPORTS",
    "FORMATS",
    "SAMPLE_FORMATS",
    "DifferenceFormat",
    "ExportFormat",
    "SampleFormat",
]


class ExportFormat(NamedTuple):
    """A format: `write(graph, about, unit)` yields the file in pieces; `suffix` begins with a dot."""

    name: str
    title: str
    media_type: str
    suffix: str
    write: Callable[[FlameGraph, About, str], Iterator[bytes]]


class DifferenceFormat(NamedTuple):
    """A format for two flame graphs: `write(pair, title, unit)` yields the file in pieces."""

    name: str
    title: str
    media_type: str
    suffix: str
    write: Callable[[Pair, str, str], Iterator[bytes]]


class SampleFormat(NamedTuple):
    """A format for samples with times and threads: `write(chosen, title)` yields the file in pieces."""

    name: str
    title: str
    media_type: str
    suffix: str
    write: Callable[[ChosenSamples, str], Iterator[bytes]]


def _folded(graph: FlameGraph, about: About, unit: str) -> Iterator[bytes]:
    from flamescope_py.export.folded import folded

    return folded(graph)


def _speedscope(graph: FlameGraph, about: About, unit: str) -> Iterator[bytes]:
    from flamescope_py.export.speedscope import speedscope

    return speedscope(graph, about.title, unit)


def _pprof(graph: FlameGraph, about: About, unit: str) -> Iterator[bytes]:
    from flamescope_py.export.pprof import pprof

    return pprof(graph, unit)


def _svg(graph: FlameGraph, about: About, unit: str) -> Iterator[bytes]:
    from flamescope_py.export.svg import svg

    return svg(graph, about.title, unit=unit, about=about)


def _folded_difference(pair: Pair, title: str, unit: str) -> Iterator[bytes]:
    from flamescope_py.export.difference import folded_difference

    return folded_difference(pair)


def _svg_difference(pair: Pair, title: str, unit: str) -> Iterator[bytes]:
    from flamescope_py.export.difference import svg_difference

    return svg_difference(pair, title, unit)


def _pprof_samples(chosen: ChosenSamples, title: str) -> Iterator[bytes]:
    from flamescope_py.export.pprof_samples import pprof_samples

    return pprof_samples(chosen)


def _firefox(chosen: ChosenSamples, title: str) -> Iterator[bytes]:
    from flamescope_py.export.firefox import firefox

    return firefox(chosen, title)


_TEXT, _SVG = "text/plain; charset=utf-8", "image/svg+xml"

FORMATS = {
    row.name: row
    for row in (
        ExportFormat("folded", "folded stacks", _TEXT, ".folded", _folded),
        ExportFormat("speedscope", "speedscope", "application/json", ".speedscope.json", _speedscope),
        ExportFormat("pprof", "pprof", "application/octet-stream", ".pb.gz", _pprof),
        ExportFormat("svg", "SVG picture", _SVG, ".svg", _svg),
    )
}

DIFFERENCES = {
    row.name: row
    for row in (
        DifferenceFormat(
            "folded", "folded stacks with both counts", _TEXT, ".diff.folded", _folded_difference
        ),
        DifferenceFormat("svg", "SVG picture", _SVG, ".diff.svg", _svg_difference),
    )
}

SAMPLE_FORMATS = {
    row.name: row
    for row in (
        SampleFormat(*FORMATS["pprof"][:4], _pprof_samples),
        SampleFormat("firefox", "Firefox Profiler", "application/json", ".firefox.json", _firefox),
    )
}

EXPORTS: dict[str, ExportFormat | SampleFormat] = {**FORMATS, **SAMPLE_FORMATS}
