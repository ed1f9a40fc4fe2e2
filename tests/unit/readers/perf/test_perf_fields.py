"""The fields before the time: those of a file, and how they read a line."""

from __future__ import annotations

import math

import pytest

from flamescope_py.readers.perf.fields import (
    NO_COMMAND,
    UNKNOWN,
    USUAL,
    FieldSet,
    Task,
    guess_task,
    read_task,
)
from flamescope_py.readers.perf.lines import fields_of, read_event

NO_TASK = FieldSet(task=False)


@pytest.mark.parametrize(
    ("text", "task"),
    [
        ("w 12 [000] K    ", Task("w", UNKNOWN, 12, 0)),
        ("w 12/13 U       ", Task("w", 12, 13, UNKNOWN)),
        ("w 12 [000] KM   ", Task("w", UNKNOWN, 12, 0)),
        ("w 12 [000] U E  ", Task("w", UNKNOWN, 12, 0)),
        ("w 12 [000] KUH  ", Task("w", UNKNOWN, 12, 0)),
        ("Thread S 12", Task("Thread S", UNKNOWN, 12, UNKNOWN)),
        ("w 12 [000] 2026-01-31 12:34:56.123456", Task("w", UNKNOWN, 12, 0)),
        ("w 12 [000] KUGgHS 2026-01-31 12:34:56.123456789", Task("w", UNKNOWN, 12, 0)),
        ("VM:  123 VCPU:000 CPU 0/KVM 12", Task("CPU 0/KVM", UNKNOWN, 12, UNKNOWN)),
        ("  12 [000]", Task(NO_COMMAND, UNKNOWN, 12, 0)),
        ("3738", Task(NO_COMMAND, UNKNOWN, 3738, UNKNOWN)),
        ("  3738/3739  ", Task(NO_COMMAND, 3738, 3739, UNKNOWN)),
        ("      0 [001]", Task("swapper", UNKNOWN, 0, 1)),
        ("     -1/0", Task("swapper", -1, 0, UNKNOWN)),
        ("#1 job 12 [000]", Task("#1 job", UNKNOWN, 12, 0)),
        ("# node 3738", Task("# node", UNKNOWN, 3738, UNKNOWN)),
        ("9 lives 42", Task("9 lives", UNKNOWN, 42, UNKNOWN)),
        ("v1.2 3.4: x 12 [000]", Task("v1.2 3.4: x", UNKNOWN, 12, 0)),
        ("[ET 0] 12 [000]", Task("[ET 0]", UNKNOWN, 12, 0)),
    ],
)
def test_a_task_of_the_usual_fields(text: str, task: Task) -> None:
    assert read_task(text.encode()) == task


@pytest.mark.parametrize(
    ("text", "fields", "task"),
    [
        ("w", NO_TASK, Task("w", UNKNOWN, UNKNOWN, UNKNOWN)),
        ("9 lives 42", NO_TASK, Task("9 lives 42", UNKNOWN, UNKNOWN, UNKNOWN)),
        ("job 3/4", NO_TASK, Task("job 3/4", UNKNOWN, UNKNOWN, UNKNOWN)),
        ("42", NO_TASK, Task("42", UNKNOWN, UNKNOWN, UNKNOWN)),
        ("", NO_TASK, Task(NO_COMMAND, UNKNOWN, UNKNOWN, UNKNOWN)),
        ("w K", NO_TASK, Task("w K", UNKNOWN, UNKNOWN, UNKNOWN)),
        ("w K", FieldSet(task=False, misc=True), Task("w", UNKNOWN, UNKNOWN, UNKNOWN)),
        ("w [001]", FieldSet(task=False, cpu=True), Task("w", UNKNOWN, UNKNOWN, 1)),
        ("w 7 [001] K", FieldSet(task=False, cpu=True), Task("w 7", UNKNOWN, UNKNOWN, 1)),
        ("[001]", FieldSet(task=False, cpu=True), Task(NO_COMMAND, UNKNOWN, UNKNOWN, 1)),
        # Of other fields, behind a file without threads.
        ("w      12", NO_TASK, Task("w", UNKNOWN, 12, UNKNOWN)),
        ("w 12 [000]", NO_TASK, Task("w", UNKNOWN, 12, 0)),
    ],
)
def test_a_task_of_other_fields(text: str, fields: FieldSet, task: Task) -> None:
    assert read_task(text.encode(), fields) == task


def test_a_line_of_other_fields_than_its_files() -> None:
    assert read_task(b"w") is None
    assert guess_task(b"w") == Task("w", UNKNOWN, UNKNOWN, UNKNOWN)
    assert guess_task(b"w [001]") == Task("w", UNKNOWN, UNKNOWN, 1)
    assert guess_task(b"w 12") == Task("w", UNKNOWN, 12, UNKNOWN)
    assert guess_task(b"# w") is None


def head(*beginnings: str) -> bytes:
    return "".join(
        f"{text} 10.{row:06}: cycles: \n\t 7f f (/x)\n\n" for row, text in enumerate(beginnings)
    ).encode()


@pytest.mark.parametrize(
    ("beginnings", "fields"),
    [
        ([], USUAL),
        (["w 12", "w 13"], USUAL),
        (["w     12", "v"], USUAL),
        (["w 12", "9 lives 42", "job 3/4", "w"], USUAL),
        (["w", "9 lives 42", "w"], NO_TASK),
        (["w", "9 lives 42"], NO_TASK),
        (["worker 1", "worker 2", "worker 3", "main", "main"], NO_TASK),
        (["w [000]", "9 lives 42 [001]", "w [001]"], FieldSet(task=False, cpu=True)),
        (["w K    ", "v U    "], FieldSet(task=False, misc=True)),
        (["w K    ", "v"], NO_TASK),
        (["", ""], NO_TASK),
        (["12 [000]", "13 [000]"], USUAL),
        (["w 12345", "v"], USUAL),
    ],
)
def test_the_fields_of_a_file(beginnings: list[str], fields: FieldSet) -> None:
    assert fields_of(head(*beginnings)) == fields._replace(stacks=bool(beginnings))


@pytest.mark.parametrize(
    "text", [b"java 12 cycles: \n\t 7f f (/x)\n\n", b"   dd 12 cycles:  7f12ab leaf (/bin/w)\n"]
)
def test_the_fields_of_a_file_without_times(text: bytes) -> None:
    assert fields_of(text) == FieldSet(timed=False)


def test_the_end_of_a_long_head_is_not_read() -> None:
    begun = head(*["w 12"] * 5000)
    assert fields_of(begun[:-30]) == fields_of(begun) == USUAL._replace(stacks=True)


@pytest.mark.parametrize(
    ("line", "command", "time"),
    [
        ("v1.2 3.4: x 12 [000]   10.100000:     100 cycles: ", "v1.2 3.4: x", 10.1),
        ("a 1.500000: b 12 [000]   10.100000:     100 cycles: ", "a 1.500000: b", 10.1),
        ("job 7 3.4: x    12 [000]   10.100000: sched:switch: 1", "job 7 3.4: x", 10.1),
        ("job 7 3.4: 1    12 [000]   10.100000123:     100 cycles: ", "job 7 3.4: 1", 10.100000123),
        ("job 7 3.4: 1 2.5: cycles:", "job", 3.4),
        ("    10.100000:     100 cycles: ", NO_COMMAND, 10.1),
        ("1234567.100000:     100 cycles: ", NO_COMMAND, 1234567.1),
        ("w 12 cycles: 12 5.500000: x", "w", math.nan),
    ],
)
def test_the_time_of_a_line(line: str, command: str, time: float) -> None:
    fields = USUAL if not math.isnan(time) else FieldSet(timed=False)
    event = read_event(line.encode(), fields)
    assert event is not None
    assert event.task.command == command
    assert event.time == time or (math.isnan(event.time) and math.isnan(time))
