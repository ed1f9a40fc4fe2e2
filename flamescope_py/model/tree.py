"""The calling-context tree: every distinct stack once, as integer columns in pre-order.

In pre-order a subtree is a slice (`node : end[node]`), so that the total of every node is one difference of
prefix sums instead of a walk. Siblings stand in frame order, which is name order: one set of stacks has
exactly one tree, however the file was cut into chunks.
"""

from __future__ import annotations

from collections.abc import Sequence
from ctypes import CDLL
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from flamescope_py._kernel import load
from flamescope_py._kernel import preorder as compiled_preorder

NodeId: TypeAlias = int
Ints: TypeAlias = npt.NDArray[np.integer[Any]]
_FRAME_BITS = 32


@dataclass(frozen=True, slots=True, eq=False)
class CallTree:
    """Columns of equal length n in pre-order; row 0 is the root, its own parent.

    `frame` uint32 (row of a FrameTable), `parent` uint32, `depth` uint32 (root 0),
    `end` uint32 (one past the last node of the subtree).
    """

    frame: npt.NDArray[np.uint32]
    parent: npt.NDArray[np.uint32]
    depth: npt.NDArray[np.uint32]
    end: npt.NDArray[np.uint32]

    def __len__(self) -> int:
        """Count the nodes, root included."""
        return len(self.frame)

    def totals(self, own: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """Return the sum of `own` (one value per node) over every node's subtree."""
        prefix = np.concatenate((np.zeros(1, dtype=own.dtype), np.cumsum(own)))
        sums: npt.NDArray[Any] = prefix[self.end] - prefix[:-1]
        return sums

    def outermost(self, group: Ints) -> npt.NDArray[np.bool_]:
        """Return a mask of the nodes without a caller of the same group, one number from 0 up per node.

        A node is inside of an earlier one of its group if the subtrees seen so far, which are slices, reach
        beyond it. The offset keeps one group's slices below those of the next.
        """
        order = np.argsort(group, kind="stable")
        offset = group[order].astype(np.int64) * (len(order) + 1)
        reached = np.maximum.accumulate(self.end[order] + offset)
        found = np.ones(len(order), np.bool_)
        found[order[1:]] = order[1:] + offset[1:] >= reached[:-1]
        return found

    def outermost_of(self, wanted: npt.NDArray[np.bool_]) -> npt.NDArray[np.intp]:
        """Return the outermost wanted node of each node's path, itself included, and 0 for none.

        The root is never wanted.
        """
        wanted = wanted & (self.depth > 0)
        first = np.flatnonzero(self.outermost(wanted.astype(np.uint8)) & wanted)
        # Their subtrees are slices, none inside of another.
        size = self.end[first].astype(np.intp) - first
        found = np.zeros(len(self), np.intp)
        found[np.repeat(first - np.cumsum(size) + size, size) + np.arange(size.sum())] = np.repeat(
            first, size
        )
        return found


class _Level(NamedTuple):
    """The nodes of one depth, in pre-order; `above` is the place of a node's parent in the level above."""

    above: npt.NDArray[np.int64]
    frame: npt.NDArray[np.int64]


def preorder(parent: Ints, frame: Ints) -> tuple[CallTree, npt.NDArray[np.uint32]]:
    """Bring a tree into pre-order; siblings with equal frames are merged, and so are their subtrees.

    `parent` and `frame` have one row per node; row 0 is the root. Return the tree and the new row of every
    old one.
    """
    functions = load()
    found = _compiled(functions, parent, frame) if functions else None
    return found or preorder_by_level(parent, frame)


def _compiled(functions: CDLL, parent: Ints, frame: Ints) -> tuple[CallTree, npt.NDArray[np.uint32]] | None:
    """Do it with the kernel; None where a node stands before its parent."""
    parent, frame = (np.ascontiguousarray(column, np.uint32) for column in (parent, frame))
    columns = [np.empty(len(parent), np.uint32) for _ in range(4)]
    moved = np.empty(len(parent), np.uint32)
    rows = compiled_preorder(
        functions,
        parent.ctypes.data,
        frame.ctypes.data,
        len(parent),
        [column.ctypes.data for column in columns],
        moved.ctypes.data,
    )
    if not rows:
        return None
    # A view would keep the memory of merged nodes.
    return CallTree(*(column if rows == len(column) else column[:rows].copy() for column in columns)), moved


def preorder_by_level(parent: Ints, frame: Ints) -> tuple[CallTree, npt.NDArray[np.uint32]]:
    """As `preorder`, with a few array operations for each level."""
    depth = _depths(parent)
    # The place of every old row's node in its level.
    place = np.zeros(len(parent), np.int64)
    root = _Level(np.zeros(1, np.int64), np.array(frame[:1], np.int64))
    levels = [root, *(_join(rows, parent, frame, place) for rows in _levels(depth)[1:])]
    sizes = _sizes(levels)
    starts = [np.zeros(1, np.int64)]
    for level, above, size in zip(levels[1:], sizes, sizes[1:], strict=False):
        # A subtree begins behind its parent and behind the subtrees of the parents before.
        below = above - 1
        begin = starts[-1] + 1 - np.cumsum(below) + below
        starts.append(begin[level.above] + np.cumsum(size) - size)
    tree = _tree(levels, starts, sizes)
    first = np.cumsum([0, *map(len, starts)])
    return tree, np.concatenate(starts)[first[depth] + place].astype(np.uint32)


def _join(rows: Ints, parent: Ints, frame: Ints, place: npt.NDArray[np.int64]) -> _Level:
    """Build a level from these rows: sort them, merge equal ones and write their places."""
    key = place[parent[rows]] << _FRAME_BITS | frame[rows].astype(np.int64)
    order = np.argsort(key)
    key = key[order]
    new = np.ones(len(key), np.bool_)
    np.not_equal(key[1:], key[:-1], out=new[1:])
    place[rows[order]] = np.cumsum(new) - 1
    key = key[new]
    return _Level(key >> _FRAME_BITS, key & ((1 << _FRAME_BITS) - 1))


def _sizes(levels: Sequence[_Level]) -> list[npt.NDArray[np.int64]]:
    """Count the nodes of every subtree, its root included, from the leaves up."""
    sizes = [np.ones(len(level.above), np.int64) for level in levels]
    for depth in range(len(levels) - 1, 0, -1):
        above = sizes[depth - 1]
        # bincount sums in float64, which is exact below 2^53.
        above += np.bincount(levels[depth].above, sizes[depth], len(above)).astype(np.int64)
    return sizes


def _tree(
    levels: Sequence[_Level], starts: Sequence[npt.NDArray[np.int64]], sizes: Sequence[npt.NDArray[np.int64]]
) -> CallTree:
    """Write all levels to the rows of their nodes."""
    start = np.concatenate(starts)
    parents = [above[level.above] for above, level in zip([starts[0], *starts], levels, strict=False)]
    columns = np.empty((4, len(start)), np.uint32)
    columns[0, start] = np.concatenate([level.frame for level in levels])
    columns[1, start] = np.concatenate(parents)
    columns[2, start] = np.repeat(np.arange(len(levels)), [len(level) for level in starts])
    columns[3, start] = start + np.concatenate(sizes)
    return CallTree(*columns)


def _depths(parent: Ints) -> npt.NDArray[np.int64]:
    """Return every node's depth, by pointer jumping: log2(depth) rounds instead of one per level."""
    ancestor = parent.astype(np.int64)
    depth: npt.NDArray[np.int64] = (np.arange(len(parent)) != ancestor).astype(np.int64)
    while ancestor.any():
        depth += depth[ancestor]
        ancestor = ancestor[ancestor]
    return depth


def _levels(depth: npt.NDArray[np.int64]) -> list[npt.NDArray[np.int64]]:
    """Return the rows of every depth, from the root down."""
    order = np.argsort(depth, kind="stable")
    return np.split(order, np.cumsum(np.bincount(depth))[:-1])
