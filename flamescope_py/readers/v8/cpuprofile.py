"""The cpuprofile reader: profiles of V8's sampling profiler, in files of their own (`node --cpu-prof`, the
DevTools) or inside a Chrome trace, which may carry several, each in one event or in a stream.

A sample's time is the start plus all deltas up to its own, and its delta is its `period`, in microseconds.
`(idle)` samples are idle. `(program)` and `(garbage collector)` count in heatmaps and weigh nothing in flame
graphs, as in FlameScope.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from math import isnan
from typing import Any

from flamescope_py.errors import BrokenProfileError, WrongTypeError
from flamescope_py.model import Profile, ProfileBuilder
from flamescope_py.model.profile import MICROSECONDS, UNKNOWN
from flamescope_py.readers.bounds import cover
from flamescope_py.readers.json.text import BLANKS, BOM, items, member, name, number, parse, peek, whole
from flamescope_py.readers.json.trace import (
    HEAD_BYTES,
    ThreadKey,
    ThreadNames,
    events,
    is_trace,
    shows_profile,
    thread_key,
)
from flamescope_py.readers.limits import MAX_SPAN_SECONDS
from flamescope_py.readers.v8 import shapes
from flamescope_py.readers.v8.samples import Recording

TIME_ADVICE = "Record with node --cpu-prof or DevTools, which write samples and timeDeltas."
# {"nodes":[{"id":1,"callFrame":{"functionName":"(root)","scriptId":"0","url":"","lineNumber":-1, …
_NODES = re.compile(rb'"nodes"\s*:\s*\[\s*\{')
_CALL = re.compile(rb'"callFrame"\s*:\s*\{')
# {"typeId":"CPU","uid":"0","title":"svc0","head":{"functionName":"(root)","url":"","lineNumber":0, …
# Not {"head":{"callFrame":{"functionName":"(root)", …},"selfSize":0, … of a heap profile.
_TREE = re.compile(rb'"head"\s*:\s*\{[^{}\[\]]{0,500}?"(?:functionName|callUID|hitCount|bailoutReason)"')
# … ],"startTime":1047769852,"endTime":1051784060,"samples":[2,7,10, … ],"timeDeltas":[3746,3633,1116, …
_DELTAS = re.compile(rb'"timeDeltas"\s*:\s*\[')
# {"endTime":1051784060,"samples":[2,7,10, … by a program that sorts keys otherwise
# {"profile":{"endTime":1051784060,"samples":[2,7,10, …
_SAMPLES_FIRST = re.compile(
    rb'\{(?:\s*"\w+"\s*:\s*(?:\{|[\w."-]+\s*,))*\s*"(?:samples|timestamps)"\s*:\s*\[\s*\d+\s*[,\]]'
)


also = is_trace


def recognises(head: bytes) -> bool:
    """Return True for the head of a CPU profile, or of a trace that shows one."""
    if is_trace(head):
        return shows_profile(head)
    text = head.removeprefix(BOM).lstrip(BLANKS)
    if not text.startswith((b"{", b"[")):
        return False
    nodes = _NODES.search(text) and _CALL.search(text)
    return bool(nodes or _TREE.search(text) or _DELTAS.search(text) or _SAMPLES_FIRST.match(text))


def read(chunks: Iterable[bytes]) -> Profile:
    """Read a CPU profile, or all that a trace carries.

    Raises BrokenProfileError when there is no sample in it, WrongTypeError for a trace without a
    profile, and TooLargeError.
    """
    builder = ProfileBuilder()
    builder.event("sample")
    head, chunks = peek(chunks, HEAD_BYTES)
    recordings = _of_trace(chunks, builder) if is_trace(head) else _of_file(chunks, builder)
    for recording in recordings:
        recording.add_samples()
    builder.drop_strays(MAX_SPAN_SECONDS / 2)
    if not builder.report.samples:
        raise BrokenProfileError(
            f"There is no sample in this CPU profile{builder.report.because()}: record for longer."
        )
    bounds = [recording.bounds for recording in recordings]
    cover(builder, [start for start, _ in bounds], [end for _, end in bounds])
    return builder.finish(
        "cpuprofile",
        time_advice=TIME_ADVICE,
        period_unit=MICROSECONDS,
        also=("trace_event",) if is_trace(head) else (),
    )


def _of_file(chunks: Iterable[bytes], builder: ProfileBuilder) -> list[Recording]:
    found = shapes.profiles(parse(whole(chunks)))
    if not found:
        raise BrokenProfileError("This JSON is no CPU profile, which is an object with nodes and samples.")
    recordings = []
    for profile in found:
        recording = Recording(builder)
        recording.thread = builder.thread(UNKNOWN, UNKNOWN, "")
        _take(recording, profile)
        recordings.append(recording)
    return recordings


def _take(recording: Recording, profile: dict[str, Any]) -> None:
    """Read a profile that is whole."""
    deltas, stamps = profile.get("timeDeltas"), profile.get("timestamps")
    absolute = not isinstance(deltas, list) and isinstance(stamps, list)
    times = stamps if absolute else deltas
    first = number(stamps[0]) if absolute and stamps else float("nan")
    recording.start, recording.end = shapes.times(profile, first)
    recording.absolute = absolute
    recording.add(
        0.0,
        shapes.nodes(profile),
        items(profile.get("samples")),
        times if isinstance(times, list) else None,
    )


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
        """Return the stream of an event, which its `Profile` event begins on the thread that is profiled."""
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
        nodes, samples = items(member(profile, "nodes")), items(member(profile, "samples"))
        stream.add(number(event.get("ts")), nodes, samples, items(deltas))


def _of_trace(chunks: Iterable[bytes], builder: ProfileBuilder) -> list[Recording]:
    streams = _Streams(builder)
    for event in events(chunks, builder.report):
        streams.see(event)
    if not streams.recordings:
        raise WrongTypeError("This trace carries no CPU profile: ask for type=trace_event.")
    for key, recording in streams.recordings:
        recording.thread = builder.thread(*streams.names.thread(key))
    return [recording for _, recording in streams.recordings]
