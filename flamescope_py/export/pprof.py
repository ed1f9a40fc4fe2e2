"""Writes pprof's profile.proto, gzipped, for `go tool pprof` and other programs that read its files.

A frame is one function and one location, a library is a mapping. Protocol buffers that follow each other are
one message, so that stacks are written without keeping them.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING

from flamescope_py.analysis.flamegraph import FlameGraph
from flamescope_py.export.stacks import stacks, valid
from flamescope_py.model import FrameTable
from flamescope_py.model.profile import MICROSECONDS, SAMPLES

if TYPE_CHECKING:
    from flamescope_py.export import pprof_pb2 as pb

BATCH = 256
GZIP = 31  # zlib's window bits for gzip, whose header then holds no time: the same graph is the same bytes
# pprof's type and unit of a value, by the unit of the flame graph.
SAMPLE_TYPES = {SAMPLES: ("samples", "count"), MICROSECONDS: ("time", MICROSECONDS)}
# Units that pprof knows.
UNITS = {"nanoseconds", "microseconds", "milliseconds", "seconds", "bytes", "kilobytes", "megabytes"}


def pprof(graph: FlameGraph, unit: str = SAMPLES) -> Iterator[bytes]:
    """Yield a flame graph in pieces; `unit` is the unit of its values."""
    packer = zlib.compressobj(wbits=GZIP)
    for part in _messages(graph, unit):
        yield packer.compress(part.SerializeToString(deterministic=True))
    yield packer.flush()


def value_type(unit: str, event: str = "") -> tuple[str, str]:
    """Return pprof's type and unit of values; `event` names values of a single event."""
    kind, counted = SAMPLE_TYPES.get(unit, (unit, unit if unit in UNITS else "count"))
    return event or kind, counted


class Strings:
    """pprof's string table; row 0 is the empty string."""

    def __init__(self) -> None:
        """Start with the empty string."""
        self._rows = {"": 0}

    def __call__(self, text: str) -> int:
        """Return the row of a text, which is added if it is new."""
        return self._rows.setdefault(valid(text), len(self._rows))

    def table(self) -> list[str]:
        """Return all texts in the order of their rows."""
        return list(self._rows)


def _messages(graph: FlameGraph, unit: str) -> Iterator[pb.Profile]:
    from flamescope_py.export import pprof_pb2

    yield tables(graph.frames, *value_type(unit), Strings())
    samples = (
        pprof_pb2.Sample(location_id=[row + 1 for row in reversed(stack)], value=[own])
        for stack, own in stacks(graph)
    )
    while batch := list(islice(samples, BATCH)):
        yield pprof_pb2.Profile(sample=batch)


def tables(frames: FrameTable, kind: str, unit: str, strings: Strings) -> pb.Profile:
    """Return all but the samples: one location and one function per frame, numbered from 1.

    `kind` and `unit` are those of the values. The texts that `strings` has already are written as well.
    """
    from flamescope_py.export.pprof_pb2 import Function, Line, Location, Mapping, Profile, ValueType

    profile = Profile(sample_type=[ValueType(type=strings(kind), unit=strings(unit))])
    libraries = {name: number for number, name in enumerate(sorted({*frames.library} - {""}), start=1)}
    for library, number in libraries.items():
        profile.mapping.append(Mapping(id=number, filename=strings(library), has_functions=True))
    for number, (name, library) in enumerate(zip(frames.name, frames.library, strict=True), start=1):
        text = strings(name)
        profile.function.append(Function(id=number, name=text, system_name=text, filename=strings(library)))
        profile.location.append(
            Location(id=number, mapping_id=libraries.get(library, 0), line=[Line(function_id=number)])
        )
    profile.string_table.extend(strings.table())
    return profile
