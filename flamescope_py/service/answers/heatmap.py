"""Heatmaps: FlameScope's nested form, and flat columns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import numpy as np
from msgspec import UNSET, Meta, UnsetType

from flamescope_py import service
from flamescope_py.service.answers.lanes import (
    Additions,
    Lane,
    NestedLane,
    NestedOthers,
    Others,
    busy_fields,
    flat_lanes,
    nested_lanes,
)
from flamescope_py.service.wire import Integers, IntegerTable, encode, known

_Largest = Annotated[int, Meta(description="The largest cell.")]


class _Axes(Additions):
    rows: Annotated[Sequence[float], Meta(description="Offsets in milliseconds, the highest first.")]
    columns: Annotated[
        Sequence[float],
        Meta(description="The second at which each column begins, from the profile's first whole second."),
    ]


class Heatmap(_Axes):
    """FlameScope's form of a heatmap."""

    values: Annotated[IntegerTable, Meta(description="values[column][row]: the samples of each cell.")]
    maxvalue: _Largest
    matches: Annotated[
        IntegerTable | UnsetType,
        Meta(description="In the same order, the samples with a frame that matches the search."),
    ] = UNSET
    lanes: Annotated[
        Sequence[NestedLane] | UnsetType, Meta(description="Only with by: a heatmap of each value.")
    ] = UNSET
    others: Annotated[
        NestedOthers | UnsetType, Meta(description="Only with by: the heatmap of all other values.")
    ] = UNSET


class HeatmapColumns(_Axes):
    """A heatmap in flat columns. columnMs, step, seconds and peak come where the request names columns."""

    values: Annotated[Integers, Meta(description="The samples of each cell, column by column.")]
    maxvalue: _Largest
    samples: Annotated[int, Meta(description="The sum of the values.")]
    idle: Annotated[int, Meta(description="Idle samples, which the values leave out.")]
    origin: Annotated[int, Meta(description="The whole second in which the profile begins.")]
    duration: Annotated[float, Meta(description="Seconds from the first sample to the last.")]
    begins: Annotated[
        float | UnsetType,
        Meta(
            description="The second in which the recording begins, from origin. Cells before it and after "
            "begins + duration were not recorded. Not known of collections."
        ),
    ] = UNSET
    column_ms: Annotated[
        int | UnsetType, Meta(description="Milliseconds of a column, before step joins several.")
    ] = UNSET
    step: Annotated[
        int | UnsetType,
        Meta(description="Columns joined into one: of a second each, unless columnMs differs."),
    ] = UNSET
    seconds: Annotated[int | UnsetType, Meta(description="Whole seconds that the profile touches.")] = UNSET
    peak: Annotated[
        int | UnsetType, Meta(description="The largest cell of the whole profile in columns of that width.")
    ] = UNSET
    matches: Annotated[
        Integers | UnsetType,
        Meta(description="In the same order, the samples with a frame that matches the search."),
    ] = UNSET
    lanes: Annotated[
        Sequence[Lane] | UnsetType, Meta(description="Only with by: a heatmap of each value.")
    ] = UNSET
    others: Annotated[
        Others | UnsetType,
        Meta(description="Only with by: the heatmap of all other values; lanes and others add up to values."),
    ] = UNSET


def heatmap_nested(answer: service.HeatmapAnswer) -> bytes:
    """Return a heatmap in FlameScope's form."""
    found = answer.heatmap
    more = {**nested_lanes(answer.lanes), **busy_fields(answer.busy)}
    return encode(Heatmap.of(found, columns=found.column_starts, matches=known(found.matches), **more))


def heatmap_columns(answer: service.HeatmapAnswer) -> bytes:
    """Return a heatmap in flat columns."""
    found = answer.heatmap
    bins = found.bins
    return encode(
        HeatmapColumns.of(
            found,
            columns=found.column_starts,
            values=found.values.ravel(),
            begins=known(found.begins),
            matches=UNSET if found.matches is None else found.matches.ravel(),
            column_ms=UNSET if bins is None else bins.length,
            step=UNSET if bins is None else bins.step,
            seconds=UNSET if bins is None else bins.seconds,
            peak=UNSET if bins is None else bins.peak,
            **flat_lanes(answer.lanes),
            **busy_fields(answer.busy),
        )
    )


def no_heatmap(reason: str) -> bytes:
    """Return an empty heatmap in flat columns, with the reason."""
    nothing = np.zeros(0, np.int64)
    return encode(
        HeatmapColumns(
            rows=[],
            columns=[],
            values=nothing,
            maxvalue=0,
            samples=0,
            idle=0,
            origin=0,
            duration=0.0,
            missing=[reason],
        )
    )
