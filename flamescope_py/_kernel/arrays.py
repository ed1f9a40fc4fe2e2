"""The kernel's functions that take NumPy's arrays: paths of a tree, numbers of seven bits, fields, JFR.

Each takes the loaded kernel first. Their contracts are those of the C functions in `paths.c` and `wire.c`.
"""

from __future__ import annotations

import ctypes
import os
import weakref
from collections.abc import Callable, Iterator, Sequence

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Bytes = npt.NDArray[np.uint8]
Words = npt.NDArray[np.uint32]
# Of text that is written.
PIECE = 1 << 20


def _seed() -> int:
    return int.from_bytes(os.urandom(8), "little")


def address(array: npt.NDArray[np.generic]) -> int:
    """Return the address of an array's first byte."""
    return int(array.ctypes.data)


def ints(values: npt.ArrayLike) -> Ints:
    """Return values as an array that the kernel can read."""
    return np.ascontiguousarray(values, np.int64)


class Paths:
    """The nodes of a tree by their parents and frames."""

    def __init__(self, functions: ctypes.CDLL) -> None:
        """Start with the root alone. Raises MemoryError."""
        self._functions = functions
        self._table = functions.fs_paths_new(_seed())
        if not self._table:
            raise MemoryError
        # Not at the end of the process, when another thread may still use it.
        weakref.finalize(self, functions.fs_paths_free, self._table).atexit = False

    def stacks(
        self, frames: npt.ArrayLike, lengths: npt.ArrayLike, following: int
    ) -> tuple[Ints, Words, Words]:
        """Return the nodes where stacks end, and the parents and the frames of new nodes.

        `frames` has all stacks, each from the root to the leaf, and `lengths` the number of frames of each.
        New nodes are numbered from `following` on. Raises MemoryError, after which the table is of no use.
        """
        frames, lengths = ints(frames), ints(lengths)
        ends = np.empty(len(lengths), np.int64)
        parent, frame = np.empty(len(frames), np.uint32), np.empty(len(frames), np.uint32)
        new = self._functions.fs_paths_stacks(
            self._table,
            address(frames),
            address(lengths),
            len(lengths),
            following,
            address(parent),
            address(frame),
            address(ends),
        )
        if new < 0:
            raise MemoryError
        return ends, parent[:new], frame[:new]


def number_keys(functions: ctypes.CDLL, keys: npt.NDArray[np.uint64]) -> tuple[Ints, Ints]:
    """Number distinct keys from 0. Return the number of every key, and the place where each first stands.

    Raises MemoryError.
    """
    keys = np.ascontiguousarray(keys, np.uint64)
    numbers, firsts = np.empty(len(keys), np.int64), np.empty(len(keys), np.int64)
    count = functions.fs_number_keys(address(keys), len(keys), _seed(), address(numbers), address(firsts))
    if count < 0:
        raise MemoryError
    return numbers, firsts[:count].copy()


def number_texts(functions: ctypes.CDLL, data: Bytes, starts: Ints, ends: Ints) -> tuple[Ints, Ints]:
    """Number distinct ranges of bytes, as `number_keys` does keys. Raises MemoryError."""
    starts, ends = ints(starts), ints(ends)
    numbers, firsts = np.empty(len(starts), np.int64), np.empty(len(starts), np.int64)
    count = functions.fs_number_texts(
        address(data), address(starts), address(ends), len(starts), _seed(), address(numbers), address(firsts)
    )
    if count < 0:
        raise MemoryError
    return numbers, firsts[:count].copy()


def numbers_in(
    functions: ctypes.CDLL, data: Bytes, starts: Ints, ends: Ints, longest: int
) -> tuple[Ints, Ints]:
    """Decode the numbers of many ranges. Return them, and how many are in each range."""
    starts, ends = ints(starts), ints(ends)
    counts = np.empty(len(starts), np.int64)
    call = functions.fs_wire_numbers
    count = call(
        address(data), address(starts), address(ends), len(starts), longest, address(counts), None, None
    )
    values = np.empty(count, np.int64)
    call(address(data), address(starts), address(ends), len(starts), longest, None, address(values), None)
    return values, counts


def fixed64_in(
    functions: ctypes.CDLL, data: Bytes, starts: Ints, ends: Ints
) -> tuple[npt.NDArray[np.uint64], Ints]:
    """Read the numbers of eight bytes in many ranges. Return them, and how many are in each range."""
    starts, ends = ints(starts), ints(ends)
    counts = np.empty(len(starts), np.int64)
    call = functions.fs_wire_fixed64
    count = call(address(data), address(starts), address(ends), len(starts), address(counts), None)
    values = np.empty(count, np.uint64)
    call(address(data), address(starts), address(ends), len(starts), address(counts), address(values))
    return values, counts


def all_numbers(functions: ctypes.CDLL, data: Bytes, longest: int) -> tuple[Ints, Ints]:
    """Decode the numbers of an array of numbers alone. Return them, and the place behind each."""
    data = np.ascontiguousarray(data)
    start, end = np.zeros(1, np.int64), np.array([len(data)], np.int64)
    call = functions.fs_wire_numbers
    count = call(address(data), address(start), address(end), 1, longest, None, None, None)
    values, behind = np.empty(count, np.int64), np.empty(count, np.int64)
    call(address(data), address(start), address(end), 1, longest, None, address(values), address(behind))
    return values, behind


def numbers_at(functions: ctypes.CDLL, data: Bytes, at: Ints, longest: int) -> tuple[Ints, Ints]:
    """Decode one number at each of many places of a padded array. Return them, and the places behind them."""
    at = ints(at)
    values, behind = np.empty(len(at), np.int64), np.empty(len(at), np.int64)
    functions.fs_wire_at(
        address(data), len(data), address(at), len(at), longest, address(values), address(behind)
    )
    return values, behind


def fields(functions: ctypes.CDLL, data: Bytes, starts: Ints, ends: Ints) -> tuple[list[Ints], Ints]:
    """Return the fields of many messages, and for each message the place of the first byte that is no field.

    Fields are six columns: message, number, wire type, start, end and value.
    """
    starts, ends = ints(starts), ints(ends)
    stopped = np.empty(len(starts), np.int64)

    def call(columns: ctypes.Array[ctypes.c_void_p] | None) -> int:
        count: int = functions.fs_wire_fields(
            address(data), address(starts), address(ends), len(starts), columns, address(stopped)
        )
        return count

    return _filled(call, 6), stopped


def events(
    functions: ctypes.CDLL, data: Bytes, start: int, size: int, smallest: int
) -> tuple[list[Ints], int]:
    """Return the events of a chunk of `size` bytes as columns, and the place of the first byte that is none.

    `data` is padded. The columns are the places behind the sizes, the ends, and the types.
    """
    stopped = np.empty(1, np.int64)

    def call(columns: ctypes.Array[ctypes.c_void_p] | None) -> int:
        count: int = functions.fs_jfr_events(
            address(data), start, size, len(data) - size, smallest, columns, address(stopped)
        )
        return count

    return _filled(call, 3), int(stopped[0])


def _filled(call: Callable[[ctypes.Array[ctypes.c_void_p] | None], int], width: int) -> list[Ints]:
    """Return `width` columns of the length that a call without any counts, filled by another call."""
    count = call(None)
    columns = [np.empty(count, np.int64) for _ in range(width)]
    call((ctypes.c_void_p * width)(*map(address, columns)))
    return columns


def traces(
    functions: ctypes.CDLL, data: Bytes, place: tuple[int, int], count: int, layout: tuple[int, ...]
) -> tuple[list[Ints], int]:
    """Return at most `count` stack traces as three columns, and the place behind the last whole one.

    `place` is where the traces begin, and where the bytes end. `layout` has the seven numbers of `fs_layout`.
    The columns are key and length, one a trace, and method and kind as one number, one a frame.
    """
    shape = (ctypes.c_int64 * len(layout))(*layout)
    found = np.empty(3, np.int64)
    functions.fs_jfr_traces(address(data), *place, count, shape, None, address(found))
    whole, frames, behind = found.tolist()
    columns = [np.empty(rows, np.int64) for rows in (whole, whole, frames)]
    addresses = (ctypes.c_void_p * 3)(*map(address, columns))
    functions.fs_jfr_traces(address(data), *place, whole, shape, addresses, address(found))
    return columns, behind


def folded_lines(
    functions: ctypes.CDLL, parent: Words, frame: Words, own: Ints, names: Sequence[bytes]
) -> Iterator[bytes]:
    """Yield the lines of `fs_folded` in pieces of whole lines. `names` has one name a frame."""
    parent, frame = (np.ascontiguousarray(column, np.uint32) for column in (parent, frame))
    own, text = ints(own), b"".join(names)
    starts = np.zeros(len(names) + 1, np.int64)
    np.cumsum([len(name) for name in names], out=starts[1:])
    at, out = np.zeros(1, np.int64), np.empty(PIECE, np.uint8)
    columns = [address(column) for column in (parent, frame, own)]
    while at[0] < len(parent):
        rest = (text, address(starts), address(at), address(out), len(out))
        written = functions.fs_folded(*columns, len(parent), *rest)
        if written < 0:
            out = np.empty(-written, np.uint8)
        elif written:
            yield out[:written].tobytes()


class Forest:
    """A forest whose rows stand behind their parents. Row 0 is the root, and its own parent."""

    def __init__(self, functions: ctypes.CDLL, parent: Ints) -> None:
        """`parent` has the parent of every row."""
        self._functions = functions
        self._parent = ints(parent)

    def depths(self) -> Ints:
        """Return the number of steps from every row to the root."""
        found = np.empty(len(self._parent), np.int64)
        self._functions.fs_forest_depths(address(self._parent), len(found), address(found))
        return found

    def inherit(self, values: Ints) -> Ints:
        """Return the values, those that are negative replaced by that of the parent."""
        found = np.array(values, np.int64)
        self._functions.fs_forest_inherit(address(self._parent), len(found), address(found))
        return found

    def with_parents(self, rows: Ints) -> Ints:
        """Return some rows and all above them, sorted."""
        rows, marked = ints(rows), np.zeros(len(self._parent), np.uint8)
        self._functions.fs_forest_mark(address(self._parent), address(rows), len(rows), address(marked))
        return np.flatnonzero(marked)
