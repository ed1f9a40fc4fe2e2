"""The text of macOS's `sample PID 10 -f app.sample.txt`, and of Activity Monitor's "Sample Process".

    Analysis of sampling Finder (pid 374) every 1 millisecond
    Process:         Finder [374]
    …
    Call graph:
        2570 Thread_4412   DispatchQueue_1: com.apple.main-thread  (serial)
        + 2570 start  (in dyld) + 1942  [0x18fd1a0e0]
        +   2000 main  (in Finder) + 12  [0x100003f2c]  main.c:12
        +     ! 600 ???  (in AppKit)  load address 0x18f000000 + 0x1234  [0x18f001234]
        30 Thread_4413
    Total number in stack (recursive counted multiple, when >=5):

A number counts the samples with a frame, those of the frames that it called included. The column of the
number tells who called it. The samples are added up, so that they have no times.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from flamescope_py.errors import BrokenProfileError
from flamescope_py.model import Profile, ProfileBuilder
from flamescope_py.model.profile import UNKNOWN
from flamescope_py.readers.encoding import bounded_lines
from flamescope_py.readers.limits import LONG, MAX_DEPTH, MAX_LINE

TIME_ADVICE = "sample adds stacks up: record with Instruments or samply for a heatmap."
TOO_MANY = "frames that have more samples than their caller"
DEEP = f"frames deeper than {MAX_DEPTH}, counted at their caller"
NOT_READ = "lines of the graph that are no frame"
_HEAD = re.compile(rb"(?:Analysis of sampling |Sampling process )[^\n]{1,1000}")
_GRAPH = b"Call graph:"
_END = (b"Total number in stack", b"Sort by top of stack", b"Binary Images:")
_PID = re.compile(rb"Analysis of sampling ([^\n]{1,500}) \(pid (\d{1,9})\)")
#     +     ! : | 600 name  (in library) + 12,40,...  [0x1,0x2,...]  file.c:12
_LINE = re.compile(r"([ +!:|]*)(\d{1,15}) (\S.*)")
_SYMBOL = re.compile(r"(.{1,20000}?)  \(in ([^()]{1,1000})\)(?: \+ |  |$).*")
_THREAD = re.compile(r"Thread_(\w{1,20})(?::? +(\S.{0,500}))?")


def recognises(head: bytes) -> bool:
    """Return True for the head of such a report."""
    return _HEAD.match(head.lstrip()) is not None and (_GRAPH in head or b"\nProcess:" in head)


def read(chunks: Iterable[bytes]) -> Profile:
    """Read the call graph. Raises BrokenProfileError where there is none."""
    reading = _Graph()
    for line, _ in bounded_lines(chunks, MAX_LINE):
        reading.line(line)
    return reading.finish()


class _Graph:
    """The call graph as far as it is read: the open path from a thread to the last frame."""

    def __init__(self) -> None:
        self._builder = ProfileBuilder()
        self._report = self._builder.report
        self._builder.event("samples")
        self._command, self._pid = "", UNKNOWN
        self._inside = self._ended = False
        # Of every frame on the path: the column of its number, its node, and its samples without callees.
        self._path: list[list[int]] = []
        self._thread = 0
        self._nodes: list[int] = []
        self._threads: list[int] = []
        self._counts: list[int] = []

    def line(self, line: bytes) -> None:
        self._report.lines += 1
        if self._ended:
            return
        if not self._inside:
            self._before(line)
        elif line.startswith(_END):
            self._ended = True
        elif line.strip():
            text = line[:MAX_LINE].decode("utf-8", "replace").rstrip("\r")
            # Cut, since the lines below need their caller.
            if len(line) > MAX_LINE:
                self._report.note(LONG, self._report.lines, text[:200])
                self._report.repaired += 1
            self._frame(text)

    def _before(self, line: bytes) -> None:
        process = _PID.match(line)
        if process:
            self._command = process[1].decode("utf-8", "replace")
            self._pid = int(process[2])
        self._inside = line.startswith(_GRAPH)

    def _frame(self, line: str) -> None:
        found = _LINE.fullmatch(line)
        if found is None:
            self._report.skip(NOT_READ, self._report.lines, line[:200])
            return
        column, count = len(found[1]), int(found[2])
        while self._path and self._path[-1][0] >= column:
            self._close()
        if self._path:
            caller = self._path[-1]
            if count > caller[2]:
                self._report.note(TOO_MANY, self._report.lines, line[:200])
                self._report.repaired += 1
                count = caller[2]
            if len(self._path) > MAX_DEPTH:
                self._report.note(DEEP, self._report.lines)
                return
            caller[2] -= count
            self._path.append([column, self._builder.child(caller[1], self._symbol(found[3])), count])
        else:
            self._begin_thread(found[3], column, count)

    def _begin_thread(self, text: str, column: int, count: int) -> None:
        thread = _THREAD.match(text)
        number = thread[1] if thread else ""
        label = text.strip()
        tid = int(number) if number.isascii() and number.isdigit() and len(number) < 18 else UNKNOWN
        self._thread = self._builder.thread(self._pid, tid, self._command or label)
        self._path.append([column, self._builder.child(0, self._builder.frame(label)), count])

    def _symbol(self, text: str) -> int:
        found = _SYMBOL.fullmatch(text)
        if found is None:
            return self._builder.frame(text.partition("  [0x")[0].strip())
        name, library = found[1].strip(), found[2]
        return self._builder.frame(f"{library}+?" if name == "???" else name, library)

    def _close(self) -> None:
        _, node, own = self._path.pop()
        if own:
            self._nodes.append(node)
            self._threads.append(self._thread)
            self._counts.append(own)

    def finish(self) -> Profile:
        while self._path:
            self._close()
        if not self._inside:
            raise BrokenProfileError("This report of sample has no call graph: run sample again.")
        if not self._counts:
            raise BrokenProfileError("There is no sample in this report of sample: run it for longer.")
        if not self._ended:
            self._report.cut_off("the call graph", self._report.lines, "")
        self._builder.add_samples(node=self._nodes, thread=self._threads, weight=self._counts)
        return self._builder.finish("macos_sample", owner_level=True, time_advice=TIME_ADVICE)
