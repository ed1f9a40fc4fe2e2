"""Stack charts of slices: true starts and lengths, and calls of one function apart."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flamescope_py.analysis.breakdown.roles import thread_roles
from flamescope_py.analysis.filters.named import FrameFilter
from flamescope_py.analysis.selection import Selection
from flamescope_py.analysis.timeline.chart import Timeline, timeline
from flamescope_py.analysis.timeline.runs import kept_runs
from flamescope_py.analysis.view import rewrite_stacks
from flamescope_py.errors import RangeError
from flamescope_py.model import Profile, TimeRange
from flamescope_py.model.profile import OFF_CPU
from flamescope_py.readers import spans as spans_module
from tests.support.reading import read
from tests.support.traces import event, trace, whole
from tests.support.views import select
from tests.unit.readers.perf.test_off_cpu import parsed, switch

MOST = 1000


def chart(profile: Profile, part: TimeRange = TimeRange(), selection: Selection = Selection()) -> Timeline:  # noqa: B008
    shape = rewrite_stacks(profile, selection)
    runs = kept_runs(profile, selection, shape, part, MOST)
    roles = thread_roles(profile)
    return timeline(select(profile, selection), runs, part, None, 10_000, roles=roles)


def drawn(found: Timeline) -> list[str]:
    assert found.exact
    rows = zip(found.frame, found.depth, found.start, found.length, strict=True)
    return [f"{depth} {found.frames[frame].name} {start}+{length}" for frame, depth, start, length in rows]


def speedscope(*events: tuple[str, int, float], names: str = "ab") -> Profile:
    """Read an evented profile: kind, frame and milliseconds."""
    profile = {
        "type": "evented",
        "name": "main",
        "unit": "milliseconds",
        "startValue": 0,
        "endValue": max(at for *_, at in events),
        "events": [{"type": kind, "frame": frame, "at": at} for kind, frame, at in events],
    }
    document = {"shared": {"frames": [{"name": name} for name in names]}, "profiles": [profile]}
    return read(orjson.dumps(document), "speedscope")


def test_slices_of_a_trace_have_their_own_times() -> None:
    found = chart(
        trace(whole("a", 1003, 51_003), whole("b", 2500, 40), whole("c", 31_234, 7), whole("a", 52_006, 9))
    )
    # Two slices of a that touch are two, though both are the outermost of one thread.
    assert drawn(found) == ["0 a 1003+51003", "1 b 2500+40", "1 c 31234+7", "0 a 52006+9"]


def test_begin_and_end_events_and_the_calls_of_a_function_side_by_side() -> None:
    calls = [
        event(phase, "f", at)
        for phase, at in (("B", 10), ("E", 20), ("B", 20), ("E", 35), ("B", 35), ("E", 36))
    ]
    found = chart(trace(event("B", "main", 0), *calls, event("E", "main", 50)))
    assert drawn(found) == ["0 main 0+50", "1 f 10+10", "1 f 20+15", "1 f 35+1"]


def test_events_of_speedscope_are_apart_and_exact() -> None:
    found = chart(
        speedscope(
            *(("O", 0, 0), ("O", 1, 1.25), ("C", 1, 2), ("O", 1, 2), ("C", 1, 12.125)),
            *(("C", 0, 12.5), ("O", 0, 20), ("C", 0, 20.5)),
        )
    )
    assert drawn(found) == ["0 a 0+12500", "1 b 1250+750", "1 b 2000+10125", "0 a 20000+500"]


def test_a_slice_that_begins_before_the_range_is_cut_to_it() -> None:
    profile = trace(whole("a", 0, 300_000), whole("b", 250_000, 10), whole("c", 290_000, 1_000_000))
    assert drawn(chart(profile, TimeRange(0.26, 0.5))) == [
        "0 a 0+40000",
        "1 c 30000+10000",
        "0 c 40000+200000",
    ]
    with pytest.raises(RangeError):
        chart(profile, TimeRange(0.5, 9))


def test_filters_and_threads_count_for_slices() -> None:
    profile = trace(
        *(whole("a", 0, 100), whole("b", 10, 30), whole("c", 15, 5)),
        *(whole("d", at, 10, tid=7) for at in range(0, 90, 20)),
    )
    dropped = Selection(filters=(FrameFilter("f", "F", drop=(" b ",)),), tid=(1,))
    names = [row.split(" ", 1)[1].rsplit(" ", 1) for row in drawn(chart(profile, selection=dropped))]
    assert [name for name in names if name[0] in "abcd"] == [["a", "0+100"], ["c", "15+5"]]
    # The thread with the most time is the busiest, whatever the number of its slices.
    assert [thread.tid for thread in chart(profile).threads] == [1, 7]


def test_waits_are_drawn_as_long_as_they_were() -> None:
    profile = parsed(
        switch(10, "app:7", "other:8"),
        switch(10.1234, "other:8", "app:7"),
        switch(10.5, "app:7", "other:8"),
        switch(10.500_321, "other:8", "app:7"),
    )
    found = chart(profile, selection=Selection(event=(OFF_CPU,), tid=(7,)))
    rows = [row for row in drawn(found) if "nanosleep" in row]
    assert [row.rsplit(" ", 1)[1] for row in rows] == ["0+123400", "500000+321"]


def test_too_many_stretches_are_shown_by_ticks(monkeypatch: pytest.MonkeyPatch) -> None:
    slices = [whole("a", at * 10, 4) for at in range(MOST + 1)]
    assert not chart(trace(*slices)).exact
    assert chart(trace(*slices[1:])).exact
    monkeypatch.setattr(spans_module, "MAX_RUNS", MOST)
    profile = trace(*slices)
    assert profile.runs is None
    assert [message for message in profile.report.messages if "time order" in message]


slices_in_order = st.lists(
    st.tuples(st.sampled_from("abc"), st.integers(0, 40_000), st.integers(1, 30_000)), min_size=1, max_size=25
)


@given(slices_in_order)
def test_spans_of_a_thread_nest_and_add_up_to_the_flame_graph(slices: list[tuple[str, int, int]]) -> None:
    profile = trace(*(whole(*one) for one in slices))
    found = chart(profile)
    open_spans: list[Any] = []
    for depth, start, length in zip(
        found.depth.tolist(), found.start.tolist(), found.length.tolist(), strict=True
    ):
        del open_spans[depth:]
        assert len(open_spans) == depth
        if open_spans:
            above, end = open_spans[-1]
            assert above <= start
            assert start + length <= end
        open_spans.append((start, start + length))
    outermost = int(found.length[found.depth == 0].sum())
    assert profile.samples.weight is not None
    assert outermost == int(profile.samples.weight.sum())
