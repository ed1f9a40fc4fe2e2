"""Breakdowns, lanes and busy CPUs of open profiles, and the cache of their costly parts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from flamescope_py.analysis.breakdown.busy import busy_line
from flamescope_py.analysis.breakdown.counts import Kept, keep
from flamescope_py.analysis.breakdown.groups import Groups, sample_groups
from flamescope_py.analysis.breakdown.lanes import LaneChoice, Lanes, lanes
from flamescope_py.analysis.breakdown.rates import Rate, rate
from flamescope_py.analysis.breakdown.roles import thread_roles
from flamescope_py.analysis.breakdown.sizes import RangeSize, range_size, sample_seconds
from flamescope_py.analysis.breakdown.stacks import stack_groups
from flamescope_py.analysis.breakdown.table import Breakdown, Side, breakdown
from flamescope_py.analysis.breakdown.tally import Tally
from flamescope_py.analysis.columns import Columns
from flamescope_py.analysis.events import main_events
from flamescope_py.analysis.heatmap import Heatmap
from flamescope_py.analysis.selection import Selection
from flamescope_py.analysis.vocabulary import (
    BY_SAMPLE,
    COMM,
    CPU,
    EVENT,
    LABEL,
    PACKAGE,
    PROCESS,
    STANDARD,
    THREAD,
)
from flamescope_py.errors import TooLargeError
from flamescope_py.model import Profile, TimeRange
from flamescope_py.service.queries.views import Views
from flamescope_py.store.cache import BoundedCache

MAX_RATES_BYTES = 1 << 20
MAX_ROLES_BYTES = 16 << 20
MAX_LINES_BYTES = 8 << 20
# A breakdown by a property leaves out the selection's own cut of it.
_WITHOUT_CUT: dict[str, Callable[[Selection], Selection]] = {
    COMM: lambda selection: replace(selection, comm=()),
    PROCESS: lambda selection: replace(selection, pid=()),
    THREAD: lambda selection: replace(selection, tid=()),
    CPU: lambda selection: replace(selection, cpu=()),
    EVENT: lambda selection: replace(selection, event=()),
}


def _without_label(selection: Selection, name: str) -> Selection:
    return replace(selection, label=tuple(one for one in selection.label if one.partition("=")[0] != name))


class BusyLine(NamedTuple):
    """The busy CPUs of every column of a heatmap, None where unknown, and their units."""

    busy: list[float | None]
    rate: Rate


class HeatmapAnswer(NamedTuple):
    """A heatmap, and the additions that were asked for."""

    heatmap: Heatmap
    lanes: Lanes | None = None
    busy: BusyLine | None = None


class Breakdowns:
    """Queries about who was busy; safe to use from several threads."""

    def __init__(
        self,
        limit: int,
        most_cells: int,
        views: Views,
    ) -> None:
        """`limit` bounds the cached parts in bytes, `most_cells` the cells of all lanes of one answer."""
        self._most_cells = most_cells
        self._views = views
        self._kept: BoundedCache[tuple[Profile, Selection], Kept] = BoundedCache(limit, _nbytes)
        self._groups: BoundedCache[tuple[Profile, str, Selection], Groups] = BoundedCache(limit, _nbytes)
        self._tallies: BoundedCache[tuple[Profile, str, Selection, Selection], Tally]
        self._tallies = BoundedCache(limit, _nbytes)
        self._lines: BoundedCache[tuple[Profile, Selection, Columns], list[float | None]] = BoundedCache(
            MAX_LINES_BYTES, lambda line: 32 * len(line)
        )
        self._roles: BoundedCache[tuple[Profile], list[str]] = BoundedCache(
            MAX_ROLES_BYTES, lambda roles: 64 * len(roles)
        )
        self._rates: BoundedCache[tuple[Profile], Rate] = BoundedCache(MAX_RATES_BYTES, lambda _: 1 << 10)

    def forget(self, profile: Profile) -> None:
        """Drop all cached parts of a profile that was closed."""
        for cache in (self._kept, self._groups, self._tallies, self._lines, self._roles, self._rates):
            cache.discard(lambda key: key[0] is profile)

    def breakdown(
        self,
        by: str,
        limit: int,
        side: tuple[Profile, TimeRange],
        selection: Selection,
        other: tuple[Profile, TimeRange] | None = None,
    ) -> Breakdown:
        """Count a range by a property, without the selection's own cut of that property.

        With `other` also the change from that range. Raises RangeError, NoTimestampsError and
        ParameterError.
        """
        if by.startswith(LABEL):
            selection = _without_label(selection, by.removeprefix(LABEL))
        elif by in _WITHOUT_CUT:
            selection = _WITHOUT_CUT[by](selection)
        compared = None if other is None else self._side(by, *other, selection)
        return breakdown(self._side(by, *side, selection), limit, compared)

    def against_rest(
        self, by: str, limit: int, side: tuple[Profile, TimeRange], selection: Selection
    ) -> Breakdown:
        """Count a range as `breakdown` does, with the change from its rest, if it has any."""
        profile, part = side
        rest = None if part == TimeRange() else (profile, part._replace(outside=True))
        return self.breakdown(by, limit, side, selection, rest)

    def size(
        self, profile: Profile, part: TimeRange, selection: Selection, unit: str, samples: int
    ) -> RangeSize:
        """Return the length of a range with so many samples. Raises RangeError and NoTimestampsError."""
        kept = self._keep(profile, self._samples(profile, selection))
        return range_size(kept, part, self.rate(profile), unit, samples)

    def sample_seconds(self, profile: Profile, selection: Selection) -> float | None:
        """Return the CPU time of one sample of a selection, None where it is not known."""
        return sample_seconds(self._keep(profile, selection), self.rate(profile))

    def lanes(
        self,
        by: str,
        choice: LaneChoice,
        side: tuple[Profile, TimeRange],
        selection: Selection,
        rows: int,
        columns: Columns,
    ) -> Lanes:
        """Return a heatmap for each of some values; they and the others add up to `Heatmaps.heatmap`.

        Raises RangeError, NoTimestampsError, and TooLargeError for more cells than the settings allow.
        """
        profile = side[0]
        count = columns.span(profile.seconds).columns * rows * (len(choice.values) or choice.most)
        if count > self._most_cells:
            raise TooLargeError(
                f"So many lanes have {count} cells, and {self._most_cells} are allowed (max_cells): ask for "
                "fewer lanes or rows, or for longer columns or steps."
            )
        return lanes(self._side(by, *side, selection), choice, rows, columns)

    def busy_line(self, profile: Profile, selection: Selection, columns: Columns) -> BusyLine:
        """Return the busy CPUs of every column of a heatmap. Raises NoTimestampsError."""
        found = self.rate(profile)
        samples = self._samples(profile, selection)
        # Every drag asks for the heatmap again.
        line = self._lines.get(
            (profile, samples, columns),
            lambda: busy_line(self._keep(profile, samples), found, columns),
        )
        return BusyLine(line, found)

    def rate(self, profile: Profile) -> Rate:
        """Return the frequency of samples and the number of CPUs of a profile."""
        return self._rates.get((profile,), lambda: rate(profile, main_events(profile)))

    def roles(self, profile: Profile) -> list[str]:
        """Return the role of every thread of a profile. Finding them takes longer than a stack chart."""
        return self._roles.get((profile,), lambda: thread_roles(profile))

    def mask(self, profile: Profile, selection: Selection) -> npt.NDArray[np.bool_] | None:
        """Return a mask of the samples that a selection keeps; None where it keeps all."""
        return self._keep(profile, selection).mask

    def _side(self, by: str, profile: Profile, part: TimeRange, selection: Selection) -> Side:
        tally = self._tallies.get(
            (profile, by, self._samples(profile, selection), _stacks(by, selection)),
            lambda: Tally(self._keep(profile, selection), self._grouped(by, profile, selection)),
        )
        return Side(tally, part, self.rate(profile))

    def _samples(self, profile: Profile, selection: Selection) -> Selection:
        """Return the part of a selection that keeps and weighs samples."""
        return self._views.with_events(profile, selection).of_samples()

    def _keep(self, profile: Profile, selection: Selection) -> Kept:
        samples = self._samples(profile, selection)
        return self._kept.get((profile, samples), lambda: keep(profile, samples, main_events(profile)))

    def _grouped(self, by: str, profile: Profile, selection: Selection) -> Groups:
        stacks = _stacks(by, selection)
        return self._groups.get(
            (profile, by, stacks),
            lambda: (
                sample_groups(profile, by)
                if _is_of_samples(by)
                else stack_groups(profile, self._views.shape(profile, stacks), by)
            ),
        )


def _is_of_samples(by: str) -> bool:
    return by in BY_SAMPLE or by.startswith(LABEL)


def _stacks(by: str, selection: Selection) -> Selection:
    """Return the part of a selection that the groups of a property depend on."""
    if _is_of_samples(by):
        return Selection()
    # Flavours change the names that tell the package.
    stacks = selection.of_stacks()
    return replace(stacks, flavor=STANDARD) if by == PACKAGE else stacks


def _nbytes(value: Kept | Groups | Tally) -> int:
    return value.nbytes
