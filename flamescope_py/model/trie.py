"""A tree of stacks while it is being made: frames and nodes are interned and get integers as they come."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping
from itertools import islice
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from flamescope_py.model.frame import ROOT, Frame, FrameTable
from flamescope_py.model.tree import CallTree, Ints, NodeId, preorder

T = TypeVar("T")

_NODE_BITS = 32


class StackTrie:
    """Nodes stand in the order in which they came. Those of a part that was grafted may be there already."""

    def __init__(self) -> None:
        """Start with a root and nothing else."""
        self._frames: dict[tuple[str, str, str], int] = {(ROOT.name, ROOT.library, ROOT.kind): 0}
        self._frame_rows: list[tuple[str, str, str]] = []
        self._nodes: dict[int, int] = {}
        self._parent = array("I", [0])
        self._frame = array("I", [0])

    def frame(self, name: str, library: str = "", kind: str = "") -> int:
        """Intern a frame and give its id."""
        return self._frames.setdefault((name, library, kind), len(self._frames))

    def frame_at(self, frame: int) -> Frame:
        """Give the frame of an id, the inverse of `frame`."""
        if len(self._frame_rows) < len(self._frames):
            self._frame_rows.extend(islice(self._frames, len(self._frame_rows), None))
        return Frame(*self._frame_rows[frame])

    def frame_of(self, node: NodeId) -> int:
        """Give the frame id of a node."""
        return self._frame[node]

    def child(self, parent: NodeId, frame: int) -> NodeId:
        """Give the node for `frame` below `parent`, new or known."""
        key = parent << _NODE_BITS | frame
        node = self._nodes.get(key)
        if node is None:
            node = self._nodes[key] = len(self._parent)
            self._parent.append(parent)
            self._frame.append(frame)
        return node

    def stack(self, frames: Iterable[int], below: NodeId = 0) -> NodeId:
        """Give the node where a stack ends; `frames` run from the root to the leaf."""
        nodes, node = self._nodes, below
        for frame in frames:
            known = nodes.get(node << _NODE_BITS | frame)
            node = self.child(node, frame) if known is None else known
        return node

    def graft(self, other: StackTrie, frames: Ints) -> npt.NDArray[np.uint32]:
        """Take in all nodes of another trie; gives the new node of each.

        `frames` says which frame of this one each of the other's is. What both have stands here twice until
        `freeze`: joining equal nodes is cheaper where they are brought into order anyway.
        """
        nodes = np.arange(len(other._parent), dtype=np.uint32) + np.uint32(len(self._parent) - 1)
        nodes[0] = 0
        self._parent.frombytes(nodes[np.array(other._parent)[1:]].tobytes())
        self._frame.frombytes(frames[np.array(other._frame)[1:]].astype(np.uint32).tobytes())
        return nodes

    def freeze(self) -> tuple[CallTree, FrameTable, npt.NDArray[np.uint32]]:
        """Order frames by name and nodes by pre-order; also gives the new row of every node.

        Frames that no node has are left out: what was looked up and not used leaves no trace.
        """
        column = np.array(self._frame, dtype=np.int64)
        names, place = ordered(self._frames, column)
        frame = place[column]
        tree, moved = preorder(np.array(self._parent, dtype=np.int64), frame)
        return tree, FrameTable.of(names), moved


def ordered(
    rows: Mapping[T, int], used: npt.NDArray[np.integer[Any]]
) -> tuple[list[T], npt.NDArray[np.int64]]:
    """Sort the names whose rows are used; also gives, for every row, its name's place among them.

    `rows` maps names to row numbers in the order 0, 1, …. One row at least, for samples that name none.
    """
    wanted = np.zeros(max(len(rows), int(used.max(initial=0)) + 1), dtype=np.bool_)
    wanted[used] = True
    names = sorted(name for name, row in rows.items() if wanted[row])  # type: ignore[type-var]  # tuples, strings
    place = np.zeros(len(wanted), dtype=np.int64)
    place[[rows[name] for name in names]] = np.arange(len(names))
    return names, place
