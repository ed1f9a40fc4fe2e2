"""Counts any range of the kept samples by group.

Every move of a drag asks for another range and for its rest. So a tally keeps the counts of the whole
profile, from which those of a rest follow, and running counts of long profiles (`analysis/counting.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, TypeAlias

import numpy as np

from flamescope_py.analysis.breakdown.counts import Kept, Part, Weights, part_of, raw_counts
from flamescope_py.analysis.breakdown.groups import Counts, Groups
from flamescope_py.analysis.counting import NodeCounts
from flamescope_py.model import Profile, TimeRange

Slices: TypeAlias = tuple[slice, ...]


class Counted(NamedTuple):
    """Samples by row of the groups' values: with it as the leaf (`own`), with it anywhere in the stack
    (`total`), and the busy time of the latter. `ticks` is the busy time of all `samples`. Samples without a
    timestamp (`untimed`, if there are any) have no busy time, since they are in none of the `seconds`."""

    own: Counts
    total: Counts
    clock: Counts
    samples: int
    ticks: int
    seconds: float
    untimed: bool


class Tally:
    """Counts the kept samples of one selection by one property; safe to use from several threads."""

    def __init__(self, kept: Kept, groups: Groups) -> None:
        """Count nothing yet."""
        self.kept = kept
        self.groups = groups
        self._running = NodeCounts()
        self._whole: Counted | None = None

    @property
    def nbytes(self) -> int:
        """Bytes of the counts, and of the samples and groups.

        Other tallies may share these. Each counts them, since each of them keeps them in memory.
        """
        whole = () if self._whole is None else self._whole[:3]
        own = self._running.nbytes + sum(counts.nbytes for counts in whole)
        return own + self.kept.nbytes + self.groups.nbytes

    def count(self, wanted: TimeRange) -> Counted:
        """Count a range, or the rest of the profile. Raises RangeError and NoTimestampsError."""
        if wanted.outside:
            return self.rest(wanted, self.count(wanted._replace(outside=False)))
        if wanted == TimeRange():
            if self._whole is None:
                self._whole = self._counted(part_of(self.kept, wanted))
            return self._whole
        return self._counted(part_of(self.kept, wanted))

    def rest(self, wanted: TimeRange, inside: Counted) -> Counted:
        """Return the counts outside of a range, from those inside of it."""
        whole, part = self.count(TimeRange()), part_of(self.kept, wanted._replace(outside=True))
        return Counted(
            own=whole.own - inside.own,
            total=whole.total - inside.total,
            clock=whole.clock - inside.clock,
            samples=whole.samples - inside.samples,
            ticks=whole.ticks - inside.ticks,
            seconds=part.seconds,
            untimed=_has_untimed(self.kept.profile, part.rows),
        )

    def _counted(self, part: Part) -> Counted:
        kept, groups = self.kept, self.groups
        raw = self._raw(part.rows, kept.weight)
        own, total = groups.own(raw), groups.totals(raw)
        untimed = _has_untimed(kept.profile, part.rows)
        clock = kept.weight if kept.clock_same else kept.clock
        same = kept.clock_same and not untimed
        ticks = raw if same else self._raw(_timed(kept.profile, part.rows), clock)
        busy = total if same else groups.totals(ticks)
        return Counted(own, total, busy, int(own.sum()), int(ticks.sum()), part.seconds, untimed)

    def _raw(self, rows: Slices, weight: Weights) -> Counts:
        kept, groups = self.kept, self.groups
        if kept.mask is not None or weight is not kept.weight:
            return raw_counts(kept, groups, rows, weight)
        found = np.zeros(len(groups.table), np.int64)
        for part in rows:
            found += self._running.of(groups.column, weight, len(found), part)
        return found


def _timed(profile: Profile, rows: Sequence[slice]) -> Slices:
    """Return the part of some rows that has timestamps: the others are behind them in the columns."""
    timed = profile.samples.timed
    return tuple(slice(min(part.start, timed), min(part.stop, timed)) for part in rows)


def _has_untimed(profile: Profile, rows: Sequence[slice]) -> bool:
    """Return True if some rows have samples without a timestamp."""
    return any(max(part.start, profile.samples.timed) < part.stop for part in rows)
