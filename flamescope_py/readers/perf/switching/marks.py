"""Marks of lost events and of long times off the processors, from lines of `perf script` that are no samples.

    swapper     0 [001]  5123.654321: PERF_RECORD_LOST lost 13             --show-lost-events
    node    71/71 [001]  5123.654400: PERF_RECORD_SWITCH OUT preempt       --show-switch-events
    node    71/71 [001]  5123.654500: PERF_RECORD_SWITCH_CPU_WIDE IN           prev pid/tid:     0/0

A loss is a moment. A switch away from a thread and the switch back to it are a band, where that tells
something. A thread that was preempted had work and waited for a processor, so those of all threads with
samples are shown. A thread that blocked may just have had nothing to do, and the bands of many threads would
cover the heatmap: only those of the thread with the most samples are shown.
"""

from __future__ import annotations

import re

import numpy as np
import numpy.typing as npt

from flamescope_py.model import ProfileBuilder
from flamescope_py.model.profile import Markers
from flamescope_py.model.records import RecordColumns

LOSSES, OFF, PREEMPTED = "losses", "off CPU", "preempted"
# A row of the usual heatmap. Shorter bands could not be seen.
LEAST_SECONDS = 0.02
MAX_BANDS = 1_000
MAX_LOSSES = 200_000
_LOSS, _OUT, _OUT_PREEMPTED, _IN = 1, 2, 3, 4
_KINDS = {b"OUT": _OUT, b"OUT preempt": _OUT_PREEMPTED, b"IN": _IN}
_SWITCH = re.compile(
    rb"[ \t]*PERF_RECORD_SWITCH(?:_CPU_WIDE)?[ \t]{1,40}(IN|OUT preempt|OUT)(?:[ \t].*)?", re.DOTALL
)

Ints = npt.NDArray[np.int64]


def record_of(text: bytes, lost: int) -> tuple[int, int] | None:
    """Return kind and value of a PERF_RECORD line, for `Records.add`; None if it makes no mark."""
    if lost:
        return _LOSS, lost
    switch = _SWITCH.fullmatch(text)
    return (_KINDS[switch[1]], 0) if switch else None


def markers_of(builder: ProfileBuilder) -> Markers | None:
    """Return the marks of the whole file, sorted by time; None without any. What is left out is reported."""
    records = builder.records.columns()
    if not len(records.time):
        return None
    losses, more_losses = _losses(records)
    bands, more_bands = _bands(builder, records)
    left_out = builder.records.left_out + more_losses + more_bands
    if left_out:
        builder.report.messages.append(
            "The marks are the largest losses of events and the longest times off the processors: "
            f"{left_out} others are left out. Record for a shorter time to see them all."
        )
    found = sorted([*losses, *bands])
    if not found:
        return None
    start, end, name, text = zip(*found, strict=True)
    return Markers(np.array(start), np.array(end), name, text)


_Mark = tuple[float, float, str, str]


def _losses(records: RecordColumns) -> tuple[list[_Mark], int]:
    rows = np.flatnonzero(records.kind == _LOSS)
    kept = rows[np.sort(np.argsort(-records.value[rows], kind="stable")[:MAX_LOSSES])]
    found = zip(records.time[kept].tolist(), records.value[kept].tolist(), strict=True)
    return [(time, time, LOSSES, f"{count} events") for time, count in found], len(rows) - len(kept)


def _bands(builder: ProfileBuilder, records: RecordColumns) -> tuple[list[_Mark], int]:
    """Return the longest times off the processors that are shown, and count the others that are long."""
    tids = builder.threads.tids()
    sampled, counts = np.unique(tids[builder.column("thread")], return_counts=True)
    known = sampled > 0
    if not known.any():
        return [], 0
    busiest = sampled[known][np.argmax(counts[known])]
    switches = np.flatnonzero(records.kind != _LOSS)
    tid = tids[records.thread[switches]]
    switches = switches[np.isin(tid, sampled[known])]
    owner, time = tids[records.thread[switches]], records.time[switches]
    order = np.lexsort((time, owner))
    switches, owner, time = switches[order], owner[order], time[order]
    kind = records.kind[switches]
    back = (owner[1:] == owner[:-1]) & (kind[1:] == _IN) & (kind[:-1] != _IN)
    shown = back & ((kind[:-1] == _OUT_PREEMPTED) | (owner[:-1] == busiest))
    length = np.diff(time)
    rows = np.flatnonzero(shown & (length >= LEAST_SECONDS))
    kept = rows[np.argsort(-length[rows], kind="stable")[:MAX_BANDS]]
    thread = records.thread[switches]
    return [
        (
            float(time[row]),
            float(time[row + 1]),
            PREEMPTED if kind[row] == _OUT_PREEMPTED else OFF,
            f"{builder.threads.name(int(thread[row]))} for {1e3 * length[row]:.0f} ms",
        )
        for row in kept.tolist()
    ], len(rows) - len(kept)
