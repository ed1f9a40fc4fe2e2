"""The slices of one thread of a trace, nested as they were: from begin and end events in time order to
segments of self time, each owned by the innermost slice that was open then.

Slices that do not nest are repaired if the intent is clear, and counted. Rounded times may overlap by a
microsecond or two, which is cut off. If slices overlap by more, the later one becomes a child of the earlier
one, and of its parent once the earlier one has ended, so no time is lost. A begin without an end ends with
its parent, or with the trace.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from flamescope_py.model import NodeId, ProfileBuilder
from flamescope_py.readers.limits import MAX_DEPTH
from flamescope_py.readers.spans import Spans

NO_BEGIN = "an end (E) without a begin (B)"
NO_END = "a begin (B) without an end (E), which ends with the trace"
ROUNDED = "slices that overlap by what was rounded, cut where they meet"
OVERLAP = "a slice that outlives the one around it, shown below it and then beside it"
CUT = "a slice that outlives the one around it, cut to it"
FORGOTTEN = "a begin (B) without an end (E), which ends with the slice around it"
DEEP = f"slices nested deeper than {MAX_DEPTH}, counted with the one around them"
NO_NAME = -1
# Slices above one that ends before them. More are cut, so that hostile traces are read in time.
MAX_MOVED = 100
BEGIN, END, COMPLETE, IDLE_COMPLETE = range(4)


class _Open(NamedTuple):
    """A slice that is open; `limit` is when it or one around it ends first."""

    start: float
    end: float
    limit: float
    node: NodeId
    frame: int
    begin: bool
    counted: bool


class ThreadSlices:
    """Reads the events of one thread, in time order.

    `own` gets the segments of self time. `counted` gets every slice that FlameScope counts in a heatmap:
    those without a begin event around them. Complete events (X) do not hide the slices inside them.
    """

    def __init__(
        self,
        builder: ProfileBuilder,
        below: NodeId,
        own: Spans,
        counted: Spans,
        name: str,
        rounding: float,
    ) -> None:
        """Add the slices below a node; `name` is the thread's name in the report.

        `rounding` is the longest overlap, in microseconds, that times rounded apart may make.
        """
        self._name = name
        self._rounding = rounding
        self._builder = builder
        self._below = below
        self._own = own
        self._counted = counted
        self._stack: list[_Open] = []
        self._now = -math.inf
        self._begins = 0
        # Slices that stayed open since the last segment.
        self._stayed = 0
        self._faults: Counter[str] = Counter()

    def read(
        self,
        finish: float,
        time: Sequence[float],
        duration: Sequence[float],
        kind: Sequence[int],
        frame: Sequence[int],
        name: Sequence[int],
    ) -> None:
        """Read all events, of kinds BEGIN, END and so on. Open slices end at `finish`.

        An end is that of the last begin with its number in `name`.
        """
        ends = self._ends(time, kind, name)
        for start, lasts, phase, shown, end in zip(time, duration, kind, frame, ends, strict=True):
            if phase == END:
                continue
            self._until(start)
            if phase == BEGIN:
                self._push(start, end, shown, begin=True, counted=not self._begins)
                self._begins += 1
            else:
                node = self._push(start, start + lasts, shown)
                if lasts > 0 and phase == COMPLETE and not self._begins:
                    self._counted.add(start, start + lasts, node)
        self._until(finish)
        self._pass(finish)
        while self._stack:
            self._pop(finish)
        self._tell()

    def _ends(self, time: Sequence[float], kind: Sequence[int], title: Sequence[int]) -> list[float]:
        """Return when the begin event of every row ends: at the next end of its name, if there is one.

        Begins that are passed over end with the one that is ended; their own end may still come.
        """
        ends = [math.inf] * len(time)
        begun: list[int] = []
        names: Counter[int] = Counter()
        passed: Counter[int] = Counter()
        for row, phase in enumerate(kind):
            name = title[row]
            if phase == BEGIN:
                begun.append(row)
                names[name] += 1
            elif phase != END:
                continue
            elif not (begun if name == NO_NAME else names[name]):
                self._faults[NO_BEGIN] += not passed[name]
                passed[name] = max(0, passed[name] - 1)
            else:
                while name not in (NO_NAME, title[begun[-1]]):
                    self._faults[FORGOTTEN] += 1
                    passed[title[begun[-1]]] += 1
                    names[title[begun[-1]]] -= 1
                    ends[begun.pop()] = time[row]
                names[title[begun[-1]]] -= 1
                ends[begun.pop()] = time[row]
        return ends

    def _push(
        self, start: float, end: float, frame: int, begin: bool = False, counted: bool = False
    ) -> NodeId:
        """Open a slice. If it outlives its parents, restore the nesting first."""
        while end > (limit := self._limit()):
            if end == math.inf:
                self._faults[FORGOTTEN] += 1
                end = limit
            elif limit - start <= self._rounding:
                self._faults[ROUNDED] += 1
                self._close(limit, start)
            elif end - limit <= self._rounding:
                self._faults[ROUNDED] += 1
                end = limit
            else:
                self._faults[OVERLAP] += 1
                break
        self._faults[NO_END] += end == math.inf
        node = self._node(frame)
        self._stack.append(_Open(start, end, min(end, limit), node, frame, begin, counted))
        return node

    def _limit(self) -> float:
        return self._stack[-1].limit if self._stack else math.inf

    def _node(self, frame: int) -> NodeId:
        if len(self._stack) < MAX_DEPTH:
            return self._builder.child(self._stack[-1].node if self._stack else self._below, frame)
        self._faults[DEEP] += 1
        return self._stack[-1].node

    def _until(self, time: float) -> None:
        """Advance to `time` and close the slices that end by then."""
        while self._stack and self._stack[-1].limit <= time:
            self._close(self._stack[-1].limit, self._stack[-1].limit)
        self._pass(time)

    def _close(self, limit: float, time: float) -> None:
        """Close at `time` the innermost slice that ends by `limit`. Longer slices inside it move out."""
        self._pass(time)
        inside: list[_Open] = []
        while self._stack[-1].end > limit:
            inside.append(self._stack.pop())
        self._pop(time)
        if len(inside) > MAX_MOVED:
            self._faults[CUT] += len(inside)
            for piece in inside:
                self._stack.append(piece)
                self._pop(time)
            return
        for piece in reversed(inside):
            moved = piece._replace(limit=min(piece.end, self._limit()), node=self._node(piece.frame))
            self._stack.append(moved)

    def _pop(self, time: float) -> None:
        """End the innermost slice."""
        closed = self._stack.pop()
        self._begins -= closed.begin
        self._stayed = min(self._stayed, len(self._stack))
        if closed.counted:
            self._counted.add(closed.start, time, closed.node)

    def _pass(self, time: float) -> None:
        """Add the time since the last event to the innermost slice."""
        if self._stack and time > self._now:
            through = self._stack[self._stayed - 1].node if self._stayed else self._below
            self._own.add(self._now, time, self._stack[-1].node, through)
            self._stayed = len(self._stack)
        self._now = max(self._now, time)

    def _tell(self) -> None:
        """Report skipped and repaired events, each reason once."""
        report = self._builder.report
        for reason, count in self._faults.items():
            if reason == NO_BEGIN:
                report.skipped += count
            else:
                report.repaired += count
            if count:
                report.note(reason, text=f"{count} times in {self._name}")
