"""Documents whose tables have long columns of numbers, which become arrays without a Python object each.

The kernel takes the columns out of the text, and orjson parses the rest, where a small object stands in for
each column. Its only key is random, so that no document has it. Without the kernel, columns stay lists.
"""

from __future__ import annotations

import os
from collections.abc import Collection
from ctypes import CDLL
from typing import Any

import numpy as np
import numpy.typing as npt

from flamescope_py._kernel import load
from flamescope_py._kernel.json_arrays import number_arrays, numbers_of_arrays
from flamescope_py.errors import BrokenProfileError
from flamescope_py.readers.json.text import MAX_NUMBER, parse

Column = npt.NDArray[np.float64]

# Shorter columns are cheaper as lists.
LEAST_BYTES = 256


class Columns:
    """The columns that were taken out of a document."""

    def __init__(self, key: str = "", columns: tuple[Column, ...] = ()) -> None:
        """Start with the columns that `{key: 0}`, `{key: 1}` … stand in for."""
        self._key = key
        self._columns = columns

    def filled(self, table: dict[str, Any]) -> dict[str, Any]:
        """Return a table with its columns in their places."""
        if not self._columns:
            return table
        return {name: self._filled(value) for name, value in table.items()}

    def _filled(self, value: Any) -> Any:
        is_column = isinstance(value, dict) and self._key in value
        return self._columns[value[self._key]] if is_column else value


def parse_columns(
    text: bytes, names: Collection[str], row_names: Collection[str] = ()
) -> tuple[Any, Columns]:
    """Parse a JSON text as `parse`, and return the columns of its members called one of `names` apart.

    A column is an array of numbers and nulls. Its values are NaN for a null, and beyond MAX_NUMBER. Members
    called one of `row_names` are arrays of such arrays, and become arrays of two dimensions. Raises
    BrokenProfileError as `parse` does.
    """
    functions = load()
    taken = _taken(functions, text, _listed(names), _listed(row_names)) if functions else None
    if taken is None:
        return parse(text), Columns()
    rest, columns = taken
    try:
        return parse(rest), columns
    except BrokenProfileError:
        # The error names a place in the whole text.
        return parse(text), Columns()


def _listed(names: Collection[str]) -> bytes:
    return "".join(f"{name}\n" for name in names).encode()


def _taken(functions: CDLL, text: bytes, names: bytes, row_names: bytes) -> tuple[bytes, Columns] | None:
    """Take the columns out of a text. Return the rest of it and the columns, None where there are none."""
    data = np.frombuffer(text, np.uint8)
    starts, ends, counts, widths = number_arrays(functions, data, names, row_names, LEAST_BYTES)
    values, whole = numbers_of_arrays(functions, data, starts, counts, widths, MAX_NUMBER)
    columns = np.split(values, np.cumsum(counts)[:-1]) if len(counts) else []
    key = os.urandom(8).hex()
    parts: list[bytes] = []
    found: list[Column] = []
    at = 0
    for row in np.flatnonzero(whole).tolist():
        parts += (text[at : starts[row]], b'{"%s":%d}' % (key.encode(), len(found)))
        width = int(widths[row])
        found.append(columns[row].reshape(-1, width) if width else columns[row])
        at = int(ends[row])
    return (b"".join([*parts, text[at:]]), Columns(key, tuple(found))) if found else None
