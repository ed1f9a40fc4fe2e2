"""Sums up the rows of an answer that fall into one cell of a matrix."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from flamescope_py.errors import BrokenProfileError
from flamescope_py.fleet.asking.asked import TOO_LARGE

_KEYS = ("row", "column")
_MOST = float(1 << 63)


def summed(found: pa.Table) -> pa.Table:
    """Return one row for each `row` and `column` of a table, with the sums of all other columns.

    The order of the rows may change. Raises BrokenProfileError for a sum that 64 bits do not hold.
    """
    if not found.num_rows:
        return found
    encoded = found["row"].combine_chunks().dictionary_encode()
    column = np.asarray(found["column"], np.int64)
    cell = np.asarray(encoded.indices, np.int64) * (np.ptp(column) + 1) + column
    # Rows of a file are sorted, and one profile records a host at a time: there is mostly nothing to do.
    if (np.diff(cell) > 0).all():
        return found
    order = np.argsort(cell, kind="stable")
    first = np.flatnonzero(np.diff(cell[order], prepend=cell[order[0]] - 1))
    if len(first) == len(order):
        return found
    keys = found.select(_KEYS).take(order[first])
    for name in found.column_names:
        if name not in _KEYS:
            keys = keys.append_column(name, pa.array(_sums(np.asarray(found[name], np.int64)[order], first)))
    return keys.select(found.column_names)


def _sums(values: npt.NDArray[np.int64], first: npt.NDArray[np.intp]) -> npt.NDArray[np.int64]:
    if np.abs(np.add.reduceat(values.astype(np.float64), first)).max() >= _MOST:
        raise BrokenProfileError(TOO_LARGE)
    return np.add.reduceat(values, first)
