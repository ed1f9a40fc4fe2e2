"""Overlapping slices: an overlap by rounding costs at most the rounding, a real one costs nothing."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flamescope_py.model import Profile
from flamescope_py.readers.chrome.slices import CUT, MAX_MOVED, OVERLAP, ROUNDED
from tests.support.traces import ORIGIN, event, trace, whole
from tests.support.trees import lines, picture


def reasons(seen: Profile) -> list[str]:
    return [note.reason for note in seen.report.notes]


@pytest.mark.parametrize("over", [0.001, 0.5, 1, 1.999, 2])
def test_what_is_all_but_over_loses_what_was_rounded(over: float) -> None:
    seen = trace(whole("wait", 0, 100 + over), whole("send", 100, 500), whole("recv", 600, 400))
    assert picture(seen) == lines("""
        root 1000
          recv 400 (400 own)
          send 500 (500 own)
          wait 100 (100 own)
    """)
    assert reasons(seen) == [ROUNDED]


def test_a_whole_stack_that_is_all_but_over_ends() -> None:
    seen = trace(whole("a", 0, 101), whole("b", 50, 50.5), whole("c", 100, 100))
    assert picture(seen) == lines("""
        root 200
          a 100 (50 own)
            b 50 (50 own)
          c 100 (100 own)
    """)


def test_a_slice_that_ends_a_little_after_the_one_around_it_ends_with_it() -> None:
    seen = trace(whole("a", 0, 100), whole("b", 50, 51), whole("c", 200, 10))
    assert picture(seen) == lines("""
        root 110
          a 100 (50 own)
            b 50 (50 own)
          c 10 (10 own)
    """)
    assert reasons(seen) == [ROUNDED]


def test_times_in_milliseconds_overlap_by_more() -> None:
    parts = [whole(f"f{row % 2}", 10_000 * row, 11_000) for row in range(60)]
    seen = trace(*parts)
    assert reasons(seen) == [ROUNDED]
    assert int(seen.tree.depth.max()) == 1


def test_begins_and_ends_that_cross_a_whole_slice_by_rounding() -> None:
    seen = trace(event("B", "a", 0), whole("x", 50, 51), event("E", "a", 100), whole("y", 200, 5))
    assert picture(seen) == lines("""
        root 105
          a 100 (50 own)
            x 50 (50 own)
          y 5 (5 own)
    """)
    seen = trace(whole("x", 0, 100), event("B", "a", 50), event("E", "a", 101), whole("y", 200, 5))
    assert picture(seen) == lines("""
        root 105
          x 100 (50 own)
            a 50 (50 own)
          y 5 (5 own)
    """)


def test_a_begin_that_crosses_a_whole_slice_keeps_its_time() -> None:
    seen = trace(whole("x", 0, 100), event("B", "a", 50), event("E", "a", 300))
    assert picture(seen) == lines("""
        root 300
          a 200 (200 own)
          x 100 (50 own)
            a 50 (50 own)
    """)
    assert reasons(seen) == [OVERLAP]


def test_a_chain_of_overlaps_keeps_all_time() -> None:
    seen = trace(whole("a", 0, 100), whole("b", 50, 100), whole("c", 90, 100))
    assert picture(seen) == lines("""
        root 190
          a 100 (50 own)
            b 50 (40 own)
              c 10 (10 own)
          b 50
            c 50 (50 own)
          c 40 (40 own)
    """)


def test_hostile_overlaps_end_in_time() -> None:
    count = 20_000
    seen = trace(*[whole(f"f{row % 7}", 10 * row, 10_000_000) for row in range(count)])
    assert CUT in reasons(seen)
    assert int(np.sum(seen.samples.columns()["weight"])) >= 10_000_000
    assert count > MAX_MOVED


SLICES = st.lists(
    st.tuples(st.integers(0, 40), st.integers(1, 40), st.sampled_from("abc")), min_size=1, max_size=20
)


@given(SLICES)
def test_graph_and_heatmap_agree_over_every_range(rows: list[tuple[int, int, str]]) -> None:
    """In units of a tick, so that no tick is shared: a range has time where its heatmap has counts."""
    seen = trace(*[whole(name, 10_000 * start, 10_000 * lasts) for start, lasts, name in rows])
    covered = {tick for start, lasts, _ in rows for tick in range(start, start + lasts)}
    samples = seen.samples.columns()
    ticks = np.rint((seen.samples.time - ORIGIN / 1e6) * 100).astype(int)
    weight = np.bincount(ticks, samples["weight"], minlength=100)
    heat = np.bincount(ticks, samples["heat"], minlength=100)
    assert {int(tick) for tick in np.flatnonzero(weight)} == covered
    assert {int(tick) for tick in np.flatnonzero(heat)} == covered
    assert set(weight[sorted(covered)].tolist()) == {10_000}
