"""Which cell of a heatmap a time falls into, for columns of any length.

In columns of one second a time t falls into row floor(rows · (t mod 1)) from below, in double precision, as
FlameScope counts. Shorter columns are whole numbers of hundredths of a second, and a time falls into
hundredth floor(100 · (t mod 1)). So columns of 20 ms add up exactly to those of 100 ms and of a second, and
are the 50 cells of that second.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from flamescope_py.analysis.columns import SECOND, Span

Cells: TypeAlias = npt.NDArray[np.int64]
Times: TypeAlias = npt.NDArray[np.float64]

# Parts of a second that every shorter column is a whole number of.
_PARTS = 100


def cells_of(time: Times, origin: int, rows: int, span: Span) -> Cells:
    """Return each time's cell: column by column from `span.first` on, the highest row first.

    `origin` is the profile's first whole second. Whole numbers below 2**53 are exact as float64.
    """
    column, up = _places(time, origin, span.length)
    up *= rows
    if span.length != SECOND:
        up /= _units(span.length)
    np.floor(up, out=up)
    # rows · 0.999…9 may round up to rows.
    np.minimum(up, rows - 1, out=up)
    column -= span.first
    if span.step > 1:
        column /= span.step
        np.floor(column, out=column)
    column *= rows
    column += rows - 1
    column -= up
    return column.astype(np.int64)


def rows_of(time: Times, origin: int, span: Span) -> tuple[int, int]:
    """Return the rows of the sorted times inside of a span."""
    return _first_row(time, origin, span.first, span.length), _first_row(time, origin, span.last, span.length)


def column_edges(time: Times, origin: int, span: Span) -> npt.NDArray[np.intp]:
    """Return the row of the first time in or after each joined column, and the row after the last."""
    first, last = rows_of(time, origin, span)
    column, _ = _places(time[first:last], origin, span.length)
    edges = np.append(np.arange(span.first, span.last, span.step), span.last)
    return first + np.searchsorted(column, edges)


def _first_row(time: Times, origin: int, column: int, length: int) -> int:
    """Return the row of the first time in a column or after it."""
    second = origin + column * length // SECOND
    first, after = np.searchsorted(time, [second, second + 1])
    if length >= SECOND:
        return int(first)
    inside, _ = _places(time[first:after], origin, length)
    return int(first + np.searchsorted(inside, column))


def _places(time: Times, origin: int, length: int) -> tuple[Times, Times]:
    """Return each time's column, and its place in the column: in seconds, in shorter ones in hundredths."""
    column = np.floor(time)
    inside = time - column
    column -= origin
    units = _units(length)
    if length < SECOND:
        inside *= _PARTS
        part = np.floor(inside)
        part /= units
        np.floor(part, out=part)
        column *= _PARTS // units
        column += part
        part *= units
        inside -= part
    elif length > SECOND:
        inside += column
        column /= units
        np.floor(column, out=column)
        inside -= column * units
    return column, inside


def _units(length: int) -> int:
    """Return the length of a column in the unit of its places."""
    return length // SECOND if length >= SECOND else length * _PARTS // SECOND
