"""The samples of one thread as columns: of processor time, of spans of a trace, and of allocations."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from flamescope_py.model import ParseReport
from flamescope_py.readers.firefox.tables import NONE, Table
from flamescope_py.readers.json.text import MAX_NUMBER

Floats = npt.NDArray[np.float64]

NO_STACK = "samples of a stack that is not in the file"
NO_WEIGHT = "samples whose weight is negative, as in a comparison of two profiles, or no number"
MAX_WEIGHT = 1 << 48


class ThreadSamples(NamedTuple):
    """Columns of the samples that can be shown.

    `stack` is a row of the table of stacks or NONE, `time` is in milliseconds from the start of the document
    (NaN for unknown), and `weight` is None where each counts 1. `rows` are the rows of the table.
    """

    stack: npt.NDArray[np.int64]
    time: Floats
    weight: Floats | None
    rows: npt.NDArray[np.bool_] | slice


def thread_samples(
    table: Table, stacks: int, broken: npt.NDArray[np.bool_], report: ParseReport
) -> ThreadSamples:
    """Return the samples of a table with a column `stack`; others are counted.

    `stacks` is the size of the table of stacks, and `broken` marks those of its rows that are no stacks.
    """
    stack = table.rows("stack", stacks)
    empty = np.isnan(table.numbers("stack"))
    lost = (stack == NONE) & ~empty
    if broken.any():
        lost |= (stack != NONE) & broken[stack]
    _skip(report, NO_STACK, lost)
    wanted = ~lost
    weight = table.numbers("weight") if table.has("weight") else None
    if weight is not None:
        wrong = wanted & ~((weight >= 0) & (weight <= MAX_WEIGHT))
        _skip(report, NO_WEIGHT, wrong)
        wanted &= ~wrong
    report.without_stack += int(np.count_nonzero(wanted & empty))
    rows = slice(None) if wanted.all() else wanted
    return ThreadSamples(stack[rows], _times(table)[rows], None if weight is None else weight[rows], rows)


def _times(table: Table) -> Floats:
    if table.has("time") or not table.has("timeDeltas"):
        return table.numbers("time")
    found = np.cumsum(np.nan_to_num(table.numbers("timeDeltas")))
    return np.where(np.abs(found) <= MAX_NUMBER, found, np.nan)


def _skip(report: ParseReport, reason: str, rows: npt.NDArray[np.bool_]) -> None:
    count = int(np.count_nonzero(rows))
    if count:
        report.skip(reason, text=f"{count}", count=count)
