"""The table of a breakdown: the busiest values of a property in a range, and the change to another range."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from flamescope_py.analysis.breakdown.counts import Kept
from flamescope_py.analysis.breakdown.groups import Groups, Value
from flamescope_py.analysis.breakdown.rates import Rate, busy_cpus
from flamescope_py.analysis.breakdown.tally import Counted, Tally
from flamescope_py.analysis.vocabulary import CPU
from flamescope_py.model import TimeRange
from flamescope_py.model.profile import MICROSECONDS

Shares = npt.NDArray[np.float64]
_UNTIMED = "Samples without a timestamp count as samples, not as busy time."
_ONE_IS_EMPTY = (
    "One of the two ranges has no samples, so that each change is the whole share in the other. "
    "With rest, select a part of the time."
)


class Side(NamedTuple):
    """A range of a profile, and the tally of a selection and a property in it."""

    tally: Tally
    part: TimeRange
    rate: Rate

    @property
    def kept(self) -> Kept:
        """The samples that the selection keeps."""
        return self.tally.kept

    @property
    def groups(self) -> Groups:
        """The values of the property."""
        return self.tally.groups


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """The values that are shown, in columns. `own` are samples with the value as their leaf.

    `samples`, `share`, `busy` and `delta` are of samples with the value anywhere in their stack. `share` is
    from 0 to 1, `busy` in CPUs, `delta` and `own_delta` in points.
    """

    value: list[Value]
    label: list[str]
    samples: npt.NDArray[np.int64]
    own: npt.NDArray[np.int64]
    share: Shares
    busy: list[float | None]
    delta: Shares | None = None
    own_delta: Shares | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Breakdown:
    """The samples of a range by the values of a property.

    The own samples of all rows and `other_samples` add up to `samples`. `other_values` counts the values of
    the profile that are not shown, and `present` all that have samples in the range.
    """

    by: str
    samples: int
    seconds: float
    rate: Rate
    busy: float | None
    rows: Rows
    present: int
    other_values: int
    other_samples: int
    missing: tuple[str, ...]


def breakdown(side: Side, limit: int, other: Side | None = None) -> Breakdown:
    """Count a range by group, at most `limit` rows; with `other` also the change from that range to this.

    If only one of the two has samples, each change is a whole share, and `missing` notes it.

    The busiest values come first: of functions and other parts of stacks those with the most own samples.
    CPUs are in the order of their numbers. Values without samples in the range follow the others, the most
    frequent of the profile first. Raises RangeError and NoTimestampsError.
    """
    groups, found = side.groups, side.tally.count(side.part)
    compared = None if other is None else _counted(other, side, found)
    shown = _shown(groups, found, limit)
    seconds = side.rate.part_seconds(found.seconds, side.part)
    rows = _rows(side, found, shown, seconds)
    one_is_empty = compared is not None and bool(found.samples) != bool(compared.samples)
    if other is not None and compared is not None:
        rows = _with_change(rows, other.groups, found.samples, compared)
    notes = [_UNTIMED] if found.untimed and side.kept.profile.meta.timed else []
    notes += [_ONE_IS_EMPTY] if one_is_empty else []
    return Breakdown(
        by=groups.by,
        samples=found.samples,
        seconds=found.seconds,
        rate=side.rate,
        busy=busy_cpus(side.kept.profile, side.rate, found.ticks, seconds),
        rows=rows,
        present=int(np.count_nonzero(found.total)),
        other_values=max(0, len(groups.frequent) - len(shown)),
        other_samples=found.samples - int(rows.own.sum()),
        missing=(*missing(side), *notes),
    )


def busiest(found: Counted) -> npt.NDArray[np.intp]:
    """Return the rows with samples, those with the most own samples first."""
    present = np.flatnonzero(found.total)
    return present[np.lexsort((-found.total[present], -found.own[present]))]


def missing(side: Side) -> tuple[str, ...]:
    """Return a sentence for everything that the profile does not have and a breakdown could show."""
    profile = side.kept.profile
    sentences = [side.groups.missing]
    if not profile.meta.timed:
        sentences.append("The samples have no timestamps, so that busy CPUs are unknown.")
    elif side.rate.frequency is None and profile.meta.unit != MICROSECONDS:
        sentences.append("The frequency of the samples is unknown, and with it the number of busy CPUs.")
    if side.rate.cpus is None:
        sentences.append("The number of CPUs is unknown.")
    return tuple(filter(None, sentences))


def shares(samples: npt.NDArray[np.int64], total: int) -> Shares:
    """Return the shares of a total, 0 where there is nothing."""
    return samples / total if total else np.zeros(len(samples))


def _counted(other: Side, side: Side, found: Counted) -> Counted:
    """Count the range to compare with. The rest of a range follows from the counts of the range itself."""
    is_rest = other.tally is side.tally and other.part == side.part._replace(outside=True)
    return side.tally.rest(side.part, found) if is_rest else other.tally.count(other.part)


def _shown(groups: Groups, found: Counted, limit: int) -> npt.NDArray[np.intp]:
    shown = busiest(found)[:limit]
    if len(shown) < limit:
        absent = groups.frequent[found.total[groups.frequent] == 0]
        shown = np.concatenate((shown, absent[: limit - len(shown)]))
    return np.sort(shown) if groups.by == CPU else shown


def _rows(side: Side, found: Counted, shown: npt.NDArray[np.intp], seconds: float) -> Rows:
    groups, profile = side.groups, side.kept.profile
    samples = found.total[shown]
    return Rows(
        value=[groups.values[row] for row in shown.tolist()],
        label=[groups.labels[row] for row in shown.tolist()],
        samples=samples,
        own=found.own[shown],
        share=shares(samples, found.samples),
        busy=[busy_cpus(profile, side.rate, ticks, seconds) for ticks in found.clock[shown].tolist()],
    )


def _with_change(rows: Rows, groups: Groups, samples: int, other: Counted) -> Rows:
    """Add the change from another range, which has its own groups: values are the same if they are equal."""
    place = {value: row for row, value in enumerate(groups.values)}
    found = np.array([place.get(value, -1) for value in rows.value], np.intp)
    total, own = (np.where(found < 0, 0, counts[found]) for counts in (other.total, other.own))
    return replace(
        rows,
        delta=100 * (rows.share - shares(total, other.samples)),
        own_delta=100 * (shares(rows.own, samples) - shares(own, other.samples)),
    )
