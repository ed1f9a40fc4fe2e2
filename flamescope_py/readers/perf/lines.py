"""The event lines of `perf script` text, one pattern each, with the real lines it is for right above it.

Bytes in, names and numbers out. All patterns are linear in the length of a line: every repetition that could
start in many places is bounded.
"""

from __future__ import annotations

import math
import re
from functools import lru_cache
from itertools import islice, pairwise
from typing import NamedTuple

from flamescope_py.readers.limits import MAX_LINE
from flamescope_py.readers.perf.behind import frame_behind
from flamescope_py.readers.perf.fields import (
    HEAD_BYTES,
    USUAL,
    FieldSet,
    Task,
    find_fields,
    guess_task,
    read_task,
)
from flamescope_py.readers.perf.names import decode, parse_frame, split_library
from flamescope_py.readers.perf.others import SOURCE, other_kind

# Three days in nanoseconds. One damaged period must not swamp the sum of all others, nor overflow it.
MAX_PERIOD = 2**48
_MAX_PERIOD_DIGITS = 15
# The numbers of decimals that perf prints.
DECIMALS = (6, 9)
MAX_BEFORE_TIME = 340
# Threads have odd names (`v1.2 3.4: x`): so many numbers with a colon of a line may be its time.
_MAX_TIMES = 8
NAN = float("nan")

# node  3738   377.632162:    1003009 cpu-clock:pppH:
# V8 WorkerThread 25607 4794564.109216: cycles:
#    10.100000:     100 cycles:                        (-F time,period,event)
# Everything before the time repeats itself, the time does not: three groups, so that the first and
# the last can be interned. A file has few of the first, and mostly few of the last.
HEAD = re.compile(
    rb"^(|.{0,%d}?[ \t])(\d{1,18}\.\d{1,9}):(?=[ \t]|$)(.*)$" % (MAX_BEFORE_TIME - 1), re.MULTILINE
)
TIME = re.compile(rb"(?:^|(?<=[ \t]))(\d{1,18}\.\d{1,9}):(?=[ \t]|$)")

# The text after the time:
#    1003009 cpu-clock:pppH:
#  page-faults:
#  sched:sched_switch: prev_comm=perf prev_pid=8449 prev_prio=120 prev_state=D ==> next_comm=…
#   10101010 cpu-clock:pppH:      7fd302fc5bee [unknown] (/tmp/perf-8440.map)
#  cycles:      7f36571947c0 nmethod::is_nmethod() const (/usr/lib/jvm/libjvm.so)
#  PERF_RECORD_LOST lost 13
#       7fd302fc5bee leaf (/srv/w)                     (-F comm,tid,time,ip,sym,dso without stacks)
#  (nothing, for -F comm,tid,time,ip,sym)
_TRIGGER = re.compile(
    rb"[ \t]*(?:(\d{1,19})(?=[ \t]|$))?[ \t]*(?:(\S{1,500}):(?=[ \t]|$))?[ \t]*(.*)", re.DOTALL
)

# java 23333 cycles:
# java 23333/23340 [002]     250000 cycles:ppp:
# java 23333 [002] KM       250000 cycles:ppp:
# java 23333 2026-01-31 12:34:56.123456     250000 cycles:ppp:
_UNTIMED = re.compile(
    rb"(.{0,255}?[ \t]{1,40}(?:-?\d{1,10}/)?-?\d{1,10}(?:[ \t]{1,40}\[\d{1,9}\])?(?:[ \t][KUHGgMESp]{1,6})?"
    rb"(?:[ \t]{1,40}\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{1,9})?)"
    rb"([ \t]{1,40}(?:\d{1,19}[ \t]{1,40})?[A-Za-z_]\S{0,499}:(?:[ \t].*)?)",
    re.DOTALL,
)

#  PERF_RECORD_LOST lost 13
#  PERF_RECORD_LOST_SAMPLES lost 2
#  PERF_RECORD_COMM exec: node:3738/3738
RECORD = re.compile(rb"[ \t]*PERF_RECORD_([A-Z0-9_]+)(?:.* lost (\d{1,18}))?", re.DOTALL)

# w 1 nan: cycles:      w 1 [000] 10.3000000000: cycles:      w 1 10.100000: what is this
# An event line that is damaged takes its frames with it; a message of another program does not.
_DAMAGED_EVENT = re.compile(
    rb".{0,255}?[ \t]-?\d{1,10}(?:/-?\d{1,10})?(?:[ \t]{1,40}\[\d{1,9}\])?[ \t]{1,40}[-+.\w]{1,40}:[ \t].*",
    re.DOTALL,
)

# The last parenthesis of a complete line: a path, a name of the kernel's, or this word.
_MODULE = re.compile(r"/.*|\[.*\]|inlined", re.DOTALL)
# Callchains are behind a tab, or blanks where a text went through other hands; commands behind blanks, too.
_FRAME_BEGUN = re.compile(rb"\t|[ ]+[0-9a-f]{0,16}(?:\.\.\.)?(?: |$)")


class Trigger(NamedTuple):
    """The event's name, its period (0 if unknown) and the text after it."""

    event: str
    period: int
    rest: bytes


class Event(NamedTuple):
    """An event line; `time` is in seconds, NaN where it has none."""

    task: Task
    trigger: Trigger
    time: float


def parse_trigger(text: bytes) -> Trigger | None:
    """Read the text behind the time. Return None if it is no event."""
    match = _TRIGGER.fullmatch(text)
    if match is None:
        return None
    period, event, rest = match.groups()
    if not event and rest.startswith(b"PERF_RECORD_"):
        event, _, rest = rest.partition(b" ")
    if not event and rest:
        return _frame_only(text)
    number = int(period or 0)
    return Trigger(decode(event or b""), number, rest.rstrip()) if number < MAX_PERIOD else None


def _frame_only(text: bytes) -> Trigger | None:
    """Read a frame without an event, behind a period or nothing."""
    found = frame_behind("", text)
    period = text[: found.place].strip() if found else b""
    if found is None or (period and not (period.isdigit() and len(period) < _MAX_PERIOD_DIGITS)):
        return None
    return Trigger("", int(period or 0), text.strip())


def may_be_event(line: bytes) -> bool:
    """Return False if a line surely is no event line: it has no colon before a blank or its end."""
    return b": " in line or b":\t" in line or line.endswith((b":", b":\n"))


def read_event(line: bytes, fields: FieldSet = USUAL) -> Event | None:
    """Read an event line by the fields of its file. Return None if the line is none.

    A line that has other fields is an event line, too, where it names its event and has perf's decimals.
    """
    found = _find_event(line, fields)
    return found[0] if found else None


def _find_event(line: bytes, fields: FieldSet, nameless: bool = False) -> tuple[Event, int] | None:
    """Read an event line; return it and where its time begins, or None.

    `nameless` takes lines of other fields than the file's that name no event, too.
    """
    if not may_be_event(line) or _is_behind_tab(line):
        return None
    times = _times(line)
    for time in times:
        found = _read_at(line, time, read_task(line[: time.start()], fields))
        if found:
            return found, time.start()
    for time in times:
        found = _read_at(line, time, guess_task(line[: time.start()]))
        if found and (nameless or found.trigger.event) and has_decimals(time[1]):
            return found, time.start()
    if fields.timed and (times or _is_frame_with_library(line)):
        return None
    untimed = parse_untimed(line)
    return (Event(*untimed, NAN), 0) if untimed else None


def _times(line: bytes) -> list[re.Match[bytes]]:
    """Return what may be the time of a line, the likely ones first: those with perf's decimals."""
    found = [time for time in islice(TIME.finditer(line), _MAX_TIMES) if time.start() <= MAX_BEFORE_TIME]
    return sorted(found, key=lambda time: not has_decimals(time[1])) if len(found) > 1 else found


def has_decimals(time: bytes) -> bool:
    """Return True if a time has as many decimals as perf prints."""
    return len(time.partition(b".")[2]) in DECIMALS


def _is_behind_tab(line: bytes) -> bool:
    """Return True for the lines of a stack as perf prints them: no event line looks like one."""
    return line.startswith(b"\t") and (parse_frame(line) is not None or other_kind(line) is not None)


def _read_at(line: bytes, time: re.Match[bytes], task: Task | None) -> Event | None:
    trigger = parse_trigger(line[time.end() :]) if task else None
    return Event(task, trigger, float(time[1])) if task and trigger else None


def _is_frame_with_library(line: bytes) -> bool:
    frames = parse_frame(line)
    return frames is not None and bool(frames[0][1])


def parse_untimed(line: bytes) -> tuple[Task, Trigger] | None:
    """Read an event line that has no timestamp. Return None if the line is none."""
    match = _UNTIMED.fullmatch(line)
    if match is None or line.startswith(b"#"):
        return None
    task, trigger = read_task(match.group(1)), parse_trigger(match.group(2))
    return (task, trigger) if task and trigger else None


def fields_of(head: bytes) -> FieldSet:
    """Find the fields of a file in its head."""
    return _fields_of(head[:HEAD_BYTES])


# Recognising a file and reading it both ask for its fields.
@lru_cache(maxsize=2)
def _fields_of(head: bytes) -> FieldSet:
    lines = head.replace(b"\r\n", b"\n").split(b"\n")
    beginnings: list[bytes] = []
    untimed = 0
    for line in lines[:-1] if len(head) == HEAD_BYTES else lines:
        if len(line) > MAX_LINE:
            continue
        found = _find_event(line, USUAL, nameless=True)
        if found is None and not beginnings and not untimed:
            found = _find_event(line, FieldSet(timed=False), nameless=True)
        if found:
            event, place = found
            if math.isnan(event.time):
                untimed += 1
            else:
                beginnings.append(line[:place])
    return find_fields(beginnings, untimed)._replace(stacks=_has_stacks(lines))


def _has_stacks(lines: list[bytes]) -> bool:
    """Return True if a frame line as perf prints it follows an event line."""
    return any(
        below.startswith(b"\t") and parse_frame(below) is not None and TIME.search(line)
        for line, below in pairwise(lines)
    )


def is_damaged_event(line: bytes) -> bool:
    """Return True if a line that cannot be read was an event line."""
    return _DAMAGED_EVENT.fullmatch(line) is not None


def is_whole(line: bytes) -> bool:
    """Return True if nothing is missing of a last line without line end.

    That is so for a line that ends in ` (module)`, a source line and a comment; anything else may have been
    longer.
    """
    if line.startswith(b"#") or not line:
        return True
    if parse_frame(line) is None and other_kind(line) == SOURCE:
        return True
    symbol, library = split_library(decode(line))
    return _MODULE.fullmatch(library) is not None and symbol.count("(") == symbol.count(")")


def is_frame_begun(line: bytes) -> bool:
    """Return True if the beginning of a line is one of a frame line, not of an event line."""
    return _FRAME_BEGUN.match(line) is not None
