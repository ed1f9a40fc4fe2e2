"""Which part of a profile a question is about, apart from time: frozen, so that it is a cache key."""

from __future__ import annotations

from dataclasses import dataclass

from flamescope_py.analysis.filters import FrameFilter


@dataclass(frozen=True, slots=True)
class Selection:
    """Frame filters to run in order, then patterns of further frames to drop."""

    filters: tuple[FrameFilter, ...] = ()
    drop: tuple[str, ...] = ()

    def frame_filters(self) -> tuple[FrameFilter, ...]:
        """Give all that rewrites the tree, the dropped patterns as a filter of their own."""
        if not self.drop:
            return self.filters
        return (*self.filters, FrameFilter("drop", "Dropped frames", drop=self.drop))
