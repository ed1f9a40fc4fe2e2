"""Chrome's trace files, as far as both of their readers need them: how they are recognised, their events one
after another, and the names of their threads. https://chromium.googlesource.com/catapult, trace event format.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any, TypeAlias

from flamescope_py.errors import BrokenProfileError
from flamescope_py.model import ParseReport, Thread
from flamescope_py.model.profile import UNKNOWN
from flamescope_py.readers.json.documents import documents
from flamescope_py.readers.json.text import BLANKS, BOM, integer, member, name, skip_value

# The length of the head by which a file is recognised.
HEAD_BYTES = 64 << 10
NO_OBJECT = "an event that is not an object"
EVENTS, SAMPLES, STACK_FRAMES = "traceEvents", "samples", "stackFrames"
_ARRAYS = (EVENTS, SAMPLES)
_OBJECTS = (STACK_FRAMES,)

# {"traceEvents":[{"pid":29862,"tid":29862,"ts":2804332454,"ph":"X","cat":"v8", …
# {"metadata": {"source": "DevTools", …}, "traceEvents": [
_EVENTS = re.compile(rb'"traceEvents"\s*:\s*\[')
# [{"args":{"name":"swapper"},"cat":"__metadata","name":"thread_name","ph":"M","pid":1,"tid":0,"ts":0},
# [,{"name":"main","ph":"B", … of programs that write a comma before each event
# {"name": "first", "ph": "X", "ts": 1000000, … one event per line
_ARRAY = re.compile(rb"(?:\[[\s,]*)?\{")
_PHASE = re.compile(rb'"ph"\s*:\s*"[A-Za-z()]"')
_TIME = re.compile(rb'"ts"\s*:\s*"?-?\d|"ph"\s*:\s*"M"')
# {"metadata":{"dataOrigin":"TraceEvents","source":"DevTools","sourceMaps":[ … more than a head …
_DEVTOOLS = re.compile(rb'"(?:source"\s*:\s*"DevTools|dataOrigin"\s*:\s*"TraceEvents)"')
# {"displayTimeUnit":"ns","stackFrames":{"1":{"category":"libc.so", … more than a head …
# {"otherData":{"build_id":"x","output_base":"/b", …
_MEMBERS = re.compile(
    rb'\{\s*"(?:displayTimeUnit|otherData|stackFrames|systemTraceEvents|powerTraceAsString|controllerTraceDataKey'
    rb'|beginningOfTime|schemaVersion)"\s*:'
)
# "name":"CpuProfile","ph":"I" · "name":"ProfileChunk","ph":"P"
_PROFILE = re.compile(rb'"name"\s*:\s*"(?:CpuProfile|ProfileChunk)"')

ThreadKey: TypeAlias = tuple[int | str, int | str]


def is_trace(head: bytes) -> bool:
    """Return True for the head of a trace: events in an array, one per line, or below `traceEvents`."""
    text = head.removeprefix(BOM).lstrip(BLANKS)
    if text.startswith(b"{") and (_EVENTS.search(text) or _DEVTOOLS.search(text) or _MEMBERS.match(text)):
        return True
    first, _, _ = text.partition(b"\n")
    if text.startswith(b"{"):
        return bool(_PHASE.search(first) and _TIME.search(first))
    return bool(_ARRAY.match(text) and _PHASE.search(text))


def shows_profile(head: bytes) -> bool:
    """Return True if the head of a trace shows a CPU profile; there may be one behind the head, too."""
    return _PROFILE.search(head) is not None


def events(chunks: Iterable[bytes], report: ParseReport) -> Iterator[dict[str, Any]]:
    """Yield a trace's events in file order, the broken ones left out and counted.

    Raises as `parts` does.
    """
    for key, batch in parts(chunks, report):
        if key == EVENTS:
            yield from batch


def parts(chunks: Iterable[bytes], report: ParseReport) -> Iterator[tuple[str, Any]]:
    """Yield batches of events as EVENTS, batches of samples as SAMPLES, and the object of STACK_FRAMES.

    Several documents may follow each other. Raises BrokenProfileError where there is no array of events, and
    TooLargeError for an event over the bound.
    """
    found = False
    for key, value in documents(chunks, _ARRAYS, _OBJECTS, report):
        if key == STACK_FRAMES:
            yield key, value
            continue
        found = True
        yield key or EVENTS, _objects(value, report)
    if not found:
        raise BrokenProfileError("There is no array of events in this trace: record or copy it again.")


def _objects(batch: list[Any], report: ParseReport) -> list[dict[str, Any]]:
    """Return the objects of a batch. Other values are counted.

    An array of events among them is another document, behind one that was left open, and so is an object
    with `traceEvents` among events that stand one per line.
    """
    if all(isinstance(element, dict) and EVENTS not in element for element in batch):
        return batch
    found: list[dict[str, Any]] = []
    odd: list[Any] = []
    for element in batch:
        inner = element.get(EVENTS) if isinstance(element, dict) else element
        if isinstance(inner, list) and _are_events(inner):
            found += inner
        elif isinstance(element, dict):
            found.append(element)
        else:
            odd.append(element)
    if odd:
        skip_value(report, NO_OBJECT, odd[0], len(odd))
    return found


def _are_events(value: list[Any]) -> bool:
    """Return True for an array of events with times."""
    return bool(value) and all(
        isinstance(event, dict) and "ph" in event and ("ts" in event or event["ph"] == "M") for event in value
    )


def thread_key(event: dict[str, Any]) -> ThreadKey:
    """Return the ids of an event's thread; a missing id is -1, an id that is no number is itself."""
    return _id(event.get("pid")), _id(event.get("tid"))


def _id(value: object) -> int | str:
    known = integer(value)
    return name(value) or UNKNOWN if known is None else known


class ThreadNames:
    """The names of processes and threads from a trace's metadata, wherever in the file it stands."""

    def __init__(self) -> None:
        """Start without names."""
        self._processes: dict[int | str, str] = {}
        self._threads: dict[ThreadKey, str] = {}

    def see(self, event: dict[str, Any]) -> None:
        """Take in a metadata event (`ph` is `M`); most hold other things than names."""
        pid, tid = thread_key(event)
        known = name(member(event, "args", "name"))
        if event.get("name") == "thread_name" and known:
            self._threads[pid, tid] = known
        elif event.get("name") == "process_name" and known:
            self._processes[pid] = known

    def thread(self, key: ThreadKey) -> Thread:
        """Return a thread; its command is its name, else its process's, else empty."""
        pid, tid = key
        command = self._threads.get(key) or self._processes.get(pid) or (tid if isinstance(tid, str) else "")
        return Thread(_plain(pid), _plain(tid), command)

    def labels(self, keys: Iterable[ThreadKey]) -> dict[ThreadKey, str]:
        """Return the name that every thread has as the first level of a flame graph.

        A thread without a name gets its id if its process has two of them, for example `clang 7`.
        """
        keys = list(keys)
        nameless = Counter(pid for pid, tid in keys if (pid, tid) not in self._threads)
        found = {}
        for pid, tid in keys:
            command = self.thread((pid, tid)).command
            alone = (pid, tid) in self._threads or nameless[pid] == 1
            found[pid, tid] = (command if alone else f"{command} {tid}") if command else f"thread {tid}"
        return found


def _plain(value: int | str) -> int:
    return value if isinstance(value, int) else UNKNOWN
