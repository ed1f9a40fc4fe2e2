"""Hypothesis strategies: perf script text with every oddity mixed, and profiles of random stacks.

EXAMPLES in the environment asks for more than the few that keep the suite quick.
"""

from __future__ import annotations

import os
from collections.abc import Sequence

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from flamescope_py.model import Profile
from tests.support import trees
from tests.support.perf_text import event_line, frame_lines

EXAMPLES = int(os.environ.get("EXAMPLES", "60"))
bounded = settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)

COMMANDS = ["node", "java", "swapper", "C2 CompilerThre", "kworker/0:1-eve", "tmux: server"]
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
# Each on a line of its own; what it means depends on where it stands.
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
    # Offsets on the edges of cells are the ones that may be counted twice, or not at all.
    if draw(st.booleans()):
        offsets = [offset - offset % 10_000 for offset in offsets]
    times = [float(f"{base + offset // 1_000_000}.{offset % 1_000_000:06}") for offset in offsets]
    stack = st.lists(st.sampled_from(NAMES), max_size=6)
    command = st.sampled_from(["app", "uv_app", "LazyCompile:*app"])
    drawn = [[draw(command), *draw(stack)] for _ in range(count)]
    idle = draw(st.sets(st.integers(0, count - 1), max_size=count // 2))
    return trees.of_stacks(drawn, times, idle)
