"""Many ticks that follow each other without a change of the code, as columns."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from flamescope_py.readers.limits import MAX_DEPTH
from flamescope_py.readers.v8log.codemap import CodeMap
from flamescope_py.readers.v8log.states import GC

Ints = npt.NDArray[np.int64]

# The first slots of a tick: where it was, the callback of external code, the collector. Callers follow.
PC, CALLBACK, COLLECTOR, FIRST = range(4)


class Ticks(NamedTuple):
    """Columns of ticks: `time` in microseconds, `state`, and `slots`, the number of addresses.

    `address` has those of all ticks, -1 for none: pc, callback, a free one, and the callers, the innermost
    first.
    """

    time: Ints
    state: Ints
    slots: Ints
    address: Ints


def stacks_of(ticks: Ticks, code: CodeMap, collector: int, unknown: int) -> tuple[Ints, Ints, int]:
    """Return the frames of all stacks, from the root to the leaf, their lengths, and the unknown callers."""
    frames = code.find_all(ticks.address)
    first = np.cumsum(ticks.slots) - ticks.slots
    tick = np.repeat(np.arange(len(first)), ticks.slots)
    slot = np.arange(len(frames)) - first[tick]
    frames[first] = np.where(frames[first] == 0, unknown, frames[first])
    again = frames[first + CALLBACK] == frames[first]
    frames[first[again] + CALLBACK] = 0
    frames[first + COLLECTOR] = np.where(ticks.state == GC, collector, 0)
    lost = int(np.count_nonzero((frames == 0) & (slot >= FIRST)))
    kept = frames > 0
    lengths = np.add.reduceat(kept, first, dtype=np.int64)
    if lengths.max() > MAX_DEPTH:
        # The innermost frames stay.
        kept &= np.cumsum(kept) - np.repeat(np.cumsum(lengths) - lengths, ticks.slots) <= MAX_DEPTH
        lengths = np.minimum(lengths, MAX_DEPTH)
    # From the leaf to the root: each stack is turned round in its place.
    chosen, ends = frames[kept], np.cumsum(lengths)
    turned = np.repeat(2 * ends - lengths - 1, lengths) - np.arange(len(chosen))
    return chosen[turned], lengths, lost
