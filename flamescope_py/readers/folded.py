"""Folded stacks as input: one line per stack, frames from the root joined by `;`, a blank and the count.

stackcollapse-perf.pl, inferno, async-profiler, py-spy and our own export write them. They hold no time, so
that they open as one flame graph, without a heatmap. A line is one sample that weighs its count, and its
first frame, mostly a command, is its thread.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from flamescope_py.errors import BrokenProfileError
from flamescope_py.model import Profile, ProfileBuilder
from flamescope_py.model.frame import C1, INLINED, INTERPRETED, JIT, KERNEL, NO_KIND
from flamescope_py.model.profile import UNKNOWN
from flamescope_py.readers.encoding import bounded_lines
from flamescope_py.readers.json.text import peek
from flamescope_py.readers.limits import MAX_DEPTH

MAX_LINE = 4 << 20
# Frames whose stacks are interned at a time.
BATCH = 1 << 18
# Flame graphs are added up in double precision, which is exact up to here.
MAX_TOTAL = 2**53
# Counts with a fraction are rounded where the smallest of them still counts then, else scaled up.
SMALLEST_ROUNDED = 0.5
MAX_SCALE = 10**9
TIME_ADVICE = "Folded stacks hold none: open what they were made from, the output of perf script."
TWO_COUNTS = (
    "These folded stacks have two counts per line, as difffolded.pl and our differential export write them: "
    "cut one column off (awk '{NF--; print}'), or open and compare the two files that they were made from."
)
# A head of this length may end in the middle of a line, and without any line end is one long line.
LONG_HEAD = 32 << 10

# 42    12.50    80.    .343    1.5e-05
_COUNT = re.compile(rb"(?:\d{1,18}(?:\.\d{0,30})?|\.\d{1,30})(?:[eE][+-]?\d{1,3})?")

# A stack without a frame, as py-spy writes it:
#  3
_EMPTY = re.compile(rb"[ \t]+\d{1,18}\s*")

# async-profiler's marks, behind a name:
# java;[libjvm.so];start_thread;java/lang/Thread.run_[0];Foo.bar_[1];Foo.baz_[j];__read_[k] 7
_KIND = re.compile(r"(?<=\S)_\[([kji01])\]$")
_KINDS = {"k": KERNEL, "j": JIT, "i": INLINED, "0": INTERPRETED, "1": C1}

# Lines of logs and scripts may end in a number and hold semicolons, too. But they have a blank behind one,
# or begin with a time of day and more text:
# 2024-05-01 12:00:01 worker[3]: a;b took 35
# May  1 12:00:01 host sshd: x;y port 22
# [12:00:01.250] GET /a;b 3
# The first frame of a stack may hold a date, and a time at its end:
# backup-2024-05-01;main;gzip 12
# job 2024-05-01T12:00:01;main;gzip 12
_PROSE = re.compile(
    rb"; |^\W{0,3}(?:[A-Za-z]{3,9},? +)?(?:\d{1,4}[-/.]\w{1,9}[-/.]\d{1,4}|[A-Za-z]{3,9} +\d{1,2})?"
    rb"[T ,:]{0,3}\d{1,2}:\d\d(?::\d\d)?[^;]{0,200} [^; ]"
)


def recognises(head: bytes) -> bool:
    """Return True if nearly all lines of a head are folded stacks, most of them with more than one frame.

    A fifth is enough where every line is one, and those of one frame have a single word before their count.
    """
    if b"\0" in head:
        return False
    if b"\n" not in head and len(head) >= LONG_HEAD:
        return _is_deep_stack(head)
    lines = _lines_of(head)
    stacks = [line for line in lines if _split(line) and not _PROSE.search(line)]
    deep = sum(b";" in line for line in stacks)
    return (
        deep > 0
        and len(stacks) >= 0.9 * len(lines)
        and deep >= (0.2 if len(stacks) == len(lines) and _are_words(stacks) else 0.5) * len(stacks)
        and not has_two_counts(head)
    )


def _are_words(stacks: list[bytes]) -> bool:
    """Return True if the stacks of one frame are a word and a count."""
    return all(b";" in line or len(line.split()) == 2 for line in stacks)


def has_two_counts(head: bytes, sure: bool = False) -> bool:
    """Return True if nearly all lines of a head are stacks with two counts: a comparison, not a profile.

    A frame may end in a number, too. With `sure`, these numbers must differ, as counts do.
    """
    lines = _lines_of(head)
    two = [both for line in lines if (found := _split(line)) and (both := _split(found[0]))]
    return (
        any(b";" in stack for stack, _ in two)
        and len(two) >= 0.9 * len(lines)
        and (not sure or len({count for _, count in two}) > 1)
    )


def _lines_of(head: bytes) -> list[bytes]:
    """Return the lines that should be stacks with a frame."""
    lines = [line.strip() for line in head.split(b"\n") if line.strip() and not _EMPTY.fullmatch(line)]
    # The last one may be cut.
    return lines[:-1] if len(head) >= LONG_HEAD and not head.endswith(b"\n") else lines


def _is_deep_stack(head: bytes) -> bool:
    """Return True for the beginning of a very long line that is a deep stack; minified scripts are not."""
    assigned = head.count(b"=") + head.count(b'"')
    return head.count(b";") > 100 + 20 * assigned and not _PROSE.search(head)


def _split(line: bytes) -> tuple[bytes, bytes] | None:
    """Split a line into its stack and its count. Not by one pattern, which long runs of blanks would slow."""
    parts = line.rsplit(None, 1)
    if len(parts) < 2 or not _COUNT.fullmatch(parts[1]):
        return None
    return parts[0], parts[1]


def read(chunks: Iterable[bytes]) -> Profile:
    """Read folded stacks.

    Raises BrokenProfileError where no line is one, where lines have two counts, and where the counts are too
    high.
    """
    head, chunks = peek(chunks, LONG_HEAD)
    if has_two_counts(head, sure=True):
        raise BrokenProfileError(TWO_COUNTS)
    reading = _Reading()
    for line, ended in bounded_lines(chunks, MAX_LINE):
        reading.line(line, ended)
    return reading.finish()


class _Reading:
    """The lines read so far."""

    def __init__(self) -> None:
        self._builder = ProfileBuilder()
        self._report = self._builder.report
        self._frames: dict[str, int] = {}
        self._nodes, self._threads = array("q"), array("q")
        # The stacks that have no node yet, one after the other.
        self._stacks, self._depths = array("q"), array("q")
        self._counts = array("d")
        # Decimal places of the counts.
        self._places = 0
        self._builder.event("samples")

    def line(self, line: bytes, ended: bool) -> None:
        """Read one line; the last one may lack its line end."""
        self._report.lines += 1
        if _EMPTY.fullmatch(line):
            self._report.without_stack += 1
            self._add([], line.strip())
            return
        line = line.strip()
        if not line:
            return
        found = _split(line) if len(line) <= MAX_LINE else None
        if found:
            self._add(_decode(found[0]).split(";"), found[1])
        elif not ended and len(line) <= MAX_LINE:
            self._report.cut_off("a stack", self._report.lines, _decode(line[:200]))
        else:
            long = len(line) > MAX_LINE
            reason = f"line longer than {MAX_LINE >> 20} MB" if long else "not a folded stack"
            self._report.skip(reason, self._report.lines, _decode(line[:200]))

    def _add(self, names: list[str], count: bytes) -> None:
        if len(names) > MAX_DEPTH:
            self._report.note(f"stack cut to its outermost {MAX_DEPTH} frames", self._report.lines)
            del names[MAX_DEPTH:]
        number = float(count)
        if not number.is_integer():
            self._places = max(self._places, _places(count))
        self._stacks.extend(map(self._frame, names))
        self._depths.append(len(names))
        if len(self._stacks) > BATCH:
            self._intern()
        self._threads.append(self._builder.thread(UNKNOWN, UNKNOWN, names[0] if names else ""))
        self._counts.append(number)

    def _frame(self, text: str) -> int:
        frame = self._frames.get(text)
        if frame is None:
            kind = _KIND.search(text)
            name = text[: kind.start()] if kind else text
            frame = self._builder.frame(name, "", _KINDS[kind[1]] if kind else NO_KIND)
            self._frames[text] = frame
        return frame

    def _intern(self) -> None:
        """Find the nodes of the stacks read so far."""
        nodes = self._builder.stacks(np.array(self._stacks, np.int64), np.array(self._depths, np.int64))
        self._nodes.frombytes(nodes.tobytes())
        del self._stacks[:], self._depths[:]

    def finish(self) -> Profile:
        """Add the samples and return the profile."""
        self._intern()
        if not self._nodes:
            raise BrokenProfileError("No line of this file is a folded stack (a;b;c 42): write it again.")
        self._builder.add_samples(
            node=np.array(self._nodes),
            thread=np.array(self._threads),
            weight=self._whole_counts(),
        )
        return self._builder.finish("folded", time_advice=TIME_ADVICE)

    def _whole_counts(self) -> npt.NDArray[np.int64]:
        """Return the counts as whole numbers: rounded, or scaled where rounding would lose stacks."""
        counts = np.array(self._counts)
        if self._places:
            smallest = counts[counts > 0].min(initial=np.inf)
            scale = 1 if smallest >= SMALLEST_ROUNDED else min(10**self._places, MAX_SCALE)
            while scale > 1 and counts.sum() * scale > MAX_TOTAL:
                scale //= 10
            how = f"multiplied by {scale}" if scale > 1 else "rounded to whole numbers"
            self._report.messages.append(f"The counts of these stacks have fractions: they are {how}.")
            counts = np.floor(counts * scale + 0.5)
        # Not `not <=`: an infinite count is too high as well.
        if not counts.sum() <= MAX_TOTAL:
            raise BrokenProfileError(
                f"The counts of these stacks add up to more than {MAX_TOTAL}: divide them by a power of ten."
            )
        return counts.astype(np.int64)


def _places(count: bytes) -> int:
    """Return how many decimal places a count has: 2 of `12.50`, 6 of `1.5e-05`."""
    mantissa, _, exponent = count.lower().partition(b"e")
    return max(0, len(mantissa.partition(b".")[2]) - int(exponent or 0))


def _decode(text: bytes) -> str:
    return text.decode("utf-8", "replace").replace("\0", "\ufffd")
