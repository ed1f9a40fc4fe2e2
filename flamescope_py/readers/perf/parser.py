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
from typing import NamedTuple

import numpy as np

from flamescope_py._kernel import Kernel, load
from flamescope_py.model import ProfileBuilder
from flamescope_py.readers.perf.blocks import Blocks, cut
from flamescope_py.readers.perf.compiled.arrays import Taken
from flamescope_py.readers.perf.compiled.reader import CompiledReader
from flamescope_py.readers.perf.events import EventLines, Events
from flamescope_py.readers.perf.fields import HEAD_BYTES, USUAL, FieldSet, Task
from flamescope_py.readers.perf.frames import FrameLines, Line, Stacks
from flamescope_py.readers.perf.line_reader import LineReader
from flamescope_py.readers.perf.lines import Trigger, fields_of
from flamescope_py.readers.perf.pieces import BLANK_LINE, TextPieces, WholeBlocks
from flamescope_py.readers.perf.stacks import StackEnds

# Larger pieces share more repeated lines, but touch more memory pages (docs/internals/performance.md). A
# longer block is read line by line.
PIECE = 8 << 20
# The kernel takes pieces that fit into the processor's cache.
COMPILED_PIECE = 1 << 20
_NO_TEXT = memoryview(b"")


class _Tables(NamedTuple):
    """The tables that plain blocks and odd lines share.

    They do not hold the parser, which would be a circle: its memory would stay until a garbage collection.
    """

    builder: ProfileBuilder
    events: EventLines
    frames: FrameLines
    ends: StackEnds

    def node(self, command: int, frames: Sequence[int]) -> tuple[int, bool]:
        """Return the node where a stack ends; see `StackEnds.of_stack`."""
        return self.ends.of_stack(command, frames)

    def line(self, line: bytes) -> Line | None:
        """Read a line of a stack; see `FrameLines.line`."""
        return self.frames.line(line)

    def task(self, task: Task) -> tuple[int, int, int]:
        """Return a task's numbers; see `EventLines.task`."""
        return self.events.task(task)

    def trigger(self, trigger: Trigger) -> tuple[int, int] | None:
        """Return an event's numbers; see `EventLines.trigger`."""
        return self.events.trigger(trigger)


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
        self._return = b""
        self._functions = load()
        self._text = None if self._functions else TextPieces(PIECE)
        self._whole = WholeBlocks()
        self._ends = StackEnds(self.builder)
        self._read_by(fields or USUAL)

    def _read_by(self, fields: FieldSet) -> None:
        self._events = EventLines(self.builder, fields)
        self._frames = FrameLines(self.builder, fields)
        self._odd = LineReader(_Tables(self.builder, self._events, self._frames, self._ends), fields)
        self._compiled = (
            CompiledReader(Kernel(self._functions, fields.task), self.builder, self._events, self._frames)
            if self._functions
            else None
        )

    def feed(self, data: bytes) -> None:
        """Read one more chunk."""
        if self._head is not None:
            if len(self._head) + len(data) < HEAD_BYTES:
                self._head += data
                return
            data = self._take_head(data)
        data = self._return + data
        self._return = b"\r" if data.endswith(b"\r") else b""
        if b"\r" in data:
            data = data.removesuffix(self._return).replace(b"\r\n", b"\n")
        if self._text is None:
            self._feed_compiled(data)
        else:
            self._feed_arrays(data, self._text)

    def _feed_compiled(self, data: bytes) -> None:
        for start in range(0, len(data), COMPILED_PIECE):
            for text in self._whole.add(data, start, min(start + COMPILED_PIECE, len(data))):
                self._read(text)
            if len(self._whole) > PIECE:
                self._take()
                self._whole.put_back(self._odd.feed(self._whole.take()))

    def _feed_arrays(self, data: bytes, text: TextPieces) -> None:
        left = memoryview(data)
        while left:
            left = text.fill(left)
            if text.full and not self._whole_blocks(text):
                text.fill(self._odd.feed(text.take()))

    def _take_head(self, more: bytes = b"") -> bytes:
        """Find the fields in the text that was kept back for this, and return it with `more` behind it."""
        # A large chunk is not copied where nothing was kept.
        head, self._head = bytes(self._head or b"") + more, None
        self._read_by(fields_of(head))
        return head

    def finish(self) -> ProfileBuilder:
        """Read the remaining text and return the builder, its samples still in file order."""
        if self._head is not None:
            self.feed(self._take_head())
        rest, self._return = self._rest(), b""
        if rest.endswith(b"\n"):
            # The last block may lack the blank line behind it.
            self._read(memoryview(rest + b"\n"))
            self.builder.report.lines -= 1
            rest = b""
        self._take()
        if rest:
            lines, newline, last = rest.rpartition(b"\n")
            # Nothing would end a line that is too long to keep.
            if newline:
                self._odd.read(lines + newline)
            self._odd.end_with(last)
        self._odd.finish()
        return self.builder

    def _rest(self) -> bytes:
        """Read the whole blocks of the waiting text, and return the rest."""
        if self._text is None:
            return self._whole.take()
        self._whole_blocks(self._text)
        rest = self._text.take()
        self._text.give_back()
        return rest

    def _whole_blocks(self, text: TextPieces) -> bool:
        """Read the whole blocks of a text and keep the rest. Return False if there is none."""
        size = text.whole()
        if size:
            self._read(memoryview(text.text)[:size])
            text.drop(size)
        return size > 0

    def _read(self, text: memoryview) -> None:
        """Read a text that ends in a blank line."""
        if self._odd.busy:
            whole = bytes(text)
            begun = whole.find(BLANK_LINE) + len(BLANK_LINE)
            self._odd.read(whole[:begun])
            text = text[begun:]
        if not text:
            return
        before = self.builder.report.lines
        if self._compiled is not None:
            lines = self._compiled.read(text)
            # Samples stay in order, since nothing waits while the line reader is in a block.
            if self._compiled.due or self._odd.busy:
                self._take(text)
        else:
            blocks = cut(text, len(text))
            lines = blocks.lines
            if len(blocks.head):
                self._read_blocks(blocks)
        self.builder.report.lines = before + lines

    def _take(self, text: memoryview = _NO_TEXT) -> None:
        """Append the samples that wait in the kernel, in order: runs of plain blocks, between them odd ones.

        These are in `text`, the last one read.
        """
        taken = self._compiled.take() if self._compiled else None
        if taken is None:
            return
        before, done = self.builder.report.lines, 0
        for odd in np.flatnonzero(taken.odd).tolist():
            self._append_compiled(taken, slice(done, odd))
            self.builder.report.lines = before + int(taken.line[odd])
            self._odd.read(bytes(text[taken.head[odd] : taken.end[odd]]))
            done = odd + 1
        self._append_compiled(taken, slice(done, len(taken.odd)))

    def _append_compiled(self, piece: Taken, run: slice) -> None:
        if run.start == run.stop:
            return
        # An interrupted stack is still open.
        self._odd.finish()
        report = self.builder.report
        for kind, count in piece.others_in(run).items():
            report.add_other(kind, count)
        report.without_stack += int(np.count_nonzero(piece.depth[run] == 0))
        columns = ["time", "node", "thread", "cpu", "event", "idle", "period"]
        if piece.partner[run].any():
            columns.append("partner")
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
        partner = events.partner[run]
        self.builder.add_samples(
            **({"partner": partner} if partner.any() else {}),
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
