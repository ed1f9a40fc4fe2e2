"""Busy CPUs over time: one number for each column of a heatmap."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from flamescope_py.analysis.breakdown.counts import Kept
from flamescope_py.analysis.breakdown.rates import Rate, busy_cpus
from flamescope_py.analysis.cells import column_edges
from flamescope_py.analysis.columns import SECOND, Columns
from flamescope_py.analysis.timerange import require_time


def busy_line(kept: Kept, found: Rate, columns: Columns) -> list[float | None]:
    """Return the busy CPUs of every column, None where they are unknown.

    The first and the last column count for the part of their time that was recorded, as `Rate.seconds` has
    it. Raises NoTimestampsError.
    """
    require_time(kept.profile)
    profile = kept.profile
    span = columns.span(profile.seconds)
    edges = np.array([*range(span.first, span.last, span.step), span.last], np.float64)
    edges *= span.length / SECOND
    ticks = _ticks(kept, column_edges(profile.samples.time, profile.origin, span))
    bounds = np.clip(edges, profile.meta.first - profile.origin, profile.meta.last - profile.origin)
    lengths, recorded = np.diff(edges), np.diff(bounds)
    # A recording of one sample has no length.
    recorded = np.where(recorded > 0, recorded, lengths)
    pairs = zip(ticks.tolist(), found.seconds(recorded, lengths).tolist(), strict=True)
    return [busy_cpus(profile, found, count, length) for count, length in pairs]


def _ticks(kept: Kept, rows: npt.NDArray[np.intp]) -> npt.NDArray[np.int64]:
    """Add up the busy time of the kept samples between rows."""
    clock = kept.weight if kept.clock_same else kept.clock
    if kept.mask is None and clock is None:
        return np.diff(rows)
    inside = slice(rows[0], rows[-1])
    added = np.ones(rows[-1] - rows[0], np.int64) if clock is None else clock[inside]
    if kept.mask is not None:
        added = added * kept.mask[inside]
    sums = np.concatenate((np.zeros(1, np.int64), np.cumsum(added)))
    found: npt.NDArray[np.int64] = np.diff(sums[rows - rows[0]])
    return found
