"""Samples of stacks in a trace: the members `samples` and `stackFrames` of the trace event format.

Hermes and catapult's importers of perf write them:

    "samples": [{"cpu":"-1","name":"","ts":"10286814000000","pid":6052,"tid":"6105","weight":"1","sf":3}, …]
    "stackFrames": {"3":{"name":"hot (/srv/index.bundle:30:3)","category":"JavaScript","parent":2}, …}
"""

from __future__ import annotations

import re
from array import array
from math import isnan
from typing import Any

import numpy as np

from flamescope_py.errors import TooLargeError
from flamescope_py.model import NodeId, ProfileBuilder
from flamescope_py.readers.json.text import integer, member, name, number, skip_value
from flamescope_py.readers.json.trace import ThreadKey, ThreadNames, thread_key
from flamescope_py.readers.limits import MAX_DEPTH

MAX_SAMPLES = 20_000_000
MICROSECONDS_A_SECOND = 1_000_000
NO_STACK = "a sample without a stack frame (sf) that the trace holds"
NO_TIME = "a sample without a time (ts)"
CIRCLE = "a stack frame that is its own caller"
NOT_SHOWN = "samples of stacks beside slices"
MAX_WEIGHT = 1 << 30
# hot (/srv/index.bundle:30:3)
_PLACE = re.compile(r"(.+) \(([^()]+:\d+(?::\d+)?)\)")


class StackSamples:
    """Collects samples and stack frames in any order; then call `add_samples`."""

    def __init__(self, builder: ProfileBuilder) -> None:
        """Add to `builder`, and count faults in its report."""
        self._builder = builder
        self._frames: dict[str, Any] = {}
        self._nodes: dict[str, NodeId] = {}
        self._threads: dict[ThreadKey, int] = {}
        self._stacks: dict[str, int] = {}
        self._events: dict[str, int] = {}
        self._time, self._weight = array("d"), array("q")
        self._stack, self._thread, self._event, self._cpu = array("i"), array("i"), array("i"), array("i")

    @property
    def count(self) -> int:
        """Return how many samples there are."""
        return len(self._time)

    def add_frames(self, frames: dict[str, Any]) -> None:
        """Add stack frames. The first document wins over later ones."""
        self._frames = frames | self._frames

    def add(self, samples: list[dict[str, Any]]) -> None:
        """Add samples."""
        for sample in samples:
            time, stack = number(sample.get("ts")), sample.get("sf")
            if isnan(time):
                skip_value(self._builder.report, NO_TIME, sample)
                continue
            if len(self._time) >= MAX_SAMPLES:
                raise TooLargeError(f"The trace holds more than {MAX_SAMPLES} samples: record for less time.")
            weight = integer(sample.get("weight"))
            cpu = integer(sample.get("cpu"))
            self._time.append(time / MICROSECONDS_A_SECOND)
            self._weight.append(1 if weight is None else min(max(weight, 0), MAX_WEIGHT))
            self._stack.append(self._stacks.setdefault(name(stack), len(self._stacks)))
            self._thread.append(self._threads.setdefault(thread_key(sample), len(self._threads)))
            self._event.append(self._events.setdefault(name(sample.get("name"), "sample"), len(self._events)))
            self._cpu.append(cpu if cpu is not None and 0 <= cpu < 1 << 31 else -1)

    def tell(self) -> None:
        """Count samples that are not shown."""
        if self.count:
            self._builder.report.add_other(NOT_SHOWN, self.count)

    def add_samples(self, names: ThreadNames) -> bool:
        """Add all samples; return True if they are of several threads, which are the first level then."""
        keys = list(self._threads)
        several = len(keys) > 1
        labels = names.labels(keys)
        builder, nodes = self._builder, []
        below = [builder.child(0, builder.frame(labels[key])) if several else 0 for key in keys]
        ids = list(self._stacks)
        found: dict[tuple[int, int], NodeId] = {}
        known = np.array([stack in self._frames for stack in ids], dtype=np.bool_)[np.array(self._stack)]
        for stack, thread in zip(self._stack, self._thread, strict=True):
            key = stack, thread
            if key not in found:
                found[key] = builder.stack(self._path(ids[stack]), below[thread])
            nodes.append(found[key])
        threads = [builder.thread(*names.thread(key)) for key in keys]
        events = [builder.event(event) for event in self._events]
        builder.add_samples(
            time=np.array(self._time),
            node=np.array(nodes),
            thread=np.array(threads)[np.array(self._thread)],
            event=np.array(events)[np.array(self._event)],
            cpu=np.array(self._cpu),
            weight=np.array(self._weight),
        )
        missing = int(np.count_nonzero(~known))
        if missing:
            builder.report.without_stack += missing
            builder.report.note(NO_STACK, text=f"{missing} samples")
        return several

    def _path(self, stack: str) -> list[int]:
        """Return the frames of a stack, the outermost first."""
        path: list[int] = []
        seen: set[str] = set()
        while stack in self._frames and len(path) < MAX_DEPTH:
            if stack in seen:
                self._builder.report.repaired += 1
                self._builder.report.note(CIRCLE, text=stack)
                break
            seen.add(stack)
            frame = self._frames[stack]
            path.append(self._frame(frame))
            stack = name(member(frame, "parent"))
        path.reverse()
        return path

    def _frame(self, frame: object) -> int:
        text = name(member(frame, "name"), "(unnamed)")
        place = _PLACE.fullmatch(text)
        if place:
            return self._builder.frame(place[1], place[2])
        library = name(member(frame, "category"))
        return self._builder.frame(text, library)
