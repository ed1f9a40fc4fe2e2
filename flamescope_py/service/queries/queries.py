"""All queries on open profiles, for the web and the command line.

Modules that a flame graph does not need are imported on first use, because a command runs a single query.
"""

from __future__ import annotations

from functools import cached_property
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
        self.views = Views(limit)
        self.graphs = Graphs(self.views, most_nodes)
        self.costs = QueryCosts(
            Cached(self.views.has_view, self.views.has_shape, self._has_heatmap, self.views.has_facets)
        )

    @cached_property
    def heatmaps(self) -> Heatmaps:
        """Heatmaps of the same profiles."""
        from flamescope_py.service.queries.heatmaps import Heatmaps

        return Heatmaps(self.views, self._most_cells)

    @cached_property
    def breakdowns(self) -> Breakdowns:
        """Breakdowns, lanes and busy CPUs of the same profiles."""
        from flamescope_py.service.queries.breakdowns import Breakdowns

        return Breakdowns(self._limit // 4, self._most_cells, self.views)

    def forget(self, profile: Profile) -> None:
        """Drop all cached parts of a profile that was closed, which they would keep in memory."""
        self.views.forget(profile)
        self.costs.forget(profile)
        for name in ("heatmaps", "breakdowns"):
            if name in vars(self):
                getattr(self, name).forget(profile)

    def _has_heatmap(
        self, profile: Profile, selection: Selection, rows: int, search: str | None, columns: Columns
    ) -> bool:
        return "heatmaps" in vars(self) and self.heatmaps.has_heatmap(
            profile, selection, rows, search, columns
        )
