"""Lanes beside a heatmap, in its two forms, and busy CPUs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from msgspec import UNSET, Meta, UnsetType

from flamescope_py import service
from flamescope_py.service import rounded
from flamescope_py.service.wire import Integers, IntegerTable, Wire


class _Lane(Wire):
    value: Annotated[str | int, Meta(description="The value, as a selection or pattern names it.")]
    label: Annotated[str, Meta(description="Its name for people.")]
    samples: Annotated[int, Meta(description="Its samples in the selected range, else in the profile.")]
    share: Annotated[float, Meta(description="The part of all samples there that these are, 0 to 1.")]
    whole: Annotated[int, Meta(description="Its samples in the whole profile.")]
    whole_share: Annotated[float, Meta(description="The part of all samples that these are.")]
    change: Annotated[
        float, Meta(description="share minus that in the rest of the profile, in percentage points.")
    ]


class NestedLane(_Lane):
    """A heatmap of one value, in FlameScope's form."""

    values: Annotated[IntegerTable, Meta(description="values[column][row], as those of the heatmap.")]


class Lane(_Lane):
    """A heatmap of one value, in flat columns."""

    values: Annotated[Integers, Meta(description="Its cells, in the order of the heatmap's.")]


class _Others(Wire):
    count: Annotated[int, Meta(description="Other values with samples.")]
    samples: Annotated[int, Meta(description="Their samples in the selected range.")]


class NestedOthers(_Others):
    """The heatmap of all values without a lane, in FlameScope's form."""

    values: Annotated[IntegerTable, Meta(description="values[column][row], as those of the heatmap.")]


class Others(_Others):
    """The heatmap of all values without a lane: with the lanes it adds up to the heatmap."""

    values: Annotated[Integers, Meta(description="Their cells, in the order of the heatmap's.")]


class Additions(Wire, kw_only=True):
    """Parts of a heatmap's answer that come where the request names a property or asks for busy CPUs."""

    by: Annotated[str | UnsetType, Meta(description="The property that the lanes are of.")] = UNSET
    present: Annotated[int | UnsetType, Meta(description="Values of it with samples.")] = UNSET
    missing: Annotated[
        Sequence[str] | UnsetType,
        Meta(description="A sentence for everything the profile lacks for lanes or busy CPUs."),
    ] = UNSET
    busy: Annotated[
        Sequence[float | None] | UnsetType,
        Meta(description="The busy CPUs of each column, null where not known."),
    ] = UNSET
    cpus: Annotated[
        int | UnsetType | None, Meta(description="With busy: CPUs of the machine; null if not known.")
    ] = UNSET
    frequency: Annotated[
        float | UnsetType | None, Meta(description="With busy: samples per second of a busy CPU.")
    ] = UNSET


def nested_lanes(found: service.Lanes | None) -> dict[str, Any]:
    """Return the fields of lanes in FlameScope's form; none without lanes."""
    if found is None:
        return {}
    lanes = [NestedLane.of(one, **_shares(one)) for one in found.lanes]
    others = NestedOthers(count=found.other_values, samples=found.other_samples, values=found.others)
    return {"lanes": lanes, "others": others, **_about(found)}


def flat_lanes(found: service.Lanes | None) -> dict[str, Any]:
    """Return the fields of lanes in flat columns; none without lanes."""
    if found is None:
        return {}
    lanes = [Lane.of(one, values=one.values.ravel(), **_shares(one)) for one in found.lanes]
    others = Others(count=found.other_values, samples=found.other_samples, values=found.others.ravel())
    return {"lanes": lanes, "others": others, **_about(found)}


def busy_fields(line: service.BusyLine | None) -> dict[str, Any]:
    """Return the fields of busy CPUs; none where the request does not ask for them."""
    if line is None:
        return {}
    busy = [rounded(number) for number in line.busy]
    return {"busy": busy, "cpus": line.rate.cpus, "frequency": line.rate.frequency}


def _shares(lane: service.Lane) -> dict[str, float | None]:
    return {name: rounded(getattr(lane, name)) for name in ("share", "whole_share", "change")}


def _about(found: service.Lanes) -> dict[str, Any]:
    return {"by": found.by, "present": found.present, "missing": found.missing}
