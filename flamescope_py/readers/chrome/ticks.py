"""Spans of time as samples: cut at ticks of 10 ms, and added up by tick, thread and tree node.

A tick is what FlameScope's heatmap of a trace is made of, so that a range of it is exact to a tick.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from flamescope_py.errors import TooLargeError
from flamescope_py.model import ProfileBuilder
from flamescope_py.readers.chrome.slices import Spans

Ints = npt.NDArray[np.int64]

TICK = 10_000
MICROSECONDS_A_SECOND = 1_000_000
# Half a day of one busy thread, or half an hour of 25; about 1 GB while they are added up.
MAX_TICKS = 5_000_000


class _Parts(NamedTuple):
    """Parts of spans, each inside one tick (which counts from time 0)."""

    tick: Ints
    thread: Ints
    node: Ints
    weight: Ints
    heat: Ints


def add_samples(builder: ProfileBuilder, own: Spans, counted: Spans) -> None:
    """Add a sample for every tick, thread and node: its weight is the microseconds of `own` in the tick,
    its heat the spans of `counted` that touch the tick. Raises TooLargeError past MAX_TICKS of either."""
    parts = _Parts(*map(np.concatenate, zip(_weights(own), _heats(counted), strict=True)))
    order = np.lexsort((parts.node, parts.thread, parts.tick))
    parts = _Parts(*(column[order] for column in parts))
    if not len(order):
        return
    changes = [column[1:] != column[:-1] for column in (parts.tick, parts.thread, parts.node)]
    first = np.flatnonzero(np.concatenate(([True], np.logical_or.reduce(changes))))
    builder.event("slice")
    builder.add_samples(
        time=parts.tick[first] * TICK / MICROSECONDS_A_SECOND,
        node=parts.node[first],
        thread=parts.thread[first],
        weight=np.add.reduceat(parts.weight, first),
        heat=np.add.reduceat(parts.heat, first),
    )


def _weights(spans: Spans) -> _Parts:
    """Cut spans at ticks; every part weighs its whole microseconds.

    The bounds are rounded, not the differences, so that what adds up still does.
    """
    start, end = (np.rint(np.array(column)).astype(np.int64) for column in (spans.start, spans.end))
    row, tick = _ticks(start // TICK, np.where(end > start, -(-end // TICK), start // TICK))
    weight = np.minimum(end[row], (tick + 1) * TICK) - np.maximum(start[row], tick * TICK)
    return _parts(spans, row, tick, weight, np.zeros_like(tick))


def _heats(spans: Spans) -> _Parts:
    """Cut spans at ticks; every part is one count, from floor(start) to ceil(end) as FlameScope has it."""
    first = np.floor(np.array(spans.start) / TICK).astype(np.int64)
    last = np.ceil(np.array(spans.end) / TICK).astype(np.int64)
    row, tick = _ticks(first, last)
    return _parts(spans, row, tick, np.zeros_like(tick), np.ones_like(tick))


def _parts(spans: Spans, row: Ints, tick: Ints, weight: Ints, heat: Ints) -> _Parts:
    return _Parts(tick, np.array(spans.thread)[row], np.array(spans.node)[row], weight, heat)


def _ticks(first: Ints, last: Ints) -> tuple[Ints, Ints]:
    """Count from `first` to `last` (exclusive), for every row; gives the row of each, and the tick."""
    counts = last - first
    if counts.sum() > MAX_TICKS:
        hours = MAX_TICKS * TICK / MICROSECONDS_A_SECOND / 3600
        raise TooLargeError(
            f"The slices of all threads last more than {hours:.0f} hours together: record for a shorter time."
        )
    row = np.repeat(np.arange(len(counts)), counts)
    before = np.cumsum(counts) - counts
    return row, first[row] + np.arange(len(row)) - before[row]
