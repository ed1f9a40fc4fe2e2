"""The slow path of the perf script parser: any text at all, one line after the other.

Blocks that are not one event line and its frames come here: comments in the middle, no blank lines
between samples, frames on the event line, no timestamps, broken lines, lines without end. A line that is
none of `perf script` is skipped, counted and named in the report.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import Protocol

from flamescope_py.model import ProfileBuilder
from flamescope_py.model.builder import TURNS
from flamescope_py.readers.limits import LONG, MAX_DEPTH, MAX_LINE
from flamescope_py.readers.perf.behind import frame_behind
from flamescope_py.readers.perf.fields import FieldSet, Task
from flamescope_py.readers.perf.frames import Line
from flamescope_py.readers.perf.lines import (
    RECORD,
    Event,
    Trigger,
    is_damaged_event,
    is_frame_begun,
    is_whole,
    read_event,
)
from flamescope_py.readers.perf.names import decode
from flamescope_py.readers.perf.others import RECORDS
from flamescope_py.readers.perf.switching.marks import record_of
from flamescope_py.readers.perf.switching.switches import partner_of

MAX_HEADER = 64
NO_TIME = "sample without a timestamp in a file that has them"
# The one line of the header without a blank before its colon, after perf record -k CLOCK_MONOTONIC:
# # reference time: 2026-11-29 10:00:00.123456 = 1795946400.123456 (TOD) = 5123.654321 (CLOCK_MONOTONIC)
CLOCKS = " reference time: "


class Tables(Protocol):
    """The parser's tables, which both paths write into."""

    @property
    def builder(self) -> ProfileBuilder:
        """The builder that the samples go to."""

    def task(self, task: Task) -> tuple[int, int, int]:
        """Intern a task."""

    def trigger(self, trigger: Trigger) -> tuple[int, int] | None:
        """Intern an event."""

    def line(self, line: bytes) -> Line | None:
        """Intern a line of a stack."""

    def node(self, command: int, frames: Sequence[int]) -> tuple[int, bool]:
        """Intern a stack."""


class LineReader:
    """A state machine over lines: outside a sample, in one, or behind an event line it could not read.

    In a sample, lines of another program (perf's own standard error) may interrupt the stack.
    """

    def __init__(self, tables: Tables, fields: FieldSet) -> None:
        """Write into the tables and the builder of a parser."""
        self._tables = tables
        self._fields = fields
        self._report = tables.builder.report
        self._sample: dict[str, float] | None = None
        self._command = 0
        self._frames: list[int] = []
        # A frame on the event line, unless there are some below it.
        self._behind: tuple[int, ...] = ()
        self._dropping = False
        self._in_record = False
        self._interrupted = False
        self._endless = False
        self._done: list[dict[str, float]] = []

    @property
    def busy(self) -> bool:
        """Whether the text so far ends inside a block, so that the next line belongs to it."""
        return self._sample is not None or self._dropping or self._endless

    def feed(self, data: bytes) -> bytes:
        """Read the whole lines of a block that is too long to wait for; return the rest."""
        text, newline, rest = data.rpartition(b"\n")
        if newline:
            self.read(text + newline)
        if len(rest) <= MAX_LINE:
            return rest
        if not self._endless:
            self._endless = True
            self._skip(LONG, rest[:100], self._report.lines + 1)
        return b""

    def read(self, text: bytes) -> None:
        """Read whole lines."""
        if self._endless:
            text = text.partition(b"\n")[2]
            self._endless = False
            self._report.lines += 1
        for line in text.removesuffix(b"\n").split(b"\n") if text else ():
            self._report.lines += 1
            self._line(line)
        self._flush()

    def end_with(self, line: bytes) -> None:
        """Read a last line without line end; one that is cut is left out with its sample."""
        if len(line) > MAX_LINE or self._endless or is_whole(line) or self._is_without_stacks(line):
            self.read(line + b"\n")
            return
        self._report.lines += 1
        if is_frame_begun(line):
            self._sample, self._frames, self._behind = None, [], ()
        self._report.cut_off("a sample", self._report.lines, decode(line[:200]))

    def _is_without_stacks(self, line: bytes) -> bool:
        """Return True for an event line right behind another one, as where no stacks were recorded."""
        alone = self._sample is not None and not self._frames
        return alone and read_event(line, self._fields) is not None

    def finish(self) -> None:
        """Close the last sample, and count a line too long to keep that the text ends in."""
        self._report.lines += self._endless
        self._endless = False
        self._close()
        self._flush()

    def _line(self, line: bytes) -> None:
        if len(line) > MAX_LINE:
            self._skip(LONG, line[:100])
        elif not line.strip():
            if not self._interrupted:
                self._close()
        elif event := read_event(line, self._fields):
            self._event(event, line)
        elif line.startswith(b"#"):
            self._comment(line)
        else:
            self._stack_line(line) or self._unreadable(line)

    def _event(self, event: Event, line: bytes) -> None:
        """Begin a sample, or take note of another record."""
        self._close()
        record = _record(event.trigger)
        if record:
            self._record(record, event)
            return
        if math.isnan(event.time):
            self._report.note(NO_TIME, self._report.lines, decode(line[:200]))
        pair = self._tables.trigger(event.trigger)
        if pair is None:
            self._dropping = True
            self._skip("more events than can be held", event.trigger.event.encode())
            return
        self._command, thread, cpu = self._tables.task(event.task)
        row, period = pair
        self._sample = {"time": event.time, "thread": thread, "cpu": cpu, "event": row, "period": period}
        self._sample["partner"] = partner_of(event.trigger)
        behind = frame_behind(event.trigger.event, event.trigger.rest)
        found = self._tables.line(b"\t" + behind.frame) if behind else None
        if behind and found and behind.sure:
            self._frames = list(found.frames[::-1])
        elif found and not self._fields.stacks:
            self._behind = found.frames

    def _record(self, record: re.Match[bytes], event: Event) -> None:
        lost = int(record.group(2) or 0)
        self._report.lost_events += lost
        self._report.add_other(RECORDS)
        self._dropping = self._in_record = True
        found = record_of(record.string, lost)
        if found and not math.isnan(event.time):
            builder, task = self._tables.builder, event.task
            builder.records.add(event.time, builder.thread(task.pid, task.tid, task.command), *found)

    def _stack_line(self, line: bytes) -> bool:
        """Add a frame to the open sample, if the line is one of a stack."""
        found = self._tables.line(line)
        if found is None:
            return False
        if found.kind:
            self._report.add_other(found.kind)
        elif self._sample is not None:
            self._interrupted = False
            if len(self._frames) <= MAX_DEPTH:
                self._frames.extend(reversed(found.frames))
        elif self._dropping:
            self._report.skipped += 1
        else:
            self._skip("frame outside a sample", line)
        return True

    def _unreadable(self, line: bytes) -> bool:
        in_sample = self._sample is not None
        if self._in_record and line[:1] in b" \t":
            # PERF_RECORD_NAMESPACES and others have several lines.
            self._report.add_other(RECORDS)
            return True
        if line[:1] in b" \t" and (in_sample or self._dropping):
            self._skip("not a frame line", line)
            return True
        if in_sample and not is_damaged_event(line):
            self._interrupted = True
        else:
            self._close()
            self._dropping = True
        self._skip("not an event line", line)
        return True

    def _comment(self, line: bytes) -> None:
        """Keep `# key : value` of perf's header. Any other comment means nothing."""
        text = decode(line[1:])
        key, colon, value = text.partition(": " if text.startswith(CLOCKS) else " : ")
        header = self._tables.builder.header
        key, value = key.strip(), value.strip()
        if colon and key == TURNS:
            header[key] = value
        elif colon and len(header) < MAX_HEADER:
            header.setdefault(key, value)

    def _close(self) -> None:
        """End the open sample, if there is one."""
        self._dropping = self._in_record = self._interrupted = False
        if self._sample is None:
            return
        frames = self._frames or list(self._behind[::-1])
        if len(frames) > MAX_DEPTH:
            self._report.note(f"stack cut to its innermost {MAX_DEPTH} frames", self._report.lines)
            del frames[MAX_DEPTH:]
        self._report.without_stack += not frames
        node, idle = self._tables.node(self._command, frames[::-1])
        self._done.append(self._sample | {"node": node, "idle": idle})
        self._sample, self._frames, self._behind = None, [], ()

    def _flush(self) -> None:
        if self._done:
            names = self._done[0]
            self._tables.builder.add_samples(**{n: [sample[n] for sample in self._done] for n in names})
            self._done = []

    def _skip(self, reason: str, line: bytes, number: int | None = None) -> None:
        self._report.skip(reason, number or self._report.lines, decode(line[:200]))


def _record(trigger: Trigger) -> re.Match[bytes] | None:
    """Read a line of perf's about something else than a sample."""
    if "PERF_RECORD_" not in trigger.event and b"PERF_RECORD_" not in trigger.rest:
        return None
    return RECORD.match(trigger.event.encode() + b" " + trigger.rest)
