"""Estimates how many seconds of processor time a query is about to take, from sizes and before any work.

The rates are those of one core of a virtual machine, rounded up: an estimate decides only whether a query is
admitted, and its real time is charged afterwards. Cached parts cost nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

from flamescope_py.analysis.columns import Columns
from flamescope_py.analysis.filters.named import FrameFilter
from flamescope_py.analysis.selection import Selection
from flamescope_py.analysis.vocabulary import STANDARD
from flamescope_py.model import Profile
from flamescope_py.store.cache import BoundedCache

# Seconds of one pass over a sample, a cell, and a node of a tree.
SAMPLE, CELL, NODE = 10e-9, 10e-9, 100e-9
# A node that is rewritten by filters or a flavour, or found in another tree.
MOVED_NODE = 3e-6
# A character of a pattern for each character of frames' texts, measured with 192 characters of repetitions.
PATTERN_CHARACTER = 20e-9
# A frame of a stack, for each node where stacks end: it costs memory, up to 100 bytes each.
INVERTED_FRAME = 2e-6
# Findings look at the functions of at most MAX_SAMPLES samples.
FINDINGS, FINDINGS_SAMPLE = 0.1, 2.5e-6
# A frame of a sample in a stack chart, and how many there are at most: longer ones are refused.
SPAN, MAX_SPANS = 0.3e-6, 1_000_000
# A sample that an export writes with its time and thread.
WRITTEN_SAMPLE = 4e-6
MAX_TEXTS_BYTES = 1 << 20


class Cached(NamedTuple):
    """Checks whether a part of an answer is there already."""

    view: Callable[[Profile, Selection], bool]
    shape: Callable[[Profile, Selection], bool]
    heatmap: Callable[[Profile, Selection, int, str | None, Columns], bool]
    facets: Callable[[Profile], bool]


class QueryCosts:
    """Estimates of the queries of `Queries`, by the same parameters."""

    def __init__(self, cached: Cached) -> None:
        """`cached` knows the parts that cost nothing."""
        self._cached = cached
        self._texts: BoundedCache[tuple[Profile], int] = BoundedCache(MAX_TEXTS_BYTES, lambda _: 1 << 10)

    def forget(self, profile: Profile) -> None:
        """Forget a profile that was closed."""
        self._texts.discard(lambda key: key[0] is profile)

    def heatmap(
        self, profile: Profile, selection: Selection, rows: int, search: str | None, columns: Columns
    ) -> float:
        """Return the seconds of a heatmap."""
        written = CELL * rows * columns.span(profile.seconds).columns
        if self._cached.heatmap(profile, selection, rows, search, columns):
            return written
        found = self.selection(profile, selection) + SAMPLE * len(profile.samples) + 2 * written
        return found if search is None else found + written + self._matching(profile, (search,))

    def lanes(self, profile: Profile, selection: Selection, rows: int, columns: Columns, count: int) -> float:
        """Return the seconds of `count` lanes of a heatmap, or of its busy CPUs."""
        cells = rows * columns.span(profile.seconds).columns * max(1, count)
        counted = 4 * SAMPLE * len(profile.samples) + 5 * NODE * len(profile.tree)
        return self.selection(profile, selection) + counted + 2 * CELL * cells

    def graph(
        self, profile: Profile, selection: Selection, search: str | None = None, *, inverted: bool = False
    ) -> float:
        """Return the seconds of a flame graph, of any range."""
        found = self.selection(profile, selection)
        found += SAMPLE * len(profile.samples) + NODE * len(profile.tree)
        if search is not None:
            found += self._matching(profile, (search,))
        return found + self._inverting(profile) if inverted else found

    def export(self, profile: Profile, selection: Selection) -> float:
        """Return the seconds of a file with the samples of any range."""
        return self.graph(profile, selection) + WRITTEN_SAMPLE * len(profile.samples)

    def timeline(self, profile: Profile, selection: Selection, search: str | None = None) -> float:
        """Return the seconds of a stack chart, of any range."""
        from flamescope_py.analysis.timeline.chart import MAX_SAMPLES

        steps = min(len(profile.samples), MAX_SAMPLES) * int(profile.tree.depth.max(initial=0))
        found = (
            self.selection(profile, selection)
            + 2 * SAMPLE * (len(profile.samples) + (0 if profile.runs is None else len(profile.runs)))
            + SPAN * min(steps, MAX_SPANS)
        )
        return (
            found if search is None else found + self._matching(profile, (search,)) + NODE * len(profile.tree)
        )

    def compare(
        self,
        profiles: Iterable[Profile],
        selection: Selection,
        search: str | None = None,
        *,
        inverted: bool = False,
    ) -> float:
        """Return the seconds of a comparison."""
        sides = (
            self.graph(profile, selection, search, inverted=inverted) + MOVED_NODE * len(profile.tree)
            for profile in profiles
        )
        return sum(sides)

    def filters(self, profile: Profile, selection: Selection, filters: Iterable[FrameFilter]) -> float:
        """Return the seconds that all filters would take."""
        return sum(self.graph(profile, Selection(filters=(one,))) for one in filters) + self.selection(
            profile, selection
        )

    def breakdown(self, profiles: Iterable[Profile], selection: Selection) -> float:
        """Return the seconds of a breakdown, by any property."""
        return sum(
            self.graph(profile, selection) + 4 * SAMPLE * len(profile.samples) + 5 * NODE * len(profile.tree)
            for profile in profiles
        )

    def findings(self, profile: Profile) -> float:
        """Return the seconds of the findings of a profile that are not made yet."""
        from flamescope_py.analysis.findings.material import MAX_SAMPLES

        count = len(profile.samples)
        return FINDINGS + 5 * SAMPLE * count + FINDINGS_SAMPLE * min(count, MAX_SAMPLES)

    def facets(self, profile: Profile) -> float:
        """Return the seconds of the facts of a profile."""
        return 0.0 if self._cached.facets(profile) else 6 * SAMPLE * len(profile.samples)

    def selection(self, profile: Profile, selection: Selection) -> float:
        """Return the seconds until the view of a selection is there."""
        if self._cached.view(profile, selection):
            return 0.0
        kinds = (
            selection.comm or selection.pid or selection.tid or selection.label,
            selection.cpu,
            selection.event,
        )
        patterns = (*selection.include, *selection.exclude)
        passes = 3 + sum(map(bool, (*kinds, patterns)))
        found = passes * SAMPLE * len(profile.samples) + self._matching(profile, patterns)
        stacks = selection.of_stacks()
        if stacks == Selection() or self._cached.shape(profile, stacks):
            return found
        filters = stacks.frame_filters()
        texts = [pattern for one in filters for pattern in (*one.drop, *(row.pattern for row in one.rewrite))]
        steps = bool(filters) + (stacks.flavor != STANDARD)
        return found + self._matching(profile, texts) + steps * MOVED_NODE * len(profile.tree)

    def _matching(self, profile: Profile, patterns: Iterable[str]) -> float:
        characters = sum(map(len, patterns))
        return PATTERN_CHARACTER * characters * self._text(profile) if characters else 0.0

    def _text(self, profile: Profile) -> int:
        """Return how many characters the texts of a profile's frames have."""
        frames = profile.frames
        return self._texts.get(
            (profile,),
            lambda: sum(map(len, frames.name)) + sum(map(len, frames.library)) + 10 * len(frames),
        )

    def _inverting(self, profile: Profile) -> float:
        depth = profile.tree.depth
        if not len(depth):
            return 0.0
        ends = min(int(depth.sum(dtype="int64")), len(profile.samples) * int(depth.max()))
        return INVERTED_FRAME * ends
