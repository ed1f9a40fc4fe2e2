"""Hypothesis strategies: perf script text with every oddity mixed, and profiles of random stacks.

Set EXAMPLES in the environment for more examples than the few that keep the suite quick, as `make fuzz` does.
"""

from __future__ import annotations

import json
import lzma
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from flamescope_py.model import Profile
from tests.support import trees
from tests.support.perf_text import event_line, frame_lines

EXAMPLES = settings().max_examples
bounded = settings(
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)

COMMANDS = ["node", "java", "swapper", "C2 CompilerThre", "kworker/0:1-eve", "tmux: server"]
# Names that look like addresses, numbers, comments, times and fields.
ODD_COMMANDS = [
    "",
    "dd",
    "ab",
    "cafe",
    "DEAD",
    "0x12",
    "123",
    "9 lives 42",
    "job 3/4",
    "#1 job",
    "#!bin",
    "v1.2 3.4: x",
    "job 7 2.5: 1",
    "t 1.500000: x",
    "a: b:",
    "w K",
    "[ET 0]",
    "-bash",
    "CPU 0/KVM",
    "(sd-pam)",
    "12 12 [000]",
    "f\u00fcnf",
]
TASKS = ["1", "7/8", "0", "-1/0"]
FRAMES = [
    "f+0x5a (/usr/bin/x)",
    "g (/usr/bin/x)",
    "operator++0x1 (/usr/bin/x)",
    "LFoo;::a->LBar;::b+0x1 (/tmp/perf-1.map)",
    "JS:*h /a.js:1:2+0x7 (/tmp/perf-1.map)",
    "uv_run (/usr/bin/x)",
    "LazyCompile:*h /a.js:1 (/tmp/perf-1.map)",
    "[unknown] ([unknown])",
    "native_safe_halt ([kernel.kallsyms])",
    "handle_softirqs ([kernel.kallsyms])",
    "i (inlined)",
    "k (/memfd:x (deleted))",
    "only",
]
# Each on its own line. Its meaning depends on the lines around it.
ODD_LINES = [
    "",
    "",
    "  \t",
    "# comment",
    "# key : value",
    "  file.c:12",
    "  ??:0",
    "junk",
    "\tjunk",
    "\t 7f12",
    "    7f12 indented (/x)",
    "w 1 2.5: PERF_RECORD_LOST lost 3",
    "node 1 3000.5: PERF_RECORD_SWITCH OUT preempt",
    "node 1 3001.5: PERF_RECORD_SWITCH_CPU_WIDE IN           prev pid/tid:     0/0    ",
    "job 7 2.5: 1 12 3000.500000: cycles:",
    "w 1 nan: cycles:",
    "w 1 1e18: cycles:",
    "w 1 999999999999999999.0: cycles:",
    "w 1 cycles:",
    "w 1 3000.5: cycles:   7f12ab on_line+0x1 (/x)",
    "w 1 3000.5: no event",
    "w 3000.5: cycles:",
    "w\0 1 3000.25: cycles:",
    "\t 12 z\0ro (/x)",
    "\t 12 f\r (/x)",
    "w 1 3000.5: cycles:\r",
    "x" * 200,
]


def microseconds(first: int = 1000, last: int = 1_000_000) -> st.SearchStrategy[str]:
    """Times as perf prints them, of a machine that has been up for a while."""
    return st.builds("{}.{:06}".format, st.integers(first, last), st.integers(0, 999_999))


@st.composite
def event_lines(draw: st.DrawFn) -> str:
    """Draw an event line; most have a time near the others."""
    return event_line(
        draw(microseconds(3000, 3004)),
        draw(st.sampled_from(COMMANDS)),
        draw(st.sampled_from(TASKS)),
        draw(st.none() | st.integers(0, 3)),
        draw(st.none() | st.integers(1, 2**48 - 1)),
        draw(st.sampled_from(["cycles", "cpu-clock:pppH", "sched:sched_switch"])),
    )


class FieldTexts(NamedTuple):
    """A text of perf's, and the number of its event lines, other lines and lines of other programs."""

    text: bytes
    samples: int
    others: int
    foreign: int


ARGUMENTS = [
    "fd: 0x00000001",
    "8,0 WS () 1000 + 8 [0]",
    "(ffffffff81) dst=10.0.0.1:443",
    "(ffffffff81) v=[3]",
    "bdi 254:0",
    "w:12 [120] S ==> swapper/0:0 [120]",
    "prev_comm=a: b (c) prev_pid=12 ==> next_comm=(x) next_pid=0 next_prio=120",
    "253,0 R 4096 () 5 + 8 none,0,0 (w)",
]
BEHIND = [
    "",
    "     7fc61ad6eb70 leaf",
    " ffffffff81c84b53 intel_idle+0x6f ([k])",
    "     7fc61ad6eb70 f (/lib/my x.so)",
]
OTHER_LINES = [
    "  file.c:12",
    "  :0",
    "\t0000000000401136\tinsn: 83 6d fc 01 ",
    "\tmain+0x16:",
    " 0x40117f/0x401160/P/-/-/3  0x401183/0x40117b/P/-/-/1  ",
    " ABI:2    AX:0x1    BX:0x2",
    "        1f4a3000 4K N/A",
    "      BPF output: 0000: 46 8b  F.",
]
# perf's standard error, which `perf script > file 2>&1` puts anywhere between two lines.
FOREIGN_LINES = [
    "Failed to open /tmp/perf-12.map, continuing without symbols",
    "BFD: /usr/lib/libx.so: warning: loop in section dependencies found",
    "Warning:",
    "Processed 100 events and lost 2 chunks!",
    "addr2line: DWARF error: could not find variable specification at offset 0x1f",
    "[libx.so] with build id 12 not found, continuing without symbols",
    "Couldn't synthesize bpf events.",
    "Invalid event format: x",
]


@st.composite
def field_texts(draw: st.DrawFn, foreign: bool = True) -> FieldTexts:
    """Draw a text as perf prints it by one set of fields: all lines padded alike, stacks or none."""
    fields = draw(st.sets(st.sampled_from(["comm", "pid", "tid", "cpu", "misc", "tod", "period", "event"])))
    nanoseconds, padded, stacked = draw(st.booleans()), draw(st.booleans()), draw(st.booleans())
    commands = draw(st.lists(st.sampled_from(COMMANDS + ODD_COMMANDS), min_size=1, max_size=3))
    text, samples, others, said = "", 0, 0, 0
    for number in range(draw(st.integers(1, 6))):
        line = _beginning(draw, fields, draw(st.sampled_from(commands)), stacked, padded)
        time = f"{3000 + number}.{draw(st.integers(0, 999_999)):06}" + "123" * nanoseconds
        line += f"{time:>12}: " + (f"{draw(st.integers(1, 10**8)):>10} " if "period" in fields else "")
        arguments = ""
        if "event" in fields:
            arguments = draw(st.sampled_from(["", *ARGUMENTS]))
            line += f"{'sched:x' if arguments else 'cycles':>13}: {arguments}"
        if not stacked:
            line += "" if arguments else draw(st.sampled_from(BEHIND))
        text += line + "\n"
        samples += 1
        if stacked:
            for frame in draw(st.lists(st.sampled_from(FRAMES), max_size=4)):
                extra = draw(st.sampled_from([*[""] * 6, *OTHER_LINES, *(FOREIGN_LINES if foreign else [])]))
                text += frame_lines([frame]) + (extra + "\n" if extra else "")
                others += extra in OTHER_LINES
                said += extra in FOREIGN_LINES
            text += "\n"
    return FieldTexts(text.encode(), samples, others, said)


def _beginning(draw: st.DrawFn, fields: set[str], command: str, stacked: bool, padded: bool) -> str:
    """Write an event line up to its time, in perf's own formats."""
    text = ""
    if "comm" in fields:
        # Without a process or thread behind it such a line is a comment, as docs/formats.md says.
        command = command if fields & {"pid", "tid"} else command.removeprefix("#")
        text += f"{command} " if stacked else f"{command:>16} "
    width = 7 if padded else 0
    if {"pid", "tid"} <= fields:
        text += f"{draw(st.integers(0, 99)):>{width}}/{draw(st.integers(0, 99)):<{width}} "
    elif fields & {"pid", "tid"}:
        text += f"{draw(st.integers(0, 99)):>{width}} "
    if "cpu" in fields:
        text += f"[{draw(st.integers(0, 7)):03}] "
    if "misc" in fields:
        text += f"{draw(st.sampled_from(['K', 'U', 'KUH', 'G', 'KGg', 'US', 'KSp', 'UE', 'KM'])):<6}"
    return text + ("2026-01-31 12:34:56.123456 " if "tod" in fields else "")


stacks = st.lists(st.sampled_from(FRAMES), max_size=5).map(frame_lines)
plain_blocks = st.builds("{}{}\n".format, event_lines(), stacks)
odd_blocks = st.lists(
    event_lines() | stacks | st.sampled_from(ODD_LINES).map("{}\n".format), min_size=1, max_size=6
).map("".join)


@st.composite
def perf_texts(draw: st.DrawFn) -> bytes:
    """Draw perf script text: plain and odd blocks, line ends of either system, a last one or none."""
    blocks = draw(st.lists(plain_blocks, max_size=6) | st.lists(plain_blocks | odd_blocks, max_size=8))
    text = "".join(blocks).encode()
    if draw(st.booleans()):
        text = text.replace(b"\n", b"\r\n")
    return text.removesuffix(draw(st.sampled_from([b"", b"\n", b"\r\n", b"\n\n", b"\r\n\r\n"])))


@cache
def recorded_texts() -> list[list[str]]:
    """Return texts that perf printed by many sets of fields, each as its lines."""
    folder = Path(__file__).resolve().parents[1] / "data" / "perf_fields"
    found = json.loads(lzma.decompress((folder / "fields.json.xz").read_bytes()))
    return [text.splitlines(keepends=True) for texts in found.values() for _, text in texts]


@st.composite
def mixed_recordings(draw: st.DrawFn) -> bytes:
    """Draw runs of lines of a few texts that perf printed, one after the other, cut anywhere."""
    text = ""
    for _ in range(draw(st.integers(1, 4))):
        lines = draw(st.sampled_from(recorded_texts()))
        start = draw(st.integers(0, len(lines)))
        text += "".join(lines[start : start + draw(st.integers(0, 12))])
    return text.encode()


@st.composite
def splits(draw: st.DrawFn, size: int) -> Sequence[int]:
    """Draw where to cut something of a size."""
    return draw(st.lists(st.integers(0, size), max_size=12))


NAMES = [
    "a",
    "b",
    "c",
    "uv_run",
    "[unknown]",
    "LazyCompile:*a",
    "LazyCompile:~a",
    "node::x",
    "JS:*a",
    "my_uv_",
]


@st.composite
def profiles(draw: st.DrawFn) -> Profile:
    """Draw a profile of random stacks at microsecond times, some of them idle."""
    base = draw(st.integers(1000, 10_000_000))
    count = draw(st.integers(1, 40))
    offsets = sorted(draw(st.lists(st.integers(0, 3_999_999), min_size=count, max_size=count)))
    # Offsets on the edges of cells may be counted twice or not at all.
    if draw(st.booleans()):
        offsets = [offset - offset % 10_000 for offset in offsets]
    times = [float(f"{base + offset // 1_000_000}.{offset % 1_000_000:06}") for offset in offsets]
    stack = st.lists(st.sampled_from(NAMES), max_size=6)
    command = st.sampled_from(["app", "uv_app", "LazyCompile:*app"])
    drawn = [[draw(command), *draw(stack)] for _ in range(count)]
    idle = draw(st.sets(st.integers(0, count - 1), max_size=count // 2))
    return trees.of_stacks(drawn, times, idle)
