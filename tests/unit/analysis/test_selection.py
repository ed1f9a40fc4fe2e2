"""The samples a selection keeps, their counts, and the facets a profile can be filtered by."""

from __future__ import annotations

import numpy as np
import pytest

from flamescope_py.analysis.facets import Count, facets
from flamescope_py.analysis.flamegraph import flame_graph
from flamescope_py.analysis.heatmap import heatmap
from flamescope_py.analysis.selection import Selection
from flamescope_py.errors import ParameterError
from flamescope_py.model import Profile
from tests.support.perf_text import sample
from tests.support.reading import read, read_perf
from tests.support.recorded import input_bytes
from tests.support.views import select

# The tests below name each sample by its leaf.
PROFILE = read_perf(
    sample("3000.100000", "a (/x)", "main (/x)", command="node", task="1/1", cpu=0, period=10),
    sample("3000.200000", "b (/x)", "main (/x)", command="node", task="1/2", cpu=1, period=20),
    sample("3001.300000", "c (/x)", "a (/x)", command="java", task="3/3", cpu=1, event="page-faults"),
    sample("3001.400000", "native_safe_halt (/x)", command="swapper", task="0/0", cpu=0),
    sample("3002.500000", "d ([kernel.kallsyms])", command="swapper", task="0/0", cpu=7),
    sample("3002.600000", command="node", task="1/1"),
)


def leaves(selection: Selection) -> str:
    view = select(PROFILE, selection)
    assert len(view.time) == len(view.node) == heatmap(view, 10).values.sum()
    names = [view.frames.name[view.tree.frame[node]] for node in view.node]
    return " ".join(name[:4] for name in names)


@pytest.mark.parametrize(
    ("selection", "expected"),
    [
        (Selection(), "a b c d node"),
        (Selection(idle=True), "a b c nati d node"),
        (Selection(comm=("node",)), "a b node"),
        (Selection(comm=("node", "java")), "a b c node"),
        (Selection(comm=("nod",)), ""),
        (Selection(pid=(1,)), "a b node"),
        (Selection(tid=(2, 3)), "b c"),
        (Selection(pid=(1,), tid=(2, 3)), "b"),
        (Selection(cpu=(0,)), "a"),
        (Selection(cpu=(0, 7)), "a d"),
        (Selection(cpu=(-1,)), "node"),
        (Selection(event=("page-faults",)), "c"),
        (Selection(event=("page-faults", "cycles", "none")), "a b c d node"),
        (Selection(event=("none",)), ""),
        (Selection(include=("^ a ",)), "a c"),
        (Selection(include=("^ a ", "kallsyms")), "a c d"),
        (Selection(exclude=("^ a ",)), "b d node"),
        (Selection(include=(" main ",), exclude=("^ b ",)), "a"),
        (Selection(include=("^ node ",)), "a b node"),
        (Selection(include=("root",)), ""),
        (Selection(comm=("node",), cpu=(1,), include=("main",)), "b"),
        (Selection(comm=("swapper",), idle=True), "nati d"),
    ],
)
def test_samples_of_any_of_the_values_of_every_kind_are_kept(selection: Selection, expected: str) -> None:
    assert leaves(selection) == expected


def test_patterns_see_stacks_before_frames_are_dropped() -> None:
    assert leaves(Selection(include=("^ a ",), drop=("^ a ", "^ c "))) == "main java"


def test_seconds_and_columns_stay_those_of_the_whole_profile() -> None:
    found = heatmap(select(PROFILE, Selection(comm=("java",))), 10)
    assert found.values.sum(axis=1).tolist() == [0, 1, 0]


def test_periods_count_instead_of_samples() -> None:
    view = select(PROFILE, Selection(weight="period"))
    assert flame_graph(view).samples == 30
    assert heatmap(view, 10).values.sum(axis=1).tolist() == [30, 0, 0]


def test_a_damaged_period_does_not_swamp_the_others() -> None:
    profile = read_perf(
        sample("1.000000", "f (/x)", period=7),
        sample("1.100000", "f (/x)", period=2**63 - 1),
        sample("1.200000", "f (/x)", period=2**48 - 1),
    )
    assert flame_graph(select(profile, Selection(weight="period"))).samples == 2**48 + 6
    assert profile.report.notes[0].reason == "not an event line"


def test_periods_of_a_file_without_them_are_refused() -> None:
    with pytest.raises(ParameterError, match="no period"):
        select(read_perf(sample("1.000000", "f (/x)")), Selection(weight="period"))


@pytest.mark.parametrize(
    "selection", [Selection(include=("(",)), Selection(exclude=("(",)), Selection(drop=("(",))]
)
def test_a_pattern_that_does_not_compile_repeats_the_compilers_words(selection: Selection) -> None:
    with pytest.raises(ParameterError, match=r"'\(' does not compile: missing"):
        select(PROFILE, selection)


def test_facets_count_what_can_be_selected() -> None:
    found = facets(PROFILE)
    assert found.commands == [Count("node", 3, 3), Count("swapper", 2, 1), Count("java", 1, 1)]
    assert found.processes == [Count(1, 3, 3, "node"), Count(0, 2, 1, "swapper"), Count(3, 1, 1, "java")]
    assert {(one.value, one.samples) for one in found.threads} == {(1, 2), (2, 1), (3, 1), (0, 2)}
    assert found.cpus == [Count(0, 2, 1), Count(1, 2, 2), Count(7, 1, 1)]
    assert found.events == [Count("cycles", 5, 4), Count("page-faults", 1, 1)]


def test_a_processor_with_a_huge_number_costs_no_memory() -> None:
    found = facets(read_perf(sample("1.000000", "f (/x)", cpu=999_999_999)))
    assert found.cpus == [Count(999_999_999, 1, 1)]


def test_the_frequency_is_that_of_a_busy_thread() -> None:
    times = np.concatenate([np.arange(100) / 99, 5 + np.arange(100) / 99])
    profile = read_perf(*(sample(f"{3000 + time:.6f}", "f (/x)") for time in times))
    frequency = facets(profile).frequency
    assert frequency is not None
    assert frequency == pytest.approx(99, rel=0.01)
    assert facets(read_perf(sample(None, "f (/x)"))).frequency is None


def sleepy(event: str, period: int | None) -> Profile:
    """Return a thread that works for a moment every second, sampled at 99 Hz."""
    times = [second + tick / 99 for second in range(20) for tick in (0, 2)]
    return read_perf(*(sample(f"{3000 + one:.6f}", "f (/x)", event=event, period=period) for one in times))


@pytest.mark.parametrize("event", ["cpu-clock", "cpu-clock:pppH", "task-clock:u"])
def test_the_period_of_a_clock_says_the_frequency_where_threads_sleep(event: str) -> None:
    assert facets(sleepy(event, 10_101_010)).frequency == pytest.approx(99, rel=1e-6)
    # The distances suggest a wrong frequency, far enough from the right one to tell them apart.
    assert facets(sleepy(event, None)).frequency == pytest.approx(49.5, rel=0.01)
    assert facets(sleepy(event, 0)).frequency == pytest.approx(49.5, rel=0.01)


@pytest.mark.parametrize("event", ["cycles", "cpu-clock-like", "sched:cpu-clocks", "page-faults"])
def test_the_period_of_anything_else_says_nothing(event: str) -> None:
    assert facets(sleepy(event, 10_101_010)).frequency == pytest.approx(49.5, rel=0.01)


def test_the_clock_counts_among_other_events_and_the_most_common_period() -> None:
    blocks = [
        *[sample(f"3000.{tick:06}", "f (/x)", event="cycles", period=7) for tick in range(50)],
        sample("3001.000000", "f (/x)", event="cpu-clock", period=1_003_009),
        sample("3001.100000", "f (/x)", event="cpu-clock", period=1_003_009),
        sample("3001.200000", "f (/x)", event="cpu-clock", period=99),
    ]
    assert facets(read_perf(*blocks)).frequency == pytest.approx(997, rel=1e-6)


@pytest.mark.parametrize(
    ("name", "asked"), [("node18.perf.out", 99), ("node16.perf.out", 99), ("sys49.perf.out", 49)]
)
def test_recorded_files_tell_what_was_asked_of_perf(name: str, asked: int) -> None:
    profile = read(input_bytes(name))
    assert facets(profile).frequency == pytest.approx(asked, rel=1e-6)
