"""The kernel's functions for V8's logs, whose contracts are in `v8log.c`."""

from __future__ import annotations

import ctypes

import numpy as np
import numpy.typing as npt

from flamescope_py._kernel.arrays import Bytes, Ints, address, ints


def ticks(functions: ctypes.CDLL, data: Bytes, latest: int) -> tuple[list[Ints], int]:
    """Return the ticks at the beginning of a text of V8's log, and the bytes that they take.

    The columns are time, state and number of slots, one a tick, and the addresses of the slots.
    """
    found = np.empty(3, np.int64)
    functions.fs_v8_ticks(address(data), len(data), latest, None, address(found))
    count, slots, size = found.tolist()
    columns = [np.empty(rows, np.int64) for rows in (count, count, count, slots)]
    addresses = (ctypes.c_void_p * 4)(*map(address, columns))
    functions.fs_v8_ticks(address(data), size, latest, addresses, address(found))
    return columns, size


def code_at(
    functions: ctypes.CDLL, addresses: Ints, starts: npt.ArrayLike, ends: npt.ArrayLike, frames: Ints
) -> Ints:
    """Return the frame of the code at every address, 0 for none. `starts` are sorted, and below 2^63."""
    addresses, starts, ends, frames = map(ints, (addresses, starts, ends, frames))
    found = np.empty(len(addresses), np.int64)
    functions.fs_v8_code(
        address(addresses),
        len(found),
        address(starts),
        address(ends),
        address(frames),
        len(starts),
        address(found),
    )
    return found


def stacks(
    functions: ctypes.CDLL, columns: tuple[Ints, Ints, Ints], names: tuple[int, int, int], deepest: int
) -> tuple[Ints, Ints, int]:
    """Return the frames of the stacks of ticks from the root to the leaf, their lengths, and lost callers.

    `columns` are the frames of all slots, the states, and the slots of each tick. `names` are the frame of
    an unknown pc, the state of the collector and its frame.
    """
    frames, states, slots = map(ints, columns)
    found, lengths = np.empty(len(frames), np.int64), np.empty(len(slots), np.int64)
    lost: int = functions.fs_v8_stacks(
        address(frames),
        address(states),
        address(slots),
        len(slots),
        *names,
        deepest,
        address(found),
        address(lengths),
    )
    return found[: int(lengths.sum())], lengths, lost
