"""The slow path of the perf script parser: any text at all, one line after the other.

Blocks that are not one event line and its frames come here: comments in the middle, no blank lines
between samples, frames on the event line, no timestamps, broken lines, lines without end. What is
no line of `perf script` is skipped, counted and named in the report.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from flamescope_py.model import ProfileBuilder
from flamescope_py.readers.limits import MAX_DEPTH
from flamescope_py.readers.perf.lines import (
    HEAD,
    RECORD,
    What,
    Who,
    decode,
    is_frame_begun,
    is_frame_on_event_line,
    is_whole,
    parse_untimed,
    parse_what,
    parse_who,
)

MAX_LINE = 64 << 10
MAX_HEADER = 64
NO_TIME = "sample without a timestamp in a file that has them"
NAN = float("nan")


class Tables(Protocol):
    """What the line reader needs of its parser: the tables that both paths write into."""

    builder: ProfileBuilder

    def who(self, who: Who) -> tuple[int, int, int]:
        """Intern a task."""

    def what(self, what: What) -> tuple[int, int] | None:
        """Intern an event."""

    def line(self, line: bytes) -> tuple[int, ...] | None:
        """Intern a frame line."""

    def node(self, command: int, frames: Sequence[int]) -> tuple[int, bool]:
        """Intern a stack."""


class LineReader:
    """A state machine over lines: outside a sample, in one, or behind an event line it could not read."""

    def __init__(self, tables: Tables) -> None:
        """Write into the tables and the builder of a parser."""
        self._tables = tables
        self._report = tables.builder.report
        self._sample: dict[str, float] | None = None
        self._command = 0
        self._frames: list[int] = []
        self._dropping = False
        self._endless = False
        self._done: list[dict[str, float]] = []

    @property
    def busy(self) -> bool:
        """Whether the text so far ends inside a block, so that the next line belongs to it."""
        return self._sample is not None or self._dropping or self._endless

    def feed(self, data: bytes) -> bytes:
        """Read the whole lines of a block that is too long to wait for; gives back what is left."""
        text, newline, rest = data.rpartition(b"\n")
        if newline:
            self.read(text + newline)
        if len(rest) <= MAX_LINE:
            return rest
        if not self._endless:
            self._endless = True
            self._skip("line longer than 64 KiB", rest[:100], self._report.lines + 1)
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
            self._sample, self._frames = None, []
        self._report.cut_off("a sample", self._report.lines, decode(line[:200]))

    def _is_without_stacks(self, line: bytes) -> bool:
        """Say whether it is an event line right behind another one, as where no stacks were recorded."""
        alone = self._sample is not None and not self._frames
        return alone and (_timed(line) is not None or parse_untimed(line) is not None)

    def finish(self) -> None:
        """Close the last sample."""
        self._close()
        self._flush()

    def _line(self, line: bytes) -> None:
        if len(line) > MAX_LINE:
            self._skip("line longer than 64 KiB", line[:100])
        elif not line.strip():
            self._close()
        elif line.startswith(b"#"):
            self._comment(line)
        elif line.startswith(b"\t"):
            self._frame(line) or self._event(line) or self._unreadable(line)
        else:
            self._event(line) or self._frame(line) or self._unreadable(line)

    def _event(self, line: bytes) -> bool:
        """Begin a sample, or take note of another record, if the line is an event line."""
        found = _timed(line)
        if found is None:
            untimed = parse_untimed(line)
            if untimed is None:
                return False
            found = (*untimed, NAN)
            self._report.note(NO_TIME, self._report.lines, decode(line[:200]))
        self._close()
        self._open(*found)
        return True

    def _open(self, who: Who, what: What, time: float) -> None:
        record = RECORD.match(what.event.encode() + b" " + what.rest)
        if record:
            self._report.lost_events += int(record.group(2) or 0)
            self._dropping = True
            return
        pair = self._tables.what(what)
        if pair is None:
            self._dropping = True
            self._skip("more events than can be held", what.event.encode())
            return
        self._command, thread, cpu = self._tables.who(who)
        self._sample = {"time": time, "thread": thread, "cpu": cpu, "event": pair[0], "period": pair[1]}
        if is_frame_on_event_line(what.rest):
            self._frames.extend(reversed(self._tables.line(b"\t" + what.rest) or ()))

    def _frame(self, line: bytes) -> bool:
        """Add a frame to the open sample, if the line is a frame line."""
        frames = self._tables.line(line)
        if frames is None:
            return False
        if self._sample is not None:
            if len(self._frames) <= MAX_DEPTH:
                self._frames.extend(reversed(frames))
        elif self._dropping:
            self._report.skipped += 1
        elif frames:
            self._skip("frame outside a sample", line)
        return True

    def _unreadable(self, line: bytes) -> bool:
        if line[:1] in b" \t" and (self._sample is not None or self._dropping):
            self._skip("not a frame line", line)
            return True
        self._close()
        self._dropping = True
        self._skip("not an event line", line)
        return True

    def _comment(self, line: bytes) -> None:
        """Keep `# key : value` of perf's header; any other comment means nothing."""
        key, colon, value = decode(line[1:]).partition(" : ")
        header = self._tables.builder.header
        if colon and len(header) < MAX_HEADER:
            header.setdefault(key.strip(), value.strip())

    def _close(self) -> None:
        """End the open sample, if there is one."""
        self._dropping = False
        if self._sample is None:
            return
        frames = self._frames
        if len(frames) > MAX_DEPTH:
            self._report.note(f"stack cut to its innermost {MAX_DEPTH} frames", self._report.lines)
            del frames[MAX_DEPTH:]
        self._report.without_stack += not frames
        node, idle = self._tables.node(self._command, frames[::-1])
        self._done.append(self._sample | {"node": node, "idle": idle})
        self._sample = None
        self._frames = []

    def _flush(self) -> None:
        if self._done:
            names = self._done[0]
            self._tables.builder.add_samples(**{n: [sample[n] for sample in self._done] for n in names})
            self._done = []

    def _skip(self, reason: str, line: bytes, number: int | None = None) -> None:
        self._report.skip(reason, number or self._report.lines, decode(line[:200]))


def _timed(line: bytes) -> tuple[Who, What, float] | None:
    """Read an event line that has a timestamp."""
    head = HEAD.fullmatch(line)
    who = parse_who(head.group(1)) if head else None
    what = parse_what(head.group(3)) if head and who else None
    return (who, what, float(head.group(2))) if head and who and what else None
