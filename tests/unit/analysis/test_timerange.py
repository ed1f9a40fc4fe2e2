"""Ranges: start ≤ t < end in seconds from the profile's first whole second; ranges refused with 416."""

from __future__ import annotations

from math import inf, nan

import pytest

from flamescope_py.analysis.selection import Selection
from flamescope_py.analysis.timerange import time_range
from flamescope_py.analysis.view import View
from flamescope_py.errors import NoTimestampsError, RangeError
from tests.support import trees
from tests.support.perf_text import sample
from tests.support.reading import read_perf
from tests.support.views import select


def at(*times: float) -> View:
    return trees.view("app " * len(times), times)


def rows(view: View, start: float | None, end: float | None) -> tuple[int, int]:
    span = time_range(view, start, end)
    return span.first, span.last


VIEW = at(3000.25, 3000.5, 3000.75, 3002.0)


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        (None, None, (0, 4)),
        (0, 3, (0, 4)),
        (0.5, None, (1, 4)),
        (None, 0.5, (0, 1)),
        (0.25, 0.75, (0, 2)),
        (0.250001, 0.75, (1, 2)),
        (0.5, 0.500001, (1, 2)),
        (1.0, 2.0, (3, 3)),
        (2.0, 3.0, (3, 4)),
        (2.000001, 3.0, (4, 4)),
    ],
)
def test_a_range_takes_its_start_and_not_its_end(
    start: float | None, end: float | None, expected: tuple[int, int]
) -> None:
    assert rows(VIEW, start, end) == expected


@pytest.mark.parametrize(
    ("start", "end"),
    [
        (-0.1, 1),
        (0, 3.000001),
        (None, 4),
        (3, None),
        (4, None),
        (2, 1),
        (1, 1),
        (None, 0),
        (5, 6),
        (nan, 1),
        (0, nan),
        (nan, None),
        (None, nan),
        (0, inf),
        (-inf, 1),
        (1e300, None),
    ],
)
def test_a_range_that_is_empty_reversed_or_outside_is_refused(start: float | None, end: float | None) -> None:
    with pytest.raises(RangeError, match="outside the profile"):
        time_range(VIEW, start, end)


def test_a_profile_that_ends_on_a_whole_second_may_be_asked_for_that_second() -> None:
    assert rows(at(3000.5, 3001.0), 1.0, 2.0) == (1, 2)


def test_a_bound_on_the_edge_of_a_cell_takes_the_samples_that_the_cell_counts() -> None:
    """3000.58 is just below its decimal: the cell from 0.56 counts it, so the range from 0.58 must not."""
    assert rows(at(3000.58), 0.56, 0.58) == (0, 1)
    assert rows(at(3000.58), 0.58, 0.6) == (1, 1)
    # And 4096.1 just above.
    assert rows(at(4096.1), 0.1, 0.2) == (0, 1)


def test_bounds_far_from_the_first_second_are_as_exact() -> None:
    times = [100_000.5, 186_399.58, 186_399.6]
    for time in times:
        offset = int(50 * (time % 1)) / 50
        start = int(time) - 100_000 + offset
        first, last = rows(at(*times), start, round(start + 0.02, 2))
        assert times[first:last] == [time]


def test_idle_samples_set_the_seconds_that_may_be_asked_for() -> None:
    view = trees.view("app app app", [3000.5, 3004.5, 3009.5], idle=(0, 2))
    assert rows(view, 4, 10) == (0, 1)
    with pytest.raises(RangeError):
        rows(view, 4, 10.5)


def test_without_timestamps_there_is_no_range() -> None:
    view = select(read_perf(sample(None, "f (/x)")), Selection())
    assert rows(view, None, None) == (0, 1)
    for start, end in ((0.0, None), (None, 1.0), (0.0, 1.0)):
        with pytest.raises(NoTimestampsError):
            rows(view, start, end)
