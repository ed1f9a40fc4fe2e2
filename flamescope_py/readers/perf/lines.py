"""The lines of `perf script` text, one pattern each, with the real lines it is for right above it.

Bytes in, names out. All patterns are linear in the length of a line: every repetition that could
start in many places is bounded.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from flamescope_py.model.frame import INLINED, JIT, KERNEL, NO_KIND, USER

UNKNOWN = -1
UNNAMED = "[unknown]"
# Three days in nanoseconds. One damaged period must not swamp the sum of all others, nor overflow it.
MAX_PERIOD = 2**48

# node  3738   377.632162:    1003009 cpu-clock:pppH:
# V8 WorkerThread 25607 4794564.109216: cycles:
# Everything before the time repeats itself, the time does not: three groups, so that the first and
# the last can be interned. A file has few of the first, and mostly few of the last.
HEAD = re.compile(rb"^(.{1,300}?)[ \t]{1,40}(\d{1,18}\.\d{1,9}):(.*)$", re.MULTILINE)

# swapper     0 [000]
# perf  8382/8382  [001]
# C2 CompilerThre 14341/14350 [016]
# kworker/0:1-events    12
# :8440  8440
_CPU = re.compile(rb"\[(\d{1,9})\]")
_TASK = re.compile(rb"(?:(-?\d{1,10})/)?(-?\d{1,10})")

# What follows the time:
#    1003009 cpu-clock:pppH:
#  page-faults:
#  sched:sched_switch: prev_comm=perf prev_pid=8449 prev_prio=120 prev_state=D ==> next_comm=…
#   10101010 cpu-clock:pppH:      7fd302fc5bee [unknown] (/tmp/perf-8440.map)
#  cycles:      7f36571947c0 nmethod::is_nmethod() const (/usr/lib/jvm/libjvm.so)
#  PERF_RECORD_LOST lost 13
#  (nothing, for -F comm,tid,time,ip,sym)
_WHAT = re.compile(
    rb"[ \t]*(?:(\d{1,19})(?=[ \t]|$))?[ \t]*(?:(\S{1,500}):(?=[ \t]|$))?[ \t]*(.*)", re.DOTALL
)

# java 23333 cycles:
# java 23333/23340 [002]     250000 cycles:ppp:
_UNTIMED = re.compile(
    rb"(.{0,255}?[ \t]{1,40}(?:-?\d{1,10}/)?-?\d{1,10}(?:[ \t]{1,40}\[\d{1,9}\])?)"
    rb"([ \t]{1,40}(?:\d{1,19}[ \t]{1,40})?[A-Za-z_]\S{0,499}:(?:[ \t].*)?)",
    re.DOTALL,
)

#  PERF_RECORD_LOST lost 13
#  PERF_RECORD_LOST_SAMPLES lost 2
#  PERF_RECORD_COMM exec: node:3738/3738
RECORD = re.compile(rb"[ \t]*PERF_RECORD_([A-Z0-9_]+)(?:.* lost (\d{1,18}))?", re.DOTALL)

# \t    7fb8ac0eadcd JS:*hash /srv/app/server.js:3:6+0x5cd (/tmp/perf-3738.map)
# \t         14d1546 Builtins_CallApiCallback+0x86 (/usr/bin/node)
# \t          7f... node::LibuvStreamWrap::ReadStart()::{lambda(uv_stream_s*)#2}::_FUN+0x5a (/usr/bin/node)
# \t    7f12 foo+0x1 (/memfd:doublemapper (deleted))
# \t            2044 operator++0x4 (/srv/w)
# \t    7fb8ac0eadcd
# \t    7fb8ac0eadcd (/usr/bin/node)
# One blank ends the address; a further one belongs to the symbol (sed leaves "  /srv/app.js:1").
_FRAME = re.compile(r"[ \t]+[0-9a-f]{1,16}(?:\.\.\.)?(?:[ \t](.*))?", re.DOTALL)
# The lines above, many at a time: of each with nothing odd in it its symbol, without the offset, and its
# library; of every other one NOT_PLAIN. Not lazy over any byte: that took three times as long for each line.
PLAIN_FRAMES = re.compile(rb"(?:[ \t]+[0-9a-f]{1,16} (\S[^+\n]*)\+0x[0-9a-f]{1,16} \(([^()\n]*)\)|[^\n]*)\n")
NOT_PLAIN = (b"", b"")
_ADDRESS = re.compile(rb"[0-9a-f]{2,16} ")

#   file.c:12
#   ??:0
#   server.cc:30 (discriminator 3)
#   libc.so.6[2724a]
_SOURCE_LINE = re.compile(
    rb"[ \t]+\S[^\n]{0,1000}?(?::(?:\d+|\?)|\[[0-9a-f]+\])(?: \(discriminator \d+\))?[ \t]*"
)

_PARENTHESIS = re.compile(r"[()]")
_OFFSET = re.compile(r"\+0x[0-9a-f]{1,16}$")

# Ljava/lang/String;::hashCode->Lfoo/Bar;::baz   (Java's map agent; never with blanks around the arrow)
# std::unique_ptr<A>::operator->                 (C++: not a chain)
# core::ops::function::FnOnce<fn() -> u8>        (Rust: not a chain)
_ARROW = re.compile(r"(?<!operator)(?<=[^ ])->(?=[^ ])")


# What stands in the last parenthesis of a line that is whole: a path, a name of the kernel's, or this word.
_MODULE = re.compile(r"/.*|\[.*\]|inlined", re.DOTALL)
# Callchains are behind a tab, or blanks where a text went through other hands; commands behind blanks, too.
_FRAME_BEGUN = re.compile(rb"\t|[ ]+[0-9a-f]{0,16}(?:\.\.\.)?(?: |$)")


class Who(NamedTuple):
    """The task of an event line; numbers that the line does not give are -1."""

    command: str
    pid: int
    tid: int
    cpu: int


class What(NamedTuple):
    """What happened: the event's name, its period (0 unknown) and the text behind it."""

    event: str
    period: int
    rest: bytes


def decode(text: bytes) -> str:
    """Read bytes of a profile as text: bad UTF-8 and NUL bytes become U+FFFD, never an error."""
    return text.decode("utf-8", "replace").replace("\0", "\ufffd")


def parse_who(text: bytes) -> Who | None:
    """Read what stands before the time. A single number is the thread, the process is then unknown."""
    cpu, task, command = UNKNOWN, text.rstrip(), text
    found = _CPU.fullmatch(task.rpartition(b" ")[2])
    if found:
        cpu, task = int(found.group(1)), task.rpartition(b" ")[0].rstrip()
    command, _, numbers = task.replace(b"\t", b" ").rpartition(b" ")
    match = _TASK.fullmatch(numbers)
    if match is None or not command.strip() or text.startswith(b"#"):
        return None
    pid, tid = (UNKNOWN if number is None else int(number) for number in match.groups())
    return Who(decode(command.strip()), pid, tid, cpu)


def parse_what(text: bytes) -> What | None:
    """Read what stands behind the time; None where that is no event."""
    match = _WHAT.fullmatch(text)
    if match is None:
        return None
    period, event, rest = match.groups()
    if not event and rest.startswith(b"PERF_RECORD_"):
        event, _, rest = rest.partition(b" ")
    if not event and rest:
        return None
    number = int(period or 0)
    return What(decode(event or b""), number, rest.rstrip()) if number < MAX_PERIOD else None


def parse_untimed(line: bytes) -> tuple[Who, What] | None:
    """Read an event line that has no timestamp; None where the line is none."""
    match = _UNTIMED.fullmatch(line)
    if match is None:
        return None
    who, what = parse_who(match.group(1)), parse_what(match.group(2))
    return (who, what) if who and what else None


def is_frame_on_event_line(rest: bytes) -> bool:
    """Tell a frame behind the event (captures without -g) from a tracepoint's arguments."""
    return _ADDRESS.match(rest) is not None and rest.endswith(b")") and b" (" in rest


def is_source_line(line: bytes) -> bool:
    """Say whether the line is a source position, as `-F +srcline` prints between frames."""
    return _SOURCE_LINE.fullmatch(line) is not None


def parse_frame(line: bytes) -> list[tuple[str, str, str]] | None:
    """Read a frame line as (name, library, kind), innermost first; None where the line is none.

    More than one for a chain of inlined functions: the first function of `a->b->c` is what was
    compiled and has the library's kind, the others were inlined into it.
    """
    match = _FRAME.fullmatch(decode(line))
    if match is None:
        return None
    symbol, library = _split_library((match.group(1) or UNNAMED).rstrip("\r\n"))
    name = _OFFSET.sub("", symbol) or UNNAMED
    kind = library_kind(library)
    if "->" not in name:
        return [(name, library, kind)]
    outer, *inlined = _ARROW.split(name)
    return [(part, library, INLINED) for part in reversed(inlined)] + [(outer, library, kind)]


def _split_library(text: str) -> tuple[str, str]:
    """Split `symbol (library)` at the last parenthesis that is balanced; ` (deleted)` is no path."""
    text = text.rstrip()
    if not text.endswith(")"):
        return text, ""
    start = _opening_parenthesis(text)
    if start < 0 or (start > 0 and text[start - 1] not in " \t"):
        return text, ""
    library = text[start + 1 : -1].removesuffix(" (deleted)")
    return text[: max(start - 1, 0)], library


def _opening_parenthesis(text: str) -> int:
    """Find the parenthesis that the last character closes; -1 where there is none."""
    last = text.rfind("(")
    if ")" not in text[last:-1]:
        return last
    depth = 0
    for match in reversed(list(_PARENTHESIS.finditer(text))):
        depth += 1 if match.group() == ")" else -1
        if depth == 0:
            return match.start()
    return -1


def is_whole(line: bytes) -> bool:
    """Say whether a last line without line end is one of which nothing is missing.

    True of what ends in ` (module)`, of a source line and of a comment; anything else may have been longer.
    """
    if line.startswith(b"#") or not line:
        return True
    if _FRAME.fullmatch(decode(line)) is None and is_source_line(line):
        return True
    symbol, library = _split_library(decode(line))
    return _MODULE.fullmatch(library) is not None and symbol.count("(") == symbol.count(")")


def is_frame_begun(line: bytes) -> bool:
    """Say whether the beginning of a line is one of a frame line, not of an event line."""
    return _FRAME_BEGUN.match(line) is not None


def library_kind(library: str) -> str:
    """Tell what kind of code a library holds (FORMATS: jit, kernel, inlined, empty, else user)."""
    if not library:
        return NO_KIND
    if library.startswith("/tmp/perf-") and library.endswith(".map"):  # noqa: S108 perf's own path
        return JIT
    if library.startswith("[") or "vmlinux" in library[1:]:
        return KERNEL
    return INLINED if library == "inlined" else USER
