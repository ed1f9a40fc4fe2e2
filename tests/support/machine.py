"""Samples of a whole machine as plain tuples: the same list makes a perf text and its expected counts."""

from __future__ import annotations

from typing import NamedTuple

from hypothesis import strategies as st

from tests.support.perf_text import sample, script

COMMANDS = ["node", "java", "gzip", "<b>x</b>"]
FUNCTIONS = ["main", "parse", "hash", "memcmp"]
LIBRARIES = {"main": "/bin/app", "parse": "/bin/app", "hash": "/lib/libh.so", "memcmp": "/lib/libc.so"}
EVENTS = ["cpu-clock", "page-faults"]


class Taken(NamedTuple):
    """One sample: microseconds from second 3000, who ran where, and the functions, leaf first."""

    micros: int
    command: str
    pid: int
    tid: int
    cpu: int
    event: str
    stack: tuple[str, ...]

    @property
    def seconds(self) -> float:
        """Return the time from second 3000 in double precision, where 3000.1 is just below 3000 + 0.1."""
        return 3000 + self.micros / 1e6 - 3000

    def text(self) -> str:
        """Return the block of perf script."""
        return sample(
            f"{3000 + self.micros // 1_000_000}.{self.micros % 1_000_000:06}",
            *(f"{name}+0x1 ({LIBRARIES[name]})" for name in self.stack),
            command=self.command,
            task=f"{self.pid}/{self.tid}",
            cpu=self.cpu,
            period=10_000_000 if self.event == EVENTS[0] else 1,
            event=self.event,
        )


def perf_text(samples: list[Taken]) -> bytes:
    """Return the samples as perf script prints them."""
    return script(*(one.text() for one in samples))


@st.composite
def machines(draw: st.DrawFn, events: int = 2, least: int = 1) -> list[Taken]:
    """Draw the samples of up to four seconds, sorted by time, the first in the first second.

    A thread keeps its command and process.
    """
    micros = draw(st.lists(st.integers(0, 3_999_999), min_size=least - 1, max_size=30))
    micros.append(draw(st.integers(0, 999_999)))
    owners = draw(st.lists(st.tuples(st.sampled_from(COMMANDS), st.integers(1, 3)), min_size=6, max_size=6))
    found = []
    for when in sorted(micros):
        tid = draw(st.integers(1, 6))
        command, pid = owners[tid - 1]
        stack = tuple(draw(st.lists(st.sampled_from(FUNCTIONS), max_size=4)))
        cpu, event = draw(st.integers(0, 3)), draw(st.sampled_from(EVENTS[:events]))
        found.append(Taken(when, command, pid, tid, cpu, event, stack))
    return found
