"""Heatmaps: FlameScope's nested form, and flat columns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from msgspec import UNSET, Meta, UnsetType

from flamescope_py import service
from flamescope_py.service.wire import Integers, IntegerTable, Wire, encode, known

_Largest = Annotated[int, Meta(description="The largest cell.")]


class _Axes(Wire):
    rows: Annotated[Sequence[float], Meta(description="Offsets in milliseconds, the highest first.")]
    columns: Annotated[
        Sequence[int],
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


class HeatmapColumns(_Axes):
    """A heatmap in flat columns. step, seconds and peak come where the request asks for some columns."""

    values: Annotated[Integers, Meta(description="The samples of each cell, column by column.")]
    maxvalue: _Largest
    samples: Annotated[int, Meta(description="The sum of the values.")]
    idle: Annotated[int, Meta(description="Idle samples, which the values leave out.")]
    origin: Annotated[int, Meta(description="The whole second in which the profile begins.")]
    duration: Annotated[float, Meta(description="Seconds from the first sample to the last.")]
    step: Annotated[int | UnsetType, Meta(description="Seconds of a column.")] = UNSET
    seconds: Annotated[int | UnsetType, Meta(description="Whole seconds that the profile touches.")] = UNSET
    peak: Annotated[
        int | UnsetType, Meta(description="The largest cell of the whole profile in columns of that width.")
    ] = UNSET
    matches: Annotated[
        Integers | UnsetType,
        Meta(description="In the same order, the samples with a frame that matches the search."),
    ] = UNSET


def heatmap_nested(found: service.Heatmap) -> bytes:
    """Return a heatmap in FlameScope's form."""
    return encode(Heatmap.of(found, columns=list(found.seconds), matches=known(found.matches)))


def heatmap_columns(found: service.Heatmap) -> bytes:
    """Return a heatmap in flat columns."""
    bins = found.bins
    return encode(
        HeatmapColumns.of(
            found,
            columns=list(found.seconds),
            values=found.values.ravel(),
            matches=UNSET if found.matches is None else found.matches.ravel(),
            step=UNSET if bins is None else bins.step,
            seconds=UNSET if bins is None else bins.seconds,
            peak=UNSET if bins is None else bins.peak,
        )
    )
