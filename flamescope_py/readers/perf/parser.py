"""`perf script` text, bytes in and columns out, by interning.

Text repeats itself: in an 80 MB capture of a Node service a million lines are 63 000 distinct ones, and the
52 851 samples have 4 834 distinct stacks. So it is taken in large pieces (`pieces`), which are cut into
lines and blocks by array operations (`blocks`). Only the distinct parts of a piece are looked up and, where
they are new, read: event lines (`events`), the frames of a line (`frames`) and stacks (`stacks`). Blocks that
are not one event line and its frames go through `line_reader`, line by line, and end in the same tables. Both
paths read a line in the same way, so that the result is the same wherever a text is cut.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

from flamescope_py._kernel import Kernel, load
from flamescope_py.model import ProfileBuilder
from flamescope_py.readers.perf.blocks import Blocks, Text, cut
from flamescope_py.readers.perf.compiled import CompiledReader, Piece
from flamescope_py.readers.perf.events import EventLines, Events
from flamescope_py.readers.perf.fields import HEAD_BYTES, USUAL, FieldSet, Task
from flamescope_py.readers.perf.frames import FrameLines, Line, Stacks
from flamescope_py.readers.perf.line_reader import LineReader
from flamescope_py.readers.perf.lines import Trigger, fields_of
from flamescope_py.readers.perf.pieces import BLANK_LINE, TextPieces
from flamescope_py.readers.perf.stacks import StackEnds

# Larger pieces share more repeated lines, but touch more memory pages (docs/internals/performance.md). A
# longer block is read line by line.
PIECE = 8 << 20


class PerfScriptParser:
    """Feed it the text in chunks of any size, then call `finish`.

    The result is the same for every way of cutting the text.
    """

    def __init__(self, builder: ProfileBuilder | None = None, fields: FieldSet | None = None) -> None:
        """Write into `builder`, or into a new one.

        `fields` are those of the file; without them the beginning of the text shows them.
        """
        self.builder = builder or ProfileBuilder()
        self._head: bytearray | None = bytearray() if fields is None else None
        self._text = TextPieces(PIECE)
        self._return = b""
        self._ends = StackEnds(self.builder)
        self._read_by(fields or USUAL)

    def _read_by(self, fields: FieldSet) -> None:
        self._events = EventLines(self.builder, fields)
        self._frames = FrameLines(self.builder, fields)
        self._odd = LineReader(self, fields)
        functions = load()
        self._compiled = (
            CompiledReader(Kernel(functions, fields.task), self.builder, self._events, self._frames)
            if functions
            else None
        )

    def feed(self, data: bytes) -> None:
        """Read one more chunk."""
        if self._head is not None:
            self._head += data
            if len(self._head) < HEAD_BYTES:
                return
            data = self._take_head()
        data = self._return + data
        self._return = b"\r" if data.endswith(b"\r") else b""
        if b"\r" in data:
            data = data.removesuffix(self._return).replace(b"\r\n", b"\n")
        left = memoryview(data)
        while left:
            left = self._text.fill(left)
            if self._text.full and not self._whole_blocks():
                self._text.fill(self._odd.feed(self._text.take()))

    def _take_head(self) -> bytes:
        """Find the fields in the text that was kept back for this, and return it."""
        head, self._head = bytes(self._head or b""), None
        self._read_by(fields_of(head))
        return head

    def finish(self) -> ProfileBuilder:
        """Read the remaining text and return the builder, its samples still in file order."""
        if self._head is not None:
            self.feed(self._take_head())
        self._whole_blocks()
        rest, self._return = self._text.take(), b""
        if rest.endswith(b"\n"):
            # The last block may lack the blank line behind it.
            text = rest + b"\n"
            self._read(text, len(text))
            self.builder.report.lines -= 1
        elif rest:
            lines, newline, last = rest.rpartition(b"\n")
            self._odd.read(lines + newline)
            self._odd.end_with(last)
        self._odd.finish()
        self._text.give_back()
        return self.builder

    def _whole_blocks(self) -> bool:
        """Read the whole blocks of the text and keep the rest. Return False if there is none."""
        size = self._text.whole()
        if size:
            self._read(self._text.text, size)
            self._text.drop(size)
        return size > 0

    def _read(self, text: Text, size: int) -> None:
        """Read the first `size` bytes of a text, which end in a blank line."""
        if self._odd.busy:
            begun = text.find(BLANK_LINE) + len(BLANK_LINE)
            self._odd.read(bytes(text[:begun]))
            text, size = text[begun:size], size - begun
        if not size:
            return
        if self._compiled is not None:
            self._read_compiled(self._compiled.read(text, size), text)
            return
        blocks = cut(text, size)
        before = self.builder.report.lines
        if len(blocks.head):
            self._read_blocks(blocks)
        self.builder.report.lines = before + blocks.lines

    def _read_compiled(self, piece: Piece, text: Text) -> None:
        """Append the samples of a piece, in order: runs of plain blocks, between them odd ones."""
        before, done = self.builder.report.lines, 0
        for odd in np.flatnonzero(piece.odd).tolist():
            self._append_compiled(piece, slice(done, odd))
            self.builder.report.lines = before + int(piece.line[odd])
            self._odd.read(bytes(text[piece.head[odd] : piece.end[odd]]))
            done = odd + 1
        self._append_compiled(piece, slice(done, len(piece.odd)))
        self.builder.report.lines = before + piece.lines

    def _append_compiled(self, piece: Piece, run: slice) -> None:
        if run.start == run.stop:
            return
        # An interrupted stack is still open.
        self._odd.finish()
        report = self.builder.report
        for kind, count in piece.others_in(run).items():
            report.add_other(kind, count)
        report.without_stack += int(np.count_nonzero(piece.depth[run] == 0))
        columns = ("time", "node", "thread", "cpu", "event", "idle", "period")
        self.builder.add_samples(**{name: getattr(piece, name)[run] for name in columns})

    def _read_blocks(self, blocks: Blocks) -> None:
        """Append the samples of blocks, in order: runs of plain ones, between them odd ones."""
        before = self.builder.report.lines
        events = self._events.read(blocks)
        stacks = self._frames.stacks(blocks)
        alone = stacks.end - stacks.start == 1
        done = 0
        for odd in np.flatnonzero(events.odd | stacks.odd | (events.behind & alone)).tolist():
            self._append(events, stacks, blocks, slice(done, odd))
            self.builder.report.lines = before + int(blocks.head[odd])
            self._odd.read(blocks.block(odd))
            done = odd + 1
        self._append(events, stacks, blocks, slice(done, len(blocks.head)))

    def _append(self, events: Events, stacks: Stacks, blocks: Blocks, run: slice) -> None:
        """Append the samples of plain blocks."""
        if run.start == run.stop:
            return
        # An interrupted stack is still open.
        self._odd.finish()
        self._count_others(stacks, blocks.head[run.start], blocks.end[run.stop - 1])
        # The place of the event line holds the command, so that a slice is a whole stack.
        start = stacks.start[run]
        stacks.ids[start] = events.command[run]
        self.builder.report.without_stack += int(np.count_nonzero(stacks.end[run] - start == 1))
        ends = self._ends.of_blocks(stacks.ids, start, stacks.end[run])
        self.builder.add_samples(
            time=events.time[run],
            node=ends >> 1,
            thread=events.thread[run],
            cpu=events.cpu[run],
            event=events.event[run],
            idle=ends & 1,
            period=events.period[run],
        )

    def _count_others(self, stacks: Stacks, first: int, end: int) -> None:
        if stacks.kinds:
            some = slice(*np.searchsorted(stacks.others, [first, end]).tolist())
            for kind, count in Counter(stacks.kinds[some]).items():
                self.builder.report.add_other(kind, count)

    def node(self, command: int, frames: Sequence[int]) -> tuple[int, bool]:
        """Return the node where a stack ends; see `StackEnds.of_stack`."""
        return self._ends.of_stack(command, frames)

    def line(self, line: bytes) -> Line | None:
        """Read a line of a stack; see `FrameLines.line`."""
        return self._frames.line(line)

    def task(self, task: Task) -> tuple[int, int, int]:
        """Return a task's numbers; see `EventLines.task`."""
        return self._events.task(task)

    def trigger(self, trigger: Trigger) -> tuple[int, int] | None:
        """Return an event's numbers; see `EventLines.trigger`."""
        return self._events.trigger(trigger)
