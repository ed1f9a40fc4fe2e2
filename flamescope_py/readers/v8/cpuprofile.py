"""The cpuprofile reader: what V8's sampling profiler writes, as a file of its own (`node --cpu-prof`, the
DevTools) or inside a Chrome trace, where several profiles may stand, each in one event or in a stream.

A sample's time is the start plus all deltas up to its own. `(idle)` samples are idle; `(program)` and
`(garbage collector)` count in heatmaps and weigh nothing in flame graphs, as in FlameScope.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from math import isnan
from typing import Any

from flamescope_py.errors import BrokenProfileError, WrongTypeError
from flamescope_py.model import Profile, ProfileBuilder
from flamescope_py.model.profile import UNKNOWN
from flamescope_py.readers.json.bounds import add_bounds
from flamescope_py.readers.json.text import BLANKS, BOM, items, member, name, number, parse, peek, whole
from flamescope_py.readers.perf.reader import drop_strays
from flamescope_py.readers.v8.in_trace import (
    HEAD_BYTES,
    ThreadKey,
    ThreadNames,
    events,
    is_trace,
    shows_profile,
    thread_key,
)
from flamescope_py.readers.v8.samples import Recording

# {"nodes":[{"id":1,"callFrame":{"functionName":"(root)","scriptId":"0","url":"","lineNumber":-1, …
TIME_ADVICE = "Record with node --cpu-prof or DevTools, which write samples and timeDeltas."
_NODES = re.compile(rb'"nodes"\s*:\s*\[\s*\{')
_CALL = re.compile(rb'"callFrame"\s*:\s*\{')
# … ],"startTime":1047769852,"endTime":1051784060,"samples":[2,7,10, … ],"timeDeltas":[3746,3633,1116, …
_DELTAS = re.compile(rb'"timeDeltas"\s*:\s*\[')
# {"endTime":1051784060,"samples":[2,7,10, … by a program that sorts keys otherwise
_SAMPLES_FIRST = re.compile(rb'\{(?:\s*"\w+"\s*:\s*[\w."-]+\s*,)*\s*"samples"\s*:\s*\[\s*\d+\s*[,\]]')


def recognises(head: bytes) -> bool:
    """Say whether a head is that of a CPU profile, or of a trace that shows one."""
    if is_trace(head):
        return shows_profile(head)
    text = head.removeprefix(BOM).lstrip(BLANKS)
    if not text.startswith(b"{"):
        return False
    nodes = _NODES.search(text) and _CALL.search(text)
    return bool(nodes or _DELTAS.search(text) or _SAMPLES_FIRST.match(text))


def read(chunks: Iterable[bytes]) -> Profile:
    """Read a CPU profile, or all that a trace carries.

    Raises BrokenProfileError when there is no sample in it, WrongTypeError for a trace without a
    profile, and TooLargeError.
    """
    builder = ProfileBuilder()
    builder.event("sample")
    head, chunks = peek(chunks, HEAD_BYTES)
    recordings = _of_trace(chunks, builder) if is_trace(head) else [_of_file(chunks, builder)]
    for recording in recordings:
        recording.add_samples()
    drop_strays(builder)
    if not builder.report.samples:
        raise BrokenProfileError("There is no sample in this CPU profile: record for longer.")
    bounds = [recording.bounds for recording in recordings]
    add_bounds(builder, [start for start, _ in bounds], [end for _, end in bounds])
    return builder.finish("cpuprofile", time_advice=TIME_ADVICE)


def _of_file(chunks: Iterable[bytes], builder: ProfileBuilder) -> Recording:
    data = parse(whole(chunks))
    if not isinstance(data, dict) or not isinstance(data.get("nodes"), list):
        raise BrokenProfileError("This JSON is no CPU profile, which is an object with nodes and samples.")
    recording = Recording(builder)
    recording.thread = builder.thread(UNKNOWN, UNKNOWN, "")
    _take(recording, data)
    return recording


def _take(recording: Recording, profile: dict[str, Any]) -> None:
    """Read a profile that is whole."""
    recording.start, recording.end = number(profile.get("startTime")), number(profile.get("endTime"))
    deltas = profile.get("timeDeltas")
    recording.add(0.0, profile, deltas if isinstance(deltas, list) else None)


class _Streams:
    """The profiles of a trace, by process and id; chunks of several interleave."""

    def __init__(self, builder: ProfileBuilder) -> None:
        self.names = ThreadNames()
        self.recordings: list[tuple[ThreadKey, Recording]] = []
        self._builder = builder
        self._streams: dict[tuple[object, str], Recording] = {}

    def see(self, event: dict[str, Any]) -> None:
        """Take in one event."""
        phase, title = event.get("ph"), event.get("name")
        if phase == "M":
            self.names.see(event)
        elif phase in ("I", "i") and title == "CpuProfile":
            profile = member(event, "args", "data", "cpuProfile")
            if isinstance(profile, dict):
                _take(self._begin(event), profile)
        elif phase == "P" and title == "Profile":
            self._stream(event).start = number(member(event, "args", "data", "startTime"))
        elif phase == "P" and title == "ProfileChunk":
            self._chunk(event)

    def _begin(self, event: dict[str, Any]) -> Recording:
        recording = Recording(self._builder)
        self.recordings.append((thread_key(event), recording))
        return recording

    def _stream(self, event: dict[str, Any]) -> Recording:
        """Give the stream of an event, which its `Profile` event begins on the thread that is profiled."""
        own = event.get("id") or member(event, "id2", "local") or member(event, "id2", "global")
        key = (thread_key(event)[0], name(own))
        if key not in self._streams:
            self._streams[key] = self._begin(event)
            # Without its first event, a stream starts about when its first chunk was written.
            self._streams[key].start = number(event.get("ts"))
        return self._streams[key]

    def _chunk(self, event: dict[str, Any]) -> None:
        data = member(event, "args", "data")
        profile, deltas = member(data, "cpuProfile"), member(data, "timeDeltas")
        stream = self._stream(event)
        end = number(member(data, "endTime"))
        stream.end = stream.end if isnan(end) else end
        stream.add(number(event.get("ts")), profile if isinstance(profile, dict) else {}, items(deltas))


def _of_trace(chunks: Iterable[bytes], builder: ProfileBuilder) -> list[Recording]:
    streams = _Streams(builder)
    for event in events(chunks, builder.report):
        streams.see(event)
    if not streams.recordings:
        raise WrongTypeError("This trace carries no CPU profile: ask for type=trace_event.")
    for key, recording in streams.recordings:
        recording.thread = builder.thread(*streams.names.thread(key))
    return [recording for _, recording in streams.recordings]
