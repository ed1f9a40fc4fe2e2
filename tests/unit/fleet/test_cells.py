"""Rows of a matrix that share a cell."""

from __future__ import annotations

from collections import Counter

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flamescope_py.errors import BrokenProfileError
from flamescope_py.fleet.asking.cells import summed

NAMES = ["row", "column", "samples", "weight"]
ROWS = st.lists(
    st.tuples(
        st.sampled_from(["b", "a", "host-17", ""]),
        st.integers(0, 5).map(lambda column: column * 7 + 1000),
        st.integers(-(1 << 53), 1 << 53),
        st.integers(0, 3),
    )
)


def table(rows: list[tuple[str, int, int, int]]) -> pa.Table:
    """Return rows in two pieces, as an engine may."""
    names, *numbers = zip(*rows, strict=True) if rows else ((), (), (), ())
    columns = [pa.array(names, pa.string()), *(pa.array(one, pa.int64()) for one in numbers)]
    whole = pa.table(columns, names=NAMES)
    return pa.concat_tables([whole.slice(0, 2), whole.slice(2)])


@given(ROWS)
def test_each_cell_has_one_row_with_its_sums(rows: list[tuple[str, int, int, int]]) -> None:
    samples: Counter[tuple[str, int]] = Counter()
    weights: Counter[tuple[str, int]] = Counter()
    for row, column, count, weight in rows:
        samples[row, column] += count
        weights[row, column] += weight
    found = summed(table(rows))
    assert found.column_names == NAMES
    cells = found.to_pylist()
    assert len(cells) == len(samples)
    assert {(one["row"], one["column"]): one["samples"] for one in cells} == dict(samples)
    assert {(one["row"], one["column"]): one["weight"] for one in cells} == dict(weights)


def test_a_sum_of_more_than_64_bits_is_refused() -> None:
    with pytest.raises(BrokenProfileError, match="too large to be added up"):
        summed(table([("a", 0, 1 << 62, 0), ("a", 0, 1 << 62, 0), ("b", 1, 0, 0)]))
