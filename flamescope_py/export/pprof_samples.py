"""Writes the samples of a range as pprof's profile.proto, gzipped, each with its time, thread and processor.

Labels have the names that other writers use: `end_timestamp_ns` (@datadog/pprof), `thread name`, `thread id`,
`pid`, `cpu` and `event`. Samples without a time that differ in nothing are one.
`go tool pprof` adds all of them up, and shows the labels with -tags.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator

import numpy as np
import numpy.typing as npt

from flamescope_py.analysis.chosen import ChosenSamples
from flamescope_py.export.pprof import GZIP, Strings, tables, value_type
from flamescope_py.export.stacks import paths
from flamescope_py.model.profile import SAMPLES, Labels, Thread
from flamescope_py.protobuf import number, text, varint, varints

BATCH = 8192
# The fastest: a message per sample repeats itself, and higher levels take three times as long.
LEVEL = 1
# The stacks whose bytes are kept, since samples repeat them.
MAX_STACKS_BYTES = 64 << 20
TIME, TIME_UNIT = "end_timestamp_ns", "nanoseconds"
THREAD_NAME, THREAD_ID, PROCESS, CPU, EVENT = "thread name", "thread id", "pid", "cpu", "event"
# Fields of Profile, Sample and Label.
_SAMPLE, _START, _DURATION = 2, 9, 10
_LOCATIONS, _VALUES, _LABEL = 1, 2, 3
_KEY, _TEXT, _NUMBER, _UNIT = 1, 2, 3, 4
# 2001 in seconds: an earlier time counts from the machine's start.
FIRST_DATE = 1e9

Ints = npt.NDArray[np.int64]


def pprof_samples(chosen: ChosenSamples) -> Iterator[bytes]:
    """Yield the file in pieces."""
    packer = zlib.compressobj(LEVEL, wbits=GZIP)
    for part in _messages(chosen):
        yield packer.compress(part)
    yield packer.flush()


def nanoseconds(time: npt.NDArray[np.float64]) -> Ints:
    """Return times in whole nanoseconds. Seconds and their fractions are converted apart, which is exact."""
    whole = np.floor(time)
    return whole.astype(np.int64) * 1_000_000_000 + np.rint((time - whole) * 1e9).astype(np.int64)


def _messages(chosen: ChosenSamples) -> Iterator[bytes]:
    """Yield messages that are one profile together."""
    strings = Strings()
    used = np.unique(chosen.event).tolist()
    # Counted samples are no cycles or faults, so that they keep their own type.
    named = len(used) == 1 and chosen.unit != SAMPLES
    kind, unit = value_type(chosen.unit, chosen.events[used[0]] if named else "")
    labels = _Labels(chosen, strings)
    yield tables(chosen.frames, kind, unit, strings).SerializeToString(deterministic=True)
    if chosen.timed:
        first, last = nanoseconds(chosen.time[[0, chosen.timed - 1]]).tolist()
        yield (number(_START, first) if chosen.time[0] >= FIRST_DATE else b"") + number(
            _DURATION, last - first
        )
    stacks = _Stacks(chosen)
    for rows, weight in _rows(chosen):
        yield b"".join(_samples(chosen, rows, weight, stacks, labels))


def _rows(chosen: ChosenSamples) -> Iterator[tuple[Ints, Ints]]:
    """Yield rows of samples and their weights, a batch at a time; first those that have a time."""
    weight = chosen.weights()
    for start in range(0, chosen.timed, BATCH):
        rows = np.arange(start, min(start + BATCH, chosen.timed))
        yield rows, weight[rows]
    columns = (chosen.node, chosen.thread, chosen.cpu, chosen.event)
    rest = np.stack([column[chosen.timed :].astype(np.int64) for column in columns])
    if not rest.shape[1]:
        return
    _, first, place = np.unique(rest, axis=1, return_index=True, return_inverse=True)
    total = np.zeros(len(first), np.int64)
    np.add.at(total, place.reshape(-1), weight[chosen.timed :])
    for start in range(0, len(first), BATCH):
        yield first[start : start + BATCH] + chosen.timed, total[start : start + BATCH]


def _samples(
    chosen: ChosenSamples, rows: Ints, weight: Ints, stacks: _Stacks, labels: _Labels
) -> Iterable[bytes]:
    timed = rows < chosen.timed
    times = iter(varints(nanoseconds(chosen.time[rows[timed]])))
    columns = (chosen.thread[rows], chosen.cpu[rows], chosen.event[rows])
    owners = zip(*(column.tolist() for column in columns), strict=True)
    for stack, value, owner, has_time in zip(
        stacks.of(chosen.node[rows]), varints(weight), owners, timed.tolist(), strict=True
    ):
        own = labels.of(owner) + (labels.time(next(times)) if has_time else b"")
        yield text(_SAMPLE, stack + text(_VALUES, value) + own)


class _Stacks:
    """The stacks of nodes, from the leaf to the root, as a field of a sample."""

    def __init__(self, chosen: ChosenSamples) -> None:
        self._tree = chosen.tree
        self._locations = varints(np.arange(1, len(chosen.frames) + 1))
        self._known: dict[int, bytes] = {}
        self._size = 0

    def of(self, nodes: Ints) -> list[bytes]:
        """Return the stack of each node."""
        new = np.array([node for node in np.unique(nodes).tolist() if node not in self._known], np.int64)
        if self._size > MAX_STACKS_BYTES:
            self._known, self._size, new = {}, 0, np.unique(nodes)
        ends = np.cumsum(self._tree.depth[new], dtype=np.int64)
        frames, begin = paths(self._tree, new, ends).tolist(), 0
        for node, end in zip(new.tolist(), ends.tolist(), strict=True):
            packed = b"".join([self._locations[frame] for frame in reversed(frames[begin:end])])
            self._known[node] = text(_LOCATIONS, packed) if packed else b""
            self._size += len(packed)
            begin = end
        return [self._known[node] for node in nodes.tolist()]


class _Labels:
    """The labels of samples, as fields of a sample. All their texts are in the table before it is written."""

    def __init__(self, chosen: ChosenSamples, strings: Strings) -> None:
        self._threads = {row: chosen.threads[row] for row in np.unique(chosen.thread).tolist()}
        self._own = dict.fromkeys(self._threads, ()) | dict(enumerate(chosen.labels))
        self._events = {row: chosen.events[row] for row in np.unique(chosen.event).tolist()}
        self._strings = strings
        self._known: dict[tuple[int, int, int], bytes] = {}
        for one in (THREAD_NAME, THREAD_ID, PROCESS, CPU, EVENT, *self._events.values()):
            strings(one)
        for thread in self._threads.values():
            for one in thread:
                strings(str(one))
        for own in chosen.labels:
            for pair in own:
                strings(pair[0])
                strings(pair[1])
        for cpu in np.unique(chosen.cpu).tolist():
            strings(str(cpu))
        self._time = number(_KEY, strings(TIME))
        self._unit = number(_UNIT, strings(TIME_UNIT))

    def time(self, moment: bytes) -> bytes:
        """Return the label of a time, whose number is written already."""
        return text(_LABEL, self._time + varint(_NUMBER << 3) + moment + self._unit)

    def of(self, owner: tuple[int, int, int]) -> bytes:
        """Return the labels of a thread, a processor and an event."""
        if owner not in self._known:
            thread, cpu, event = owner
            self._known[owner] = b"".join(
                self._fields(self._threads[thread], cpu, self._events[event], self._own[thread])
            )
        return self._known[owner]

    def _fields(self, thread: Thread, cpu: int, event: str, labels: Labels) -> Iterator[bytes]:
        # Numbers are texts as well, since 0 as a number stands for none.
        numbers = ((PROCESS, thread.pid), (THREAD_ID, thread.tid), (CPU, cpu))
        texts = [(key, str(value)) for key, value in numbers if value >= 0]
        own = [pair for pair in labels if pair[0] != EVENT]
        for key, value in ((THREAD_NAME, thread.command), (EVENT, event), *texts, *own):
            if value:
                yield text(_LABEL, number(_KEY, self._strings(key)) + number(_TEXT, self._strings(value)))
