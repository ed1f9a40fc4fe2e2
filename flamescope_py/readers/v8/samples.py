"""The samples of one CPU profile: chunks of node ids and time deltas, joined to sample columns."""

from __future__ import annotations

from math import isnan
from typing import Any

import numpy as np
import numpy.typing as npt

from flamescope_py.model import ProfileBuilder, Seconds
from flamescope_py.readers.json.text import MAX_NUMBER, integers, numbers
from flamescope_py.readers.limits import MAX_SPAN_SECONDS
from flamescope_py.readers.v8.nodes import IDLE, NO_NODE, WEIGHTLESS, ProfileNodes

NO_DELTA = "samples without a time delta"
NO_SAMPLE = "time deltas without a sample"
UNKNOWN_NODE = "samples of nodes that are not in the profile"
NO_NUMBER = "time deltas that are no numbers, counted as 0"
NO_STAMP = "timestamps that are no numbers"
NO_START = "a profile without startTime: its times count from 0"
MICROSECONDS_A_SECOND = 1_000_000
# A longer delta is damage. One must not swamp the sum of all others, nor overflow it.
MAX_PERIOD = MAX_SPAN_SECONDS * MICROSECONDS_A_SECOND


class Recording:
    """One profile: set its facts (times in microseconds, NaN for unknown), feed it chunks, then add.

    With `absolute`, its chunks hold the times of samples instead of the deltas between them.
    """

    def __init__(self, builder: ProfileBuilder) -> None:
        """Add to `builder`, and count faults in its report."""
        self.start = self.end = float("nan")
        self.thread = 0
        self.absolute = False
        self._builder = builder
        self._nodes = ProfileNodes(builder)
        self._untimed = False
        self._chunks: list[tuple[float, npt.NDArray[np.int64], npt.NDArray[np.float64]]] = []

    @property
    def bounds(self) -> tuple[Seconds, Seconds]:
        """Return when the recording started and ended; NaN for unknown, both where there is no start."""
        if isnan(self.start):
            return self.start, self.start
        return self.start / MICROSECONDS_A_SECOND, self.end / MICROSECONDS_A_SECOND

    def add(self, time: float, nodes: list[Any], samples: list[Any], times: list[Any] | None) -> None:
        """Take in nodes and samples; `time` orders the chunks, and None for `times` means no timestamps."""
        self._nodes.add(nodes)
        ids = integers(samples)
        if times is None:
            self._untimed = True
            steps = np.zeros(len(ids))
        else:
            steps = numbers(times)
        count = min(len(ids), len(steps))
        if len(ids) > count:
            self._builder.report.skip(NO_DELTA, count=len(ids) - count, text=str(len(ids) - count))
        if len(steps) > count:
            self._builder.report.note(NO_SAMPLE, text=str(len(steps) - count))
        if isnan(time):
            time = self._chunks[-1][0] if self._chunks else 0.0
        if count:
            self._chunks.append((time, ids[:count], steps[:count]))

    def add_samples(self) -> None:
        """Hang the nodes into the tree and add all samples."""
        self._nodes.place()
        self._chunks.sort(key=lambda chunk: chunk[0])
        if not self._chunks:
            self._add_hits()
            return
        rows = self._nodes.find(np.concatenate([ids for _, ids, _ in self._chunks]))
        known = rows != NO_NODE
        unknown = int(np.count_nonzero(~known))
        if unknown:
            self._builder.report.skip(UNKNOWN_NODE, count=unknown, text=str(unknown))
        time, period = self._times()
        mark = self._nodes.mark[rows[known]]
        columns: dict[str, npt.NDArray[Any]] = {"time": time[known], "weight": mark != WEIGHTLESS}
        if period is not None:
            columns["period"] = period[known]
        self._add(rows[known], **columns)

    def _times(self) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.uint64] | None]:
        """Return the time of every sample in seconds, and its period in microseconds.

        The time is the start and all deltas up to its own, or as it stands in the file.
        """
        steps = np.concatenate([times for _, _, times in self._chunks])
        if self._untimed:
            return np.full(len(steps), np.nan), None
        if self.absolute:
            if np.isnan(steps).any():
                self._builder.report.note(NO_STAMP, text=str(np.count_nonzero(np.isnan(steps))))
            return steps / MICROSECONDS_A_SECOND, _periods(np.diff(steps, prepend=steps[:1]))
        broken = np.isnan(steps)
        if broken.any():
            self._builder.report.repaired += int(np.count_nonzero(broken))
            self._builder.report.note(NO_NUMBER, text=str(np.count_nonzero(broken)))
        if np.isnan(self.start):
            self._builder.report.note(NO_START)
        start = np.nan_to_num([self.start])
        time = np.cumsum(np.concatenate((start, np.where(broken, 0, steps))))[1:]
        time[~(np.abs(time) <= MAX_NUMBER)] = np.nan
        return time / MICROSECONDS_A_SECOND, _periods(steps)

    def _add_hits(self) -> None:
        """Add the hits of nodes, where a profile has no samples: a flame graph without times."""
        rows = np.flatnonzero((self._nodes.hits > 0) & (self._nodes.node != NO_NODE))
        weight = np.where(self._nodes.mark[rows] == WEIGHTLESS, 0, self._nodes.hits[rows])
        self._add(rows, weight=weight)

    def _add(self, rows: npt.NDArray[np.int64], **columns: npt.NDArray[Any]) -> None:
        self._builder.add_samples(
            node=self._nodes.node[rows],
            thread=np.full(len(rows), self.thread),
            idle=self._nodes.mark[rows] == IDLE,
            **columns,
        )


def _periods(steps: npt.NDArray[np.float64]) -> npt.NDArray[np.uint64]:
    """Return deltas as periods, 0 for impossible ones."""
    return np.where((steps > 0) & (steps < MAX_PERIOD), np.rint(steps), 0).astype(np.uint64)
