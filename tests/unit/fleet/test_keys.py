from __future__ import annotations

from typing import Any

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from flamescope_py.fleet.keys import Groups, order
from tests.support.strategies import bounded

INTEGERS = st.one_of(st.integers(-3, 3), st.integers(-(1 << 63), (1 << 63) - 1))
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=3)
KEYS = ["a", "text", "b", "c"]


@bounded
@given(st.lists(st.tuples(INTEGERS, TEXTS, INTEGERS, INTEGERS), max_size=40), st.lists(INTEGERS, max_size=3))
def test_rows_have_the_order_and_the_groups_of_arrow(
    drawn: list[tuple[int, str, int, int]], numbers: list[int]
) -> None:
    # Some rows are there twice.
    drawn += drawn[: len(numbers)]
    columns = zip(*drawn, strict=True) if drawn else [[], [], [], []]
    kinds = (pa.int64(), pa.string(), pa.int64(), pa.int64())
    arrays = [pa.array(list(one), kind) for one, kind in zip(columns, kinds, strict=True)]
    rows = pa.table(arrays, names=KEYS)
    rows = rows.append_column("row", pa.array(range(rows.num_rows), pa.int64()))
    by_keys: list[tuple[str, Any]] = [(name, "ascending") for name in KEYS]
    expected = rows.sort_by([*by_keys, ("row", "ascending")])
    assert rows.take(order(rows, KEYS)).equals(expected)
    groups = Groups.of(rows, KEYS)
    sums = {"n": groups.summed(rows["row"]), "m": groups.greatest(rows["row"])}
    grouped = rows.group_by(KEYS).aggregate([("row", "sum"), ("row", "max")])
    expected = grouped.rename_columns([*KEYS, "n", "m"]).sort_by(by_keys)
    assert pa.table(groups.keys(rows, KEYS) | sums).to_pylist() == expected.to_pylist()
