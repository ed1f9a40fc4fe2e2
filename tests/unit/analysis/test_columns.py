"""Columns of several seconds: the seconds they join, and the meaning of their parts."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from flamescope_py.analysis.columns import HIGHEST, STEPS, Columns, fitting_step, usual_length
from flamescope_py.analysis.heatmap import Heatmap, heatmap, peak, rows_for
from flamescope_py.analysis.selection import Selection
from flamescope_py.analysis.vocabulary import LENGTHS
from flamescope_py.errors import NoTimestampsError, ParameterError, RangeError
from tests.support import trees
from tests.support.perf_text import sample
from tests.support.reading import read_perf
from tests.support.views import select

TIMES = (3000.05, 3000.95, 3001.05, 3001.06, 3004.5, 3006.05)


def at(*times: float, asked: Columns, rows: int = 2) -> Heatmap:
    return heatmap(trees.view("app " * len(times), times), rows, columns=asked)


def test_a_column_adds_the_same_part_of_its_seconds_up() -> None:
    found = at(*TIMES, asked=Columns(step=2))
    assert list(found.column_starts) == [0, 2, 4, 6]
    assert found.values.tolist() == [[1, 3], [0, 0], [1, 0], [0, 1]]
    assert found.samples == 6
    assert found.bins is not None
    assert found.bins[:3] == (0, 2, 7)


def test_or_takes_the_highest_of_them() -> None:
    found = at(*TIMES, asked=Columns(step=2, join=HIGHEST))
    assert found.values.tolist() == [[1, 2], [0, 0], [1, 0], [0, 1]]
    assert found.samples == 6


def test_a_part_begins_and_ends_with_whole_columns() -> None:
    found = at(*TIMES, asked=Columns(step=2, start=3.2, end=4.1))
    assert list(found.column_starts) == [2, 4]
    assert found.values.tolist() == [[0, 0], [1, 0]]
    assert found.samples == 1


def test_the_last_column_joins_what_is_left() -> None:
    found = at(*TIMES, asked=Columns(step=5, start=6))
    assert list(found.column_starts) == [5]
    assert found.values.tolist() == [[0, 1]]
    assert list(at(*TIMES, asked=Columns(step=1000)).column_starts) == [0]


def test_every_step_is_a_multiple_of_the_one_before() -> None:
    """A front end joins columns of one heatmap to those of the next."""
    assert all(high % low == 0 for low, high in pairwise(STEPS))


@pytest.mark.parametrize(
    ("seconds", "most", "step"),
    [(60, 60, 1), (61, 60, 5), (3600, 1000, 5), (86_400, 1000, 120), (172_800, 10, 18_000), (1, 1, 1)],
)
def test_the_least_step_that_fits(seconds: int, most: int, step: int) -> None:
    assert fitting_step(seconds, most) == step
    assert Columns(most=most).span(seconds).columns <= most


@pytest.mark.parametrize(
    ("seconds", "length", "columns"),
    [
        *((1, 20, 50), (2, 50, 40), (3, 100, 30), (7, 100, 70), (8, 250, 32), (24, 250, 96)),
        *((25, 1000, 25), (1000, 1000, 1000), (1001, 10_000, 101), (10_000, 10_000, 1000)),
        *((10_001, 60_000, 167), (172_800, 60_000, 2880)),
    ],
)
def test_the_length_that_fills_the_width(seconds: int, length: int, columns: int) -> None:
    """48 hours have columns of a minute."""
    assert usual_length(seconds) == length
    assert Columns(length="auto").span(seconds).columns == columns


def test_a_cell_of_a_short_column_is_a_part_of_it() -> None:
    found = at(3000.003, 3000.019, 3000.0201, 3001.0, asked=Columns(length="20ms", end=0.04))
    assert found.rows == [10, 0]
    assert list(found.column_starts) == [0, 0.02]
    assert found.values.tolist() == [[1, 1], [0, 1]]
    assert found.samples == 3
    minutes = at(3000.5, 3029.9, 3030.0, 3060.0, asked=Columns(length="1min"))
    assert (minutes.rows, list(minutes.column_starts)) == ([30_000, 0], [0, 60])
    assert minutes.values.tolist() == [[1, 2], [0, 1]]
    assert minutes.bins is not None
    assert (minutes.bins.length, minutes.bins.seconds) == (60_000, 61)


def test_shorter_columns_have_fewer_rows() -> None:
    assert [rows_for(99, length) for length in (20, 250, 500, 1000, 10_000)] == [10, 10, 25, 25, 50]
    assert [rows_for(997, length) for length in (20, 50, 250, 1000)] == [10, 25, 50, 50]
    assert [rows_for(10, 1000), rows_for(None, 20)] == [25, 50]


def test_too_many_short_columns_are_refused_unless_they_are_a_part() -> None:
    view = trees.view("app app", (0.0, 172_800.0))
    with pytest.raises(ParameterError, match="longer columns"):
        heatmap(view, 50, columns=Columns(length="20ms"))
    part = heatmap(view, 50, columns=Columns(length="20ms", start=172_800.0, end=172_801.0))
    assert (part.columns, part.samples) == (50, 1)


def test_a_step_and_a_number_of_columns_exclude_each_other() -> None:
    with pytest.raises(ParameterError, match="step and columns"):
        Columns(step=2, most=3)


@pytest.mark.parametrize(("start", "end"), [(7, 8), (3, 2), (-1, 2), (3, 3), (0, 7.5)])
def test_a_part_outside_of_the_profile_is_refused(start: float, end: float) -> None:
    with pytest.raises(RangeError):
        at(*TIMES, asked=Columns(start=start, end=end))


def test_the_peak_is_of_the_whole_profile() -> None:
    view = trees.view("app " * len(TIMES), TIMES)
    assert peak(view, 2, 1, "sum") == 2
    assert peak(view, 2, 5, "sum") == 3
    assert peak(view, 2, 5, HIGHEST) == 2


@pytest.mark.parametrize("join", ["sum", HIGHEST])
@pytest.mark.parametrize("step", [1, 7, 3600, 10_000])
def test_a_long_profile_is_counted_in_blocks_without_a_seam(step: int, join: str) -> None:
    times = np.sort(np.random.default_rng(7).uniform(500, 500 + 20_000, 3000).round(6))
    view = trees.view("app " * len(times), times.tolist())
    plain = heatmap(view, 4).values
    reduce = np.add if join == "sum" else np.maximum
    expected = reduce.reduceat(plain, np.arange(0, len(plain), step), axis=0)
    found = heatmap(view, 4, columns=Columns(step=step, join=join))
    np.testing.assert_array_equal(found.values, expected)
    assert peak(view, 4, step, join) == np.max(expected)


def test_too_many_cells_are_refused_unless_joined() -> None:
    view = trees.view("app app", (0.0, 172_800.0))
    with pytest.raises(ParameterError, match="too many cells"):
        heatmap(view, 1000, columns=Columns(step=1))
    assert heatmap(view, 1000, columns=Columns(step=60)).values.shape == (2881, 1000)


def test_without_timestamps_there_are_no_columns_to_join() -> None:
    view = select(read_perf(sample(None, "f (/x)")), Selection())
    with pytest.raises(NoTimestampsError):
        heatmap(view, 50, columns=Columns(step=5))


def test_the_page_chooses_the_same_lengths_for_a_part() -> None:
    text = (Path(__file__).parents[3] / "frontend/src/lib/columnLength.ts").read_text()
    (table,) = re.findall(r"const USUAL\b.*?\n];", text, re.DOTALL)
    usual = [(int(most.replace("_", "")), name) for most, name in re.findall(r'\[([\d_]+), "(\w+)"]', table)]
    assert [most for most, _ in usual] == sorted(most for most, _ in usual)
    for seconds in range(1, 20_000):
        name = next((name for most, name in usual if seconds <= most), "1min")
        assert LENGTHS[name] == usual_length(seconds)
