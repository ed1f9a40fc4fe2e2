"""Folded stacks as input: one line a stack, frames from the root joined by `;`, a blank and the count.

What stackcollapse-perf.pl, inferno, async-profiler, py-spy and our own export write. There is no time in
it, so that it opens as a flame graph of the whole, without a heatmap. A line is one sample that weighs its
count, and its first frame, mostly a command, is who ran.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from flamescope_py.errors import BrokenProfileError
from flamescope_py.model import Profile, ProfileBuilder
from flamescope_py.model.frame import INLINED, JIT, KERNEL, NO_KIND
from flamescope_py.model.profile import UNKNOWN

MAX_LINE = 4 << 20
MAX_DEPTH = 10_000
# Flame graphs are added up in double precision, which is exact up to here.
MAX_TOTAL = 2**53
BATCH = 50_000
TIME_ADVICE = "Folded stacks hold none: open what they were made from, the output of perf script."
# A head of this length may end in the middle of a line, and without any line end is one long line.
LONG_HEAD = 32 << 10
NAN = float("nan")

# node;start;main;JS:*hash /srv/app/server.js:3:6 42
# java;[libjvm.so];start_thread;Lorg/Foo:.run_[j];__read_[k] 7
# <module> (app.py:12);handle (app.py:40) 310
# swapper 12
_LINE = re.compile(rb"(\S.*) (\d{1,15})", re.DOTALL)
_KIND = re.compile(r"(?<=\S)_\[([kji])\]$")
_KINDS = {"k": KERNEL, "j": JIT, "i": INLINED}

# Lines of logs and scripts may end in a number and hold semicolons, too, but with a blank behind them, or
# a time of day before the first:
# 2024-05-01 12:00:01 worker[3]: done; took 35
_PROSE = re.compile(rb"; |^[^;]*\d\d?:\d\d:\d\d|^[^;]*\d{4}-\d\d-\d\d")


def recognises(head: bytes) -> bool:
    """Say whether a head is folded stacks: nearly all of its lines, and most with more than one frame."""
    if b"\0" in head:
        return False
    if b"\n" not in head and len(head) >= LONG_HEAD:
        return _is_deep_stack(head)
    lines = [line.rstrip() for line in head.split(b"\n") if line.strip()]
    if len(head) >= LONG_HEAD and not head.endswith(b"\n"):
        lines.pop()  # it may be cut
    stacks = [line for line in lines if _LINE.fullmatch(line) and not _PROSE.search(line)]
    deep = sum(b";" in line for line in stacks)
    return deep > 0 and len(stacks) >= 0.9 * len(lines) and deep >= 0.5 * len(stacks)


def _is_deep_stack(head: bytes) -> bool:
    """Say whether the beginning of a very long line is a deep stack; minified scripts are not."""
    assigned = head.count(b"=") + head.count(b'"')
    return head.count(b";") > 100 + 20 * assigned and not _PROSE.search(head)


def read(chunks: Iterable[bytes]) -> Profile:
    """Read folded stacks. Raises BrokenProfileError where no line is one, or the counts are too high."""
    reading = _Reading()
    for line, ended in _lines(chunks):
        reading.line(line, ended)
    return reading.finish()


def _lines(chunks: Iterable[bytes]) -> Iterator[tuple[bytes, bool]]:
    """Cut chunks into lines, and say whether each has its line end; of one that is too long only the
    beginning is given."""
    parts: list[bytes] = []
    length = 0
    for chunk in chunks:
        *whole, rest = chunk.split(b"\n")
        for line in whole:
            yield b"".join([*parts, line]), True
            parts, length = [], 0
        if length <= MAX_LINE:
            parts.append(rest)
            length += len(rest)
    if length:
        yield b"".join(parts), False


class _Reading:
    """The lines read so far."""

    def __init__(self) -> None:
        self._builder = ProfileBuilder()
        self._report = self._builder.report
        self._frames: dict[str, int] = {}
        self._total = 0
        self._nodes: list[int] = []
        self._threads: list[int] = []
        self._counts: list[int] = []
        self._builder.event("samples")

    def line(self, line: bytes, ended: bool) -> None:
        """Read one line; the last one may lack its line end."""
        self._report.lines += 1
        line = line.rstrip()
        if not line:
            return
        match = _LINE.fullmatch(line) if len(line) <= MAX_LINE else None
        if match is None and not ended and len(line) <= MAX_LINE:
            self._report.cut_off("a stack", self._report.lines, _decode(line[:200]))
            return
        if match is None:
            reason = (
                "not a folded stack" if len(line) <= MAX_LINE else f"line longer than {MAX_LINE >> 20} MB"
            )
            self._report.skip(reason, self._report.lines, _decode(line[:200]))
            return
        self._add(_decode(match[1]).split(";"), int(match[2]))

    def _add(self, names: list[str], count: int) -> None:
        if len(names) > MAX_DEPTH:
            self._report.note(f"stack cut to its outermost {MAX_DEPTH} frames", self._report.lines)
            del names[MAX_DEPTH:]
        self._total += count
        self._nodes.append(self._builder.stack(map(self._frame, names)))
        self._threads.append(self._builder.thread(UNKNOWN, UNKNOWN, names[0]))
        self._counts.append(count)
        if len(self._nodes) >= BATCH:
            self._flush()

    def _frame(self, text: str) -> int:
        frame = self._frames.get(text)
        if frame is None:
            kind = _KIND.search(text)
            name = text[: kind.start()] if kind else text
            frame = self._builder.frame(name, "", _KINDS[kind[1]] if kind else NO_KIND)
            self._frames[text] = frame
        return frame

    def _flush(self) -> None:
        times = [NAN] * len(self._nodes)
        self._builder.add_samples(time=times, node=self._nodes, thread=self._threads, weight=self._counts)
        self._nodes, self._threads, self._counts = [], [], []

    def finish(self) -> Profile:
        """Add what is left and give the profile."""
        if self._nodes:
            self._flush()
        if not self._report.samples:
            raise BrokenProfileError("No line of this file is a folded stack (a;b;c 42): write it again.")
        if self._total > MAX_TOTAL:
            raise BrokenProfileError(
                f"The counts of these stacks add up to more than {MAX_TOTAL}: divide them by a power of ten."
            )
        return self._builder.finish("folded", time_advice=TIME_ADVICE)


def _decode(text: bytes) -> str:
    return text.decode("utf-8", "replace").replace("\0", "\ufffd")
