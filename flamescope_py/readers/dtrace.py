"""Stacks that DTrace and bpftrace print, each above its count; they have no times.

DTrace, of `profile-997 { @[execname, ustack()] = count(); }`:

      node
                  libc.so.1`__read+0x7
                  node`uv_run+0x1b6
                   23

bpftrace, of `profile:hz:99 { @[kstack, ustack, comm] = count(); }`:

    @[
        do_sys_open+1
        do_syscall_64+90
    ,
        __read+7
        uv_run+438
    , node]: 23

The innermost frame comes first. A text in front of a stack, or behind it in the brackets, names who ran it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from flamescope_py.errors import BrokenProfileError
from flamescope_py.model import Profile, ProfileBuilder
from flamescope_py.model.frame import KERNEL
from flamescope_py.model.profile import UNKNOWN
from flamescope_py.readers.encoding import bounded_lines
from flamescope_py.readers.limits import LONG, MAX_DEPTH, MAX_LINE

TIME_ADVICE = "DTrace and bpftrace add stacks up: record with perf for a heatmap."
MAX_COUNT = 1 << 53
NO_STACK = "not a line of a stack"
NO_COUNT = "a stack without a count"
DEEP = f"stack cut to its innermost {MAX_DEPTH} frames"
NOISE = "lines of the program's messages"

#              23
_COUNT = re.compile(r"\s+(\d{1,18})")
#              libc.so.1`__read+0x7      unix`0xfffffffffb800ca0      0x7fff2038e0a3      foo`bar(int)+0x1
_DTRACE_FRAME = re.compile(r"\s+(?:([^\s`]{1,500})`(.{1,20000})|(0x[0-9a-f]{1,16}))")
#     do_sys_open+1        0x7f12        std::f(int, char)+12 (/usr/lib/libc.so.6)
_BPF_FRAME = re.compile(r"\s+(?:[0-9a-f]{8,16} )?(\S.{0,20000})")
# @[      @stacks[node, 12,      @start
_BPF_OPEN = re.compile(r"@\w{0,100}\[(.{0,4000})")
# ]: 23      , node]: 23      , 12, node]: 23
_BPF_CLOSE = re.compile(r"(.{0,4000})\]: (\d{1,18})")
_OFFSET = re.compile(r"\+(?:0x[0-9a-f]{1,16}|\d{1,12})$")
_LIBRARY = re.compile(r" \(([^()]{1,4000})\)$")
_KERNEL_MODULES = {"unix", "genunix", "kernel", "mach_kernel", "zfs", "[kernel.kallsyms]"}
_HEAD_LINES = 500


def recognises(head: bytes) -> bool:
    """Return True if a head has a whole stack of either program with a count, and little else."""
    if b"\0" in head:
        return False
    lines = head.decode("utf-8", "replace").split("\n")[:_HEAD_LINES]
    return _looks_like_bpftrace(lines) or _looks_like_dtrace(lines)


def _looks_like_bpftrace(lines: list[str]) -> bool:
    return any(_BPF_OPEN.fullmatch(line) and "]" not in line for line in lines) and any(
        _BPF_CLOSE.fullmatch(line) for line in lines
    )


def _looks_like_dtrace(lines: list[str]) -> bool:
    frames = counts = others = 0
    was_frame = False
    for line in lines:
        if _COUNT.fullmatch(line):
            counts += was_frame
            was_frame = False
        elif _DTRACE_FRAME.fullmatch(line):
            frames += 1
            was_frame = True
        elif line.strip():
            others += 1
            was_frame = False
    return counts > 0 and frames > counts / 2 and others <= frames + 3


def read(chunks: Iterable[bytes]) -> Profile:
    """Read all stacks. Raises BrokenProfileError where there is none."""
    reading = _Reading()
    for line, _ in bounded_lines(chunks, MAX_LINE):
        reading.line(line)
    return reading.finish()


class _Reading:
    """The stacks read so far, and the one that is open."""

    def __init__(self) -> None:
        self._builder = ProfileBuilder()
        self._report = self._builder.report
        self._frames: list[int] = []
        self._keys: list[str] = []
        self._in_brackets = False
        self._nodes: list[int] = []
        self._threads: list[int] = []
        self._counts: list[int] = []
        self._builder.event("samples")

    def line(self, text: bytes) -> None:
        self._report.lines += 1
        line = text.decode("utf-8", "replace")
        if len(text) > MAX_LINE:
            self._report.skip(LONG, self._report.lines, line[:200])
        elif self._in_brackets:
            self._bpftrace(line)
        elif opened := _BPF_OPEN.fullmatch(line):
            self._open(opened[1], line)
        elif line.strip():
            self._dtrace(line)

    def _open(self, keys: str, line: str) -> None:
        self._drop()
        closed = _BPF_CLOSE.fullmatch(keys)
        if closed and all(map(str.strip, closed[1].split(","))):
            # A map of counts without a stack: @[node]: 5
            self._report.skip(NO_STACK, self._report.lines, line[:200])
            return
        if closed:
            # Stacks that bpftrace could not walk: @[, , swapper/0]: 40
            self._take_keys(closed[1])
            self._report.without_stack += 1
            self._close(int(closed[2]))
            return
        self._in_brackets = True
        self._take_keys(keys)

    def _bpftrace(self, line: str) -> None:
        closed = _BPF_CLOSE.fullmatch(line)
        if closed:
            self._take_keys(closed[1])
            self._in_brackets = False
            self._report.without_stack += not self._frames
            self._close(int(closed[2]))
        elif line.startswith(","):
            self._take_keys(line)
        elif frame := _BPF_FRAME.fullmatch(line):
            self._add(*_bpf_frame(frame[1]))
        elif opened := _BPF_OPEN.fullmatch(line):
            self._in_brackets = False
            self._open(opened[1], line)
        elif line.strip():
            self._report.skip(NO_STACK, self._report.lines, line[:200])

    def _take_keys(self, text: str) -> None:
        """Keep the keys of a map that are no stacks: `, 12, node`."""
        self._keys += [key for key in map(str.strip, text.split(",")) if key]

    def _dtrace(self, line: str) -> None:
        frame = _DTRACE_FRAME.fullmatch(line)
        count = _COUNT.fullmatch(line)
        if frame:
            library = frame[1] or ""
            name = _OFFSET.sub("", frame[2]) if frame[2] else frame[3]
            self._add(name, library, KERNEL if library in _KERNEL_MODULES else "")
        elif count and self._frames:
            self._close(int(count[1]))
        elif self._frames:
            self._drop()
            self._keys = [line.strip()]
        elif self._nodes or line.startswith(" "):
            self._keys = [line.strip()]
        else:
            # CPU  ID  FUNCTION:NAME, and other lines of its own before the first stack.
            self._report.add_other(NOISE)

    def _add(self, name: str, library: str, kind: str) -> None:
        if len(self._frames) == MAX_DEPTH:
            self._report.note(DEEP, self._report.lines)
        if len(self._frames) < MAX_DEPTH:
            self._frames.append(self._builder.frame(name, library, kind))

    def _drop(self) -> None:
        """Leave out the open stack, which has no count."""
        if self._frames:
            self._report.skip(NO_COUNT, self._report.lines, "")
        self._frames, self._keys = [], []

    def _close(self, count: int) -> None:
        if count > MAX_COUNT:
            self._report.skip(NO_STACK, self._report.lines, str(count))
        else:
            self._nodes.append(self._builder.stack(reversed(self._frames)))
            numbers = [key for key in self._keys if key.isascii() and key.isdigit() and len(key) < 10]
            names = [key for key in self._keys if key not in numbers]
            pid = int(numbers[0]) if numbers else UNKNOWN
            self._threads.append(self._builder.thread(pid, UNKNOWN, ", ".join(names)))
            self._counts.append(count)
        self._frames, self._keys = [], []

    def finish(self) -> Profile:
        if self._frames:
            self._report.cut_off("a stack", self._report.lines, "")
        if not sum(self._counts):
            raise BrokenProfileError("There is no stack with a count in this text: print it again.")
        self._builder.add_samples(node=self._nodes, thread=self._threads, weight=self._counts)
        return self._builder.finish("stacks", owner_level=False, time_advice=TIME_ADVICE)


def _bpf_frame(text: str) -> tuple[str, str, str]:
    library = _LIBRARY.search(text)
    if library:
        text = text[: library.start()]
    name = _OFFSET.sub("", text)
    kind = KERNEL if library and library[1] in _KERNEL_MODULES else ""
    return name, library[1] if library else "", kind
