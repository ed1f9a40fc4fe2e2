"""Rewrites a call tree by its frames: a frame filter never changes samples, it maps old nodes to new ones.

The samples of a dropped node move to its nearest kept caller. Nodes that become equal siblings merge.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from flamescope_py.model import (
    ROOT,
    CallTree,
    Frame,
    FrameTable,
    StackTrie,
    ordered,
    preorder,
)
from flamescope_py.model.tree import Ints

# The label of a removed node: its children move to its parent.
DROPPED = -1
FrameRows: TypeAlias = dict[tuple[str, str, str], int]


class Rewritten(NamedTuple):
    """A new tree over new frames, and the new node of every old one."""

    tree: CallTree
    frames: FrameTable
    node: npt.NDArray[np.uint32]


def rewrite_tree(
    tree: CallTree, frames: FrameTable, mapped: Sequence[Frame | None], keep_owners: bool
) -> Rewritten:
    """Build the tree with the frames of `mapped` in place of the old ones; None drops a frame.

    With `keep_owners` the first level (commands, threads) stays as it is.
    """
    rows: FrameRows = {ROOT: 0}
    return tree_of_paths(tree.parent, node_labels(tree, frames, mapped, rows, keep_owners), rows)


def node_labels(
    tree: CallTree, frames: FrameTable, mapped: Sequence[Frame | None], rows: FrameRows, keep_owners: bool
) -> npt.NDArray[np.int64]:
    """Return the row of every node's mapped frame. The root and kept owners keep their own frames."""
    labels = frame_labels(mapped, rows)[tree.frame]
    if keep_owners:
        owners = np.flatnonzero(tree.depth == 1)
        labels[owners] = [rows.setdefault(frames[row], len(rows)) for row in tree.frame[owners].tolist()]
    labels[0] = 0
    return labels


def frame_labels(mapped: Sequence[Frame | None], rows: FrameRows) -> npt.NDArray[np.int64]:
    """Number the frames, adding new ones to `rows`; DROPPED for None."""
    numbers = [DROPPED if frame is None else rows.setdefault(frame, len(rows)) for frame in mapped]
    return np.array(numbers, np.int64)


def tree_of_paths(parent: Ints, labels: Ints, rows: FrameRows) -> Rewritten:
    """Build the tree of all distinct paths of nodes; `labels` are numbers of `rows`, or DROPPED.

    Row 0 is the root, which is not dropped. No other node is its own parent.
    """
    labels = np.asarray(labels, np.int64)
    kept = labels != DROPPED
    # By pointer jumping: as many rounds as the longest run of dropped nodes has bits.
    nearest = np.where(kept, np.arange(len(labels)), parent)
    while not kept[nearest].all():
        nearest = nearest[nearest]
    row = np.cumsum(kept) - 1
    names, place = ordered(rows, labels[kept])
    tree, moved = preorder(row[nearest[parent[kept]]], place[labels[kept]])
    return Rewritten(tree, FrameTable.of(names), moved[row[nearest]])


def plain_labels(frames: FrameTable, rows: FrameRows) -> npt.NDArray[np.int64]:
    """Number every frame by its name and kind, adding new ones to `rows`; see `FrameTable.plain`."""
    plain = frames.plain
    number = np.array([rows.setdefault(frame, len(rows)) for frame in plain.frames], np.int64)
    return number[plain.row] if len(frames) else np.zeros(1, np.int64)


def frozen(trie: StackTrie, moved: Sequence[int]) -> Rewritten:
    """Finish a tree that was made node by node; `moved` has the new node of every old one."""
    tree, frames, position = trie.freeze()
    return Rewritten(tree, frames, position[np.array(moved)])
