"""Off-CPU time from sched_switch: exact sums, areas of the heatmap, who woke whom, and what is not known."""

from __future__ import annotations

import gzip
import re
import subprocess
from collections import Counter, defaultdict
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flamescope_py.analysis.events import main_events, resolve_events
from flamescope_py.analysis.heatmap import heatmap
from flamescope_py.analysis.selection import Selection
from flamescope_py.model import Profile
from flamescope_py.model.profile import OFF_CPU
from flamescope_py.readers.perf.lines import Trigger
from flamescope_py.readers.perf.switching.off_cpu import RUNNABLE, WAKER
from flamescope_py.readers.perf.switching.switches import partner_of
from flamescope_py.readers.source import read_profile
from tests.support.reading import read
from tests.support.views import select

RECORDED = Path(__file__).resolve().parents[3] / "data" / "off_cpu" / "blocked.perf.out.gz"
STACK = "\tffff8226 schedule+0x23 ([kernel.kallsyms])\n\t  cf545 nanosleep+0x5 (/usr/lib/libc.so.6)\n"


def switch(at: float, leaving: str, coming: str, state: str = "S", stack: str = STACK) -> str:
    """Write a switch; a thread is `name:tid`."""
    (left, left_tid), (right, right_tid) = (one.rsplit(":", 1) for one in (leaving, coming))
    return (
        f"{left} {left_tid} [000] {at:.6f}: sched:sched_switch: prev_comm={left} prev_pid={left_tid} "
        f"prev_prio=120 prev_state={state} ==> next_comm={right} next_pid={right_tid} next_prio=120\n"
        f"{stack}\n"
    )


def waking(at: float, waker: str, woken: str) -> str:
    (name, tid), (other, other_tid) = (one.rsplit(":", 1) for one in (waker, woken))
    frame = "\tffff1111 try_to_wake_up+0x3 ([kernel.kallsyms])\n"
    return (
        f"{name} {tid} [001] {at:.6f}: sched:sched_waking: comm={other} pid={other_tid} prio=120 "
        f"target_cpu=001\n{frame}\n"
    )


def clock(at: float, thread: str) -> str:
    name, tid = thread.rsplit(":", 1)
    return f"{name} {tid} [000] {at:.6f}: cpu-clock:\n\t  1 main+0x1 (/srv/a)\n\n"


def parsed(*blocks: str) -> Profile:
    return read("".join(blocks).encode(), "perf")


def rows(profile: Profile, event: str) -> np.ndarray:
    if event not in profile.meta.events:
        return np.zeros(0, np.int64)
    return np.flatnonzero(profile.samples.event == profile.meta.events.index(event))


def total(profile: Profile, event: str, command: str = "") -> int:
    assert profile.samples.weight is not None
    kept = [
        row
        for row in rows(profile, event).tolist()
        if command in ("", profile.threads[profile.samples.thread[row]].command)
    ]
    return int(profile.samples.weight[kept].sum())


def test_a_blocked_thread_has_its_time_at_its_stack() -> None:
    profile = parsed(switch(10.1, "node:7", "swapper/0:0"), switch(10.350123, "swapper/0:0", "node:7"))
    assert total(profile, OFF_CPU) == 250_123
    assert profile.meta.event_units[profile.meta.events.index(OFF_CPU)] == "microseconds"
    (row, *_) = rows(profile, OFF_CPU).tolist()
    node = int(profile.samples.node[row])
    names = []
    while node:
        names.append(profile.frames.name[profile.tree.frame[node]])
        node = int(profile.tree.parent[node])
    assert names == ["schedule", "nanosleep", "node"]
    assert profile.report.samples == 2


def test_blocked_time_is_an_area_of_the_heatmap() -> None:
    profile = parsed(
        switch(10.1, "node:7", "a:8"), switch(10.4, "a:8", "node:7"), switch(11.5, "node:7", "a:8")
    )
    cells = heatmap(select(profile, Selection(event=(OFF_CPU,), comm=("node",))), 4).values
    # Rows run from the highest offset: 100 to 400 ms of the first second, in ticks of 10 ms.
    assert cells[0][::-1].tolist() == [15, 15, 0, 0]
    assert cells[1].sum() == 0


@pytest.mark.parametrize(
    ("state", "event"), [("S", OFF_CPU), ("D", OFF_CPU), ("R", RUNNABLE), ("R+", RUNNABLE)]
)
def test_a_thread_that_could_run_was_not_blocked(state: str, event: str) -> None:
    profile = parsed(switch(1.0, "a:1", "b:2", state), switch(1.2, "b:2", "a:1"))
    assert {name: total(profile, name, "a") for name in (OFF_CPU, RUNNABLE)} == {
        OFF_CPU: 0,
        RUNNABLE: 0,
        event: 200_000,
    }


def test_the_idle_thread_waits_for_nothing() -> None:
    profile = parsed(switch(1.0, "swapper/0:0", "a:1", "R"), switch(1.2, "a:1", "swapper/0:0"))
    assert profile.meta.derived == ()


def test_who_woke_a_thread_has_the_time_that_it_waited() -> None:
    profile = parsed(
        switch(1.0, "a:1", "b:2"),
        waking(1.3, "b:2", "a:1"),
        waking(1.31, "c:3", "a:1"),
        switch(1.4, "b:2", "a:1"),
        waking(2.0, "b:2", "a:1"),
    )
    assert total(profile, WAKER) == 400_000
    assert total(profile, WAKER, "b") == 400_000
    assert profile.samples.time[rows(profile, WAKER)].tolist() == [1.3]


def test_the_next_sample_ends_a_wait_where_the_switch_back_is_missing() -> None:
    profile = parsed(switch(1.0, "a:1", "b:2"), clock(1.25, "a:1"), clock(1.9, "a:1"))
    assert total(profile, OFF_CPU) == 250_000


def test_switches_without_an_end_are_counted() -> None:
    profile = parsed(*(switch(at, "a:1", "b:2") for at in (1.0, 2.0, 3.0)), switch(3.5, "b:2", "a:1"))
    assert total(profile, OFF_CPU, "a") == 500_000
    (told,) = profile.report.messages
    assert told.startswith("2 of 3 switches away from a thread have no switch back")
    assert "-a" in told


def test_recorded_events_stay_as_they_are() -> None:
    blocks = [switch(1.0, "a:1", "b:2"), clock(1.1, "b:2"), clock(1.15, "b:2"), switch(1.2, "b:2", "a:1")]
    profile = parsed(*blocks)
    assert profile.meta.derived == (OFF_CPU,)
    assert len(select(profile, Selection()).node) == 4
    assert main_events(profile) == ("cpu-clock",)
    events = profile.meta.events
    assert resolve_events(("all",), events, (), profile.meta.derived) == ()
    assert resolve_events(events, events, (), profile.meta.derived) == tuple(sorted(events))
    recorded = tuple(name for name in events if name != OFF_CPU)
    assert resolve_events(recorded, events, (), profile.meta.derived) == ()
    assert resolve_events((OFF_CPU,), events, (), profile.meta.derived) == (OFF_CPU,)


def test_a_file_of_switches_alone_opens_with_the_time_between_them() -> None:
    assert main_events(parsed(switch(1.0, "a:1", "b:2"), switch(1.2, "b:2", "a:1"))) == (OFF_CPU,)
    assert main_events(parsed(switch(1.0, "a:1", "b:2"))) == ("sched:sched_switch",)


# A command may look like the fields around it.
NEXT = "next_comm= ==> n next_pid=72 next_prio=-1"


@pytest.mark.parametrize(
    ("event", "text", "partner"),
    [
        ("sched:sched_switch", "node:71 [120] S ==> swapper/1:0 [120]", (1, 71, 0)),
        ("sched:sched_switch", "a:b c:71 [-2] R ==> x:0:72 [120]", (2, 71, 72)),
        (
            "sched:sched_switch",
            f"prev_comm=x next_pid=9 prev_pid=71 prev_prio=120 prev_state=D|K ==> {NEXT}",
            (1, 71, 72),
        ),
        ("sched:sched_waking", "comm=a pid=1 b pid=71 prio=120 target_cpu=001", (3, 0, 71)),
        ("sched:sched_waking", "node:71 [120]<CANT FIND FIELD success> CPU:001", (3, 0, 71)),
        ("sched:sched_wakeup", "node:71 [120] success=1 CPU:001", (3, 0, 71)),
        ("sched:sched_switch", "prev_comm=a ==> b", (0, 0, 0)),
        ("sched:sched_switch", "", (0, 0, 0)),
        ("sched:sched_switch", "node:9999999 [120] S ==> swapper/1:0 [120]", (0, 0, 0)),
        ("cycles", "node:71 [120] S ==> swapper/1:0 [120]", (0, 0, 0)),
    ],
)
def test_texts_of_switches_and_wakings(event: str, text: str, partner: tuple[int, int, int]) -> None:
    found = partner_of(Trigger(event, 0, text.encode()))
    assert (found >> 46, found >> 23 & (1 << 23) - 1, found & (1 << 23) - 1) == partner


def expected(text: str) -> dict[tuple[str, int], int]:
    """Return the microseconds off the processors by event and thread, found line by line."""
    away: dict[int, tuple[float, str]] = {}
    found: Counter[tuple[str, int]] = Counter()

    def back(tid: int, at: float) -> None:
        if tid in away:
            since, event = away.pop(tid)
            found[event, tid] += round(at * 1e6) - round(since * 1e6)

    for line in text.splitlines():
        head = re.match(r"\S+ +(\d+) \[\d+\] +([\d.]+): +(sched:\w+): (.*)", line)
        if not head:
            continue
        tid, at, rest = int(head[1]), float(head[2]), head[4]
        if head[3] == "sched:sched_switch":
            numbers = re.search(r"prev_pid=(\d+) .* prev_state=(\S+) ==> .* next_pid=(\d+)", rest)
            assert numbers
            if int(numbers[1]):
                away[int(numbers[1])] = at, RUNNABLE if numbers[2].startswith("R") else OFF_CPU
            back(int(numbers[3]), at)
        else:
            back(tid, at)
    return {key: value for key, value in found.items() if value}


def sums(profile: Profile) -> dict[tuple[str, int], int]:
    weight = profile.samples.weight
    if weight is None:
        assert not profile.meta.derived
        return {}
    found: defaultdict[tuple[str, int], int] = defaultdict(int)
    for event in (OFF_CPU, RUNNABLE):
        for row in rows(profile, event).tolist():
            tid = profile.threads[profile.samples.thread[row]].tid
            found[event, tid] += int(weight[row])
    return {key: value for key, value in found.items() if value}


@pytest.mark.perf
def test_a_perf_data_has_the_sums_that_perf_script_prints(tmp_path: Path) -> None:
    path = tmp_path / "sleeper.perf.data"
    path.write_bytes(gzip.decompress(RECORDED.with_name("sleeper.perf.data.gz").read_bytes()))
    with path.open("rb") as file:
        profile = read_profile(file, "unknown")
    command = ["perf", "script", "-f", "-i", str(path), "-F", "comm,tid,cpu,time,event,trace"]
    text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert text.count("sched:sched_switch:") == profile.report.samples == 118
    assert sums(profile) == expected("\n".join(map(str.strip, text.splitlines())))
    # It slept 20 times for 50 ms.
    assert total(profile, OFF_CPU, "sleeper") == 1_063_866


def test_a_real_recording_has_the_sums_of_its_lines() -> None:
    data = gzip.decompress(RECORDED.read_bytes())
    profile = read(data, "perf")
    assert sums(profile) == expected(data.decode())
    assert total(profile, OFF_CPU, "sleeper") > 1_500_000
    assert total(profile, WAKER, "holder") > 0
    assert profile.report.samples == data.count(b"sched:sched_")


THREADS = st.sampled_from(["a:1", "b:2", "c:3", "swapper/0:0"])


@given(
    st.lists(
        st.tuples(THREADS, THREADS, st.sampled_from("SDR"), st.integers(0, 400_000)), min_size=1, max_size=30
    ).map(lambda steps: [one for one in steps if one[0] != one[1]])
)
def test_any_switches_have_the_sums_of_their_lines(steps: list[tuple[str, str, str, int]]) -> None:
    at, blocks = 5.0, []
    for leaving, coming, state, wait in steps:
        at += wait / 1e6
        blocks.append(switch(at, leaving, coming, state, stack=""))
    if blocks:
        assert sums(parsed(*blocks)) == expected("".join(blocks))
