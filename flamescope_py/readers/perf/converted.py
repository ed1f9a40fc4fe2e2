"""perf.data as JSON, which `perf data convert --to-json perf.json` writes (perf 5.14 and later).

    {"linux-perf-json-version": 1, "headers": {"arch": "x86_64", "cmdline": ["perf", "record", …], …},
     "samples": [{"timestamp": 25900910971934, "pid": 71, "tid": 72, "cpu": 1, "comm": "node",
                  "callchain": [{"ip": "0x14d1546", "symbol": "main", "dso": "node"}, …]}, …]}

Times are nanoseconds, the innermost frame comes first, and samples do not name their event.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import numpy as np

from flamescope_py.errors import BrokenProfileError
from flamescope_py.model import Profile, ProfileBuilder
from flamescope_py.model.frame import Frame
from flamescope_py.model.profile import UNKNOWN
from flamescope_py.readers.json.documents import documents
from flamescope_py.readers.json.text import integer, items, member, name, number, skip_value
from flamescope_py.readers.limits import MAX_DEPTH, MAX_SPAN_SECONDS
from flamescope_py.readers.perf.idle import is_idle_command, is_idle_stack
from flamescope_py.readers.perf.names import UNNAMED, library_kind
from flamescope_py.readers.perf.reader import TIME_ADVICE

_HEAD = re.compile(rb'\s*\{\s*"linux-perf-json-version"\s*:')
_HEADERS = ("hostname", "os-release", "arch", "cpu-desc", "perf-version", "captured-on")
NO_SAMPLE = "a sample that is no object"
NO_TIME = "a sample without a time"
DEEP = f"stack cut to its innermost {MAX_DEPTH} frames"


def recognises(head: bytes) -> bool:
    """Return True for the head of such a file."""
    return _HEAD.match(head) is not None


def read(chunks: Iterable[bytes]) -> Profile:
    """Read all samples. Raises BrokenProfileError where there is none, and TooLargeError."""
    builder = ProfileBuilder()
    reading = _Samples(builder)
    for key, value in documents(chunks, {"samples"}, {"headers"}, builder.report):
        if key == "samples":
            reading.add(value)
        elif key == "headers":
            _read_headers(value, builder)
    builder.drop_strays(MAX_SPAN_SECONDS / 2)
    if not builder.report.samples:
        raise BrokenProfileError(
            f"There is no sample in this JSON of perf{builder.report.because()}: convert the recording again."
        )
    return builder.finish("perf_json", time_advice=TIME_ADVICE)


def _read_headers(headers: object, builder: ProfileBuilder) -> None:
    builder.header |= {key: found for key in _HEADERS if (found := name(member(headers, key)))}
    command = " ".join(name(word) for word in items(member(headers, "cmdline")))
    if command:
        builder.header["cmdline"] = command


class _Samples:
    """Adds batches of samples to a builder."""

    def __init__(self, builder: ProfileBuilder) -> None:
        self._builder = builder
        self._event = builder.event("")
        self._frames: dict[tuple[str, str], int] = {}
        self._idle: dict[int, bool] = {}

    def add(self, batch: list[Any]) -> None:
        rows = [self._row(sample) for sample in batch if self._is_sample(sample)]
        if rows:
            columns = ("time", "node", "thread", "cpu", "idle")
            self._builder.add_samples(
                event=np.full(len(rows), self._event),
                **dict(zip(columns, zip(*rows, strict=True), strict=True)),
            )

    def _is_sample(self, sample: object) -> bool:
        if isinstance(sample, dict):
            return True
        skip_value(self._builder.report, NO_SAMPLE, sample)
        return False

    def _row(self, sample: dict[str, Any]) -> tuple[float, int, int, int, bool]:
        time, cpu = number(sample.get("timestamp")) / 1e9, integer(sample.get("cpu"))
        if np.isnan(time):
            self._builder.report.note(NO_TIME)
        command = name(sample.get("comm"))
        pid, tid = (integer(sample.get(key)) for key in ("pid", "tid"))
        thread = self._builder.thread(
            UNKNOWN if pid is None else pid, UNKNOWN if tid is None else tid, command
        )
        frames = [self._frame(entry) for entry in items(sample.get("callchain"))]
        if len(frames) > MAX_DEPTH:
            self._builder.report.note(DEEP)
            del frames[MAX_DEPTH:]
        self._builder.report.without_stack += not frames
        node = self._builder.stack((self._builder.frame(command), *reversed(frames)))
        idle = is_idle_command(command) and self._is_idle(node, frames)
        return time, node, thread, cpu if cpu is not None and 0 <= cpu < 1 << 31 else -1, idle

    def _frame(self, entry: object) -> int:
        symbol, library = name(member(entry, "symbol"), UNNAMED), name(member(entry, "dso"))
        frame = self._frames.get((symbol, library))
        if frame is None:
            frame = self._builder.frame(symbol, library, library_kind(library, symbol))
            self._frames[symbol, library] = frame
        return frame

    def _is_idle(self, node: int, frames: list[int]) -> bool:
        if node not in self._idle:
            found: list[Frame] = [self._builder.frame_at(frame) for frame in frames]
            self._idle[node] = is_idle_stack(found)
        return self._idle[node]
