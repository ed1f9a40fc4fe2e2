"""The samples of one CPU profile: chunks of node ids and time deltas, joined to sample columns."""

from __future__ import annotations

from math import isnan
from typing import Any

import numpy as np
import numpy.typing as npt

from flamescope_py.model import ProfileBuilder, Seconds
from flamescope_py.readers.json.text import MAX_NUMBER, integers, items, numbers
from flamescope_py.readers.v8.nodes import IDLE, NO_NODE, WEIGHTLESS, ProfileNodes

NO_DELTA = "samples without a time delta"
NO_SAMPLE = "time deltas without a sample"
UNKNOWN_NODE = "samples of nodes that are not in the profile"
NO_NUMBER = "time deltas that are no numbers, counted as 0"
NO_START = "a profile without startTime: its times count from 0"
MICROSECONDS_A_SECOND = 1_000_000


class Recording:
    """One profile: set its facts (times in microseconds, NaN for unknown), feed it chunks, then add."""

    def __init__(self, builder: ProfileBuilder) -> None:
        """Add to `builder`, and count faults in its report."""
        self.start = self.end = float("nan")
        self.thread = 0
        self._builder = builder
        self._nodes = ProfileNodes(builder)
        self._untimed = False
        self._chunks: list[tuple[float, npt.NDArray[np.int64], npt.NDArray[np.float64]]] = []

    @property
    def bounds(self) -> tuple[Seconds, Seconds]:
        """When the recording started and ended; NaN for unknown, both where there is no start."""
        if isnan(self.start):
            return self.start, self.start
        return self.start / MICROSECONDS_A_SECOND, self.end / MICROSECONDS_A_SECOND

    def add(self, time: float, profile: dict[str, Any], deltas: list[Any] | None) -> None:
        """Take in nodes and samples; `time` orders the chunks, and no `deltas` at all mean no timestamps."""
        self._nodes.add(items(profile.get("nodes")))
        ids = integers(items(profile.get("samples")))
        if deltas is None:
            self._untimed = True
            steps = np.zeros(len(ids))
        else:
            steps = numbers(deltas)
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
        self._add(rows[known], self._times()[known])

    def _times(self) -> npt.NDArray[np.float64]:
        """Give the time of every sample in seconds: the start and all deltas up to its own."""
        steps = np.concatenate([deltas for _, _, deltas in self._chunks])
        if self._untimed:
            return np.full(len(steps), np.nan)
        broken = np.isnan(steps)
        if broken.any():
            self._builder.report.repaired += int(np.count_nonzero(broken))
            self._builder.report.note(NO_NUMBER, text=str(np.count_nonzero(broken)))
        if np.isnan(self.start):
            self._builder.report.note(NO_START)
        start = np.nan_to_num([self.start])
        time = np.cumsum(np.concatenate((start, np.where(broken, 0, steps))))[1:]
        time[~(np.abs(time) <= MAX_NUMBER)] = np.nan
        return np.asarray(time / MICROSECONDS_A_SECOND)

    def _add(self, rows: npt.NDArray[np.int64], time: npt.NDArray[np.float64]) -> None:
        mark = self._nodes.mark[rows]
        self._builder.add_samples(
            time=time,
            node=self._nodes.node[rows],
            thread=np.full(len(rows), self.thread),
            idle=mark == IDLE,
            weight=mark != WEIGHTLESS,
        )

    def _add_hits(self) -> None:
        """Add what V8 counted itself, where a profile has no samples: a flame graph without times."""
        rows = np.flatnonzero((self._nodes.hits > 0) & (self._nodes.node != NO_NODE))
        mark = self._nodes.mark[rows]
        self._builder.add_samples(
            time=np.full(len(rows), np.nan),
            node=self._nodes.node[rows],
            thread=np.full(len(rows), self.thread),
            idle=mark == IDLE,
            weight=np.where(mark == WEIGHTLESS, 0, self._nodes.hits[rows]),
        )
