"""Sorts and groups the rows of a table by several columns at once, as one column of integers.

Arrow compares the columns of two rows one after the other: 0.53 s for 700 000 samples, and 0.21 here.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

Ints = npt.NDArray[np.int64]
_MOST = 1 << 62
# A column of integers within such a range is its own rank.
_DENSE = 1 << 40


def distinct(values: Ints) -> Ints:
    """Return the distinct values, sorted. np.unique, which hashes them, takes up to forty times as long."""
    found = np.sort(values)
    return found[np.append(True, found[1:] != found[:-1])] if len(found) else found


def order(rows: pa.Table, keys: Sequence[str]) -> Ints:
    """Return the rows in the order of some columns; equal ones stay in theirs."""
    return np.argsort(_codes(rows, keys), kind="stable")


class Groups(NamedTuple):
    """Rows by group: `order` has them group after group, and `start` the place of each group's first."""

    order: Ints
    start: Ints

    @classmethod
    def of(cls, rows: pa.Table, keys: Sequence[str]) -> Groups:
        """Group rows that are equal in some columns, in the order of these."""
        codes = _codes(rows, keys)
        found = np.argsort(codes, kind="stable")
        return cls(found, np.flatnonzero(np.diff(codes[found], prepend=-1)))

    def summed(self, column: Any) -> Ints:
        """Return the sum of each group."""
        values = np.asarray(column, np.int64)[self.order]
        found: Ints = np.add.reduceat(values, self.start) if len(values) else values
        return found

    def greatest(self, column: Any) -> Ints:
        """Return the greatest value of each group."""
        values = np.asarray(column, np.int64)[self.order]
        found: Ints = np.maximum.reduceat(values, self.start) if len(values) else values
        return found

    def keys(self, rows: pa.Table, names: Sequence[str]) -> dict[str, Any]:
        """Return the columns of each group's first row."""
        first = rows.select(list(names)).take(self.order[self.start])
        return {name: _decoded(first[name].combine_chunks()) for name in names}


def _decoded(column: Any) -> Any:
    return column.dictionary_decode() if isinstance(column, pa.DictionaryArray) else column


def _codes(rows: pa.Table, keys: Sequence[str]) -> Ints:
    """Return a number ≥ 0 of each row, which orders the rows as the columns do one after the other."""
    codes, size = np.zeros(rows.num_rows, np.int64), 1
    for name in keys:
        rank, most = _ranks(rows[name])
        if size * most >= _MOST:
            distinct, codes = np.unique(codes, return_inverse=True)
            size = len(distinct)
        if size * most >= _MOST:
            distinct, rank = np.unique(rank, return_inverse=True)
            most = len(distinct)
        codes, size = codes * most + rank, size * most
    return codes


def _ranks(column: pa.ChunkedArray[Any]) -> tuple[Ints, int]:
    """Return numbers below a bound that order the values of a column."""
    if not len(column):
        return np.zeros(0, np.int64), 1
    if pa.types.is_integer(column.type):
        values = np.asarray(column, np.int64)
        least, most = int(values.min()), int(values.max())
        if most - least < _DENSE:
            return values - least, most - least + 1
    encoded: Any = column.combine_chunks().dictionary_encode()
    distinct = encoded.dictionary
    # As Python compares texts and UTF-8 compares bytes.
    values = (
        np.array(distinct.to_pylist(), object) if pa.types.is_string(column.type) else np.asarray(distinct)
    )
    place = np.empty(len(values), np.int64)
    place[np.argsort(values)] = np.arange(len(values))
    return place[np.asarray(encoded.indices)], len(values)
