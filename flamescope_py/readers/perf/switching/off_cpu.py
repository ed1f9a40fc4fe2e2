"""Time that threads were off the processors, from the scheduler's tracepoints.

A switch has the stack of the thread that leaves the processor. The time until a switch back to it becomes
samples of event `off-cpu` at that stack, with a weight in microseconds, in all cells of the heatmap that it
spans. A thread that was able to run and had to wait for a processor (state R) has an event of its own. The
thread that woke another one has event `off-cpu-waker`: its stack, and the time for which the other waited.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from flamescope_py.model import ProfileBuilder
from flamescope_py.model.profile import MICROSECONDS, OFF_CPU
from flamescope_py.readers.perf.switching.switches import BITS, BLOCKED, MASK, PREEMPTED, WAKING
from flamescope_py.readers.spans import Spans, add_samples

Ints = npt.NDArray[np.int64]

RUNNABLE, WAKER = "off-cpu-runnable", "off-cpu-waker"


class _Waits(NamedTuple):
    """Times off the processors: the rows of the samples that begin them, their ends, threads and kinds."""

    row: Ints
    end: npt.NDArray[np.float64]
    tid: Ints
    preempted: npt.NDArray[np.bool_]


def add_off_cpu(builder: ProfileBuilder) -> tuple[str, ...]:
    """Add the samples of all times off the processors, and return the names of their events.

    Raises TooLargeError where they last too long together.
    """
    partner = builder.column("partner")
    kind = partner >> (2 * BITS)
    if not np.isin(kind, (BLOCKED, PREEMPTED)).any():
        return ()
    time, node, thread = (builder.column(name) for name in ("time", "node", "thread"))
    waits, lost = _waits(time, partner, builder.threads.tids()[thread])
    recorded = builder.report.samples
    events = []
    for name, chosen in ((OFF_CPU, ~waits.preempted), (RUNNABLE, waits.preempted)):
        if chosen.any():
            rows = waits.row[chosen]
            spans = Spans.of(1e6 * time[rows], 1e6 * waits.end[chosen], node[rows], thread[rows])
            add_samples(builder, spans, spans, name, MICROSECONDS)
            events.append(name)
    if _add_wakers(builder, waits, time, partner):
        events.append(WAKER)
    # The report counts what was recorded.
    builder.report.samples = recorded
    if lost:
        builder.report.messages.append(
            f"{lost} of {lost + len(waits.row)} switches away from a thread have no switch back in the file, "
            "so that their length is not known: record all of the whole machine (perf record -a -c 1)."
        )
    return tuple(events)


def _waits(time: npt.NDArray[np.float64], partner: Ints, tid: Ints) -> tuple[_Waits, int]:
    """Find the end of every switch away, and count those whose end is not known.

    It is the switch back, or the next sample of the thread where that is missing.
    """
    kind = partner >> (2 * BITS)
    timed = ~np.isnan(time)
    switches = np.flatnonzero(np.isin(kind, (BLOCKED, PREEMPTED)) & timed)
    others = np.flatnonzero(~np.isin(kind, (BLOCKED, PREEMPTED)) & timed & (tid > 0))
    leaving, coming = partner[switches] >> BITS & MASK, partner[switches] & MASK
    owner = np.concatenate((leaving, coming, tid[others]))
    row = np.concatenate((switches, switches, others))
    leaves = np.arange(len(row)) < len(switches)
    order = np.lexsort((row, time[row], owner))
    owner, row, leaves = owner[order], row[order], leaves[order]
    # No work waits for the idle thread.
    begins = np.flatnonzero(leaves & (owner > 0))
    following = np.minimum(begins + 1, len(row) - 1)
    known = (following > begins) & (owner[following] == owner[begins]) & ~leaves[following]
    # The last switch of each thread has no end: it was away when the recording ended.
    last = np.append(owner[1:] != owner[:-1], True)[begins]
    begins, ends = begins[known], following[known]
    preempted = kind[row[begins]] == PREEMPTED
    found = _Waits(row[begins], time[row[ends]], owner[begins], preempted)
    return found, int(np.count_nonzero(~known & ~last))


def _add_wakers(builder: ProfileBuilder, waits: _Waits, time: npt.NDArray[np.float64], partner: Ints) -> bool:
    """Add a sample for the first waking in each wait, at the stack of the thread that woke the other."""
    wakings = np.flatnonzero(partner >> (2 * BITS) == WAKING)
    blocked = np.flatnonzero(~waits.preempted)
    if not len(wakings) or not len(blocked):
        return False
    woken = partner[wakings] & MASK
    order = np.lexsort((time[wakings], woken))
    wakings, woken = wakings[order], woken[order]
    # Waits and wakings in one order, so that the first waking after the beginning of a wait is its next one.
    keys = np.concatenate((waits.tid[blocked], woken))
    times = np.concatenate((time[waits.row[blocked]], time[wakings]))
    is_waking = np.arange(len(keys)) >= len(blocked)
    order = np.lexsort((is_waking, times, keys))
    place = np.where(is_waking[order], order - len(blocked), len(wakings))
    next_waking = np.minimum.accumulate(place[::-1])[::-1]
    first = np.empty(len(keys), np.int64)
    first[order] = next_waking
    first = first[: len(blocked)]
    inside = np.minimum(first, len(wakings) - 1)
    fits = (first < len(wakings)) & (woken[inside] == waits.tid[blocked])
    fits &= time[wakings[inside]] <= waits.end[blocked]
    if not fits.any():
        return False
    rows, waited = wakings[inside[fits]], blocked[fits]
    begin, end = (
        np.rint(1e6 * column).astype(np.int64) for column in (time[waits.row[waited]], waits.end[waited])
    )
    builder.add_samples(
        time=time[rows],
        node=builder.column("node")[rows],
        thread=builder.column("thread")[rows],
        event=np.full(len(rows), builder.event(WAKER, MICROSECONDS)),
        weight=end - begin,
    )
    return True
