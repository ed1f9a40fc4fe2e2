"""The tables of a Firefox Profiler document as columns, in both shapes that its files have.

{"samples":{"schema":{"stack":0,"time":1},"data":[[2,1.105571],[3,11.193085], …]}}   Firefox itself
{"samples":{"length":2,"stack":[0,4],"time":[12.5,13.5],"weight":null}}              processed
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from flamescope_py.readers.json.columns import Columns
from flamescope_py.readers.json.text import MAX_NUMBER, items, member, name, numbers

NONE = -1
# Columns of processed tables that `numbers` and `rows` read, and long ones that nothing reads. `values` reads
# none of them.
NUMERIC = (
    *("stack", "time", "timeDeltas", "weight", "threadCPUDelta", "eventDelay", "prefix", "frame", "func"),
    *("category", "subcategory", "inlineDepth", "implementation", "address", "nativeSymbol", "line"),
    *("column", "innerWindowID", "name", "resource", "fileName", "source", "startTime", "endTime", "phase"),
)
# Rows of the tables of Firefox itself.
ROWS = ("data",)
NO_COLUMNS = Columns()


class Table:
    """Columns by name, each cut or filled to the length of the table. Anything else than a table is empty."""

    def __init__(self, table: object, key: str, columns: Columns = NO_COLUMNS) -> None:
        """Find the shape. The column `key` sets the length of a processed table."""
        self._table = columns.filled(table) if isinstance(table, dict) else {}
        self._numbers: dict[str, npt.NDArray[np.float64]] = {}
        self._schema = member(table, "schema")
        self._rows = self._column("data") if isinstance(self._schema, dict) else []
        self._size = len(self._rows if isinstance(self._schema, dict) else self._column(key))

    def __len__(self) -> int:
        """Count the rows."""
        return self._size

    def has(self, column: str) -> bool:
        """Return True if the table has a column."""
        if isinstance(self._schema, dict):
            return column in self._schema
        return isinstance(self._table.get(column), list | np.ndarray)

    def _column(self, column: str) -> list[Any] | npt.NDArray[np.float64]:
        found = self._table.get(column)
        return found if isinstance(found, np.ndarray) else items(found)

    def values(self, column: str) -> list[Any]:
        """Return a column as it stands in the file, None where it has no value."""
        if isinstance(self._rows, np.ndarray):
            return [None if np.isnan(one) else one for one in self.numbers(column).tolist()]
        if isinstance(self._schema, dict):
            at = self._schema.get(column)
            if type(at) is not int or at < 0:
                return [None] * self._size
            return [row[at] if isinstance(row, list) and at < len(row) else None for row in self._rows]
        found = items(self._table.get(column))[: self._size]
        return found + [None] * (self._size - len(found)) if len(found) < self._size else found

    def numbers(self, column: str) -> npt.NDArray[np.float64]:
        """Return a column of numbers, NaN where there is none."""
        if column not in self._numbers:
            found = self._read(column)
            self._numbers[column] = as_numbers(self.values(column)) if found is None else self._fitted(found)
        return self._numbers[column]

    def _read(self, column: str) -> npt.NDArray[np.float64] | None:
        """Return a column that the kernel has read, None for another one."""
        if not isinstance(self._schema, dict):
            found = self._table.get(column)
            return found if isinstance(found, np.ndarray) else None
        if not isinstance(self._rows, np.ndarray):
            return None
        at = self._schema.get(column)
        is_there = type(at) is int and 0 <= at < self._rows.shape[1]
        return self._rows[:, at] if is_there else np.full(self._size, np.nan)

    def _fitted(self, column: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Return a column cut or filled to the length of the table."""
        missing = max(self._size - len(column), 0)
        return np.pad(column, (0, missing), constant_values=np.nan) if missing else column[: self._size]

    def rows(self, column: str, size: int) -> npt.NDArray[np.int64]:
        """Return a column of rows of another table with `size` rows, NONE where there is none."""
        found = self.numbers(column)
        # A comparison with NaN is false.
        known = (found >= 0) & (found < size)
        return np.where(known, found, NONE).astype(np.int64)


def as_numbers(values: list[Any]) -> npt.NDArray[np.float64]:
    """Return a column of numbers, NaN for null and other values."""
    try:
        found = np.array(values, dtype=np.float64)
    except (OverflowError, TypeError, ValueError):
        return numbers(values)
    # Lists of one length would make a table.
    if found.ndim != 1:
        return numbers(values)
    found[~(np.abs(found) <= MAX_NUMBER)] = np.nan
    return found


class Strings:
    """A table of strings."""

    def __init__(self, values: object) -> None:
        """Take in a list; anything else is an empty table."""
        self._values = items(values)

    def __len__(self) -> int:
        """Count the strings."""
        return len(self._values)

    def at(self, row: int, instead: str = "") -> str:
        """Return the string of a row, `instead` where there is none."""
        return name(self._values[row], instead) if 0 <= row < len(self._values) else instead
