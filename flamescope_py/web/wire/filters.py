"""The named frame filters."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Annotated

from msgspec import UNSET, Meta, UnsetType

from flamescope_py import service
from flamescope_py.service.answers.flamegraph import FilterCost
from flamescope_py.service.wire import Wire, encode


class Rewrite(Wire):
    """A replacement in the names of frames."""

    pattern: Annotated[str, Meta(description="The pattern that is searched for.")]
    replacement: Annotated[str, Meta(description="The text that takes its place.")]


class Group(Wire):
    """One frame in place of those of one job."""

    name: Annotated[str, Meta(description="The name of the frame.")]
    patterns: Annotated[Sequence[str], Meta(description="Patterns of the frames that belong to the group.")]
    rest: Annotated[
        bool,
        Meta(
            description="Whether the group takes only samples that would keep no frame. "
            "Otherwise it takes everything below its frames but other groups."
        ),
    ]


class Filter(Wire):
    """A named frame filter."""

    name: Annotated[str, Meta(description="Its name in requests.")]
    title: Annotated[str, Meta(description="Its name for people.")]
    hint: Annotated[str, Meta(description="The profiles that it is for, in a few words.")]
    description: Annotated[str, Meta(description="The effect of the filter.")]
    name_by_library: Annotated[
        bool, Meta(description="Whether a frame without a symbol is first named by its library.")
    ]
    groups: Annotated[Sequence[Group], Meta(description="Frames that are joined; the first group counts.")]
    drop: Annotated[Sequence[str], Meta(description="Patterns of frames that are removed.")]
    rewrite: Annotated[Sequence[Rewrite], Meta(description="Replacements in the names of frames.")]
    default: Annotated[bool, Meta(description="Whether it runs where a request names no filter.")]
    suits: Annotated[
        bool | UnsetType, Meta(description="Whether it is made for the profile of the request.")
    ] = UNSET
    cost: Annotated[FilterCost | UnsetType, Meta(description="Its effect on the profile of the request.")] = (
        UNSET
    )


def filter_list(
    filters: Iterable[service.FrameFilter],
    default: Iterable[service.FrameFilter],
    costs: Mapping[str, service.FilterCost],
    suiting: Collection[str] | None = None,
) -> bytes:
    """Return the named filters as JSON.

    `costs` holds those of a profile by filter name, or nothing. `suiting` names the filters made for it.
    """
    names = {one.name for one in default}
    return encode([_filter(one, one.name in names, costs.get(one.name), suiting) for one in filters])


def _filter(
    one: service.FrameFilter,
    default: bool,
    cost: service.FilterCost | None,
    suiting: Collection[str] | None,
) -> Filter:
    return Filter.of(
        one,
        rewrite=[Rewrite.of(row) for row in one.rewrite],
        groups=[Group.of(row) for row in one.groups],
        default=default,
        suits=UNSET if suiting is None else one.name in suiting,
        cost=UNSET if cost is None else FilterCost.of(cost),
    )
