"""Breakdowns as they are sent, for `/breakdown/` and `flamescope-py breakdown` alike."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

import numpy as np
import numpy.typing as npt
from msgspec import UNSET, Meta, UnsetType, field

from flamescope_py.analysis.breakdown import table
from flamescope_py.service.wire import Integers, Wire, encode

# Digits that are sent of a share: a millionth of the samples.
_DIGITS = 6
Numbers = Annotated[
    npt.NDArray[np.floating[Any]], Meta(extra_json_schema={"type": "array", "items": {"type": "number"}})
]


class BreakdownRows(Wire):
    """The values of a breakdown, in columns of one length."""

    value: Annotated[Sequence[str | int], Meta(description="Each value, as a selection or pattern names it.")]
    label: Annotated[Sequence[str], Meta(description="Its name for people.")]
    samples: Annotated[
        Integers, Meta(description="Samples with it; of functions and the like, anywhere in the stack.")
    ]
    own: Annotated[Integers, Meta(description="Samples with it as the leaf of the stack.")] = field(
        name="self"
    )
    share: Annotated[Numbers, Meta(description="The part of all samples that samples is, 0 to 1.")]
    busy: Annotated[
        Sequence[float | None],
        Meta(description="The CPUs that it kept busy on average; null if the frequency is not known."),
    ]
    delta: Annotated[
        Numbers | UnsetType,
        Meta(description="Only of a comparison: share minus that of the other range, in percentage points."),
    ] = UNSET
    own_delta: Annotated[
        Numbers | UnsetType, Meta(description="The same of the samples with it as the leaf.")
    ] = field(name="selfDelta", default=UNSET)


class OtherValues(Wire):
    """The values that are not shown."""

    values: Annotated[int, Meta(description="Values of the profile that are not among the rows.")]
    samples: Annotated[int, Meta(description="Their samples: these and self of all rows are all samples.")]


class BreakdownAnswer(Wire):
    """The samples of a range by the values of one property."""

    by: Annotated[str, Meta(description="The property.")]
    samples: Annotated[int, Meta(description="Samples of the range, without the cut on this property.")]
    unit: Annotated[str, Meta(description="The unit of samples.")]
    seconds: Annotated[float, Meta(description="Seconds of the range between first and last sample.")]
    cpus: Annotated[int | None, Meta(description="CPUs of the machine; null if not known.")]
    cpus_from: Annotated[
        str | None, Meta(description="header, or seen: those that any sample of the profile names.")
    ]
    frequency: Annotated[
        float | None, Meta(description="Samples per second of a busy CPU; null if not known.")
    ]
    frequency_from: Annotated[
        str | None, Meta(description="period of a clock event, header, or the most common interval.")
    ]
    busy: Annotated[float | None, Meta(description="CPUs busy on average; null if not known.")]
    present: Annotated[int, Meta(description="Values with samples in the range.")]
    rows: Annotated[BreakdownRows, Meta(description="The busiest values, then those without samples.")]
    others: Annotated[OtherValues, Meta(description="The values that are not shown.")]
    missing: Annotated[Sequence[str], Meta(description="A sentence for everything the profile lacks for it.")]


def breakdown_fields(found: table.Breakdown, unit: str) -> BreakdownAnswer:
    """Return a breakdown as it is sent, alone or as a part of another answer."""
    rate, rows = found.rate, found.rows
    return BreakdownAnswer.of(
        found,
        unit=unit,
        **rate._asdict(),
        seconds=round(found.seconds, _DIGITS),
        busy=rounded(found.busy),
        rows=BreakdownRows.of(
            rows,
            share=rows.share.round(_DIGITS),
            busy=[rounded(busy) for busy in rows.busy],
            delta=UNSET if rows.delta is None else rows.delta.round(_DIGITS),
            own_delta=UNSET if rows.own_delta is None else rows.own_delta.round(_DIGITS),
        ),
        others=OtherValues(values=found.other_values, samples=found.other_samples),
    )


def breakdown_answer(found: table.Breakdown, unit: str) -> bytes:
    """Return a breakdown as JSON."""
    return encode(breakdown_fields(found, unit))


def rounded(number: float | None) -> float | None:
    """Return a number as it is sent."""
    return None if number is None else round(number, _DIGITS)
