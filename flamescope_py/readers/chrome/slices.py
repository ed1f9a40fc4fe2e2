"""The slices of one thread of a trace, nested as they were: from begin and end events in time order to
segments of self time, each owned by the innermost slice that was open then.

What does not nest is repaired where the intent is clear, and counted: a slice that outlives the one around
it ends with it, and a begin without an end ends with the trace.
"""

from __future__ import annotations

import math
from array import array
from collections import Counter
from typing import NamedTuple

from flamescope_py.model import NodeId, ProfileBuilder
from flamescope_py.readers.limits import MAX_DEPTH

NO_BEGIN = "an end (E) without a begin (B)"
NO_END = "a begin (B) without an end (E), which ends with the trace"
CROSSING = "a slice that outlives the one around it, cut to it"
FORGOTTEN = "a begin (B) without an end (E), which ends with the slice around it"
DEEP = f"slices nested deeper than {MAX_DEPTH}, counted with the one around them"
NO_NAME = -1


class Spans:
    """Columns that grow: from, to (microseconds), the tree node and the row of the thread."""

    def __init__(self) -> None:
        """Start empty; rows are of the thread `current`."""
        self.current = 0
        self.thread = array("q")
        self.start = array("d")
        self.end = array("d")
        self.node = array("q")

    def add(self, start: float, end: float, node: NodeId) -> None:
        """Append a row."""
        self.thread.append(self.current)
        self.start.append(start)
        self.end.append(end)
        self.node.append(node)


class _Open(NamedTuple):
    """A slice that is open: `limit` is when it or one around it is known to end (infinity for begins)."""

    limit: float
    start: float
    node: NodeId
    frame: int
    complete: bool
    counted: bool


class ThreadSlices:
    """Feed it the events of one thread in time order, then call `finish`.

    `own` gets the segments of self time. `counted` gets every slice that FlameScope counts in a heatmap:
    those that no begin event stands around. Complete events (X) do not hide what is inside of them.
    """

    def __init__(
        self, builder: ProfileBuilder, below: NodeId, own: Spans, counted: Spans, name: str = ""
    ) -> None:
        """Hang the slices below a node; `name` is what the report calls the thread."""
        self._name = name
        self._builder = builder
        self._below = below
        self._own = own
        self._counted = counted
        self._stack: list[_Open] = []
        self._now = -math.inf
        # Begins that are open, and begins that were cut short and whose ends are still to come, by name.
        self._begun: Counter[int] = Counter()
        self._cut: Counter[int] = Counter()
        self._begins = 0
        self._faults: Counter[str] = Counter()

    def begin(self, time: float, frame: int) -> None:
        """Read a B event."""
        self._until(time)
        self._push(_Open(self._limit(), time, self._node(frame), frame, False, not self._begins))
        self._begun[frame] += 1
        self._begins += 1

    def complete(self, time: float, duration: float, frame: int, idle: bool = False) -> None:
        """Read an X event; FlameScope does not count one that was `idle` all the time."""
        self._until(time)
        node, end, limit = self._node(frame), time + duration, self._limit()
        if duration > 0 and not idle and not self._begins:
            self._counted.add(time, end, node)
        if end > limit:
            self._faults[CROSSING] += 1
        self._push(_Open(min(end, limit), time, node, frame, True, False))

    def end(self, time: float, frame: int) -> None:
        """Read an E event; one without a name (NO_NAME) ends the innermost begin."""
        self._until(time)
        if not (self._begun[frame] if frame != NO_NAME else self._begins):
            self._end_of_nothing(frame)
            return
        while self._stack[-1].complete or frame not in (NO_NAME, self._stack[-1].frame):
            self._faults[CROSSING if self._stack[-1].complete else FORGOTTEN] += 1
            self._cut_short(time)
        self._pop(time)

    def finish(self, time: float) -> None:
        """End what is still open with the trace."""
        self._until(time)
        while self._stack:
            if not self._stack[-1].complete:
                self._faults[NO_END] += 1
            self._pop(time)
        self._tell()

    def _end_of_nothing(self, frame: int) -> None:
        """Skip an E event without its B, unless that B was cut short, which is counted already."""
        if self._cut[frame] > 0:
            self._cut[frame] -= 1
        else:
            self._faults[NO_BEGIN] += 1

    def _limit(self) -> float:
        return self._stack[-1].limit if self._stack else math.inf

    def _node(self, frame: int) -> NodeId:
        if len(self._stack) < MAX_DEPTH:
            return self._builder.child(self._stack[-1].node if self._stack else self._below, frame)
        self._faults[DEEP] += 1
        return self._stack[-1].node

    def _push(self, opened: _Open) -> None:
        self._stack.append(opened)

    def _until(self, time: float) -> None:
        """Let time pass: slices end that are known to have ended, the innermost first."""
        while self._stack and self._stack[-1].limit <= time:
            if not self._stack[-1].complete:
                self._faults[FORGOTTEN] += 1
            self._cut_short(self._stack[-1].limit)
        self._pass(time)

    def _cut_short(self, time: float) -> None:
        """End the innermost slice where nothing said so; the E event of a begin may still come."""
        if not self._stack[-1].complete:
            self._cut[self._stack[-1].frame] += 1
        self._pop(time)

    def _pop(self, time: float) -> None:
        self._pass(time)
        closed = self._stack.pop()
        if closed.complete:
            return
        self._begun[closed.frame] -= 1
        self._begins -= 1
        if closed.counted:
            self._counted.add(closed.start, time, closed.node)

    def _pass(self, time: float) -> None:
        """Give the time since the last event to the innermost slice."""
        if self._stack and time > self._now:
            self._own.add(self._now, time, self._stack[-1].node)
        self._now = max(self._now, time)

    def _tell(self) -> None:
        """Put what was skipped and repaired into the report, each reason once."""
        report = self._builder.report
        for reason, count in self._faults.items():
            if reason == NO_BEGIN:
                report.skipped += count
            else:
                report.repaired += count
            report.note(reason, text=f"{count} times in {self._name}")
