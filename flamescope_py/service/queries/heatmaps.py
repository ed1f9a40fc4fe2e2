"""Heatmaps of open profiles, and the cache of whole ones, bounded in bytes."""

from __future__ import annotations

from dataclasses import replace

from flamescope_py.analysis.columns import EVERY_SECOND, Columns
from flamescope_py.analysis.heatmap import Heatmap, heatmap, peak, rows_for
from flamescope_py.analysis.selection import Selection
from flamescope_py.errors import TooLargeError
from flamescope_py.model import Profile
from flamescope_py.service.queries.views import Views
from flamescope_py.store.cache import BoundedCache

MAX_HEATMAP_BYTES = 64 << 20
MAX_PEAKS_BYTES = 1 << 20


class Heatmaps:
    """Queries for heatmaps; safe to use from several threads."""

    def __init__(self, views: Views, most_cells: int) -> None:
        """`most_cells` bounds every heatmap."""
        self._views = views
        self._most_cells = most_cells
        self._heatmaps: BoundedCache[tuple[Profile, Selection, int, str | None, Columns], Heatmap] = (
            BoundedCache(MAX_HEATMAP_BYTES, _nbytes)
        )
        self._peaks: BoundedCache[tuple[Profile, Selection, int, int, str, int], int] = BoundedCache(
            MAX_PEAKS_BYTES, lambda _: 1 << 10
        )

    def forget(self, profile: Profile) -> None:
        """Drop all cached parts of a profile that was closed."""
        for cache in (self._heatmaps, self._peaks):
            cache.discard(lambda key: key[0] is profile)

    def usual_rows(self, profile: Profile, columns: Columns) -> int:
        """Return the rows of a heatmap whose cells hold enough samples to compare."""
        return rows_for(self._views.facets(profile).frequency, columns.span(profile.seconds).length)

    def heatmap(
        self,
        profile: Profile,
        selection: Selection,
        rows: int,
        search: str | None = None,
        columns: Columns = EVERY_SECOND,
    ) -> Heatmap:
        """Count samples by column (one second by default) and by `rows` parts of a column.

        Raises NoTimestampsError, RangeError, and TooLargeError for more cells than the settings allow.
        """
        count = columns.span(profile.seconds).columns
        if profile.meta.timed and count * rows > self._most_cells:
            most = max(1, self._most_cells // count)
            raise TooLargeError(
                f"So long a profile may have {most} rows (max_cells): ask for no more, or for longer columns "
                "or steps."
            )
        selection = self._views.with_events(profile, selection)
        # Filters move samples between stacks, never between cells.
        cells = selection.of_samples() if search is None else selection
        return self._heatmaps.get(
            (profile, cells, rows, search, columns),
            lambda: self._make_heatmap(profile, cells, rows, search, columns),
        )

    def has_heatmap(
        self, profile: Profile, selection: Selection, rows: int, search: str | None, columns: Columns
    ) -> bool:
        """Return True if `heatmap` costs no more than writing its answer."""
        selection = self._views.with_events(profile, selection)
        cells = selection.of_samples() if search is None else selection
        return self._heatmaps.peek((profile, cells, rows, search, columns)) is not None

    def _make_heatmap(
        self, profile: Profile, selection: Selection, rows: int, search: str | None, columns: Columns
    ) -> Heatmap:
        view = self._views.view(profile, selection)
        found = heatmap(view, rows, search, columns)
        bins = found.bins
        if bins is None:
            return found
        if found.is_whole:
            return replace(found, bins=bins._replace(peak=found.maxvalue))
        # Every part of one heatmap asks for the peak of the whole.
        key = (profile, selection.of_samples(), rows, bins.step, columns.join, bins.length)
        most = self._peaks.get(key, lambda: peak(view, rows, *key[3:]))
        return replace(found, bins=bins._replace(peak=most))


def _nbytes(found: Heatmap) -> int:
    return found.values.nbytes + (0 if found.matches is None else found.matches.nbytes)
