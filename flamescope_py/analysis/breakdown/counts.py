"""Counts the kept samples of a range by group."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from flamescope_py.analysis.breakdown.groups import Counts, Groups
from flamescope_py.analysis.selection import Selection, kept_samples, weights
from flamescope_py.analysis.timerange import time_range
from flamescope_py.analysis.view import View
from flamescope_py.analysis.vocabulary import PERIOD
from flamescope_py.model import Profile, TimeRange
from flamescope_py.model.profile import MICROSECONDS

Weights = npt.NDArray[np.int64] | None


@dataclass(frozen=True, slots=True, eq=False)
class Kept:
    """The samples that a selection keeps, as a mask of the profile's, and their weights.

    `mask` is None where all are kept; `weight` and `heat` are None where every sample counts 1. `clock` is
    the value that each adds to busy time: `clock_same` where that is its weight, else a column.
    """

    profile: Profile
    mask: npt.NDArray[np.bool_] | None
    weight: Weights
    heat: Weights
    clock: Weights
    clock_same: bool

    @property
    def nbytes(self) -> int:
        """Bytes of the columns that are not the profile's own."""
        arrays = (self.mask, self.weight, self.clock)
        return sum(array.nbytes for array in arrays if array is not None)

    def view(self) -> View:
        """Return all samples of the profile as a view, to find a range in."""
        profile = self.profile
        samples = profile.samples
        return View(profile, profile.tree, profile.frames, samples.time, samples.node, None, None)


def keep(profile: Profile, selection: Selection, main: Sequence[str]) -> Kept:
    """Apply the part of a selection that keeps and weighs samples. `main` are the events that measure time.

    Raises ParameterError as `keep_samples` does.
    """
    weight, heat = weights(profile, selection)
    plain = selection.weight != PERIOD
    in_time = profile.samples.weight if profile.meta.unit == MICROSECONDS else None
    timed = _of_events(profile, main)
    chosen = set(selection.event or profile.meta.events)
    if timed is None or chosen <= set(main):
        return Kept(profile, kept_samples(profile, selection), weight, heat, in_time, plain)
    clock = timed.astype(np.int64) if in_time is None else in_time * timed
    return Kept(profile, kept_samples(profile, selection), weight, heat, clock, clock_same=False)


def _of_events(profile: Profile, main: Sequence[str]) -> npt.NDArray[np.bool_] | None:
    """Return a mask of the samples of some events; None where these are all."""
    names = profile.meta.events
    if set(names) <= set(main):
        return None
    return np.isin(profile.samples.event, [row for row, name in enumerate(names) if name in main])


class Part(NamedTuple):
    """A range of the profile's samples: its rows, and the seconds of recording in it."""

    rows: tuple[slice, ...]
    seconds: float


def part_of(kept: Kept, wanted: TimeRange) -> Part:
    """Find a range. Raises RangeError and NoTimestampsError as `time_range` does.

    Its seconds are those between the first and the last sample of the profile, as far as the range has them.
    """
    profile, view = kept.profile, kept.view()
    span = time_range(view, wanted.start, wanted.end)
    if not profile.meta.timed or not len(profile.samples):
        return Part((slice(0, len(profile.samples)),), 0.0)
    first, last = profile.meta.first - profile.origin, profile.meta.last - profile.origin
    inside = max(0.0, min(span.end, last) - max(span.start, first))
    if wanted.outside:
        return Part((slice(0, span.first), slice(span.last, len(profile.samples))), last - first - inside)
    # The end of a recording is the time of its last sample, so that a range behind it has no seconds.
    return Part((slice(span.first, span.last),), inside or span.end - span.start)


def raw_counts(kept: Kept, groups: Groups, rows: Sequence[slice], weight: Weights) -> Counts:
    """Count the kept samples of some rows by the numbers of `groups.column`."""
    found = np.zeros(len(groups.table), np.int64)
    for part in rows:
        column: npt.NDArray[Any] = groups.column[part]
        added = None if weight is None else weight[part]
        if kept.mask is not None:
            mask = kept.mask[part]
            column, added = column[mask], None if added is None else added[mask]
        found += np.bincount(column, added, len(found)).astype(np.int64, copy=False)
    return found
