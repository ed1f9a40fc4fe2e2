"""Spans of time as samples: cut at ticks of 10 ms, and added up by tick, thread and tree node.

FlameScope's heatmap of a trace is made of such ticks, so that a range of it is exact to a tick.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from operator import sub
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from flamescope_py.errors import TooLargeError
from flamescope_py.model import NodeId, ProfileBuilder
from flamescope_py.model.runs import ANY, MAX_RUNS

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

TICK = 10_000
MICROSECONDS_A_SECOND = 1_000_000
# Half a day of one busy thread, or half an hour of 25; about 1 GB while they are added up.
MAX_TICKS = 5_000_000
# Longer traces get coarser ticks, up to a second.
COARSER = (1, 2, 5, 10, 20, 50, 100)


class Spans:
    """Columns that grow: from, to (microseconds), the tree node and the row of the thread.

    `through` is that of `Runs`.
    """

    def __init__(self) -> None:
        """Start empty; rows are of the thread `current`."""
        self.current = 0
        self.thread = array("q")
        self.start = array("d")
        self.end = array("d")
        self.node = array("q")
        self.through = array("q")

    @classmethod
    def of(cls, start: Floats, end: Floats, node: Ints, thread: Ints) -> Spans:
        """Return spans of columns, as `add` takes them one by one."""
        found = cls()
        found.start.frombytes(start.astype(np.float64).tobytes())
        found.end.frombytes(end.astype(np.float64).tobytes())
        found.node.frombytes(node.astype(np.int64).tobytes())
        found.thread.frombytes(thread.astype(np.int64).tobytes())
        found.through.frombytes(np.full(len(start), ANY, np.int64).tobytes())
        return found

    def add(self, start: float, end: float, node: NodeId, through: NodeId = ANY) -> None:
        """Append a row."""
        self.through.append(through)
        self.thread.append(self.current)
        self.start.append(start)
        self.end.append(end)
        self.node.append(node)

    def lengths(self) -> Iterator[float]:
        """Yield how long every row lasts."""
        return map(sub, self.end, self.start)


class _Parts(NamedTuple):
    """Parts of spans, each inside one tick (which counts from time 0)."""

    tick: Ints
    thread: Ints
    node: Ints
    weight: Ints
    heat: Ints


def add_samples(
    builder: ProfileBuilder, own: Spans, counted: Spans, event: str = "slice", unit: str = ""
) -> None:
    """Add a sample for every tick, thread and node: its weight is the microseconds of `own` in the tick,
    its heat the spans of `counted` that touch it, 10 ms each. Raises TooLargeError past MAX_TICKS of either.

    `unit` names microseconds where other events of the profile have another unit.
    Too many ticks of 10 ms are joined, with a message in the report.
    """
    most = max(_count(own), _count(counted))
    joined = next((times for times in COARSER if most / times <= MAX_TICKS), COARSER[-1])
    # A line of a few bytes may last for a day.
    builder.expect(int(min(most / joined, MAX_TICKS)))
    if joined > 1:
        builder.report.messages.append(
            f"The trace is long: times are exact to {joined * TICK // 1000} ms instead of {TICK // 1000} ms."
        )
    parts = _Parts(*map(np.concatenate, zip(_weights(own, joined), _heats(counted, joined), strict=True)))
    order = np.lexsort((parts.node, parts.thread, parts.tick))
    parts = _Parts(*(column[order] for column in parts))
    if not len(order):
        return
    changes = [column[1:] != column[:-1] for column in (parts.tick, parts.thread, parts.node)]
    first = np.flatnonzero(np.concatenate(([True], np.logical_or.reduce(changes))))
    row = builder.event(event, unit)
    builder.add_samples(
        event=np.full(len(first), row),
        time=parts.tick[first] * TICK / MICROSECONDS_A_SECOND,
        node=parts.node[first],
        thread=parts.thread[first],
        weight=np.add.reduceat(parts.weight, first),
        heat=np.add.reduceat(parts.heat, first),
    )
    _add_runs(builder, own, row)


def _add_runs(builder: ProfileBuilder, own: Spans, event: int) -> None:
    """Keep the spans as runs, so that their order and their true times are known."""
    if len(own.node) > MAX_RUNS:
        builder.report.messages.append(
            f"The trace has more than {MAX_RUNS} stretches: its time order is exact to a tick of 10 ms."
        )
        return
    start, end = np.array(own.start), np.array(own.end)
    builder.runs.add(
        start=start / MICROSECONDS_A_SECOND,
        # Bounds are rounded, as those of samples are, so that both add up to the same.
        length=(np.rint(end) - np.rint(start)).astype(np.int64),
        node=np.array(own.node, np.int64),
        through=np.array(own.through, np.int64),
        thread=np.array(own.thread, np.int64),
        event=np.full(len(start), event),
    )


def _count(spans: Spans) -> float:
    """Return about how many ticks spans touch."""
    return float(np.sum(np.array(spans.end) - np.array(spans.start))) / TICK


def _weights(spans: Spans, joined: int) -> _Parts:
    """Cut spans at ticks; every part weighs its whole microseconds.

    The bounds are rounded, not the differences, so that sums stay exact.
    """
    start, end = (np.rint(np.array(column)).astype(np.int64) for column in (spans.start, spans.end))
    length = TICK * joined
    last = np.where(end > start, -(-end // length), start // length)
    row, tick = _ticks(start // length, last, length)
    weight = np.minimum(end[row], (tick + 1) * length) - np.maximum(start[row], tick * length)
    return _parts(spans, row, tick * joined, weight, np.zeros_like(tick))


def _heats(spans: Spans, joined: int) -> _Parts:
    """Cut spans at ticks; every part is one count, from floor(start) to ceil(end) as FlameScope has it."""
    first = np.floor(np.array(spans.start) / TICK).astype(np.int64)
    last = np.ceil(np.array(spans.end) / TICK).astype(np.int64)
    row, tick = _ticks(first // joined, -(-last // joined), TICK * joined)
    heat = np.minimum(last[row], (tick + 1) * joined) - np.maximum(first[row], tick * joined)
    return _parts(spans, row, tick * joined, np.zeros_like(tick), heat)


def _parts(spans: Spans, row: Ints, tick: Ints, weight: Ints, heat: Ints) -> _Parts:
    return _Parts(tick, np.array(spans.thread)[row], np.array(spans.node)[row], weight, heat)


def _ticks(first: Ints, last: Ints, length: int) -> tuple[Ints, Ints]:
    """Count from `first` to `last` (exclusive), for every row. Return the row of each, and the tick."""
    counts = last - first
    if counts.sum() > MAX_TICKS:
        hours = MAX_TICKS * length / MICROSECONDS_A_SECOND / 3600
        raise TooLargeError(
            f"The slices of all threads last more than {hours:.0f} hours together: record for a shorter time."
        )
    row = np.repeat(np.arange(len(counts)), counts)
    before = np.cumsum(counts) - counts
    return row, first[row] + np.arange(len(row)) - before[row]
