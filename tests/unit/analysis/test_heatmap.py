"""Heatmaps: the cell of each sample, and the columns at the edges of a profile."""

from __future__ import annotations

import numpy as np
import pytest

from flamescope_py.analysis.columns import Span
from flamescope_py.analysis.heatmap import Heatmap, count_cells, heatmap
from flamescope_py.analysis.selection import Selection
from flamescope_py.errors import NoTimestampsError, ParameterError
from tests.support import trees
from tests.support.perf_text import sample
from tests.support.reading import read_perf
from tests.support.views import select


def at(*times: float, rows: int = 10, idle: tuple[int, ...] = ()) -> Heatmap:
    """Return the heatmap of samples at some times; `idle` marks some of them."""
    return heatmap(trees.view("app " * len(times), times, idle), rows)


def cells(found: Heatmap) -> dict[tuple[int, float], int]:
    """Return the cells that are not 0, by column and the row's offset in milliseconds."""
    return {
        (int(column), found.rows[row]): int(found.values[column, row])
        for column, row in np.argwhere(found.values)
    }


@pytest.mark.parametrize("rows", [1, 10, 25, 49, 50, 99, 100])
def test_rows_are_offsets_from_the_highest_down(rows: int) -> None:
    found = at(3000.0, rows=rows).rows
    assert found == pytest.approx([1000 * row / rows for row in reversed(range(rows))])
    assert found[-1] == 0
    assert len(found) == rows


def test_a_sample_falls_into_the_cell_of_its_second_and_offset() -> None:
    assert cells(at(3000.05, 3000.15, 3000.199999, 3002.95)) == {(0, 0.0): 1, (0, 100.0): 2, (2, 900.0): 1}


def test_cells_are_the_formula_of_flamescope() -> None:
    """values[floor(t) − floor(first)][rows − 1 − floor(rows · (t mod 1))], in double precision."""
    times = np.sort(np.random.default_rng(7).uniform(3000, 3020, 500).round(6)).tolist()
    for rows in (10, 49, 50, 99):
        expected = np.zeros((20, rows), dtype=int)
        for time in times:
            expected[int(time) - 3000, rows - 1 - int(rows * (time % 1))] += 1
        np.testing.assert_array_equal(at(*times, rows=rows).values, expected)


def test_an_offset_is_counted_as_the_double_it_is() -> None:
    """3000.58 as a double is just below its decimal, so that it is in the cell before; as in FlameScope."""
    assert 3000.58 % 1 < 0.58
    assert cells(at(3000.58, rows=50)) == {(0, 560.0): 1}


def test_the_highest_double_below_a_second_stays_in_its_second() -> None:
    assert cells(at(float(np.nextafter(1.0, 0)), rows=3)) == {(0, 2 / 3 * 1000): 1}


def test_columns_begin_at_the_whole_second_of_the_first_sample() -> None:
    found = at(3000.999999, 3001.0)
    assert (found.columns, found.origin) == (2, 3000)
    assert cells(found) == {(0, 900.0): 1, (1, 0.0): 1}


def test_a_profile_that_ends_on_a_whole_second_has_a_column_for_it() -> None:
    assert cells(at(3000.5, 3002.0)) == {(0, 500.0): 1, (2, 0.0): 1}


def test_one_sample_and_one_second() -> None:
    assert cells(at(3000.0)) == {(0, 0.0): 1}
    assert at(3000.0).duration == 0
    assert at(3000.1, 3000.9).columns == 1


def test_seconds_without_samples_are_columns_of_zeros() -> None:
    found = at(3000.5, 3004.5)
    assert found.values.sum(axis=1).tolist() == [1, 0, 0, 0, 1]


def test_idle_samples_are_left_out_but_set_the_first_and_last_time() -> None:
    found = at(3000.5, 3002.5, 3004.5, idle=(0, 2))
    assert found.values.sum(axis=1).tolist() == [0, 0, 1, 0, 0]
    assert (found.origin, found.columns, found.duration) == (3000, 5, 4.0)
    assert (found.samples, found.idle, found.maxvalue) == (1, 2, 1)


def test_a_profile_that_is_all_idle_has_columns_of_zeros() -> None:
    found = at(3000.5, 3001.5, idle=(0, 1))
    assert found.values.tolist() == [[0] * 10] * 2
    assert found.maxvalue == 0


def test_idle_samples_are_counted_when_asked_for() -> None:
    profile = trees.profile("app app app", [3000.5, 3001.5, 3002.5], idle=(0,))
    found = heatmap(select(profile, Selection(idle=True)), 10)
    assert found.values.sum(axis=1).tolist() == [1, 1, 1]


def test_the_largest_cell() -> None:
    assert at(3000.15, 3000.16, 3000.19, 3001.5).maxvalue == 3


def test_samples_with_a_frame_searched_for_are_counted_apart() -> None:
    view = trees.view(
        """
        app app  app
        A   B    A
        C   C    D
        """,
        [3000.05, 3000.05, 3001.05],
    )
    found = heatmap(view, 10, search="^ A ")
    assert found.matches is not None
    assert found.values.sum(axis=1).tolist() == [2, 1]
    assert found.matches.sum(axis=1).tolist() == [1, 1]
    none = heatmap(view, 10, search="nowhere").matches
    assert none is not None
    assert not none.any()


def test_too_many_cells_are_refused_before_they_are_made() -> None:
    with pytest.raises(ParameterError, match="too many cells"):
        at(3000.0, 3000.0 + 172_800, rows=1000)


def test_without_timestamps_the_answer_says_which_fields_to_add() -> None:
    view = select(read_perf(sample(None, "f (/x)")), Selection())
    with pytest.raises(NoTimestampsError, match="-F comm,pid,tid,cpu,time,event,ip,sym,dso"):
        heatmap(view, 50)


def test_samples_of_many_blocks_are_counted_as_one_by_one() -> None:
    """More samples than are counted at a time, with gaps and with several at one time."""
    chance = np.random.default_rng(7)
    time = np.sort(np.concatenate((chance.uniform(100, 130, 40_000), np.full(20_000, 117.25), [400.0])))
    heat = chance.integers(0, 5, len(time))
    for rows, step in ((1, 1), (50, 1), (99, 7)):
        expected = np.zeros((300 // step + 1, rows), np.int64)
        up = np.minimum((rows * (time % 1)).astype(np.int64), rows - 1)
        np.add.at(expected, ((time.astype(np.int64) - 100) // step, rows - 1 - up), heat)
        np.testing.assert_array_equal(count_cells(time, heat, 100, rows, Span(0, 301, step)), expected)
