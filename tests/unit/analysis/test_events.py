"""Which event a profile opens with."""

from __future__ import annotations

import math

import pytest

from flamescope_py.analysis.events import is_sampling, main_events, resolve_events
from flamescope_py.model import ProfileBuilder
from tests.support.perf_text import sample
from tests.support.reading import read_perf


@pytest.mark.parametrize(
    "event",
    [
        "cycles",
        "cycles:u",
        "cycles:ppp",
        "cycles:P",
        "cpu-clock",
        "cpu-clock:pppH",
        "task-clock:u",
        "instructions",
        "cache-misses:k",
        "branch-misses",
        "LLC-load-misses",
        "cpu_core/cycles/P",
        "cpu/event=0x3c,umask=0x1/u",
        "cpu/mem-loads,ldlat=30/P",
        "armv8_pmuv3_0/cycles/",
        "r01c2:u",
        "ibs_op//",
    ],
)
def test_sampling_events(event: str) -> None:
    assert is_sampling(event)


@pytest.mark.parametrize(
    "event",
    [
        "sched:sched_switch",
        "block:block_rq_complete",
        "syscalls:sys_enter_write",
        "raw_syscalls:sys_enter:u",
        "probe:do_sys_open",
        "probe_libc:malloc",
        "sdt_node:gc__start",
        "mem:0x7ffe0000:rw",
        "page-faults",
        "page-faults:u",
        "major-faults",
        "faults",
        "context-switches",
        "cs",
        "cpu-migrations",
        "bpf-output",
        "dummy:HG",
        "software/context-switches/",
    ],
)
def test_events_that_count_occurrences(event: str) -> None:
    assert not is_sampling(event)


def main(*counts: tuple[str, int]) -> tuple[str, ...]:
    """Return the main events of a profile with this many samples of each event."""
    names = [name for name, count in counts for _ in range(count)]
    texts = (sample(f"10.{row:06}", "f (/x)", event=name) for row, name in enumerate(names))
    return main_events(read_perf(*texts))


def test_the_most_frequent_sampling_event_is_the_main_one() -> None:
    assert main(("cycles", 2)) == ("cycles",)
    assert main(("cycles", 2), ("instructions", 3)) == ("instructions",)
    assert main(("cpu-clock", 1), ("page-faults", 5), ("sched:sched_switch", 9)) == ("cpu-clock",)
    assert main(("cycles:u", 1), ("cycles:k", 2)) == ("cycles:k",)


def test_an_event_that_measures_time_comes_first_of_equals() -> None:
    assert main(("cache-misses", 2), ("cycles", 2), ("branches", 2)) == ("cycles",)


def test_without_a_sampling_event_the_most_frequent_is_the_main_one() -> None:
    assert main(("sched:sched_switch", 1), ("block:block_rq_complete", 2)) == ("block:block_rq_complete",)


def test_one_event_has_a_name_for_each_kind_of_core() -> None:
    hybrid = ("cpu_core/cycles/P", 3), ("cpu_atom/cycles/P", 2), ("cpu_core/instructions/P", 4)
    assert main(*hybrid) == ("cpu_atom/cycles/P", "cpu_core/cycles/P")


EVENTS = ("cycles", "instructions", "page-faults")


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ((), ()),
        (("main",), ("cycles",)),
        (("all",), ()),
        (("main", "all"), ()),
        (("main", "instructions"), ("cycles", "instructions")),
        (("instructions", "cycles"), ("cycles", "instructions")),
        (EVENTS, ()),
        (("nothing",), ("nothing",)),
    ],
)
def test_main_and_all_stand_for_events(wanted: tuple[str, ...], found: tuple[str, ...]) -> None:
    assert resolve_events(wanted, EVENTS, ("cycles",)) == found


def test_an_event_of_the_profile_may_be_called_main_or_all() -> None:
    assert resolve_events(("main",), ("all", "cycles", "main"), ("cycles",)) == ("main",)
    assert resolve_events(("all",), ("all", "cycles", "main"), ("cycles",)) == ("all",)


def test_a_file_may_name_its_main_event() -> None:
    builder = ProfileBuilder()
    rows = [builder.event("alloc_space", "bytes"), builder.event("inuse_space", "bytes")]
    builder.add_samples(time=[math.nan] * 3, node=[0] * 3, event=[rows[0], rows[0], rows[1]])
    assert main_events(builder.finish("pprof", main_event="inuse_space")) == ("inuse_space",)
