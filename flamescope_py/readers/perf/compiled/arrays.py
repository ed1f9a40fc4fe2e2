"""The kernel's memory as arrays, and the columns of the blocks that are taken from it."""

from __future__ import annotations

import ctypes
from collections import Counter
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from flamescope_py.model.column import Column

# `fs_block` of the kernel.
BLOCK = np.dtype(
    [
        ("time", np.float64),
        ("period", np.int64),
        *((name, np.int32) for name in ("head", "end", "line", "thread", "cpu", "trigger", "node", "depth")),
    ]
)
# `fs_thread`, and the `tid` of a thread whose task has all that is known of it.
THREAD = np.dtype([("task", np.int32), ("pid", np.int32), ("tid", np.int32)])
NO_NUMBERS = -(2**31)

Ints = npt.NDArray[np.integer[Any]]


class Taken(NamedTuple):
    """Blocks, one value a block; where `odd`, the columns mean nothing.

    `head` and `end`: offsets of the event line and behind the blank line in the text that was last read; only
    a block of that one can be odd. `line`: the number of lines of that text before it. `depth`: frames of the
    stack. `node` is a node of the builder. `other_block` and `other_kinds`: block and kind of each line that
    is no frame. `partner` is that of `switches.partner_of`.
    """

    head: Ints
    end: Ints
    line: Ints
    time: npt.NDArray[np.float64]
    node: Ints
    idle: npt.NDArray[np.bool_]
    thread: Ints
    cpu: Ints
    event: Ints
    period: Ints
    partner: Ints
    depth: Ints
    odd: npt.NDArray[np.bool_]
    other_block: Ints
    other_kinds: list[str]

    def others_in(self, run: slice) -> Counter[str]:
        """Count the lines of some blocks that are no frames, by kind."""
        if not self.other_kinds:
            return Counter()
        first, end = np.searchsorted(self.other_block, [run.start, run.stop]).tolist()
        return Counter(self.other_kinds[first:end])


def array(address: int | None, dtype: npt.DTypeLike, count: int) -> npt.NDArray[Any]:
    """View memory of the kernel as an array."""
    if not count or address is None:
        return np.empty(0, dtype)
    memory = (ctypes.c_uint8 * (count * np.dtype(dtype).itemsize)).from_address(address)
    # Not numpy.ctypeslib, which takes some milliseconds to import.
    found: npt.NDArray[Any] = np.frombuffer(memoryview(memory), dtype)
    return found


def texts(text: memoryview, spans: int | None, count: int) -> list[bytes]:
    """Return parts of the text that was last read, by the kernel's pairs of an offset and a size."""
    found = array(spans, np.int32, 2 * count)
    starts = found[::2]
    return [
        bytes(text[start:end])
        for start, end in zip(starts.tolist(), (starts + found[1::2]).tolist(), strict=True)
    ]


def look_up(column: Column, rows: Ints) -> npt.NDArray[Any]:
    """Return the column's value of each row, and zeros from an empty one."""
    if not len(column):
        return np.zeros(len(rows), column.values.dtype)
    return np.asarray(column.values[rows])
