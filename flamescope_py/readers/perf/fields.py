"""The fields before the time of an event line, and which of them a file has.

perf prints all event lines of a file by one set of fields (`perf script -F`). Most lines can be read without
knowing it, because a thread's number, a processor in brackets and a time look like nothing else. Where a
thread's name ends in a number, they cannot: `9 lives 42` is the command `9 lives` of thread 42, or the
whole name where perf printed no thread. So the set is found once, in the head of a file (`find_fields`), and
every line of the file is read by it, in all parts of a file that is read in parts.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from flamescope_py.readers.perf.names import decode

UNKNOWN = -1
# The command where perf prints none, and the one of the processor's idle task.
NO_COMMAND = "[no command]"
IDLE_COMMAND = "swapper"
# Bytes at the start of a file that are searched for its fields.
HEAD_BYTES = 64 << 10
# One line without a number among so many is a damaged one.
_DAMAGED = 16

# VM:  123 VCPU:000 CPU 0/KVM 12                    -F +machine_pid, +vcpu
_MACHINE = re.compile(rb"[ \t]*VM: *\d{1,10} (?:VCPU: *\d{1,6} )?")
# w 12 [000] 2026-01-31 12:34:56.123456             -F +tod (nine digits with --ns)
_DATE = re.compile(rb"(?:^|[ \t])\d{4}-\d\d-\d\d[ \tT]\d\d:\d\d:\d\d(?:\.\d{1,9})?$")
# w 12 [000] K     w 12/13 U E     w 12 KM          -F +misc
_MISC = re.compile(rb"(?:^|[ \t])(?:[KUHGgMESpL] ?){0,7}[KUHGgMESpL]$")
# swapper     0 [000]
# perf  8382/8382  [001]
_CPU = re.compile(rb"(?:^|[ \t])\[(\d{1,9})\]$")
# C2 CompilerThre 14341/14350
# kworker/0:1-events    12
# :8440  8440      :-1    -1/-1
_TASK = re.compile(rb"(?:^|[ \t])(?:(-?\d{1,10})/)?(-?\d{1,10})$")
# perf pads numbers to five or seven digits, and does so with no name:      w      12
_PADDED_TASK = re.compile(rb"(?:^|[ \t]{2})(?:-?\d{1,10}/)?-?\d{1,10}$")
_PADDED_TO = 5
_BLANKS = b" \t"
# The kernel cuts the names of threads.
_LONGEST_NAME = 15


class FieldSet(NamedTuple):
    """The fields of a file's event lines that cannot be determined from one line.

    `task`: a number before the processor or the time is the thread's, never the end of a command.
    `cpu`: there is a processor on lines without a thread.
    `misc`: letters before the time are perf's, never the end of a command, on lines without a thread.
    `timed`: there is a time.
    `stacks`: frames stand below event lines, so that an address on one is another field's.
    """

    task: bool = True
    cpu: bool = False
    misc: bool = False
    timed: bool = True
    stacks: bool = False


USUAL = FieldSet()


class Task(NamedTuple):
    """The task of an event line; missing numbers are -1."""

    command: str
    pid: int
    tid: int
    cpu: int


class _Beginning(NamedTuple):
    """An event line up to its time, taken apart: the texts of its fields, empty where it has none."""

    command: bytes
    task: bytes
    cpu: bytes
    misc: bytes


# Texts without blank lines name a few tasks again and again.
@lru_cache(maxsize=10_000)
def read_task(text: bytes, fields: FieldSet = USUAL) -> Task | None:
    """Parse the text before the time by `fields`. Return None if it does not match them.

    A single number is the thread, the process is then unknown.
    """
    text = text.replace(b"\t", b" ")
    parts = _take_apart(text)
    if fields.task and not parts.task:
        return None
    if not fields.task and (not parts.task or _is_part_of_name(text, parts, fields)):
        parts = _without_task(text, fields)
    return None if _is_comment(parts.command) else _task(parts)


def guess_task(text: bytes) -> Task | None:
    """Parse the text before the time of a line that does not have the fields of its file."""
    text = text.replace(b"\t", b" ")
    parts = _take_apart(text)
    if text.startswith(b"#"):
        return None
    return _task(parts if parts.task else _without_task(text, FieldSet(task=False, cpu=True)))


def _is_comment(command: bytes) -> bool:
    """Return True if no thread has such a name: `# cmdline : perf record`, but `#1 job` and `#!bin`."""
    return command.startswith(b"#") and len(command.strip(_BLANKS)) > _LONGEST_NAME


def _take_apart(text: bytes) -> _Beginning:
    """Take fields off the end, those of a thread included."""
    rest, cpu, misc = _modes(text)
    found = _TASK.search(rest)
    if found is None and misc:
        # A name that ends in such a letter: `Thread S 12`.
        rest, cpu, misc = _processor(_bare(text), b"")
        found = _TASK.search(rest)
    task = found.group() if found else b""
    return _Beginning(rest[: found.start()] if found else rest, task.strip(), cpu, misc)


def _modes(text: bytes) -> tuple[bytes, bytes, bytes]:
    rest = _bare(text)
    found = _MISC.search(rest)
    return _processor(rest[: found.start()] if found else rest, found.group().strip() if found else b"")


def _processor(text: bytes, misc: bytes) -> tuple[bytes, bytes, bytes]:
    text = text.rstrip(_BLANKS)
    found = _CPU.search(text)
    return (text[: found.start()].rstrip(_BLANKS) if found else text), found[1] if found else b"", misc


def _bare(text: bytes) -> bytes:
    """Take off the machine and the date, which look like nothing else."""
    machine = _MACHINE.match(text)
    text = text[machine.end() if machine else 0 :].rstrip(_BLANKS)
    date = _DATE.search(text)
    return text[: date.start()].rstrip(_BLANKS) if date else text


def _without_task(text: bytes, fields: FieldSet) -> _Beginning:
    """Take the fields off a line of a file without thread numbers."""
    rest, cpu, misc = _modes(text)
    if misc and not (cpu or fields.misc):
        rest, cpu, misc = _processor(_bare(text), b"")
    if cpu and not fields.cpu:
        rest, cpu = _bare(text), b""
    return _Beginning(rest, b"", cpu, misc)


def _is_part_of_name(text: bytes, parts: _Beginning, fields: FieldSet) -> bool:
    """Return True if the number of a line in a file without thread numbers is the end of a name.

    It is not where perf padded it, nor where a processor follows that the file does not have: that is a
    text of other fields behind the first one.
    """
    if parts.cpu and not fields.cpu:
        return False
    return _PADDED_TASK.search(_modes(text)[0]) is None or not parts.command.strip(_BLANKS)


def _is_perfs_number(text: bytes) -> bool:
    """Return True if a thread's number surely is no end of a name: it is padded, or too long for that."""
    rest = _modes(text)[0]
    return _PADDED_TASK.search(rest) is not None or len(rest.rpartition(b" ")[2]) >= _PADDED_TO


def _task(parts: _Beginning) -> Task:
    command, slash, thread = decode(parts.command.strip(_BLANKS)), b"", UNKNOWN
    process, slash, number = parts.task.rpartition(b"/")
    if number:
        thread = int(number)
    pid = int(process) if slash else UNKNOWN
    if not command:
        command = IDLE_COMMAND if thread == 0 and pid <= 0 else NO_COMMAND
    return Task(command, pid, thread, int(parts.cpu) if parts.cpu else UNKNOWN)


def find_fields(beginnings: Iterable[bytes], untimed: int) -> FieldSet:
    """Find the fields of a file: `beginnings` are its first lines up to the time; `untimed` have none."""
    count: Counter[str] = Counter()
    texts = [text.replace(b"\t", b" ") for text in beginnings]
    for text in texts:
        parts = _take_apart(text)
        count["task"] += bool(parts.task)
        padded = parts.task and parts.command.strip(_BLANKS)
        count["padded"] += bool(padded and _is_perfs_number(text))
        if not parts.task:
            _, cpu, misc = _modes(text)
            count["cpu"] += bool(cpu)
            count["misc"] += bool(misc)
    if not texts:
        return FieldSet(timed=not untimed)
    bare = len(texts) - count["task"]
    # Numbers that are padded are perf's. Else lines without one are damaged, or the others are of names.
    few = bare < count["task"] and (bare == 1 or bare * _DAMAGED < count["task"])
    task = few or (bare <= count["task"] and count["padded"] > 0)
    return USUAL if task else FieldSet(task=False, cpu=count["cpu"] > 0, misc=count["misc"] == bare)
