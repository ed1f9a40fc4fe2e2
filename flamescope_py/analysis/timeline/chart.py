"""The stack chart of a range of a view.

A sample lasts until the next sample of its thread, or for one interval where that is more than MAX_GAP
intervals away: the thread did not run in between. A frame that neighbours share with all of its callers is
one span. The runs of a trace have starts and lengths of their own. Where a range has too many of them, the
ticks of its samples stand for them, and those of one tick follow one another in the order of their stacks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from flamescope_py.analysis.selection import stacks_with
from flamescope_py.analysis.timeline.blocks import Block, thread_blocks
from flamescope_py.analysis.timeline.runs import KeptRuns
from flamescope_py.analysis.timeline.spans import Ints, join_stacks
from flamescope_py.analysis.timerange import SampleRange, bounds, require_time, time_range
from flamescope_py.analysis.view import View
from flamescope_py.errors import TooLargeError
from flamescope_py.model import FrameTable, Profile, Seconds, TimeRange
from flamescope_py.model.profile import MICROSECONDS

MAX_SAMPLES = 20_000
# The samples of a thread that runs are one interval apart, and profilers miss one now and then.
MAX_GAP = 2.25
MICRO = 1_000_000
# Where no thread of the range has two samples.
_USUAL_INTERVAL = 0.01
# Clocks of traces count whole microseconds.
_TOUCHING = 1.5e-6
# A difference of two times is not exact, but to a billionth of a second.
_EXACT = 1e-3

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Timeline:
    """The spans of a range in columns, thread by thread, each in pre-order.

    `threads` are busiest first; their `spans` are the lengths of their parts of the columns. `frame` is a row
    of `frames`, `depth` the distance from a thread's outermost frame. `start` and `length` are whole
    microseconds from the start of the range. `counts` are the samples inside a span. `interval` is the usual
    distance of a thread's samples in seconds. `matched` counts the samples with a frame that matches the
    search. `exact` tells that starts and lengths are those of runs, which are its samples.
    """

    frames: FrameTable
    threads: tuple[Block, ...]
    frame: Ints
    depth: Ints
    start: Ints
    length: Ints
    counts: Ints
    samples: int
    range: tuple[Seconds, Seconds]
    interval: Seconds
    matched: int | None = None
    exact: bool = False


def timeline(
    view: View,
    kept: npt.NDArray[np.bool_] | KeptRuns | None,
    part: TimeRange,
    interval: Seconds | None,
    most: int,
    search: str | None = None,
    *,
    roles: Sequence[str] = (),
) -> Timeline:
    """Return the stack chart of a range.

    `kept` marks the samples of the profile that the view keeps, None for all, or has the runs of the range in
    their place. `roles` are those of the profile's threads, none where it has no threads. `interval` is the
    usual distance of a thread's samples, None if unknown. Raises RangeError, NoTimestampsError, and
    TooLargeError for more than MAX_SAMPLES samples or `most` spans.
    """
    chosen = _of_runs(kept, part) if isinstance(kept, KeptRuns) else _of_samples(view, kept, part)
    low, high = chosen.range
    blocks, order, block = thread_blocks(chosen.profile, chosen.rows, roles, by_weight=chosen.exact)
    node, rows = chosen.node[order], chosen.rows[order]
    time = chosen.profile.samples.time[rows] - chosen.profile.origin - low
    known = interval or _median_interval(time, block)
    through = None if chosen.through is None else chosen.through[order]
    times = chosen.times(rows, time, block, known)
    found = join_stacks(view.tree, node, times.joined, most, through)
    used, frame = np.unique(view.tree.frame[found.node], return_inverse=True)
    start = _whole(np.maximum(times.start[found.first], 0.0))
    end = _whole(np.minimum(times.end[found.last], high - low))
    spans = np.bincount(block[found.first], minlength=len(blocks)).tolist()
    matched = None if search is None else stacks_with(view.tree, view.frames, (search,))[node]
    return Timeline(
        frames=view.frames.rows(used.tolist()),
        threads=tuple(one._replace(spans=count) for one, count in zip(blocks, spans, strict=True)),
        frame=frame.reshape(-1),
        depth=found.depth,
        start=start,
        length=end - start,
        counts=found.last - found.first + 1,
        samples=len(node),
        range=(low, high),
        interval=known,
        matched=None if matched is None else int(np.count_nonzero(matched)),
        exact=chosen.exact,
    )


class _Times(NamedTuple):
    """Start and end of samples in seconds of the range; `joined` where one continues into the next."""

    start: Floats
    end: Floats
    joined: npt.NDArray[np.bool_]


class _Chosen(NamedTuple):
    """Rows of a profile's samples, in time order, their nodes in the tree of the chart, and their range.

    Runs have `through` as in `Runs`, and weights that are their lengths.
    """

    profile: Profile
    rows: npt.NDArray[np.intp]
    node: npt.NDArray[np.uint32]
    range: tuple[Seconds, Seconds]
    through: npt.NDArray[np.uint32] | None = None

    @property
    def exact(self) -> bool:
        """Whether these are runs."""
        return self.through is not None

    def times(
        self, rows: npt.NDArray[np.intp], time: Floats, block: npt.NDArray[np.intp], interval: Seconds
    ) -> _Times:
        """Return the times of some of the rows, thread by thread; weights in microseconds are lengths."""
        weight = self.profile.samples.weight
        if weight is None or not (self.exact or self.profile.meta.unit == MICROSECONDS):
            return _sampled(time, block, interval)
        return (_exact if self.exact else _measured)(time, block, weight[rows] / MICRO)


def _of_samples(view: View, mask: npt.NDArray[np.bool_] | None, part: TimeRange) -> _Chosen:
    require_time(view.profile)
    span = time_range(view, part.start, part.end)
    # Samples without a time come last.
    span = span._replace(last=min(span.last, int(np.searchsorted(view.time, np.inf))))
    _check(span)
    kept = slice(span.first, span.last)
    rows = np.arange(len(view.profile.samples))[kept] if mask is None else np.flatnonzero(mask)[kept]
    return _Chosen(view.profile, rows, view.node[kept], (span.start, span.end))


def _of_runs(runs: KeptRuns, part: TimeRange) -> _Chosen:
    span = bounds(runs.profile, part.start, part.end)
    return _Chosen(runs.profile, np.arange(len(runs.node)), runs.node, span, runs.through)


def _whole(seconds: Floats) -> Ints:
    """Return whole microseconds at or before some times, so that a range from there has their samples."""
    return np.floor(seconds * MICRO + _EXACT).astype(np.int64)


def _check(span: SampleRange) -> None:
    """Raise TooLargeError for a range with too many samples."""
    count = span.last - span.first
    if count <= MAX_SAMPLES:
        return
    seconds = (span.end - span.start) * MAX_SAMPLES / count
    raise TooLargeError(
        f"The range has {count} samples, and a stack chart may have {MAX_SAMPLES}: select some "
        f"{float(f'{seconds:.1g}'):g} s of it, or a process or thread."
    )


def _sampled(time: Floats, block: npt.NDArray[np.intp], interval: Seconds) -> _Times:
    """Let each sample last until the next, or for an interval."""
    gap = _gaps(time, block)
    joined = gap <= MAX_GAP * interval
    return _Times(time, time + np.where(joined, gap, np.minimum(interval, gap)), joined)


def _measured(time: Floats, block: npt.NDArray[np.intp], lasting: Floats) -> _Times:
    """Let each sample last as long as it took; those with one time follow one another."""
    total = np.cumsum(lasting) - lasting
    new = np.ones(len(time), np.bool_)
    new[1:] = (np.diff(time) != 0) | (np.diff(block) != 0)
    start = time + total - total[new][np.cumsum(new) - 1]
    end = start + lasting
    joined = _gaps(start, block) <= lasting + _TOUCHING
    return _Times(start, end, joined)


def _exact(time: Floats, block: npt.NDArray[np.intp], lasting: Floats) -> _Times:
    """Let each run last as long as it did, but not into the next one of its thread."""
    gap = _gaps(time, block)
    return _Times(time, time + np.minimum(lasting, gap), gap <= lasting + _TOUCHING)


def _gaps(time: Floats, block: npt.NDArray[np.intp]) -> Floats:
    """Return the distance to the next sample of the same thread, infinite for its last."""
    gap = np.full(len(time), np.inf)
    gap[:-1] = np.where(np.diff(block) == 0, np.diff(time), np.inf)
    return gap


def _median_interval(time: Floats, block: npt.NDArray[np.intp]) -> Seconds:
    gap = _gaps(time, block)
    known = gap[np.isfinite(gap) & (gap > 0)]
    return float(np.median(known)) if len(known) else _USUAL_INTERVAL
