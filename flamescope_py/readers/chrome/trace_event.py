"""The trace_event reader: slices of Chrome's trace events as samples, one per tree node and 10 ms tick.

A sample's weight is the node's self time in its tick, in microseconds; times are rounded before they are
subtracted, so that the parts of a slice add up to it exactly. Heatmaps count as FlameScope does: one for
every tick that a slice touches. A trace with stack samples and no slices, as written by Hermes, is read as
these samples.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from flamescope_py.errors import BrokenProfileError
from flamescope_py.model import Profile, ProfileBuilder
from flamescope_py.model.profile import MICROSECONDS
from flamescope_py.readers.bounds import cover
from flamescope_py.readers.chrome.carried import CARRYING, CarriedProfile
from flamescope_py.readers.chrome.rows import Collector, Rows, in_order, plausible, rounding
from flamescope_py.readers.chrome.samples import StackSamples
from flamescope_py.readers.chrome.slices import ThreadSlices
from flamescope_py.readers.json.trace import EVENTS, SAMPLES, is_trace, parts
from flamescope_py.readers.limits import MAX_SPAN_SECONDS
from flamescope_py.readers.spans import MICROSECONDS_A_SECOND, Spans, add_samples

NO_SLICE = "There is no slice in this trace, no event B, E or X: record other categories."
TIME_ADVICE = "Record a trace whose events and samples have a time (ts)."
recognises = also = is_trace


def read(chunks: Iterable[bytes]) -> Profile:
    """Read a trace. Raises BrokenProfileError when there is no slice in it, and TooLargeError."""
    builder = ProfileBuilder()
    collector, samples, carried = Collector(builder), StackSamples(builder), CarriedProfile()
    for key, value in parts(chunks, builder.report):
        if key == EVENTS:
            for event in value:
                collector.see(event)
                if event.get("ph") in CARRYING:
                    carried.see(event)
        elif key == SAMPLES:
            samples.add(value)
        else:
            samples.add_frames(value)
    collector.tell()
    rows = plausible(collector.rows(), builder.report)
    if not len(rows.time):
        return _of_samples(builder, collector, samples)
    samples.tell()
    several = bool((rows.thread != rows.thread[0]).any())
    own, counted = _nested(builder, collector, in_order(rows), several)
    add_samples(builder, own, counted)
    if not builder.report.samples:
        raise BrokenProfileError("No slice of this trace takes any time: record for longer.")
    cover(builder, [collector.first / MICROSECONDS_A_SECOND], [collector.last / MICROSECONDS_A_SECOND])
    facts: dict[str, Any] = {"unit": MICROSECONDS, "owner_level": several}
    if carried.samples:
        facts |= {"also": ("cpuprofile",), "preferred": carried.preferred(sum(own.lengths()))}
    return builder.finish("trace_event", **facts)


def _of_samples(builder: ProfileBuilder, collector: Collector, samples: StackSamples) -> Profile:
    """Return a profile of the samples of a trace that has no slices."""
    if not samples.count:
        raise BrokenProfileError(collector.why_nothing() or NO_SLICE)
    several = samples.add_samples(collector.names)
    builder.drop_strays(MAX_SPAN_SECONDS / 2)
    if not builder.report.samples:
        raise BrokenProfileError("No sample of this trace has a stack and a time: record it again.")
    return builder.finish("trace_event", owner_level=several, time_advice=TIME_ADVICE)


def _nested(builder: ProfileBuilder, collector: Collector, rows: Rows, several: bool) -> tuple[Spans, Spans]:
    """Nest the slices of every thread. Return the segments of self time and the slices to count."""
    own, counted = Spans(), Spans()
    finish = float((rows.time + rows.duration).max())
    most = rounding(rows)
    keys = list(collector.threads)
    labels = collector.names.labels(keys)
    starts = np.flatnonzero(np.concatenate(([True], rows.thread[1:] != rows.thread[:-1])))
    for part in np.split(np.arange(len(rows.time)), starts[1:]):
        key = keys[rows.thread[part[0]]]
        below = builder.child(0, builder.frame(labels[key])) if several else 0
        own.current = counted.current = builder.thread(*collector.names.thread(key))
        mine = rows.pick(part)
        columns = (mine.time, mine.duration, mine.kind, mine.frame, mine.name)
        slices = ThreadSlices(builder, below, own, counted, labels[key], most)
        slices.read(finish, *(column.tolist() for column in columns))
    return own, counted
