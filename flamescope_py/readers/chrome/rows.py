"""Collect the slice events of a trace as columns, check them, and sort them in nesting order."""

from __future__ import annotations

from array import array
from collections import Counter
from math import isnan
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from flamescope_py.errors import TooLargeError
from flamescope_py.model import ParseReport, ProfileBuilder
from flamescope_py.readers.chrome.slices import BEGIN, COMPLETE, END, IDLE_COMPLETE, NO_NAME
from flamescope_py.readers.json.text import (
    MAX_NAME,
    MAX_NUMBER,
    integer,
    member,
    name,
    number,
    skip_value,
)
from flamescope_py.readers.json.trace import ThreadKey, ThreadNames, thread_key
from flamescope_py.readers.limits import MAX_SPAN_SECONDS

MAX_SPAN = MAX_SPAN_SECONDS * 1_000_000
MAX_SLICES = 20_000_000
NO_TIME = "an event without a time (ts)"
HUGE = "a time (ts) above 2^53, which no microseconds are"
NO_DURATION = "a complete event (X) without a duration (dur)"
LONG = "a slice of more than two days"
STRAY = "an event more than a day away from the others"
AS_TEXT = "a number written as text"
NO_PHASE = "an event without a phase (ph)"
NAMELESS, NO_FUNCTION = "(unnamed)", "(anonymous)"
# {"pid":29862,"tid":29862,"ts":2804346732,"tts":61988,"ph":"B","cat":"node.fs","name":"fs.sync.lstat", …
# {"pid":29862,"tid":29862,"ts":2804346744,"tts":61999,"ph":"E","cat":"node.fs","name":"fs.sync.lstat", …
# {"pid":29862,"tid":29862,"ts":2804332454,"tts":47709,"ph":"X","cat":"v8","name":"V8.GC","dur":642, …
_KINDS = {"B": BEGIN, "E": END, "X": COMPLETE}
# Phases that make no slices. Events that do not fit a profile are counted by these names.
_OTHERS = {
    "async events": "bneSTpF",
    "flow events": "stf",
    "counters": "C",
    "instants": "IiR",
    "samples": "P",
    "objects": "NOD",
    "memory dumps": "vV",
    "clock marks": "c",
    "contexts": "()",
}
_OTHER = {phase: kind for kind, phases in _OTHERS.items() for phase in phases}
# Times that were rounded apart overlap by up to two units; these are the units that programs round to.
_COARSE = 1_000.0
# From this many times on, all of them multiples of a unit is no chance.
_ENOUGH = 50


class Rows(NamedTuple):
    """Columns of the events that make slices."""

    time: npt.NDArray[np.float64]
    duration: npt.NDArray[np.float64]
    kind: npt.NDArray[np.int8]
    frame: npt.NDArray[np.int32]
    # By which ends find their begins: the event's own name, without its arguments.
    name: npt.NDArray[np.int32]
    thread: npt.NDArray[np.int32]

    def pick(self, rows: npt.NDArray[Any]) -> Rows:
        """Return some rows, by their numbers or by a mask."""
        return Rows(*(column[rows] for column in self))


class Collector:
    """Events as columns, and the names of threads."""

    def __init__(self, builder: ProfileBuilder) -> None:
        """Intern names in `builder`, count faults in its report."""
        self.names = ThreadNames()
        self.threads: dict[ThreadKey, int] = {}
        # Times of the first and the last event, of whatever kind, in file order.
        self.first = self.last = float("nan")
        self._builder = builder
        self._reasons: Counter[str] = Counter()
        self._others: Counter[str] = Counter()
        self._time, self._duration = array("d"), array("d")
        self._kind, self._frame, self._thread = array("b"), array("i"), array("i")
        self._name, self._known = array("i"), dict[str, int]()

    def see(self, event: dict[str, Any]) -> None:
        """Add one event."""
        phase = event.get("ph")
        if not isinstance(phase, str):
            self._skip(NO_PHASE, event)
        elif phase == "M":
            self.names.see(event)
        else:
            self._timed(event, _KINDS.get(phase))

    def _timed(self, event: dict[str, Any], kind: int | None) -> None:
        time = self._number(event.get("ts"))
        if not isnan(time):
            self.first = time if isnan(self.first) else self.first
            self.last = time
        if kind is None:
            self._others[event["ph"]] += 1
            return
        duration = self._number(event.get("dur")) if kind == COMPLETE else 0.0
        fault = _fault(event.get("ts"), time, duration)
        if fault:
            self._skip(fault, event)
            return
        if kind == COMPLETE and number(event.get("tdur", 1)) <= 0:
            kind = IDLE_COMPLETE
        self._append(event, time, duration, kind)

    def _skip(self, reason: str, event: dict[str, Any]) -> None:
        self._reasons[reason] += 1
        skip_value(self._builder.report, reason, event)

    def why_nothing(self) -> str:
        """Return the commonest reason for which events were skipped, as a sentence; empty without any."""
        if not self._reasons:
            return ""
        (reason, count), *_ = self._reasons.most_common(1)
        return f"There is no slice in this trace that can be shown: {count} times {reason}. Record it again."

    def tell(self) -> None:
        """Count the events that do not fit a profile, by kind."""
        report = self._builder.report
        kinds: dict[str, Counter[str]] = {}
        for phase, count in self._others.items():
            kinds.setdefault(_OTHER.get(phase, "events of unknown phases"), Counter())[phase[:20]] += count
        for kind, phases in kinds.items():
            report.add_other(f"{kind} ({', '.join(sorted(phases)[:20])})", sum(phases.values()))

    def _number(self, value: object) -> float:
        if isinstance(value, str):
            self._builder.report.repaired += 1
            self._builder.report.note(AS_TEXT, text=value)
        return number(value)

    def _append(self, event: dict[str, Any], time: float, duration: float, kind: int) -> None:
        if len(self._time) >= MAX_SLICES:
            raise TooLargeError(f"The trace holds more than {MAX_SLICES} slices: record for a shorter time.")
        nameless = kind == END and not event.get("name")
        known = name(event.get("name"), NAMELESS)
        self._time.append(time)
        self._duration.append(duration)
        self._kind.append(kind)
        self._frame.append(NO_NAME if kind == END else self._builder.frame(*_title(event, known)))
        self._name.append(NO_NAME if nameless else self._known.setdefault(known, len(self._known)))
        self._thread.append(self.threads.setdefault(thread_key(event), len(self.threads)))

    def rows(self) -> Rows:
        """Return the columns, in file order."""
        return Rows(
            np.array(self._time),
            np.array(self._duration),
            np.array(self._kind, dtype=np.int8),
            np.array(self._frame, dtype=np.int32),
            np.array(self._name, dtype=np.int32),
            np.array(self._thread, dtype=np.int32),
        )


def _title(event: dict[str, Any], known: str) -> tuple[str, str]:
    """Return the name of a slice and the place of its code.

    clang's have more in `args.detail`: `Source` of which file. Chrome's have the function that is called.
    """
    arguments = event.get("args")
    if not isinstance(arguments, dict):
        return known, ""
    data = arguments.get("data")
    # "args":{"data":{"functionName":"render","url":"http://localhost/app.js","lineNumber":18, …
    function = member(data, "functionName")
    if isinstance(function, str):
        return f"{known} {name(function) or NO_FUNCTION}"[:MAX_NAME], _place(data)
    detail = name(arguments.get("detail"))
    return (f"{known} {detail}"[:MAX_NAME] if detail else known), _place(data)


def _place(data: object) -> str:
    """Return URL and line, which these events count from 1."""
    url, line = name(member(data, "url")), integer(member(data, "lineNumber"))
    return f"{url}:{line}" if url and line is not None and line > 0 else url


def _fault(stamp: object, time: float, duration: float) -> str:
    if isnan(time):
        return HUGE if isinstance(stamp, int | float) and MAX_NUMBER < abs(stamp) < 2**64 else NO_TIME
    if not duration >= 0:
        return NO_DURATION
    return LONG if duration > MAX_SPAN else ""


def plausible(rows: Rows, report: ParseReport) -> Rows:
    """Leave out events that are more than a day away from the middle one, as perf's reader does."""
    if not len(rows.time):
        return rows
    far = np.abs(rows.time - np.percentile(rows.time, 50, method="lower")) > MAX_SPAN / 2
    for row in np.flatnonzero(far)[:5]:
        report.note(STRAY, text=f"ts {rows.time[row]:.0f}")
    report.skipped += int(np.count_nonzero(far))
    return rows.pick(~far)


def rounding(rows: Rows) -> float:
    """Return the longest overlap, in microseconds, that rounded times make."""
    times = np.concatenate((rows.time, rows.duration))
    coarse = len(rows.time) >= _ENOUGH and not (times % _COARSE).any()
    return 2 * (_COARSE if coarse else 1.0)


def in_order(rows: Rows) -> Rows:
    """Sort by thread, then by time, then as in the file; of complete events side by side that begin at one
    time the longer one is first, since some programs write a slice when it ends, the inner one first."""
    rows = rows.pick(np.lexsort((rows.time, rows.thread)))
    complete = rows.kind >= COMPLETE
    changes = [column[1:] != column[:-1] for column in (rows.thread, rows.time, complete)]
    run = np.concatenate(([0], np.cumsum(np.logical_or.reduce(changes))))
    return rows.pick(np.lexsort((np.where(complete, -rows.duration, 0), run)))
