"""Interns the event lines of `perf script` text: task, time and event.

The texts before the time and behind it repeat themselves and are looked up. The time does not (`times`).
Lines that have other fields than their file are left to the line reader.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from flamescope_py.model import ProfileBuilder
from flamescope_py.model.builder import MAX_EVENTS
from flamescope_py.readers.limits import MAX_LINE
from flamescope_py.readers.perf.behind import frame_behind
from flamescope_py.readers.perf.blocks import Blocks, Ints, Mask, distinct
from flamescope_py.readers.perf.fields import FieldSet, Task, read_task
from flamescope_py.readers.perf.lines import Trigger, parse_trigger
from flamescope_py.readers.perf.switching.switches import partner_of
from flamescope_py.readers.perf.times import read_times

MAX_INTERNED = 50_000
# A period with fewer digits is surely below MAX_PERIOD.
MAX_PERIOD_DIGITS = 15
_ODD = (-1, 0, 0)
_ODD_TRIGGER = (-1, 0, 0, 0)


class Events(NamedTuple):
    """Columns with one value a block; where `odd`, the others mean nothing.

    `command` is a frame, `thread` and `event` are rows of the builder, `time` is in seconds. `behind`: there
    may be a frame on the line, which counts where no frames stand below it. `partner` is that of
    `switches.partner_of`.
    """

    command: Ints
    thread: Ints
    cpu: Ints
    event: Ints
    period: Ints
    behind: Mask
    partner: Ints
    time: npt.NDArray[np.float64]
    odd: Mask


class EventLines:
    """Event lines, interned in the tables of a builder."""

    def __init__(self, builder: ProfileBuilder, fields: FieldSet) -> None:
        """Intern commands, threads and events in `builder`."""
        self._builder = builder
        self._fields = fields
        self._tasks: dict[bytes, tuple[int, int, int]] = {}
        self._triggers: dict[bytes, tuple[int, int, int]] = {}

    def read(self, blocks: Blocks) -> Events:
        """Read the event lines of all blocks."""
        text, offsets = blocks.event_lines()
        times = read_times(text, offsets)
        # Three pieces per line: task, time, event.
        pieces = np.empty(3 * len(times.found) + 1, np.int32)
        pieces[0::3] = offsets
        pieces[1::3] = np.where(times.found, times.task_end, offsets[:-1])
        pieces[2::3] = np.where(times.found, times.trigger_start, offsets[:-1])
        command, thread, cpu = self._columns(text, pieces, times.found, 0)
        event, period, behind, partner = self._columns(text, pieces, times.found, 2)
        odd = ~times.found | (command < 0) | (event < 0)
        return Events(command, thread, cpu, event, period, behind > 0, partner, times.time, odd)

    def _columns(self, text: bytes, pieces: npt.NDArray[np.int32], found: Mask, which: int) -> Ints:
        """Look up one of the three pieces of every line; return its columns, first index first."""
        wanted = np.zeros(len(pieces) - 1, np.bool_)
        wanted[which::3] = found
        values, row = distinct(text, pieces, wanted)
        table = np.array(
            [self.trigger_row(value) for value in values] or [_ODD_TRIGGER]
            if which
            else [self.task_row(value) for value in values] or [_ODD],
            np.int64,
        )
        return table[row[which::3]].T

    def task(self, task: Task) -> tuple[int, int, int]:
        """Return a task's numbers: its command's frame, its thread's row and its processor."""
        thread = self._builder.thread(task.pid, task.tid, task.command)
        return self._builder.frame(task.command), thread, task.cpu

    def trigger(self, trigger: Trigger) -> tuple[int, int] | None:
        """Return an event's row and period; None when the file names more events than we hold."""
        event = self._builder.event(trigger.event)
        return (event, trigger.period) if event < MAX_EVENTS else None

    def read_task(self, text: bytes) -> Task | None:
        """Read the text before a time; None where it is no task."""
        return None if text.startswith(b"\t") else read_task(text, self._fields)

    def task_row(self, text: bytes) -> tuple[int, int, int]:
        """Return the numbers of the text before a time, the first negative where it is no task."""
        row = self._tasks.get(text)
        if row is None:
            task = self.read_task(text)
            if task is None:
                return _ODD
            _trim(self._tasks)
            row = self._tasks[text] = self.task(task)
        return row

    def trigger_row(self, line: bytes) -> tuple[int, int, int, int]:
        """Return event, period, whether a frame may follow, and partner of the text behind a time.

        The text includes the line end.        The first is negative where it is no event.
        """
        # In captures by frequency every period is new, and only that.
        period, _, rest = line.lstrip(b" \t").partition(b" ")
        if not (rest and period.isdigit() and len(period) < MAX_PERIOD_DIGITS):
            period, rest = b"0", line
        known = self._triggers.get(rest)
        if known is not None:
            return known[0], int(period), known[1], known[2]
        row = self._new_trigger(line[:-1])
        # Not a period that the line reads in another way.
        if row != _ODD_TRIGGER and row[1] == int(period):
            _trim(self._triggers)
            self._triggers[rest] = row[0], row[2], row[3]
        return row

    def _new_trigger(self, text: bytes) -> tuple[int, int, int, int]:
        trigger = parse_trigger(text)
        if trigger is None or len(text) > MAX_LINE or trigger.event.startswith("PERF_RECORD_"):
            return _ODD_TRIGGER
        behind = frame_behind(trigger.event, trigger.rest)
        pair = None if behind and behind.sure else self.trigger(trigger)
        if pair is None:
            return _ODD_TRIGGER
        return (*pair, int(behind is not None and not self._fields.stacks), partner_of(trigger))


def _trim(known: dict[bytes, Any]) -> None:
    """Forget texts when they are many: they are kept only to be found again."""
    if len(known) > MAX_INTERNED:
        known.clear()
