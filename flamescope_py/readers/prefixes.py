"""Stacks that are stored as a forest: every row is a frame below the row of its caller.

The rows may refer to each other in any way: forward, in circles, or more than MAX_DEPTH deep. Where each row
stands behind its caller, the kernel walks over them. All else is pointer jumping: a few array operations per
bit of the depth, however many rows there are.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from flamescope_py._kernel import load
from flamescope_py._kernel.arrays import Forest
from flamescope_py.errors import TooLargeError
from flamescope_py.model import NodeId, ProfileBuilder
from flamescope_py.readers.limits import MAX_DEPTH

Rows = npt.NDArray[np.int64]

NO_CALLER = -1
# Threads may share one table, so that a small file could ask for a tree of any size.
MAX_NODES = 20_000_000


class Prefixes:
    """A table of stacks: `frame` (a frame of the builder) and `prefix` (a row, or NO_CALLER), one a row.

    Rows of the table are shifted by one inside: row 0 is the root, which all stacks end in.
    """

    def __init__(self, prefix: Rows, frame: Rows) -> None:
        """Find circles and depths. A prefix that is no row is none."""
        size = len(prefix)
        inside = (prefix >= 0) & (prefix < size)
        parent = np.zeros(size + 1, np.int64)
        parent[1:] = np.where(inside, prefix + 1, 0)
        self._frame = frame
        functions = load()
        is_ordered = bool((parent[1:] <= np.arange(size)).all())
        self._forest = Forest(functions, parent) if functions and is_ordered else None
        # The ancestor of every row at distance 1, 2, 4, …
        self._powers = [parent]
        self.depth: Rows
        self.circles: npt.NDArray[np.bool_] = np.zeros(size, np.bool_)
        if self._forest:
            self.depth = self._forest.depths()
        else:
            self._jump(size)

    def _jump(self, size: int) -> None:
        """Find depths, circles and all ancestors at powers of two."""
        parent = self._powers[0]
        self.depth = np.ones(size + 1, np.int64)
        self.depth[0] = 0
        ancestor = parent
        for _ in range(size.bit_length()):
            if not ancestor.any():
                break
            self.depth += self.depth[ancestor]
            ancestor = ancestor[ancestor]
            self._powers.append(ancestor)
        # Behind as many steps as there are rows, only rows of a circle, or below one, are not at the root.
        self.circles = ancestor[1:] != 0

    def __len__(self) -> int:
        """Count the stacks."""
        return len(self._frame)

    def inherit(self, values: Rows) -> Rows:
        """Return the value of every row; where it is negative, that of its nearest caller that has one."""
        found = np.concatenate(([NO_CALLER], values))
        if self._forest:
            return self._forest.inherit(found)[1:]
        for power in self._powers:
            found = np.where(found < 0, found[power], found)
        return found[1:]

    def nodes(self, builder: ProfileBuilder, stacks: Rows, below: NodeId = 0) -> tuple[Rows, int]:
        """Hang stacks into the tree and return the node of each, and how many of them were cut to MAX_DEPTH.

        `stacks` are rows of the table outside of circles; a negative one is the empty stack. Raises
        TooLargeError where the tree would get more than MAX_NODES nodes.
        """
        rows = np.maximum(stacks, NO_CALLER) + 1
        deep = int(np.count_nonzero(self.depth[rows] > MAX_DEPTH))
        if deep and self._forest:
            self._forest = None
            self._jump(len(self))
        ends = self._cut(rows) if deep else rows
        used = self._closure(ends)
        if builder.next_node + len(used) > MAX_NODES:
            raise TooLargeError(f"The stacks of all threads have more than {MAX_NODES} nodes: record fewer.")
        node, frames = np.arange(len(used)) + builder.next_node - 1, self._frame[used[1:] - 1]
        order = None
        if not self._forest:
            # Callers come before callees, as in a forest, where all rows are in order.
            order = np.argsort(self.depth[used], kind="stable")
            node[order] = node.copy()
        node[0] = below
        callers = node[self._places(used, self._powers[0][used])][1:]
        if order is not None:
            callers, frames = callers[order[1:] - 1], frames[order[1:] - 1]
        builder.append_nodes(callers, frames)
        return node[self._places(used, ends)], deep

    def _cut(self, rows: Rows) -> Rows:
        """Return for every row its ancestor at MAX_DEPTH, itself where it is not deeper."""
        above = np.maximum(self.depth[rows] - MAX_DEPTH, 0)
        for bit, power in enumerate(self._powers):
            rows = np.where(above >> bit & 1, power[rows], rows)
        return rows

    def _closure(self, rows: Rows) -> Rows:
        """Return the rows with all their callers and the root, sorted."""
        if self._forest:
            return self._forest.with_parents(np.append(rows, 0))
        if self._is_many(rows):
            mask = np.zeros(len(self._powers[0]), np.bool_)
            mask[0] = mask[rows] = True
            for power in self._powers:
                mask[power[np.flatnonzero(mask)]] = True
            return np.flatnonzero(mask)
        found = _distinct(np.concatenate(([0], rows)))
        for power in self._powers:
            found = _distinct(np.concatenate((found, power[found])))
        return found

    def _places(self, used: Rows, rows: Rows) -> Rows:
        """Return the place of every row in `used`, which is sorted."""
        if not self._is_many(rows):
            return np.searchsorted(used, rows)
        places = np.zeros(len(self._powers[0]), np.int64)
        places[used] = np.arange(len(used))
        return places[rows]

    def _is_many(self, rows: Rows) -> bool:
        """Return True where an array as long as the table costs less than sorting."""
        return 8 * len(rows) > len(self._frame)


def _distinct(rows: Rows) -> Rows:
    """Return distinct rows, sorted. np.unique hashes them, which takes minutes for numbers like these."""
    rows = np.sort(rows)
    return rows[np.concatenate(([True], rows[1:] != rows[:-1]))]
