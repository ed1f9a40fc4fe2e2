"""speedscope's JSON, which py-spy, rbspy, dotnet-trace, speedscope itself and our own export write.

https://www.speedscope.app/file-format-schema.json: frames are shared, and every profile is either `evented`,
frames that open and close, or `sampled`, stacks with weights:

    {"$schema":"https://www.speedscope.app/file-format-schema.json",
     "shared":{"frames":[{"name":"main","file":"app.py","line":3}, …]},
     "profiles":[{"type":"sampled","name":"thread 1","unit":"seconds","startValue":0,"endValue":2.5,
                  "samples":[[0,1],[0,1,2]],"weights":[0.01,0.01]},
                 {"type":"evented","name":"thread 2","unit":"microseconds","startValue":0,"endValue":25,
                  "events":[{"type":"O","frame":0,"at":0},{"type":"C","frame":0,"at":25}]}]}

Events have times, and so have samples in the order in which they were taken. The file does not tell whether
they are: samples that never repeat a stack count as added up, without time.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable
from typing import Any

import numpy as np

from flamescope_py.errors import BrokenProfileError
from flamescope_py.model import NodeId, Profile, ProfileBuilder
from flamescope_py.model.profile import MICROSECONDS, SAMPLES, UNKNOWN
from flamescope_py.readers.json.text import integer, items, member, name, number, parse, skip_value, whole
from flamescope_py.readers.limits import MAX_DEPTH, MAX_SPAN_SECONDS
from flamescope_py.readers.spans import Spans, add_samples

TIME_ADVICE = "These stacks were added up: open the recording that they were made from."
MICROSECONDS_A_UNIT = {
    "nanoseconds": 1e-3,
    "microseconds": 1.0,
    "milliseconds": 1e3,
    "seconds": 1e6,
}
WITHOUT_IDLE = (
    "Without --idle, py-spy leaves idle time out: times run on as if no thread had ever been idle, and end "
    "too early. With it, they are those of the clock."
)
MAX_WEIGHT = 1 << 48
NO_WEIGHT = "a sample without a weight that is a number"
NO_FRAME = "a sample with a frame that the file does not hold"
NO_EVENT = "an event that opens or closes no frame of the file at a time"
NOT_OPEN = "an event that closes a frame which is not open"
EARLIER = "an event earlier than the one before it, taken as of the same time"
CROSSING = "a frame that outlives the one around it, cut to it"
OTHER_UNIT = "a profile in another unit than the first one"
_SCHEMA = re.compile(rb'"\$schema"\s*:\s*"https?://(?:www\.)?speedscope\.app')
_SHARED = re.compile(rb'"shared"\s*:\s*\{\s*"frames"\s*:\s*\[')
_PROFILE = re.compile(rb'"type"\s*:\s*"(?:sampled|evented)"')


def recognises(head: bytes) -> bool:
    """Return True for the head of a speedscope file: its schema, or its shared frames."""
    text = head.lstrip()
    if not text.startswith(b"{"):
        return False
    return bool(_SCHEMA.search(text) or _SHARED.search(text) or (_PROFILE.search(text) and b'"unit"' in text))


def read(chunks: Iterable[bytes]) -> Profile:
    """Read all profiles of a file, each as a thread. Raises BrokenProfileError without one, TooLargeError."""
    document = parse(whole(chunks))
    profiles = [one for one in items(member(document, "profiles")) if isinstance(one, dict)]
    if not profiles:
        raise BrokenProfileError("There is no profile in this speedscope file: export it again.")
    reading = _Reading(items(member(document, "shared", "frames")), profiles)
    profile = reading.profile()
    if profile.meta.timed and name(member(document, "exporter")).startswith("py-spy"):
        profile.report.messages.append(WITHOUT_IDLE)
    return profile


class _Reading:
    """The profiles of one file: spans of time where all of them have times, else stacks with weights."""

    def __init__(self, frames: list[Any], profiles: list[dict[str, Any]]) -> None:
        self._builder = ProfileBuilder()
        self._report = self._builder.report
        self._frames = [self._frame(frame) for frame in frames]
        unit = profiles[0].get("unit")
        self._unit = name(unit, "none")
        self._is_time = self._unit in MICROSECONDS_A_UNIT
        self._profiles = [one for one in profiles if self._fits(one)]
        self._timed = self._is_time and all(map(_is_in_order, self._profiles))
        self._spans = Spans()
        # Frames that stayed open since the last span.
        self._stayed = 0
        self._several = len(self._profiles) > 1

    def profile(self) -> Profile:
        """Read them all."""
        builder = self._builder
        for row, profile in enumerate(self._profiles):
            label = name(profile.get("name"), f"profile {row + 1}")
            below = builder.child(0, builder.frame(label)) if self._several else 0
            self._spans.current = builder.thread(UNKNOWN, UNKNOWN, label)
            if profile.get("type") == "evented":
                self._events(profile, below)
            else:
                self._samples(profile, below)
        if self._timed:
            add_samples(builder, self._spans, self._spans)
            builder.drop_strays(MAX_SPAN_SECONDS / 2)
        else:
            self._add_up()
        if not builder.report.samples:
            raise BrokenProfileError("No stack of this speedscope file weighs anything: export it again.")
        unit = MICROSECONDS if self._is_time else SAMPLES if self._unit == "none" else self._unit
        return builder.finish("speedscope", unit=unit, owner_level=self._several, time_advice=TIME_ADVICE)

    def _frame(self, frame: object) -> int:
        file, line = name(member(frame, "file")), integer(member(frame, "line"))
        library = f"{file}:{line}" if file and line is not None else file
        return self._builder.frame(name(member(frame, "name"), "(unnamed)"), library)

    def _fits(self, profile: dict[str, Any]) -> bool:
        """Return True for a profile whose values add up with the first one's."""
        unit = name(profile.get("unit"), "none")
        fits = unit in MICROSECONDS_A_UNIT if self._is_time else unit == self._unit
        if not fits:
            skip_value(self._report, OTHER_UNIT, {"name": profile.get("name"), "unit": unit})
        return fits

    def _scale(self, profile: dict[str, Any]) -> float:
        return MICROSECONDS_A_UNIT.get(name(profile.get("unit")), 1.0)

    def _samples(self, profile: dict[str, Any], below: NodeId) -> None:
        scale = self._scale(profile)
        start = number(profile.get("startValue"))
        at = 0.0 if math.isnan(start) else start * scale
        weights = items(profile.get("weights"))
        for row, stack in enumerate(items(profile.get("samples"))):
            weight = number(weights[row]) * scale if row < len(weights) else math.nan
            if not 0 <= weight <= MAX_WEIGHT:
                skip_value(self._report, NO_WEIGHT, stack)
                continue
            frames = [self._known(frame) for frame in items(stack)[:MAX_DEPTH]]
            if None in frames:
                skip_value(self._report, NO_FRAME, stack)
            else:
                path = [frame for frame in frames if frame is not None]
                self._spans.add(at, at + weight, self._builder.stack(path, below))
            at += weight

    def _known(self, frame: object) -> int | None:
        row = integer(frame)
        return self._frames[row] if row is not None and 0 <= row < len(self._frames) else None

    def _events(self, profile: dict[str, Any], below: NodeId) -> None:
        scale = self._scale(profile)
        nodes: list[tuple[int, NodeId]] = []
        # How often each frame is open: a walk over a deep stack for every event would take hours.
        opened: Counter[int] = Counter()
        now, self._stayed = -math.inf, 0
        for event in items(profile.get("events")):
            kind, frame = member(event, "type"), self._known(member(event, "frame"))
            at = number(member(event, "at")) * scale
            if frame is None or math.isnan(at) or kind not in ("O", "C"):
                skip_value(self._report, NO_EVENT, event)
                continue
            if at < now:
                self._report.repaired += 1
                self._report.note(EARLIER)
            now = self._pass(now, at, nodes, below)
            if kind == "O":
                above = nodes[-1][1] if nodes else below
                deep = len(nodes) >= MAX_DEPTH
                nodes.append((frame, above if deep else self._builder.child(above, frame)))
                opened[frame] += 1
            elif opened[frame]:
                self._close(nodes, opened, frame)
            else:
                skip_value(self._report, NOT_OPEN, event)
        end = number(profile.get("endValue")) * scale
        if nodes and not math.isnan(end):
            self._pass(now, end, nodes, below)

    def _pass(self, now: float, at: float, nodes: list[tuple[int, NodeId]], below: NodeId) -> float:
        """Add the time since the last event to the innermost frame."""
        if nodes and at > now:
            through = nodes[self._stayed - 1][1] if self._stayed else below
            self._spans.add(now, at, nodes[-1][1], through)
            self._stayed = len(nodes)
        return max(now, at)

    def _close(self, nodes: list[tuple[int, NodeId]], opened: Counter[int], frame: int) -> None:
        """Close a frame, and those inside of it."""
        while (inner := nodes.pop()[0]) != frame:
            opened[inner] -= 1
            self._report.repaired += 1
            self._report.note(CROSSING)
        opened[frame] -= 1
        self._stayed = min(self._stayed, len(nodes))

    def _add_up(self) -> None:
        """Add the spans as stacks without a time."""
        start, end = np.array(self._spans.start), np.array(self._spans.end)
        self._builder.event("samples")
        self._builder.add_samples(
            time=np.full(len(start), np.nan),
            node=np.array(self._spans.node),
            thread=np.array(self._spans.thread),
            weight=np.rint(end).astype(np.int64) - np.rint(start).astype(np.int64),
        )


def _is_in_order(profile: dict[str, Any]) -> bool:
    """Return True if the order of a profile's stacks is that in which they were."""
    if profile.get("type") == "evented":
        return True
    stacks = [tuple(stack) if isinstance(stack, list) else () for stack in items(profile.get("samples"))]
    try:
        return len(stacks) < 2 or len(set(stacks)) < len(stacks)
    except TypeError:  # a frame that is a list or an object
        return False
