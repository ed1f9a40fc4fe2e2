"""Stack charts as pictures: columns of letters in, spans out as `depth name start+length`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flamescope_py.analysis.breakdown.roles import thread_roles
from flamescope_py.analysis.selection import Selection, kept_samples
from flamescope_py.analysis.timeline.chart import MAX_SAMPLES, Timeline, timeline
from flamescope_py.errors import NoTimestampsError, RangeError, TooLargeError
from flamescope_py.model import Profile, ProfileBuilder, TimeRange
from tests.support import trees
from tests.support.views import select

TENTH = 0.1
WHOLE = TimeRange()


def chart(profile: Profile, part: TimeRange = WHOLE, **changes: Any) -> Timeline:
    options = {"interval": TENTH, "most": 10_000, "search": None, "selection": Selection()} | changes
    selection = options.pop("selection")
    options.setdefault("roles", thread_roles(profile))
    return timeline(select(profile, selection), kept_samples(profile, selection), part, **options)


def drawn(found: Timeline) -> list[str]:
    rows = zip(found.frame, found.depth, found.start, found.length, found.counts, strict=True)
    return [
        f"{depth} {found.frames[frame].name} {start // 1000}+{length // 1000} {count}"
        for frame, depth, start, length, count in rows
    ]


def of_threads(rows: Sequence[tuple[float, tuple[int, int, str], str]], **columns: Any) -> Profile:
    """Make a profile of samples: time, thread, and the letters of a stack."""
    builder = ProfileBuilder()
    builder.add_samples(
        time=[time for time, _, _ in rows],
        node=[builder.stack([builder.frame(name, "", "") for name in stack]) for _, _, stack in rows],
        thread=[builder.thread(*thread) for _, thread, _ in rows],
        **columns,
    )
    return builder.finish("picture")


def test_frames_that_neighbours_share_are_one_span() -> None:
    found = chart(
        trees.profile("""
        app  app  app  app
        A    A    A    B
        x    x    y    x
        """)
    )
    assert drawn(found) == [
        *("0 app 0+400 4", "1 A 0+300 3", "2 x 0+200 2", "2 y 200+100 1", "1 B 300+100 1", "2 x 300+100 1"),
    ]
    assert [(one.pid, one.tid, one.command, one.samples, one.spans) for one in found.threads] == [
        (1, 1, "app", 4, 6)
    ]
    assert found.samples == 4


def test_a_function_that_is_called_again_under_another_caller_is_another_span() -> None:
    found = chart(
        trees.profile("""
        app  app  app
        A    B    A
        """)
    )
    assert drawn(found)[1:] == ["1 A 0+100 1", "1 B 100+100 1", "1 A 200+100 1"]


def test_a_thread_that_did_not_run_leaves_a_gap() -> None:
    found = chart(trees.profile("""
        app  app  app
        A    A    A
        """, times=[3000, 3000.1, 3000.6]))  # fmt: skip
    assert drawn(found) == ["0 app 0+200 2", "1 A 0+200 2", "0 app 600+100 1", "1 A 600+100 1"]


def test_one_missed_sample_is_no_gap() -> None:
    found = chart(trees.profile("app app\nA A", times=[3000, 3000.2]))
    assert drawn(found) == ["0 app 0+300 2", "1 A 0+300 2"]


def test_the_range_bounds_samples_and_spans() -> None:
    profile = trees.profile("app app app app app\nA A A A A")
    found = chart(profile, TimeRange(0.05, 0.25))
    assert drawn(found) == ["0 app 50+150 2", "1 A 50+150 2"]
    assert (found.range, found.samples) == ((0.05, 0.25), 2)


def test_threads_are_apart_and_the_busiest_comes_first() -> None:
    one, two = (1, 10, "node"), (1, 11, "libuv-worker")
    found = chart(
        of_threads(
            [(3000, one, "A"), (3000, two, "A"), (3000.1, two, "A"), (3000.1, one, "B"), (3000.2, two, "B")]
        )
    )
    assert drawn(found) == [*("0 A 0+200 2", "0 B 200+100 1", "0 A 0+100 1", "0 B 100+100 1")]
    assert [(block.tid, block.samples, block.spans) for block in found.threads] == [(11, 3, 2), (10, 2, 2)]


def test_a_thread_that_renames_itself_is_one_block_under_its_usual_name() -> None:
    rows = [(3000, (1, 10, "sh"), "A"), (3000.1, (1, 10, "node"), "A"), (3000.2, (1, 10, "node"), "A")]
    (block,) = chart(of_threads(rows)).threads
    assert (block.command, block.samples, block.spans) == ("node", 3, 1)


def test_the_idle_task_is_a_block_for_each_cpu() -> None:
    idle = (0, 0, "swapper")
    found = chart(of_threads([(3000, idle, "A"), (3000, idle, "A"), (3000.1, idle, "A")], cpu=[0, 1, 1]))
    assert [(block.cpu, block.samples) for block in found.threads] == [(1, 2), (0, 1)]


def test_samples_without_ids_are_told_apart_by_command() -> None:
    rows = [(3000, (-1, -1, "a"), "A"), (3000, (-1, -1, "b"), "A"), (3000.1, (-1, -1, "a"), "A")]
    assert [block.command for block in chart(of_threads(rows)).threads] == ["a", "b"]


def test_filters_and_kept_samples_count() -> None:
    one, two = (1, 10, "node"), (1, 11, "other")
    profile = of_threads([(3000, one, "AB"), (3000, two, "A"), (3000.1, one, "AC")])
    found = chart(profile, selection=Selection(tid=(10,), drop=(" B ",)))
    assert drawn(found) == ["0 A 0+200 2", "1 C 100+100 1"]


def test_a_search_counts_samples() -> None:
    profile = trees.profile("app app app\nA B A\nx x y")
    assert chart(profile, search=" A ").matched == 2
    assert chart(profile).matched is None


def test_ticks_of_a_trace_take_their_own_time() -> None:
    builder = ProfileBuilder()
    stacks = [builder.stack([builder.frame(name, "", "") for name in stack]) for stack in ("A", "AB", "A")]
    builder.add_samples(
        time=[3000.0, 3000.0, 3000.01],
        node=stacks,
        thread=[builder.thread(1, 1, "")] * 3,
        weight=[4_000, 6_000, 10_000],
    )
    profile = builder.finish("trace", unit="microseconds")
    assert drawn(chart(profile)) == ["0 A 0+20 3", "1 B 4+6 1"]


def test_a_stack_chart_of_a_day_names_the_seconds_that_fit() -> None:
    times = (3000 + np.arange(MAX_SAMPLES + 1) / 10).tolist()
    profile = of_threads([(time, (1, 1, "a"), "A") for time in times])
    with pytest.raises(TooLargeError, match=r"20001 samples.*20000: select some 2000 s"):
        chart(profile)
    assert chart(profile, TimeRange(0, 100)).samples == 1000


def test_spans_are_bounded() -> None:
    profile = trees.profile("app app\nA B\nx x")
    assert len(drawn(chart(profile, most=5))) == 5
    with pytest.raises(TooLargeError, match="more than 4 spans"):
        chart(profile, most=4)


def test_bad_ranges_and_profiles_without_times_are_refused() -> None:
    profile = trees.profile("app\nA")
    with pytest.raises(RangeError):
        chart(profile, TimeRange(0.5, 0.5))
    builder = ProfileBuilder()
    builder.add_samples(time=[float("nan")], node=[builder.stack([builder.frame("A", "", "")])], thread=[0])
    builder.thread(1, 1, "a")
    with pytest.raises(NoTimestampsError):
        chart(builder.finish("folded"))


def test_an_empty_range_has_no_spans() -> None:
    found = chart(trees.profile("app app\nA A", times=[3000, 3002]), TimeRange(1, 2))
    assert (drawn(found), found.threads, found.samples) == ([], (), 0)


ROWS = st.lists(
    st.tuples(st.integers(0, 40), st.integers(1, 3), st.text("ABC", min_size=1, max_size=4)), max_size=30
)


@given(ROWS)
def test_the_stack_at_the_time_of_a_sample_is_its_own(rows: list[tuple[int, int, str]]) -> None:
    rows = sorted({(tick, tid): (tick, tid, stack) for tick, tid, stack in rows}.values())
    if not rows:
        return
    profile = of_threads([(3000 + tick / 10, (1, tid, "a"), stack) for tick, tid, stack in rows])
    found = chart(profile)
    first = 0
    shown: dict[int, list[tuple[int, int, int, str]]] = {}
    for block in found.threads:
        part = slice(first, first := first + block.spans)
        names = [found.frames[frame].name for frame in found.frame[part]]
        columns = (found.depth[part], found.start[part], found.length[part])
        shown[block.tid] = list(zip(*(column.tolist() for column in columns), names, strict=True))
    for tick, tid, stack in rows:
        middle = (tick - 10 * (rows[0][0] // 10)) * 100_000 + 50_000
        at = [(depth, name) for depth, start, length, name in shown[tid] if start < middle < start + length]
        assert at == list(enumerate(stack))
    assert sum(block.samples for block in found.threads) == len(rows)
    leaves = sum(len(stack) for _, _, stack in rows)
    assert int(found.counts.sum()) == leaves
