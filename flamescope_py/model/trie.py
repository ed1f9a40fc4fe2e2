"""A tree of stacks while a profile is read: frames and nodes are interned and get integers as they come."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping
from ctypes import CDLL
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from flamescope_py._kernel import load, merge
from flamescope_py._kernel.arrays import Paths
from flamescope_py.model.frame import ROOT, Frame, FrameTable
from flamescope_py.model.path_table import PathTable
from flamescope_py.model.profile_bounds import current
from flamescope_py.model.tree import CallTree, Ints, NodeId, preorder

T = TypeVar("T")

_NODE_BITS = 32


class StackTrie:
    """A tree that grows; nodes stand in the order in which they came.

    A path has at most one node from `child` and `stack`, one from `stacks`, and those of grafted parts.
    `freeze` joins them: that is cheaper there, where nodes are brought into order anyway.
    """

    def __init__(self) -> None:
        """Start with the root alone."""
        self._frames: dict[tuple[str, str, str], int] = {(ROOT.name, ROOT.library, ROOT.kind): 0}
        self._frame_rows: list[tuple[str, str, str]] = list(self._frames)
        self._nodes: dict[int, int] = {}
        # Paths that stand twice are not told apart here, so that a tree may have twice as many nodes for now.
        self._most_nodes = 2 * current().nodes
        self._paths = PathTable()
        self._compiled_paths: Paths | None = None
        self._parent = array("I", [0])
        self._frame = array("I", [0])
        # Whether the nodes are still as `settle` left them.
        self._settled = False

    def frame(self, name: str, library: str = "", kind: str = "") -> int:
        """Intern a frame and return its id."""
        row = (name, library, kind)
        known = self._frames.get(row)
        if known is None:
            known = self._frames[row] = len(self._frame_rows)
            self._frame_rows.append(row)
        return known

    def intern_frames(self, rows: Iterable[tuple[str, str, str]]) -> list[int]:
        """Intern many frames, as `frame` does, and return their ids."""
        frames, frame_rows, found = self._frames, self._frame_rows, list[int]()
        for row in rows:
            known = frames.get(row)
            if known is None:
                known = frames[row] = len(frame_rows)
                frame_rows.append(row)
            found.append(known)
        return found

    def frame_at(self, frame: int) -> Frame:
        """Return the frame of an id, the inverse of `frame`."""
        return Frame(*self._frame_rows[frame])

    def name_of(self, frame: int) -> str:
        """Return the name of a frame."""
        return self._frame_rows[frame][0]

    def frame_of(self, node: NodeId) -> int:
        """Return the frame id of a node."""
        return self._frame[node]

    def child(self, parent: NodeId, frame: int) -> NodeId:
        """Return the node for `frame` below `parent`, new or known."""
        key = parent << _NODE_BITS | frame
        node = self._nodes.get(key)
        if node is None:
            node = self._nodes[key] = len(self._parent)
            if node > self._most_nodes:
                current().check(node, 0, 0)
            self._settled = False
            self._parent.append(parent)
            self._frame.append(frame)
        return node

    def stack(self, frames: Iterable[int], below: NodeId = 0) -> NodeId:
        """Return the node where one stack ends; `frames` run from the root to the leaf."""
        nodes, node = self._nodes, below
        for frame in frames:
            known = nodes.get(node << _NODE_BITS | frame)
            node = self.child(node, frame) if known is None else known
        return node

    def stacks(self, frames: Ints, lengths: Ints) -> npt.NDArray[np.int64]:
        """Return the nodes where many stacks end, by the kernel, else by array operations.

        `frames` holds all stacks one after the other, each from the root to the leaf; `lengths`, one value a
        stack, may be 0. Raises TooLargeError.
        """
        functions = load()
        if functions:
            self._compiled_paths = self._compiled_paths or Paths(functions)
            ends, parents, new = self._compiled_paths.stacks(frames, lengths, len(self._parent))
            self.append_nodes(parents, new)
            return ends
        ends = np.cumsum(lengths, dtype=np.int64)
        filled = lengths > 0
        found = np.zeros(len(lengths), np.int64)
        if filled.any():
            starts = (ends - lengths)[filled]
            nodes = self._nodes_of(frames.astype(np.int64), starts, lengths[filled].astype(np.int64))
            found[filled] = nodes[ends[filled] - 1]
        return found

    def _nodes_of(
        self, frames: npt.NDArray[np.int64], starts: npt.NDArray[np.int64], lengths: npt.NDArray[np.int64]
    ) -> npt.NDArray[np.int64]:
        """Return the node of every frame of stacks that are not empty."""
        count = len(self._parent)
        nodes, new = self._paths.intern(self._paths.hashes(frames, starts, lengths), count)
        parents = _parents(nodes, starts)
        self.append_nodes(parents[new], frames[new])
        right = (_column(self._parent)[nodes] == parents) & (_column(self._frame)[nodes] == frames)
        if right.all():
            return nodes
        # Two paths share a hash. Until `freeze` every stack has nodes of its own, and the table starts anew.
        del self._parent[count:], self._frame[count:]
        self._paths = PathTable()
        nodes = np.arange(count, count + len(frames))
        self.append_nodes(_parents(nodes, starts), frames)
        return nodes

    def columns(self) -> tuple[npt.NDArray[np.uint32], npt.NDArray[np.uint32]]:
        """Return the parent and the frame of every node so far, the root first."""
        return np.array(self._parent, np.uint32), np.array(self._frame, np.uint32)

    @property
    def next_node(self) -> NodeId:
        """The id of the next node that is added."""
        return len(self._parent)

    def path(self, node: NodeId) -> list[int]:
        """Return the frames from a node up to the first level."""
        frames = []
        while node:
            frames.append(self._frame[node])
            node = self._parent[node]
        return frames

    def append_nodes(self, parents: Ints, frames: Ints) -> None:
        """Append nodes, parents before children. Those that are there already stand twice until `freeze`.

        Raises TooLargeError.
        """
        if len(self._parent) + len(parents) > self._most_nodes:
            current().check(len(self._parent) + len(parents), 0, 0)
        self._append(parents, frames)

    def _append(self, parents: Ints, frames: Ints) -> None:
        self._settled = False
        for column, numbers in ((self._parent, parents), (self._frame, frames)):
            column.frombytes(np.ascontiguousarray(numbers, np.uint32).view(np.uint8).data)

    def graft(self, other: StackTrie) -> tuple[npt.NDArray[np.uint32] | None, npt.NDArray[np.uint32]]:
        """Add all nodes of another trie; return the new node of each of ours, or None, and of each of its.

        None means that ours have not moved. Where the other one is settled, this one is settled or empty, and
        there is a kernel, they are merged in one pass, in which frames get new numbers, too.
        """
        functions = load()
        if functions and other._settled and (self._settled or len(self._parent) == 1):
            return self._merge(functions, other)
        frames = np.array([self.frame(*frame) for frame in other._frames], np.uint32)
        nodes = np.arange(len(other._parent), dtype=np.uint32) + np.uint32(len(self._parent) - 1)
        nodes[0] = 0
        self._append(nodes[np.array(other._parent)[1:]], frames[np.array(other._frame)[1:]])
        return None, nodes

    def _merge(
        self, functions: CDLL, other: StackTrie
    ) -> tuple[npt.NDArray[np.uint32], npt.NDArray[np.uint32]]:
        # Both are sorted, mostly, which sorting makes use of.
        rank = {
            row: place for place, row in enumerate(dict.fromkeys(sorted([*self._frames, *other._frames])))
        }
        tries = (self, other)
        places = [np.array([rank[row] for row in trie._frames], np.uint32) for trie in tries]
        frames = [place[_column(trie._frame)] for place, trie in zip(places, tries, strict=True)]
        parents = [_column(trie._parent) for trie in tries]
        moved = [np.empty(len(parent), np.uint32) for parent in parents]
        parent, frame = (np.empty(sum(map(len, parents)), np.uint32) for _ in range(2))
        rows = merge(
            functions,
            [
                (above.ctypes.data, below.ctypes.data, len(above), new.ctypes.data)
                for above, below, new in zip(parents, frames, moved, strict=True)
            ],
            parent.ctypes.data,
            frame.ctypes.data,
        )
        self._replace(rank, parent[:rows], frame[:rows])
        return moved[0], moved[1]

    def settle(self) -> npt.NDArray[np.uint32]:
        """Bring frames and nodes into the order of `freeze`, and return the new node of each."""
        names, tree, moved = self._in_order()
        self._replace({name: place for place, name in enumerate(names)}, tree.parent, tree.frame)
        return moved

    def _replace(self, frames: dict[tuple[str, str, str], int], parent: Ints, frame: Ints) -> None:
        self._frames, self._frame_rows = frames, list(frames)
        self._nodes, self._paths, self._compiled_paths = {}, PathTable(), None
        self._parent, self._frame = array("I"), array("I")
        self._append(parent, frame)
        self._settled = True

    def freeze(self) -> tuple[CallTree, FrameTable, npt.NDArray[np.uint32]]:
        """Order frames by name and nodes by pre-order; also return the new row of every node.

        Frames without a node are left out: a frame that was only looked up leaves no trace.
        """
        names, tree, moved = self._in_order()
        return tree, FrameTable.of(names), moved

    def _in_order(self) -> tuple[list[tuple[str, str, str]], CallTree, npt.NDArray[np.uint32]]:
        column = _column(self._frame)
        names, place = ordered(self._frames, column)
        tree, moved = preorder(_column(self._parent), place.astype(np.uint32)[column])
        return names, tree, moved


def _column(numbers: array[int]) -> npt.NDArray[np.uint32]:
    """Return the numbers without a copy; the array cannot grow while the column is in use."""
    return np.frombuffer(numbers, np.uint32)


def _parents(nodes: npt.NDArray[np.int64], starts: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Return every node's parent: the node before it, or the root at the start of a stack."""
    parents = np.empty_like(nodes)
    parents[1:] = nodes[:-1]
    parents[starts] = 0
    return parents


def ordered(
    rows: Mapping[T, int], used: npt.NDArray[np.integer[Any]]
) -> tuple[list[T], npt.NDArray[np.int64]]:
    """Sort the names whose rows are used; also return, for every row, its name's place among them.

    `rows` maps names to row numbers in the order 0, 1, …. There is at least one row, for samples without one.
    """
    wanted = np.zeros(max(len(rows), int(used.max(initial=0)) + 1), dtype=np.bool_)
    wanted[used] = True
    names = sorted(name for name, row in rows.items() if wanted[row])  # type: ignore[type-var]  # tuples, strings
    place = np.zeros(len(wanted), dtype=np.int64)
    place[[rows[name] for name in names]] = np.arange(len(names))
    return names, place
