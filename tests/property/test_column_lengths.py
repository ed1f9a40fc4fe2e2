"""Columns of other lengths than a second: no sample is lost, and finer ones add up to coarser ones."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flamescope_py.analysis.breakdown.lanes import LaneChoice
from flamescope_py.analysis.cells import Cells
from flamescope_py.analysis.columns import HIGHEST, SUM, Columns
from flamescope_py.analysis.flamegraph import flame_graph
from flamescope_py.analysis.heatmap import Heatmap, heatmap, peak
from flamescope_py.analysis.selection import Selection
from flamescope_py.analysis.vocabulary import LENGTHS
from flamescope_py.model import Profile, TimeRange
from flamescope_py.service.queries.queries import Queries
from tests.support.strategies import bounded, profiles
from tests.support.views import select

lengths = st.sampled_from([*LENGTHS])
row_counts = st.integers(1, 60)
# Each with how many of it make one of the next.
FINER = (
    *(("20ms", 5, "100ms"), ("50ms", 2, "100ms"), ("50ms", 5, "250ms"), ("100ms", 10, "1s")),
    *(("250ms", 4, "1s"), ("20ms", 50, "1s"), ("1s", 10, "10s"), ("10s", 6, "1min")),
)


def counted(profile: Profile, rows: int, length: str) -> Heatmap:
    return heatmap(select(profile, Selection()), rows, columns=Columns(length=length))


def joined(cells: Cells, count: int) -> list[int]:
    """Add up the samples of every `count` columns."""
    sums = cells.sum(axis=1).tolist()
    return [sum(sums[first : first + count]) for first in range(0, len(sums), count)]


@bounded
@given(profile=profiles(), rows=row_counts)
def test_every_length_has_all_samples(profile: Profile, rows: int) -> None:
    for length in LENGTHS:
        found = counted(profile, rows, length)
        assert found.values.sum() == found.samples == np.count_nonzero(~profile.samples.idle)
        assert found.values.min() >= 0
        assert found.columns == -(-profile.seconds * 1000 // LENGTHS[length])


@bounded
@given(profile=profiles(), rows=row_counts)
def test_finer_columns_add_up_to_the_coarser_ones(profile: Profile, rows: int) -> None:
    for finer, count, coarser in FINER:
        fine, coarse = counted(profile, rows, finer).values, counted(profile, 1, coarser).values
        assert joined(fine, count)[: len(coarse)] == coarse.sum(axis=1).tolist()


@bounded
@given(profile=profiles(), rows=row_counts)
def test_short_columns_are_the_cells_of_a_second(profile: Profile, rows: int) -> None:
    """50 columns of 20 ms are the 50 rows of a second."""
    fine = counted(profile, rows, "20ms").values.sum(axis=1)
    seconds = counted(profile, 50, "1s").values[:, ::-1].ravel()
    assert fine.tolist() == seconds.tolist()


@bounded
@given(data=st.data(), profile=profiles(), rows=row_counts, length=lengths)
def test_a_range_of_cells_has_their_samples(
    data: st.DataObject, profile: Profile, rows: int, length: str
) -> None:
    """With the bounds as a front end writes them; a cell's edge is a part of its column."""
    found = counted(profile, rows, length)
    upwards = found.values[:, ::-1].reshape(-1)
    cells = [*np.flatnonzero(upwards).tolist(), data.draw(st.integers(0, len(upwards) - 1))]
    for first in cells:
        last = data.draw(st.integers(first + 1, len(upwards)))
        start, end = (edge * LENGTHS[length] / (1000 * rows) for edge in (first, last))
        if start < profile.seconds:
            graph = flame_graph(select(profile, Selection()), start, min(end, profile.seconds))
            assert graph.samples == upwards[first:last].sum()


@bounded
@given(data=st.data(), profile=profiles(), rows=row_counts, length=lengths, step=st.integers(1, 7))
def test_a_part_is_the_same_columns_of_the_whole(
    data: st.DataObject, profile: Profile, rows: int, length: str, step: int
) -> None:
    start = data.draw(st.integers(0, 100 * profile.seconds - 1)) / 100
    end = data.draw(st.integers(round(100 * start) + 1, 100 * profile.seconds)) / 100
    view = select(profile, Selection())
    for join, reduce in ((SUM, np.add), (HIGHEST, np.maximum)):
        asked = Columns(step, None, start, end, join, length)
        part, whole = heatmap(view, rows, columns=asked), counted(profile, rows, length).values
        expected = reduce.reduceat(whole, np.arange(0, len(whole), step), axis=0)
        starts = part.column_starts
        first = round(starts[0] * 1000 / LENGTHS[length]) // step
        np.testing.assert_array_equal(part.values, expected[first : first + part.columns])
        assert starts[0] <= start < end <= starts[-1] + step * LENGTHS[length] / 1000 + 1e-9
        assert peak(view, rows, step, join, LENGTHS[length]) == expected.max()


@bounded
@given(profile=profiles(), rows=row_counts, length=lengths, step=st.integers(1, 3))
def test_lanes_and_busy_cpus_have_the_same_columns(
    profile: Profile, rows: int, length: str, step: int
) -> None:
    queries, columns, everything = Queries(1 << 20), Columns(step, length=length), Selection()
    whole = queries.heatmaps.heatmap(profile, everything, rows, columns=columns)
    found = queries.breakdowns.lanes("comm", LaneChoice(2), (profile, TimeRange()), everything, rows, columns)
    np.testing.assert_array_equal(sum([lane.values for lane in found.lanes], found.others), whole.values)
    line = queries.breakdowns.busy_line(profile, everything, columns)
    assert len(line.busy) == whole.columns
    if line.rate.frequency is not None:
        first, last = profile.meta.first - profile.origin, profile.meta.last - profile.origin
        for column, (begin, busy) in enumerate(zip(whole.column_starts, line.busy, strict=True)):
            end = min(begin + step * LENGTHS[length] / 1000, profile.seconds)
            lasted = min(end, last) - max(begin, first)
            samples = whole.values[column].sum() / line.rate.frequency
            lasted = max(lasted, min(end - begin, line.rate.shortest)) if lasted > 0 else end - begin
            assert busy == pytest.approx(samples / lasted, abs=1e-3)
