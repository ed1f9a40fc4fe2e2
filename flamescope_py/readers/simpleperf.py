"""Android's simpleperf, as `simpleperf report-sample --protobuf --show-callchain -o perf.trace` writes it.

    SIMPLEPERF  version (2 bytes)  { size (4 bytes)  Record }…  0 (4 bytes)

    Record     1 Sample, 2 LostSituation, 3 File, 4 Thread, 5 MetaInfo, 6 ContextSwitch
    Sample     1 time in nanoseconds, 2 thread, 3 CallChainEntry (innermost first), 4 event count, 5 event
    entry      1 address in the file, 2 file, 3 symbol (-1 for none), 4 how it was executed
    File       1 id, 2 path, 3 symbols      Thread   1 id, 2 process, 3 name      MetaInfo   1 event types

Files and threads may stand behind the samples that name them. The layout is that of
cmd_report_sample.proto in system/extras of Android.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from flamescope_py.errors import BrokenProfileError, TooLargeError
from flamescope_py.model import Profile, ProfileBuilder
from flamescope_py.model.frame import INTERPRETED, JIT, KERNEL
from flamescope_py.model.profile import UNKNOWN
from flamescope_py.readers.limits import MAX_DEPTH, MAX_SPAN_SECONDS
from flamescope_py.readers.protobuf.messages import LENGTH, Field, fields_of

MAGIC = b"SIMPLEPERF"
_HEAD = len(MAGIC) + 2
_VERSION = 1
MAX_BYTES = 512 << 20
TIME_ADVICE = "The samples have no time: record again with simpleperf record."
DAMAGED = "records that are damaged"
NO_FILE = "samples of a file that is not listed"
DEEP = f"stacks deeper than {MAX_DEPTH} frames, cut there"
_SAMPLE, _LOST, _FILE, _THREAD, _META = 1, 2, 3, 4, 5
# CallChainEntry.ExecutionType
_KINDS = {1: INTERPRETED, 2: JIT, 3: JIT}
MAX_WEIGHT = 1 << 53


class _Entry(NamedTuple):
    address: int
    file: int
    symbol: int
    execution: int


class _Sample(NamedTuple):
    time: int
    thread: int
    stack: int
    amount: int
    event: int


def recognises(head: bytes) -> bool:
    """Return True for the head of such a file."""
    return head.startswith(MAGIC) and int.from_bytes(head[len(MAGIC) : _HEAD], "little") == _VERSION


def read(chunks: Iterable[bytes]) -> Profile:
    """Read all samples. Raises BrokenProfileError where there is none, and TooLargeError past MAX_BYTES."""
    reading = _Reading()
    for record in _records(chunks, reading.builder):
        reading.record(record)
    return reading.finish()


def _records(chunks: Iterable[bytes], builder: ProfileBuilder) -> Iterator[bytes]:
    """Yield the messages behind the head."""
    waiting, total, at = bytearray(), 0, _HEAD
    for chunk in chunks:
        total += len(chunk)
        if total > MAX_BYTES:
            raise TooLargeError(
                f"A simpleperf file of more than {MAX_BYTES >> 20} MiB cannot be read: cut it."
            )
        waiting += chunk
        while at + 4 <= len(waiting):
            size = int.from_bytes(waiting[at : at + 4], "little")
            if not size:
                return
            if at + 4 + size > len(waiting):
                break
            yield bytes(waiting[at + 4 : at + 4 + size])
            at += 4 + size
        done = min(at, len(waiting))
        del waiting[:done]
        at -= done
    builder.report.cut_off("a record", None, "")


class _Reading:
    """The records of one file."""

    def __init__(self) -> None:
        self.builder = ProfileBuilder()
        self._samples: list[_Sample] = []
        self._stacks: dict[tuple[_Entry, ...], int] = {}
        self._files: dict[int, tuple[str, list[str]]] = {}
        self._threads: dict[int, tuple[int, str]] = {}
        self._events: list[str] = []

    def record(self, data: bytes) -> None:
        """Take one record."""
        fields, stopped = fields_of(data, 0, len(data))
        if stopped < len(data):
            self.builder.report.skip(DAMAGED)
            return
        for field in fields:
            if field.wire != LENGTH:
                continue
            inner, stopped = fields_of(data, field.start, field.end)
            if stopped < field.end:
                self.builder.report.skip(DAMAGED)
            else:
                self._take(field.number, data, inner)

    def _take(self, kind: int, data: bytes, fields: list[Field]) -> None:
        if kind == _SAMPLE:
            self._sample(data, fields)
        elif kind == _LOST:
            self.builder.report.lost_events += max(0, _number(fields, 2))
        elif kind == _FILE:
            self._files[_number(fields, 1)] = (_text(data, fields, 2), _texts(data, fields, 3))
        elif kind == _THREAD:
            self._threads[_number(fields, 1)] = (_number(fields, 2, UNKNOWN), _text(data, fields, 3))
        elif kind == _META:
            self._events += _texts(data, fields, 1)

    def _sample(self, data: bytes, fields: list[Field]) -> None:
        entries = []
        for field in fields:
            if field.number == 3 and field.wire == LENGTH:
                inner, _ = fields_of(data, field.start, field.end)
                place = _number(inner, 1), _number(inner, 2, -1)
                entries.append(_Entry(*place, _signed(_number(inner, 3, -1)), _number(inner, 4)))
        stack = self._stacks.setdefault(tuple(entries), len(self._stacks))
        when, who = _number(fields, 1, -1), _number(fields, 2, UNKNOWN)
        self._samples.append(_Sample(when, who, stack, _number(fields, 4, 1), _number(fields, 5)))

    def finish(self) -> Profile:
        """Put the samples together, now that all files and threads are known."""
        builder = self.builder
        nodes = [self._node(stack) for stack in self._stacks]
        kept = [one for one in self._samples if nodes[one.stack] >= 0]
        lost = len(self._samples) - len(kept)
        if lost:
            builder.report.skip(NO_FILE, text=str(lost), count=lost)
        if not kept:
            raise BrokenProfileError(
                f"There is no sample in this simpleperf file{builder.report.because()}: record it again."
            )
        builder.add_samples(
            time=[one.time / 1e9 if one.time >= 0 else float("nan") for one in kept],
            node=[nodes[one.stack] for one in kept],
            thread=[self._thread(one.thread) for one in kept],
            event=[builder.event(self._event(one.event)) for one in kept],
            period=[min(max(one.amount, 0), MAX_WEIGHT) for one in kept],
        )
        builder.drop_strays(MAX_SPAN_SECONDS / 2)
        return builder.finish("simpleperf", owner_level=False, time_advice=TIME_ADVICE)

    def _event(self, row: int) -> str:
        return self._events[row] if 0 <= row < len(self._events) else "samples"

    def _thread(self, tid: int) -> int:
        pid, name = self._threads.get(tid, (UNKNOWN, ""))
        return self.builder.thread(pid, tid, name)

    def _node(self, stack: tuple[_Entry, ...]) -> int:
        """Return the node of a stack, -1 if it has a file that is not listed."""
        self.builder.report.without_stack += not stack
        if any(entry.file not in self._files for entry in stack):
            return -1
        if len(stack) > MAX_DEPTH:
            self.builder.report.note(DEEP)
        return self.builder.stack([self._frame(entry) for entry in reversed(stack[:MAX_DEPTH])])

    def _frame(self, entry: _Entry) -> int:
        path, symbols = self._files[entry.file]
        kind = KERNEL if path.startswith("[kernel") else _KINDS.get(entry.execution, "")
        if 0 <= entry.symbol < len(symbols):
            return self.builder.frame(symbols[entry.symbol], path, kind)
        return self.builder.frame(
            f"{path.rpartition('/')[2]}+{hex(entry.address & (1 << 64) - 1)}", path, kind
        )


def _number(fields: list[Field], number: int, missing: int = 0) -> int:
    return next((field.value for field in reversed(fields) if field.number == number), missing)


def _signed(value: int) -> int:
    """Return an int32, which is written as 64 bits if it is negative; old writers have 32."""
    return value - (1 << 32) if 1 << 31 <= value < 1 << 32 else value


def _texts(data: bytes, fields: list[Field], number: int) -> list[str]:
    return [
        data[field.start : field.end].decode("utf-8", "replace")
        for field in fields
        if field.number == number and field.wire == LENGTH
    ]


def _text(data: bytes, fields: list[Field], number: int) -> str:
    return next(iter(_texts(data, fields, number)), "")
