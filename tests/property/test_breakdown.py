"""Breakdowns and lanes against counts of plain Python, and the laws that they keep."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from flamescope_py.analysis.breakdown.lanes import LaneChoice
from flamescope_py.analysis.breakdown.table import Breakdown
from flamescope_py.analysis.columns import HIGHEST, SUM, Columns
from flamescope_py.analysis.findings.all import MAX_FINDINGS, find
from flamescope_py.analysis.selection import Selection
from flamescope_py.analysis.vocabulary import ALL, BY_SAMPLE, BY_STACK, NODEJS, PERIOD
from flamescope_py.errors import TooLargeError
from flamescope_py.model import Profile, ProfileBuilder, TimeRange
from flamescope_py.model.profile import MICROSECONDS
from flamescope_py.service.queries.queries import Queries
from tests.support.machine import COMMANDS, EVENTS, LIBRARIES, Taken, machines, perf_text
from tests.support.reading import read
from tests.support.strategies import bounded, profiles

VALUE: dict[str, Callable[[Taken], str | int]] = {
    "comm": lambda one: one.command,
    "process": lambda one: one.pid,
    "thread": lambda one: one.tid,
    "cpu": lambda one: one.cpu,
    "event": lambda one: one.event,
}
LEAF: dict[str, Callable[[str], str]] = {
    "function": lambda name: name,
    "library": lambda name: LIBRARIES[name],
    "kind": lambda name: "user",
}
EVERYTHING = Selection(event=(ALL,))
ranges = st.tuples(st.integers(0, 39), st.integers(1, 40)).map(
    lambda ends: TimeRange(min(ends[0], ends[1] - 1) / 10, ends[1] / 10)
)


def asked(
    profile: Profile, by: str, part: TimeRange, chosen: Selection = EVERYTHING, limit: int = 99
) -> Breakdown:
    return Queries(1 << 20).breakdowns.breakdown(by, limit, (profile, part), chosen)


def clipped(profile: Profile, part: TimeRange) -> TimeRange:
    """Return the part of a range that is inside of the profile, or all of it."""
    assert part.start is not None
    assert part.end is not None
    end = min(part.end, float(profile.seconds))
    return TimeRange(part.start, end) if part.start < end else TimeRange()


def inside(one: Taken, part: TimeRange) -> bool:
    return part.start is None or part.end is None or part.start <= one.seconds < part.end


@bounded
@given(
    machine=machines(),
    part=ranges,
    by=st.sampled_from(BY_SAMPLE),
    commands=st.sets(st.sampled_from(COMMANDS)),
)
def test_rows_are_counts_of_the_text(
    machine: list[Taken], part: TimeRange, by: str, commands: set[str]
) -> None:
    profile = read(perf_text(machine))
    part = clipped(profile, part)
    found = asked(profile, by, part, replace(EVERYTHING, comm=tuple(sorted(commands))))
    kept = [
        one
        for one in machine
        if inside(one, part) and (by == "comm" or not commands or one.command in commands)
    ]
    expected = Counter(VALUE[by](one) for one in kept)
    rows = dict(zip(found.rows.value, found.rows.samples.tolist(), strict=True))
    assert {value: count for value, count in rows.items() if count} == expected
    assert set(rows) == {VALUE[by](one) for one in machine}
    assert found.samples == len(kept)
    assert found.present == len(expected)
    assert found.rows.own.tolist() == found.rows.samples.tolist()
    if by == "cpu":
        assert found.rows.value == sorted(rows)
    else:
        assert found.rows.samples.tolist() == sorted(rows.values(), reverse=True)


@bounded
@given(machine=machines(), part=ranges, by=st.sampled_from(sorted(LEAF)))
def test_rows_of_stacks_have_own_samples_and_samples_anywhere(
    machine: list[Taken], part: TimeRange, by: str
) -> None:
    profile = read(perf_text(machine))
    part = clipped(profile, part)
    found = asked(profile, by, part)
    kept = [one for one in machine if inside(one, part)]
    own = Counter(LEAF[by](one.stack[0]) if one.stack else "" for one in kept)
    total = Counter(name for one in kept for name in ({LEAF[by](name) for name in one.stack} or {""}))
    rows = dict(
        zip(
            found.rows.value,
            zip(found.rows.own.tolist(), found.rows.samples.tolist(), strict=True),
            strict=True,
        )
    )
    assert {value: counts for value, counts in rows.items() if counts[1]} == {
        value: (own[value], count) for value, count in total.items()
    }
    assert found.rows.own.tolist() == sorted(found.rows.own.tolist(), reverse=True)


@bounded
@given(
    profile=profiles() | machines().map(perf_text).map(read),
    by=st.sampled_from(BY_SAMPLE + BY_STACK),
    limit=st.integers(1, 5),
    idle=st.booleans(),
    flavor=st.sampled_from(["standard", NODEJS]),
)
def test_rows_and_others_are_the_selection(
    profile: Profile, by: str, limit: int, idle: bool, flavor: str
) -> None:
    chosen = Selection(drop=("a|parse",), idle=idle, flavor=flavor)
    found = asked(profile, by, TimeRange(), chosen, limit)
    everything = asked(profile, by, TimeRange(), chosen)
    assert found.rows.own.sum() + found.other_samples == found.samples
    assert found.samples == np.count_nonzero(idle | ~profile.samples.idle)
    assert len(found.rows.value) + found.other_values == len(everything.rows.value)
    assert len(found.rows.value) <= limit
    assert everything.other_samples == everything.other_values == 0
    assert 0 <= found.rows.share.min() <= found.rows.share.max() <= 1


@bounded
@given(profile=profiles() | machines().map(perf_text).map(read), by=st.sampled_from(BY_SAMPLE + BY_STACK))
def test_a_range_and_itself_have_no_difference(profile: Profile, by: str) -> None:
    whole = (profile, TimeRange())
    found = Queries(1 << 20).breakdowns.breakdown(by, 99, whole, EVERYTHING, whole)
    assert found.rows.delta is not None
    assert found.rows.own_delta is not None
    assert not found.rows.delta.any()
    assert not found.rows.own_delta.any()


@bounded
@given(machine=machines(), part=ranges)
def test_changes_are_shares_of_the_range_minus_those_of_the_rest(
    machine: list[Taken], part: TimeRange
) -> None:
    profile = read(perf_text(machine))
    part = clipped(profile, part)
    rest = part._replace(outside=True)
    found = Queries(1 << 20).breakdowns.breakdown("thread", 99, (profile, part), EVERYTHING, (profile, rest))
    here: list[str | int] = [one.tid for one in machine if inside(one, part)]
    there: list[str | int] = [one.tid for one in machine if not inside(one, part)]
    expected = [
        100 * ((here.count(tid) / len(here) if here else 0) - (there.count(tid) / len(there) if there else 0))
        for tid in found.rows.value
    ]
    assert found.rows.delta is not None
    assert found.rows.delta.tolist() == pytest.approx(expected)


@bounded
@given(machine=machines(least=2), part=ranges)
def test_busy_cpus_are_samples_of_the_clock_by_frequency_and_seconds(
    machine: list[Taken], part: TimeRange
) -> None:
    profile = read(perf_text(machine))
    part = clipped(profile, part)
    found = asked(profile, "comm", part)
    clock = [one for one in machine if one.event == EVENTS[0]]
    assume(2 * len(clock) > len(machine))
    assert found.rate.frequency == pytest.approx(100)
    kept = [one for one in clock if inside(one, part)]
    first, last = machine[0].seconds, machine[-1].seconds
    start, end = part.start or 0.0, part.end or float(profile.seconds)
    seconds = max(0.0, min(end, last) - max(start, first)) or end - start
    assert found.seconds == pytest.approx(seconds)
    # A sample stands for a hundredth of a second.
    recorded = max(seconds, min(end - start, 0.01))
    assert found.busy == pytest.approx(len(kept) / 100 / recorded)
    assert sum(busy or 0 for busy in found.rows.busy) == pytest.approx(found.busy)


@bounded
@given(
    profile=profiles() | machines().map(perf_text).map(read),
    by=st.sampled_from(BY_SAMPLE + BY_STACK),
    most=st.integers(1, 4),
    offset=st.integers(0, 3),
    rows=st.integers(1, 60),
    step=st.integers(1, 3),
    weight=st.sampled_from(["samples", PERIOD]),
)
def test_lanes_and_others_add_up_to_the_heatmap(
    profile: Profile, by: str, most: int, offset: int, rows: int, step: int, weight: str
) -> None:
    if weight == PERIOD and profile.samples.period is None:
        weight = "samples"
    queries, columns = Queries(1 << 20), Columns(step=step)
    chosen = Selection(weight=weight)
    whole = queries.heatmaps.heatmap(profile, chosen, rows, columns=columns)
    found = queries.breakdowns.lanes(
        by, LaneChoice(most, offset), (profile, TimeRange()), chosen, rows, columns
    )
    assert len(found.lanes) <= most
    np.testing.assert_array_equal(sum([lane.values for lane in found.lanes], found.others), whole.values)
    for lane in found.lanes:
        assert lane.samples == lane.whole == lane.values.sum()
    assert sum(lane.samples for lane in found.lanes) + found.other_samples == whole.samples
    assert len(found.lanes) + found.other_values == found.present


@bounded
@given(machine=machines(), step=st.integers(1, 3), join=st.sampled_from([SUM, HIGHEST]))
def test_a_lane_is_the_heatmap_of_its_value(machine: list[Taken], step: int, join: str) -> None:
    profile, queries = read(perf_text(machine)), Queries(1 << 20)
    columns = Columns(step=step, join=join)
    found = queries.breakdowns.lanes("comm", LaneChoice(9), (profile, TimeRange()), EVERYTHING, 7, columns)
    for lane in found.lanes:
        alone = replace(EVERYTHING, comm=(str(lane.value),))
        np.testing.assert_array_equal(
            lane.values, queries.heatmaps.heatmap(profile, alone, 7, columns=columns).values
        )


@bounded
@given(machine=machines(events=1, least=2), step=st.integers(1, 3))
def test_the_line_of_busy_cpus_has_the_samples_of_every_column(machine: list[Taken], step: int) -> None:
    profile, queries = read(perf_text(machine)), Queries(1 << 20)
    found = queries.breakdowns.busy_line(profile, EVERYTHING, Columns(step=step))
    first, last = profile.meta.first - profile.origin, profile.meta.last - profile.origin
    for column, busy in enumerate(found.busy):
        start, end = column * step, min((column + 1) * step, profile.seconds)
        count = sum(start <= one.seconds < end for one in machine)
        seconds = min(end, last) - max(start, first)
        recorded = max(seconds, 0.01) if seconds > 0 else end - start
        assert busy == pytest.approx(count / 100 / recorded)


@pytest.mark.parametrize(("weight", "busy"), [(None, 1.0), (68, 0.0068)], ids=["samples", "slices"])
def test_a_first_sample_at_the_end_of_its_column_is_no_burst(weight: int | None, busy: float) -> None:
    """0.45 s after a whole second is a little less in binary: in the column that ends there."""
    builder = ProfileBuilder()
    node = builder.stack([builder.frame("app"), builder.frame("work")])
    columns = {"time": 3864.45 + np.arange(20) / 100, "node": np.full(20, node)}
    if weight is not None:
        columns["weight"] = np.full(20, weight)
    builder.add_samples(**columns, thread=np.full(20, builder.thread(1, 1, "app")))
    profile = builder.finish("test", **({} if weight is None else {"unit": MICROSECONDS}))
    line = Queries(1 << 20).breakdowns.busy_line(profile, EVERYTHING, Columns(length="50ms"))
    assert line.rate.frequency == pytest.approx(100)
    assert line.busy[8] == pytest.approx(busy)
    assert asked(profile, "comm", TimeRange(0.4, 0.45)).busy == pytest.approx(busy)


def crowd(threads: int, commands: int, length: float, *, one_thread: bool = False) -> Profile:
    """Return a profile in which every thread has a sample, of many threads or of one with many names."""
    builder = ProfileBuilder()
    node = builder.stack([builder.frame("app"), builder.frame("work", "/bin/app", "user")])
    rows = [
        builder.thread(1, 1, f"name {row}")
        if one_thread
        else builder.thread(row // 10, row, f"c{row % commands}")
        for row in range(threads)
    ]
    time = 3000 + np.arange(threads) * (length / threads)
    builder.add_samples(time=time, node=np.full(threads, node), thread=np.array(rows))
    return builder.finish("crowd")


def test_samples_without_a_time_count_and_are_not_busy() -> None:
    builder = ProfileBuilder()
    node = builder.stack([builder.frame("app"), builder.frame("work")])
    time = np.concatenate((1000 + np.arange(11) / 10, np.full(9, np.nan)))
    builder.add_samples(time=time, node=np.full(20, node), thread=np.full(20, builder.thread(1, 1, "app")))
    profile = builder.finish("untimed")
    whole = asked(profile, "comm", TimeRange())
    assert (whole.samples, whole.rows.samples.tolist()) == (20, [20])
    assert whole.busy == pytest.approx(11 / 10 / 1)
    assert whole.rows.busy == [pytest.approx(11 / 10 / 1)]
    assert whole.missing[-1].startswith("Samples without a timestamp")
    part = asked(profile, "comm", TimeRange(0, 2))
    assert (part.samples, part.busy) == (11, whole.busy)
    assert not any(sentence.startswith("Samples without") for sentence in part.missing)


def test_a_hundred_thousand_threads_are_counted_and_paged() -> None:
    profile, queries = crowd(100_000, 50, 60), Queries(1 << 24)
    found = queries.breakdowns.breakdown("thread", 100, (profile, TimeRange()), EVERYTHING)
    assert (found.present, len(found.rows.value), found.other_values) == (100_000, 100, 99_900)
    assert found.other_samples == 99_900
    choice = LaneChoice(20, 99_990)
    lanes = queries.breakdowns.lanes("thread", choice, (profile, TimeRange()), EVERYTHING, 10, Columns())
    assert len(lanes.lanes) == 10
    assert lanes.others.sum() + sum(lane.values.sum() for lane in lanes.lanes) == 100_000
    assert len(find(profile)) <= MAX_FINDINGS


def test_one_thread_with_many_names_is_one_thread() -> None:
    profile, queries = crowd(20_000, 1, 60, one_thread=True), Queries(1 << 24)
    by_thread = queries.breakdowns.breakdown("thread", 100, (profile, TimeRange()), EVERYTHING)
    assert by_thread.rows.value == [1]
    assert by_thread.rows.samples.tolist() == [20_000]
    by_name = queries.breakdowns.breakdown("comm", 100, (profile, TimeRange()), EVERYTHING)
    assert (by_name.present, by_name.other_samples) == (20_000, 19_900)


def test_two_days_have_lanes_in_long_columns_and_not_in_seconds() -> None:
    profile, queries = crowd(5_000, 50, 48 * 3600 - 1), Queries(1 << 24, most_cells=20_000_000)
    whole = (profile, TimeRange())
    found = queries.breakdowns.lanes("comm", LaneChoice(50), whole, EVERYTHING, 10, Columns(most=300))
    assert found.others.shape == (288, 10)
    assert sum(lane.values.sum() for lane in found.lanes) == 5_000
    with pytest.raises(TooLargeError, match="max_cells"):
        queries.breakdowns.lanes("comm", LaneChoice(50), whole, EVERYTHING, 50, Columns())
    assert len(find(profile)) <= MAX_FINDINGS
