"""Many ticks that follow each other without a change of the code, read by the kernel."""

from __future__ import annotations

from ctypes import CDLL
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from flamescope_py._kernel import v8
from flamescope_py.readers.limits import MAX_DEPTH
from flamescope_py.readers.v8log.codemap import CodeMap
from flamescope_py.readers.v8log.states import GC

Ints = npt.NDArray[np.int64]


class Ticks(NamedTuple):
    """Columns of ticks: `time` in microseconds, `state`, and `slots`, the number of addresses.

    `address` has those of all ticks, -1 for none: pc, callback, a free one, and the callers, the innermost
    first.
    """

    time: Ints
    state: Ints
    slots: Ints
    address: Ints


def stacks_of(
    functions: CDLL, ticks: Ticks, code: CodeMap, collector: int, unknown: int
) -> tuple[Ints, Ints, int]:
    """Return the frames of all stacks, from the root to the leaf, their lengths, and the unknown callers."""
    frames = code.find_all(functions, ticks.address)
    return v8.stacks(functions, (frames, ticks.state, ticks.slots), (unknown, GC, collector), MAX_DEPTH)
