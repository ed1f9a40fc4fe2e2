"""The trace_event reader: slices of Chrome's trace events as samples, one a tree node and 10 ms tick.

A sample's weight is the node's self time in its tick, in microseconds; times are rounded before they are
subtracted, so that the parts of a slice add up to it exactly. Its heat is what FlameScope counts in a
heatmap: one for every tick that a slice touches.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from flamescope_py.errors import BrokenProfileError
from flamescope_py.model import Profile, ProfileBuilder
from flamescope_py.model.profile import MICROSECONDS
from flamescope_py.readers.bounds import cover
from flamescope_py.readers.chrome.rows import (
    BEGIN,
    END,
    IDLE_COMPLETE,
    Collector,
    Rows,
    in_order,
    plausible,
)
from flamescope_py.readers.chrome.slices import Spans, ThreadSlices
from flamescope_py.readers.chrome.ticks import MICROSECONDS_A_SECOND, add_samples
from flamescope_py.readers.json.trace import events, is_trace

recognises = is_trace


def read(chunks: Iterable[bytes]) -> Profile:
    """Read a trace. Raises BrokenProfileError when there is no slice in it, and TooLargeError."""
    builder = ProfileBuilder()
    collector = Collector(builder)
    for event in events(chunks, builder.report):
        collector.see(event)
    rows = plausible(collector.rows(), builder.report)
    if not len(rows.time):
        raise BrokenProfileError(
            "There is no slice in this trace, no event B, E or X: record other categories."
        )
    several = bool((rows.thread != rows.thread[0]).any())
    own, counted = _nested(builder, collector, in_order(rows), several)
    add_samples(builder, own, counted)
    if not builder.report.samples:
        raise BrokenProfileError("No slice of this trace takes any time: record for longer.")
    cover(builder, [collector.first / MICROSECONDS_A_SECOND], [collector.last / MICROSECONDS_A_SECOND])
    return builder.finish("trace_event", unit=MICROSECONDS, owner_level=several)


def _nested(builder: ProfileBuilder, collector: Collector, rows: Rows, several: bool) -> tuple[Spans, Spans]:
    """Nest the slices of every thread; gives the segments of self time and the slices to count."""
    own, counted = Spans(), Spans()
    finish = float((rows.time + rows.duration).max())
    keys = list(collector.threads)
    starts = np.flatnonzero(np.concatenate(([True], rows.thread[1:] != rows.thread[:-1])))
    for part in np.split(np.arange(len(rows.time)), starts[1:]):
        thread = collector.names.thread(keys[rows.thread[part[0]]])
        label = thread.command or f"thread {thread.tid}"
        below = builder.child(0, builder.frame(label)) if several else 0
        own.current = counted.current = builder.thread(*thread)
        _read_thread(ThreadSlices(builder, below, own, counted, label), rows.pick(part), finish)
    return own, counted


def _read_thread(slices: ThreadSlices, rows: Rows, finish: float) -> None:
    columns = (rows.time, rows.duration, rows.kind, rows.frame)
    for time, duration, kind, frame in zip(*(column.tolist() for column in columns), strict=True):
        if kind == BEGIN:
            slices.begin(time, frame)
        elif kind == END:
            slices.end(time, frame)
        else:
            slices.complete(time, duration, frame, idle=kind == IDLE_COMPLETE)
    slices.finish(finish)
