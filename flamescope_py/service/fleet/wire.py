"""Answers about a collection as they are sent, for `/fleet/…` and `flamescope-py fleet` alike."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from msgspec import UNSET, Meta, UnsetType

from flamescope_py.service.wire import Integers, Numbers, Wire


class LeftOutFile(Wire):
    """A file of the collection that is in no answer."""

    name: Annotated[str, Meta(description="Its name below the collection.")]
    reason: Annotated[str, Meta(description="The reason and the remedy.")]


class FleetFacts(Wire):
    """The beginning of every answer: the time that it is about, and the files that are in none."""

    start: Annotated[int, Meta(description="Start of the answer, a whole minute in seconds since 1970.")]
    end: Annotated[int, Meta(description="Its end, exclusive.")]
    left_out: Annotated[int, Meta(description="Files that are damaged, missing or foreign.")]
    left_out_files: Annotated[Sequence[LeftOutFile], Meta(description="The first of them.")]


class FleetRow(Wire):
    """The sum of a host, a service or a version."""

    row: Annotated[str, Meta(description="Its name.")]
    samples: Annotated[int, Meta(description="Samples, idle ones included.")]
    idle: Annotated[int, Meta(description="Idle samples.")]
    busy: Annotated[
        float | None, Meta(description="CPUs that were busy on average; null where the rate is unknown.")
    ]
    observed: Annotated[float, Meta(description="Seconds that were recorded, of profiles of known rate.")]
    windows: Annotated[int, Meta(description="Profiles behind it.")]
    matches: Annotated[int | UnsetType, Meta(description="Samples with the function, if asked for.")] = UNSET


class FleetTotals(FleetFacts):
    """A collection, or a cut of it, by host, service or version."""

    by: Annotated[str, Meta(description="What the rows are.")]
    rows: Annotated[Sequence[FleetRow], Meta(description="One for each, by name.")]


class FleetMatrix(FleetFacts):
    """Samples by row and time. Cells without samples and recorded time are left out."""

    by: Annotated[str, Meta(description="What the rows are.")]
    step: Annotated[int, Meta(description="Seconds of a column.")]
    columns: Annotated[int, Meta(description="The number of columns.")]
    rows: Annotated[Sequence[str], Meta(description="The names of the rows.")]
    row: Annotated[Integers, Meta(description="Of each cell: its place in rows.")]
    column: Annotated[Integers, Meta(description="Of each cell: its column, 0 at start.")]
    samples: Annotated[Integers, Meta(description="Of each cell: samples, idle ones included.")]
    idle: Annotated[Integers, Meta(description="Of each cell: idle samples.")]
    busy: Annotated[Numbers, Meta(description="Of each cell: busy CPUs; null where the rate is unknown.")]
    windows: Annotated[Integers, Meta(description="Of each cell: the profiles behind it.")]
    matches: Annotated[
        Integers | UnsetType,
        Meta(description="Of each cell: samples with the function, if asked for."),
    ] = UNSET


class FleetFunction(Wire):
    """A function on top of stacks of a host, a service or a version."""

    row: Annotated[str, Meta(description="The host, service or version.")]
    name: Annotated[str, Meta(description="The function.")]
    library: Annotated[str, Meta(description="Its file.")]
    kind: Annotated[str, Meta(description="The kind of its code, as in flame graphs.")]
    samples: Annotated[int, Meta(description="Samples with it on top.")]
    share: Annotated[float, Meta(description="The part of the row's samples that these are, 0 to 1.")]


class FleetFunctions(FleetFacts):
    """The functions on top of most stacks."""

    by: Annotated[str, Meta(description="What the rows are.")]
    functions: Annotated[Sequence[FleetFunction], Meta(description="By row, the most frequent first.")]


class FleetProfile(Wire):
    """A file that was ingested."""

    source: Annotated[str, Meta(description="Its name when it was ingested.")]
    sha256: Annotated[str, Meta(description="The SHA-256 of its content.")]
    service: Annotated[str, Meta(description="Its service.")]
    host: Annotated[str, Meta(description="Its host.")]
    version: Annotated[str, Meta(description="Its version, or nothing.")]
    format: Annotated[str, Meta(description="Its format.")]
    placed: Annotated[bool, Meta(description="Whether its samples have a time of the day.")]
    reason: Annotated[str, Meta(description="The reason if not.")]
    start: Annotated[float | None, Meta(description="The time of its first sample in seconds since 1970.")]
    length: Annotated[float, Meta(description="Seconds from its first sample to the last.")]
    hz: Annotated[float | None, Meta(description="The frequency of its samples; null if unknown.")]
    cpus: Annotated[int | None, Meta(description="The CPUs of its host; null if unknown.")]
    samples: Annotated[int, Meta(description="Its samples.")]


class FleetProfiles(FleetFacts):
    """The files of a collection."""

    total: Annotated[int, Meta(description="The number of files.")]
    profiles: Annotated[Sequence[FleetProfile], Meta(description="The first, by service, host and time.")]
