"""Trace events as samples: how slices nest, their weight in a tick, and their cells in a heatmap."""

from __future__ import annotations

from typing import Any

import numpy as np
import orjson
import pytest

from flamescope_py.analysis.flamegraph import flame_graph
from flamescope_py.analysis.heatmap import heatmap
from flamescope_py.analysis.selection import Selection
from flamescope_py.analysis.view import View
from flamescope_py.errors import BrokenProfileError, TooLargeError
from flamescope_py.model import Thread
from flamescope_py.readers import spans
from flamescope_py.readers.chrome import rows, trace_event
from tests.support.traces import ORIGIN, event, trace, whole
from tests.support.trees import drawn, lines
from tests.support.views import select


def begin(name: object, ts: float, **more: object) -> dict[str, Any]:
    return event("B", name, ts, **more)


def end(name: object, ts: float, **more: object) -> dict[str, Any]:
    return event("E", name, ts, **more)


def named(name: str, title: str = "thread_name", pid: int = 1, tid: int = 1) -> dict[str, Any]:
    return {"ph": "M", "name": title, "pid": pid, "tid": tid, "args": {"name": name}}


def view(*events: object) -> View:
    return select(trace(*events), Selection())


def picture(*events: object) -> str:
    return drawn(flame_graph(view(*events)))


NESTED = lines("""
    root 100
      a 100 (60 own)
        b 40 (30 own)
          c 10 (10 own)
""")


@pytest.mark.parametrize(
    "events",
    [
        [whole("a", 0, 100), whole("b", 10, 40), whole("c", 20, 10)],
        [whole("c", 20, 10), whole("b", 10, 40), whole("a", 0, 100)],
        [begin("a", 0), begin("b", 10), begin("c", 20), end("c", 30), end("b", 50), end("a", 100)],
        [begin("a", 0), begin("b", 10), begin("c", 20), end(None, 30), end(None, 50), end(None, 100)],
        [begin("a", 0), whole("b", 10, 40), begin("c", 20), end("c", 30), end("a", 100)],
        [whole("a", 0, 100), begin("b", 10), whole("c", 20, 10), end("b", 50)],
        [end("a", 100), end("b", 50), begin("a", 0), begin("b", 10), whole("c", 20, 10)],
    ],
)
def test_slices_nest_however_they_are_written(events: list[dict[str, Any]]) -> None:
    assert picture(*events) == NESTED
    assert trace(*events).report.repaired == 0


def test_of_slices_that_begin_at_one_time_the_longer_one_is_outside() -> None:
    inner_first = [whole("c", 0, 10), whole("b", 0, 40), whole("a", 0, 100)]
    expected = lines("""
        root 100
          a 100 (60 own)
            b 40 (30 own)
              c 10 (10 own)
    """)
    assert picture(*inner_first) == picture(*reversed(inner_first)) == expected


def test_slices_that_touch_are_siblings() -> None:
    events = [
        whole("a", 0, 10),
        whole("b", 10, 10),
        begin("c", 20),
        end("c", 30),
        begin("d", 30),
        end("d", 31),
    ]
    assert picture(*events).count("\n  ") == 4
    assert trace(*events).report.repaired == 0


def test_what_does_not_last_does_not_show() -> None:
    assert picture(whole("a", 0, 10), whole("instant", 5, 0)) == "root 10\n  a 10 (10 own)"


def test_with_several_threads_the_first_level_is_their_name() -> None:
    events = [whole("a", 0, 10), whole("b", 5, 10, tid=2), whole("c", 5, 10, tid=3), named("Worker", tid=2)]
    assert picture(*events, named("node", "process_name", tid=9)) == lines("""
        root 30
          Worker 10
            b 10 (10 own)
          node 1 10
            a 10 (10 own)
          node 3 10
            c 10 (10 own)
    """)
    assert trace(*events).meta.owner_level
    assert trace(*events).threads == (Thread(1, 1, ""), Thread(1, 2, "Worker"), Thread(1, 3, ""))
    assert "thread 3 10" in picture(*events)


def test_with_one_thread_there_is_no_such_level() -> None:
    seen = trace(named("main"), named("idle", tid=5), whole("a", 0, 10), event("C", "counter", 1, tid=7))
    assert not seen.meta.owner_level
    assert seen.threads == (Thread(1, 1, "main"),)
    assert seen.meta.unit == "microseconds"


def test_threads_of_two_processes_are_two() -> None:
    assert len(trace(whole("a", 0, 10), whole("a", 5, 10, pid=2)).threads) == 2


@pytest.mark.parametrize(
    "ids", [{"pid": None, "tid": None}, {"pid": {}, "tid": []}, {"tid": True, "pid": -1}]
)
def test_an_event_without_ids_has_a_thread_all_the_same(ids: dict[str, Any]) -> None:
    assert trace(whole("a", 0, 10, **ids)).threads == (Thread(-1, -1, ""),)


def test_ids_may_be_text() -> None:
    seen = trace(whole("a", 0, 10, pid="7", tid="main"), whole("b", 0, 10, pid="7", tid="io"))
    assert seen.threads == (Thread(7, -1, "io"), Thread(7, -1, "main"))


def test_self_time_is_cut_at_ticks_so_that_a_range_is_exact() -> None:
    seen = view(whole("a", 5_000, 30_000), whole("b", 12_000, 10_000))
    weights = dict(zip(seen.time.tolist(), seen.profile.samples.columns()["weight"].tolist(), strict=False))
    assert list(weights) == [3000.0, 3000.01, 3000.02, 3000.03]
    # A tick has the time of its beginning, as in FlameScope, where 3000.02 − 3000 is a little less than 0.02.
    assert drawn(flame_graph(seen, 0.005, 0.015)) == lines("""
        root 10000
          a 10000 (2000 own)
            b 8000 (8000 own)
    """)
    assert flame_graph(seen, 0.0, 0.005).total[0] == 5_000
    assert flame_graph(seen).total[0] == 30_000


def test_fractions_of_a_microsecond_are_rounded_so_that_parts_add_up() -> None:
    parts = [whole(f"f{number}", number * 0.4, 0.4) for number in range(1000)]
    seen = view(whole("a", 0, 400), *parts)
    assert flame_graph(seen).total[0] == 400


def heat(*events: object) -> list[int]:
    """Return the counts that the first ten ticks add to a heatmap."""
    samples = trace(*events).samples
    ticks = np.rint((samples.time - ORIGIN / 1e6) * 100).astype(int)
    counts: list[int] = np.bincount(ticks, samples.heat, minlength=10).astype(int).tolist()
    return counts[:10]


def test_a_slice_counts_once_in_every_tick_that_it_touches() -> None:
    assert heat(whole("a", 5_000, 20_000)) == [1, 1, 1, 0, 0, 0, 0, 0, 0, 0]
    assert heat(whole("a", 10_000, 10_000)) == [0, 1, 0, 0, 0, 0, 0, 0, 0, 0]
    assert heat(whole("a", 9_999.9, 0.2)) == [1, 1, 0, 0, 0, 0, 0, 0, 0, 0]


def test_what_a_begin_event_stands_around_is_not_counted_and_the_rest_is_as_in_flamescope() -> None:
    inside = [whole("x", 10, 5), begin("b", 20), end("b", 25)]
    assert heat(begin("a", 0), *inside, end("a", 100))[0] == 1
    assert heat(whole("a", 0, 100), *inside)[0] == 3


def test_a_slice_that_used_no_processor_time_is_in_the_flame_graph_only() -> None:
    events = [whole("a", 0, 100, tdur=50), whole("waits", 200, 100, tdur=0), whole("unknown", 400, 100)]
    assert heat(*events)[0] == 2
    assert flame_graph(view(*events)).total[0] == 300


def test_neighbours_in_a_tick_are_one_sample() -> None:
    seen = trace(*[whole("a", 10 * number, 5) for number in range(100)], whole("b", 5_000, 1))
    columns = seen.samples.columns()
    assert columns["weight"].tolist() == [500, 1]
    assert columns["heat"].tolist() == [100, 1]


def test_the_heatmap_shows_the_seconds_from_the_first_event_to_the_last() -> None:
    events = [event("I", "start", -1_500_000), whole("a", 0, 10), event("n", "end", 2_500_000)]
    seen = view(named("main"), *events)
    found = heatmap(seen, 10)
    assert found.origin == 2998
    assert [int(column.sum()) for column in found.values] == [0, 0, 1, 0, 0]
    assert flame_graph(seen, 2.0, 3.0).total[0] == flame_graph(seen).total[0] == 10


def test_stacks_of_5000_slices_are_whole() -> None:
    seen = trace(*[whole(f"f{number}", number, 20_000 - 2 * number) for number in range(5000)])
    assert int(seen.tree.depth.max()) == 5000
    assert int(np.sum(seen.samples.columns()["weight"])) == 20_000


def test_deeper_ones_count_with_the_one_around_them() -> None:
    count = 12_000
    events = [begin("f", number) for number in range(count)]
    events += [end("f", count + number) for number in range(count)]
    seen = trace(*events)
    assert int(seen.tree.depth.max()) == 10_000
    assert int(np.sum(seen.samples.columns()["weight"])) == 2 * count - 1
    assert seen.report.notes[0].reason.startswith("slices nested deeper than 10000")


@pytest.mark.parametrize(
    "events",
    [
        [],
        [named("main")],
        [event("I", "instant", 0), event("b", "async", 0), event("e", "async", 5)],
        [whole("a", 0, 0)],
        [end("a", 5)],
    ],
)
def test_a_trace_without_slices_is_refused(events: list[object]) -> None:
    with pytest.raises(BrokenProfileError, match=r"[Nn]o slice"):
        trace_event.read([orjson.dumps(events)])


def test_of_a_long_trace_the_ticks_are_joined(monkeypatch: pytest.MonkeyPatch) -> None:
    events = [whole("a", 5_000, 2_000_000), whole("b", 1_000_000, 500_000)]
    exact = trace(*events)
    assert exact.report.messages == []
    monkeypatch.setattr(spans, "MAX_TICKS", 100)
    seen = trace(*events)
    assert seen.report.messages == ["The trace is long: times are exact to 50 ms instead of 10 ms."]
    assert np.sum(seen.samples.columns()["weight"]) == 2_000_000
    assert np.sum(seen.samples.columns()["heat"]) == np.sum(exact.samples.columns()["heat"])
    assert (seen.origin, seen.seconds) == (exact.origin, exact.seconds)


def test_bounds_are_errors_that_name_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spans, "MAX_TICKS", 100)
    with pytest.raises(TooLargeError, match="hours"):
        trace(whole("a", 0, 200_000_000))
    monkeypatch.setattr(rows, "MAX_SLICES", 1)
    with pytest.raises(TooLargeError, match="more than 1 slices"):
        trace(whole("a", 0, 1), whole("a", 5, 1))
