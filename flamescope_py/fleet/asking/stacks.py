"""The stacks of a collection in memory: from nodes to paths, and from a function to the nodes below it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from flamescope_py.errors import BrokenProfileError
from flamescope_py.fleet.ids import ROOT_ID
from flamescope_py.fleet.keys import distinct
from flamescope_py.model import ROOT, CallTree, Frame, FrameTable, preorder

Ints = npt.NDArray[np.int64]
_COLLISION = "Two {} of the collection have the same hash: remove the profile that was ingested last."
_UNKNOWN = "{} stacks of the samples are in no file of stacks: look at the files that are left out."
_TWICE = "A frame of the collection is there twice: its files of frames are damaged."
_NO_TREE = "The callers of some stacks do not end in the root: the collection's files of nodes are damaged."


@dataclass(frozen=True, eq=False)
class Stacks:
    """All nodes, sorted by their identity, with the rows of their parents and frames; and all frames."""

    node: Ints
    parent: Ints
    frame: Ints
    frames: FrameTable
    frame_id: Ints

    @property
    def nbytes(self) -> int:
        """About how many bytes they take in memory."""
        return 3 * self.node.nbytes + 250 * len(self.frames)

    @classmethod
    def of(cls, nodes: pa.Table, frames: pa.Table) -> Stacks:
        """Join the rows of the questions `nodes` and `frames`. Raises BrokenProfileError."""
        node, parent, frame = (np.asarray(nodes[name], np.int64) for name in ("node", "parent", "frame"))
        known = np.asarray(frames["frame"], np.int64)
        for ids, noun in ((node, "stacks"), (known, "frames")):
            if (ids[1:] == ids[:-1]).any():
                raise BrokenProfileError(_COLLISION.format(noun))
        parent = rows_of(node, parent)
        _require_a_tree(node, parent)
        columns: Any = (frames[name].to_pylist() for name in ("name", "library", "kind"))
        table = FrameTable(*map(tuple, columns))
        return cls(node, parent, rows_of(known, frame), table, known)

    def named(self, name: str) -> Ints:
        """Return the identities of all nodes whose path has a function of this name."""
        wanted = np.array([one == name for one in self.frames.name], np.bool_)
        below = wanted[self.frame] if len(self.frame) else np.zeros(0, np.bool_)
        ancestor = self.parent.copy()
        # Pointer jumping: after k rounds a node knows of its nearest 2^k callers.
        while True:
            found = below | below[ancestor] if len(ancestor) else below
            further = ancestor[ancestor] if len(ancestor) else ancestor
            if (further == ancestor).all() and (found == below).all():
                return self.node[found]
            below, ancestor = found, further

    def frame_texts(self, frames: Ints) -> list[Frame]:
        """Return the frames of some identities. Raises BrokenProfileError for one that is not known."""
        return [self.frames[row] for row in rows_of(self.frame_id, frames).tolist()]

    def names(self, part: str, most: int) -> list[str]:
        """Return the names of functions that contain a text, the shortest first."""
        found = {name for name in self.frames.name if part in name}
        return sorted(found, key=lambda name: (len(name), name))[:most]

    def tree(self, nodes: Ints) -> tuple[CallTree, FrameTable, npt.NDArray[np.uint32]]:
        """Return the tree of some nodes and their callers, and the row in it of each of `nodes`.

        Raises BrokenProfileError for a node that is not known.
        """
        rows = rows_of(self.node, nodes)
        if not len(rows):
            return *_root_alone(), np.zeros(0, np.uint32)
        used = self._with_callers(rows)
        above = np.searchsorted(used, self.parent[used])
        order = _by_depth(above)
        back = np.empty(len(order), np.int64)
        back[order] = np.arange(len(order))
        rank = self._ranks.rank[self.frame[used]]
        ranks = distinct(rank)
        tree, moved = preorder(back[above][order], np.searchsorted(ranks, rank)[order])
        frames = self.frames.rows(self._ranks.order[ranks].tolist())
        return tree, frames, moved[back[np.searchsorted(used, rows)]]

    def _with_callers(self, rows: Ints) -> Ints:
        """Return the rows of some nodes and of all their callers, sorted."""
        kept = np.zeros(len(self.node), np.bool_)
        kept[rows] = True
        level = distinct(rows)
        while len(level):
            level = distinct(self.parent[level])
            level = level[~kept[level]]
            kept[level] = True
        return np.flatnonzero(kept)

    @cached_property
    def _ranks(self) -> _Ranks:
        """Return the order of all frames by their texts. Raises BrokenProfileError if two are equal."""
        texts = list(zip(self.frames.name, self.frames.library, self.frames.kind, strict=True))
        if len(set(texts)) != len(texts):
            raise BrokenProfileError(_TWICE)
        order = np.array(sorted(range(len(texts)), key=texts.__getitem__), np.int64)
        rank = np.empty_like(order)
        rank[order] = np.arange(len(order))
        return _Ranks(order, rank)


class _Ranks(NamedTuple):
    """The rows of frames in the order of their texts, and the place of each row in it."""

    order: Ints
    rank: Ints


def _require_a_tree(node: Ints, parent: Ints) -> None:
    """Raise BrokenProfileError unless the callers of each node end in the root."""
    for _ in range(len(parent).bit_length()):
        parent = parent[parent]
    if (node[parent] != ROOT_ID).any():
        raise BrokenProfileError(_NO_TREE)


def rows_of(known: Ints, wanted: Ints) -> Ints:
    """Return the rows of identities among sorted ones. Raises BrokenProfileError if one is missing."""
    rows = np.searchsorted(known, wanted).astype(np.int64)
    found = rows < len(known)
    found[found] = known[rows[found]] == wanted[found]
    if not found.all():
        raise BrokenProfileError(_UNKNOWN.format(int(np.count_nonzero(~found))))
    return rows


def _by_depth(parent: Ints) -> Ints:
    """Return the rows of nodes with parents before children; the root is its own parent."""
    depth = (np.arange(len(parent)) != parent).astype(np.int64)
    ancestor = parent
    while True:
        depth += depth[ancestor]
        further = ancestor[ancestor]
        if (further == ancestor).all():
            return np.argsort(depth, kind="stable")
        ancestor = further


def _root_alone() -> tuple[CallTree, FrameTable]:
    zero = np.zeros(1, np.uint32)
    return CallTree(zero, zero, zero, np.ones(1, np.uint32)), FrameTable.of([ROOT])
