"""Chrome's trace files, as far as both of their readers need them: what they look like, their events one
after another, and who their threads are. https://chromium.googlesource.com/catapult, trace event format.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, TypeAlias

from flamescope_py.errors import BrokenProfileError
from flamescope_py.model import ParseReport, Thread
from flamescope_py.model.profile import UNKNOWN
from flamescope_py.readers.json.events import elements
from flamescope_py.readers.json.text import BLANKS, BOM, integer, member, name, peek, skip_value

# How much of a file decides what it is.
HEAD_BYTES = 64 << 10
NO_OBJECT = "an event that is not an object"

# {"traceEvents":[{"pid":29862,"tid":29862,"ts":2804332454,"ph":"X","cat":"v8", …
# {"metadata": {"source": "DevTools", …}, "traceEvents": [
_EVENTS = re.compile(rb'"traceEvents"\s*:\s*\[')
_LONGEST_KEY = 64
# [{"args":{"name":"swapper"},"cat":"__metadata","name":"thread_name","ph":"M","pid":1,"tid":0,"ts":0},
_ARRAY = re.compile(rb"\[\s*\{")
_PHASE = re.compile(rb'"ph"\s*:\s*"[A-Za-z()]"')
# {"metadata":{"dataOrigin":"TraceEvents","source":"DevTools","sourceMaps":[ … more than a head …
_DEVTOOLS = re.compile(rb'"(?:source"\s*:\s*"DevTools|dataOrigin"\s*:\s*"TraceEvents)"')
# "name":"CpuProfile","ph":"I" · "name":"ProfileChunk","ph":"P"
_PROFILE = re.compile(rb'"name"\s*:\s*"(?:CpuProfile|ProfileChunk)"')

ThreadKey: TypeAlias = tuple[int | str, int | str]


def is_trace(head: bytes) -> bool:
    """Say whether a head is that of a trace: an array of events, or an object with `traceEvents`."""
    text = head.removeprefix(BOM).lstrip(BLANKS)
    if text.startswith(b"{"):
        return bool(_EVENTS.search(text) or _DEVTOOLS.search(text))
    return bool(_ARRAY.match(text) and _PHASE.search(text))


def shows_profile(head: bytes) -> bool:
    """Say whether the head of a trace shows that it carries a CPU profile; the rest of the file may too."""
    return _PROFILE.search(head) is not None


def events(chunks: Iterable[bytes], report: ParseReport) -> Iterator[dict[str, Any]]:
    """Give a trace's events in file order, the broken ones left out and counted.

    Raises BrokenProfileError where there is no array of events, and TooLargeError for an event over
    the bound.
    """
    for batch in elements(_behind_bracket(iter(chunks)), report):
        odd = [event for event in batch if not isinstance(event, dict)]
        if odd:
            skip_value(report, NO_OBJECT, odd[0], len(odd))
            batch = [event for event in batch if isinstance(event, dict)]  # noqa: PLW2901
        yield from batch


def _behind_bracket(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """Give the chunks from behind the bracket that the array of events begins with."""
    head, chunks = peek(chunks, _LONGEST_KEY)
    plain = head.removeprefix(BOM).lstrip(BLANKS)
    if plain.startswith(b"["):
        next(chunks)
        yield plain[1:]
        yield from chunks
        return
    window = b""
    for chunk in chunks:
        # The key may lie across two chunks.
        window = window[-_LONGEST_KEY:] + chunk
        if found := _EVENTS.search(window):
            yield window[found.end() :]
            yield from chunks
            return
    raise BrokenProfileError("There is no array of events in this trace: record or copy it again.")


def thread_key(event: dict[str, Any]) -> ThreadKey:
    """Give what tells the threads of a trace apart; a missing id is -1, an id that is no number itself."""
    return _id(event.get("pid")), _id(event.get("tid"))


def _id(value: object) -> int | str:
    known = integer(value)
    return name(value) or UNKNOWN if known is None else known


class ThreadNames:
    """The names that a trace's metadata gives to processes and threads, wherever in the file it stands."""

    def __init__(self) -> None:
        """Start without names."""
        self._processes: dict[int | str, str] = {}
        self._threads: dict[ThreadKey, str] = {}

    def see(self, event: dict[str, Any]) -> None:
        """Take in a metadata event (`ph` is `M`); most say other things than names."""
        pid, tid = thread_key(event)
        known = name(member(event, "args", "name"))
        if event.get("name") == "thread_name" and known:
            self._threads[pid, tid] = known
        elif event.get("name") == "process_name" and known:
            self._processes[pid] = known

    def thread(self, key: ThreadKey) -> Thread:
        """Give a thread; its command is its name, else its process's, else empty."""
        pid, tid = key
        command = self._threads.get(key) or self._processes.get(pid) or (tid if isinstance(tid, str) else "")
        return Thread(_plain(pid), _plain(tid), command)


def _plain(value: int | str) -> int:
    return value if isinstance(value, int) else UNKNOWN
