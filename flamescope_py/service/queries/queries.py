"""All queries on open profiles, for the web and the command line.

Modules that a flame graph does not need are imported on first use, because a command runs a single query.
"""

from __future__ import annotations

from threading import RLock
from typing import TYPE_CHECKING

from flamescope_py.analysis.columns import Columns
from flamescope_py.analysis.selection import Selection
from flamescope_py.model import Profile
from flamescope_py.service.queries.cost import Cached, QueryCosts
from flamescope_py.service.queries.graphs import Graphs
from flamescope_py.service.queries.views import Views

if TYPE_CHECKING:
    from flamescope_py.service.queries.breakdowns import Breakdowns
    from flamescope_py.service.queries.heatmaps import Heatmaps

MAX_NODES = MAX_CELLS = 1 << 30


class Queries:
    """Queries on profiles, by what they ask for; safe to use from several threads."""

    def __init__(self, limit: int, most_nodes: int = MAX_NODES, most_cells: int = MAX_CELLS) -> None:
        """`limit` bounds the cached views in bytes, `most_nodes` every flame graph, `most_cells` every
        heatmap."""
        self._limit = limit
        self._most_cells = most_cells
        self._lock = RLock()
        self._heatmaps: Heatmaps | None = None
        self._breakdowns: Breakdowns | None = None
        self.views = Views(limit)
        self.graphs = Graphs(self.views, most_nodes)
        self.costs = QueryCosts(
            Cached(self.views.has_view, self.views.has_shape, self._has_heatmap, self.views.has_facets)
        )

    @property
    def heatmaps(self) -> Heatmaps:
        """Heatmaps of the same profiles."""
        from flamescope_py.service.queries.heatmaps import Heatmaps

        # One for all threads, or each would count for itself.
        with self._lock:
            self._heatmaps = self._heatmaps or Heatmaps(self.views, self._most_cells)
            return self._heatmaps

    @property
    def breakdowns(self) -> Breakdowns:
        """Breakdowns, lanes and busy CPUs of the same profiles."""
        from flamescope_py.service.queries.breakdowns import Breakdowns

        with self._lock:
            self._breakdowns = self._breakdowns or Breakdowns(self._limit // 4, self._most_cells, self.views)
            return self._breakdowns

    def forget(self, profile: Profile) -> None:
        """Drop all cached parts of a profile that was closed, which they would keep in memory."""
        for one in (self.views, self.costs, self._heatmaps, self._breakdowns):
            if one is not None:
                one.forget(profile)

    def _has_heatmap(
        self, profile: Profile, selection: Selection, rows: int, search: str | None, columns: Columns
    ) -> bool:
        made = self._heatmaps
        return made is not None and made.has_heatmap(profile, selection, rows, search, columns)
