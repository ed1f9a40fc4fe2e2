"""The calling-context tree: every distinct stack once, as integer columns in pre-order.

Pre-order makes a subtree a slice (`node : end[node]`), so that the total of every node is one
difference of prefix sums instead of a walk. Siblings stand in frame order, which is name order, so
that one set of stacks has exactly one tree, however the file was cut into chunks.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

NodeId: TypeAlias = int
Ints: TypeAlias = npt.NDArray[np.integer[Any]]


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
        """Sum `own` (one value a node) over every node's subtree; same length and order."""
        prefix = np.concatenate((np.zeros(1, dtype=own.dtype), np.cumsum(own)))
        sums: npt.NDArray[Any] = prefix[self.end] - prefix[:-1]
        return sums


def preorder(parent: Ints, frame: Ints) -> tuple[CallTree, npt.NDArray[np.uint32]]:
    """Bring a trie whose parents stand before their children into pre-order.

    `parent` and `frame` have one row a node, row 0 being the root. Returns the tree and, for every
    old row, its new row. Works level by level, so that the cost is a few array operations a level.
    """
    count = len(parent)
    depth = _depths(parent)
    levels = _levels(depth)
    size = np.ones(count, dtype=np.int64)
    for level in reversed(levels[1:]):
        np.add.at(size, parent[level], size[level])
    position = np.zeros(count, dtype=np.int64)
    for level in levels[1:]:
        _place(level, parent, frame, size, position)
    order = np.empty(count, dtype=np.int64)
    order[position] = np.arange(count)
    new = position.astype(np.uint32)
    tree = CallTree(
        frame=frame[order].astype(np.uint32),
        parent=new[parent[order]],
        depth=depth[order].astype(np.uint32),
        end=(np.arange(count) + size[order]).astype(np.uint32),
    )
    return tree, new


def _place(level: Ints, parent: Ints, frame: Ints, size: Ints, position: Ints) -> None:
    """Give the nodes of one level their rows: behind their parent and their earlier siblings."""
    sorted_level = level[np.lexsort((frame[level], position[parent[level]]))]
    parents = parent[sorted_level]
    sizes = size[sorted_level]
    before = np.cumsum(sizes) - sizes
    first = np.flatnonzero(np.concatenate(([True], parents[1:] != parents[:-1])))
    family = np.repeat(before[first], np.diff(np.concatenate((first, [len(parents)]))))
    position[sorted_level] = position[parents] + 1 + before - family


def _depths(parent: Ints) -> npt.NDArray[np.int64]:
    """Depth of every node by pointer jumping: log2(depth) rounds instead of one a level."""
    ancestor = parent.astype(np.int64)
    depth: npt.NDArray[np.int64] = (np.arange(len(parent)) != ancestor).astype(np.int64)
    while ancestor.any():
        depth += depth[ancestor]
        ancestor = ancestor[ancestor]
    return depth


def _levels(depth: npt.NDArray[np.int64]) -> list[npt.NDArray[np.int64]]:
    """Rows of every depth, from the root down."""
    order = np.argsort(depth, kind="stable")
    return np.split(order, np.cumsum(np.bincount(depth))[:-1])
