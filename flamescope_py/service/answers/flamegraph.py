"""Flame graphs: flat columns, and the type of FlameScope's nested form, which nested.py writes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta, UnsetType, field

from flamescope_py import service
from flamescope_py.service.answers.breakdown import BreakdownAnswer, breakdown_fields, rounded
from flamescope_py.service.wire import Integers, Wire, encode, known

KINDS = "kernel, user, jit, inlined, interpreted, c1 or empty"
# Meanings of fields that several answers have.
_INTERVAL = "The sampling interval: seconds of CPU time that a sample stands for"
_DELTA = "Only of a differential graph: own samples more than in the second, scaled."
_BELOW = "The same for samples at or below it; stacks of the second graph alone count, too."


class FilterCost(Wire):
    """The effect of frame filters on a range."""

    frames: Annotated[int, Meta(description="Distinct frames left out, in the whole profile.")]
    samples_moved: Annotated[int, Meta(description="Samples of the range that moved to a caller.")]
    samples_emptied: Annotated[
        int, Meta(description="Samples of the range that have only their command left.")
    ]
    samples: Annotated[int, Meta(description="Samples of the range, each counted as one.")]


class Frames(Wire):
    """Every frame that occurs, once."""

    name: Annotated[Sequence[str], Meta(description="The name of each frame.")]
    library: Annotated[Sequence[str], Meta(description="Its library or file.")]
    kind: Annotated[Sequence[str], Meta(description=f"{KINDS}.")]
    other: Annotated[
        Integers | UnsetType,
        Meta(
            description="Only of a differential graph whose frames are not merged: samples of the second "
            "that end in the function, wherever it stands."
        ),
    ] = UNSET
    other_total: Annotated[
        Integers | UnsetType, Meta(description="The same for samples with the function in their stack.")
    ] = UNSET


class Nodes(Wire):
    """The nodes in pre-order from the root, in columns of one length."""

    frame: Annotated[Integers, Meta(description="The frame of each node.")]
    depth: Annotated[Integers, Meta(description="Its distance from the root.")]
    own: Annotated[Integers, Meta(description="Samples that end at it.")] = field(name="self")
    total: Annotated[Integers, Meta(description="Samples at or below it.")]
    delta: Annotated[Integers | UnsetType, Meta(description=_DELTA)] = UNSET
    total_delta: Annotated[Integers | UnsetType, Meta(description=_BELOW)] = UNSET
    other: Annotated[
        Integers | UnsetType,
        Meta(description="Only of a differential graph: samples of the second that end at it, unscaled."),
    ] = UNSET
    other_total: Annotated[Integers | UnsetType, Meta(description=_BELOW)] = UNSET


class Side(Wire):
    """The size of one range of a comparison."""

    samples: Annotated[int, Meta(description="Samples of the range.")]
    unit: Annotated[str, Meta(description="Their unit.")]
    seconds: Annotated[
        float | None, Meta(description="Seconds of recording in the range; null if not known.")
    ]
    sample_seconds: Annotated[float | None, Meta(description=f"{_INTERVAL}; null if it is not known.")]


class FlameGraphColumns(Wire):
    """A flame graph in flat columns."""

    frames: Annotated[Frames, Meta(description="Every frame that occurs, once.")]
    nodes: Annotated[Nodes, Meta(description="The nodes in pre-order from the root.")]
    samples: Annotated[int, Meta(description="Samples of the range.")]
    start: Annotated[float, Meta(description="Start of the range, in seconds.")]
    end: Annotated[float, Meta(description="End of the range.")]
    profile_samples: Annotated[int, Meta(description="Samples of the whole profile in the same selection.")]
    profile_levels: Annotated[
        int, Meta(description="Levels of the whole profile's tree, the root's included.")
    ]
    unit: Annotated[str, Meta(description="The unit of the values.")]
    sample_seconds: Annotated[
        float | UnsetType,
        Meta(
            description=f"{_INTERVAL}. Left out where it is not known, where values are not samples, and of "
            "comparisons."
        ),
    ] = UNSET
    outside: Annotated[
        Literal[True] | UnsetType,
        Meta(description="Present where the graph counts the rest of the profile, all but start to end."),
    ] = UNSET
    scale: Annotated[
        float | UnsetType,
        Meta(
            description="Only of an elided graph: the first range's total divided by the second's; values "
            "times scale are shares of the first."
        ),
    ] = UNSET
    sides: Annotated[
        Sequence[Side] | UnsetType,
        Meta(description="Only of a comparison: the sizes of the first range and of the second."),
    ] = UNSET
    matched: Annotated[
        int | UnsetType, Meta(description="Samples at or below frames that match the search.")
    ] = UNSET
    filtered: Annotated[FilterCost | UnsetType, Meta(description="The effect of frame filters.")] = UNSET
    breakdown: Annotated[
        BreakdownAnswer | UnsetType,
        Meta(description="Only with by: the breakdown of the range, with the change from the rest."),
    ] = UNSET


class Node(Wire):
    """FlameScope's form of a flame graph: the root, with its children inside."""

    n: Annotated[str, Meta(description="Name.")]
    l: Annotated[str, Meta(description=f"Kind: {KINDS}.")]  # noqa: E741
    v: Annotated[int, Meta(description="Samples that end here.")]
    c: Annotated[Sequence[Node], Meta(description="Children.")]
    d: Annotated[int | UnsetType, Meta(description=_DELTA)] = UNSET
    extras: Annotated[
        dict[str, Any] | UnsetType,
        Meta(description="Additions of a flavour, and the file of a function without a name."),
    ] = UNSET
    matched: Annotated[
        int | UnsetType,
        Meta(description="Only of the root: samples at or below frames that match the search."),
    ] = UNSET


class Speedscope(Wire, forbid_unknown_fields=False):
    """A file for speedscope; its own schema describes the rest."""

    schema: Annotated[
        Literal["https://www.speedscope.app/file-format-schema.json"],
        Meta(description="The address of its own schema."),
    ] = field(name="$schema")
    shared: Annotated[dict[str, Any], Meta(description="Its frames.")]
    profiles: Annotated[list[Any], Meta(description="Its stacks.")]


def flame_graph_columns(answer: service.GraphAnswer) -> bytes:
    """Return a flame graph in flat columns."""
    graph = answer.graph
    frames, nodes = _columns(answer)
    found = FlameGraphColumns.of(
        graph,
        frames=frames,
        nodes=nodes,
        unit=answer.unit,
        sample_seconds=known(answer.sample_seconds),
        outside=graph.outside or UNSET,
        scale=known(answer.scale),
        sides=UNSET if answer.sides is None else [_side(size) for size in answer.sides],
        matched=known(answer.matched),
        filtered=UNSET if graph.cost is None else FilterCost.of(graph.cost),
        breakdown=UNSET if answer.breakdown is None else breakdown_fields(answer.breakdown, answer.unit),
    )
    return encode(found)


def _side(size: service.RangeSize) -> Side:
    return Side(size.samples, size.unit, rounded(size.seconds), size.sample_seconds)


def _columns(answer: service.GraphAnswer) -> tuple[Frames, Nodes]:
    graph, other = answer.graph, answer.other
    nodes = Nodes.of(graph, delta=known(answer.delta), total_delta=known(answer.total_delta))
    if other is None:
        return Frames.of(graph.frames), nodes
    nodes.other, nodes.other_total = other.own, other.total
    functions = {"other": known(other.function_own), "other_total": known(other.function_total)}
    return Frames.of(graph.frames, **functions), nodes
