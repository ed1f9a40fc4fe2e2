"""Joins the stacks of neighbouring samples to spans of frames.

Spans open and close where neighbours stop sharing their path. At each level of a thread they alternate, so
that the n-th opening belongs to the n-th closing.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from flamescope_py.errors import TooLargeError
from flamescope_py.model import CallTree
from flamescope_py.model.runs import ANY

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Spans:
    """Columns with one row per span, by the sample at which it begins, outer spans first.

    `node` is the node of its frame, `first` and `last` (inclusive) are the samples inside, and `depth` is the
    distance from the outermost frame.
    """

    node: npt.NDArray[np.uint32]
    first: Ints
    last: Ints
    depth: Ints


def join_stacks(
    tree: CallTree,
    node: npt.NDArray[np.uint32],
    joined: npt.NDArray[np.bool_],
    most: int,
    through: npt.NDArray[np.uint32] | None,
) -> Spans:
    """Join the stacks of consecutive samples, which end at `node`.

    `joined` tells for each sample whether it continues into the next. `through`, if given, is the innermost
    node that stayed open since the sample before, or ANY: what is called again after that is another span.
    Raises TooLargeError for more than `most` spans.
    """
    depth = tree.depth[node].astype(np.int64)
    shared = _shared_depths(tree, node, joined, most)
    if through is not None:
        open_depth = np.where(through == ANY, ANY, tree.depth[np.where(through == ANY, 0, through)])
        shared = np.minimum(shared, open_depth[1:].astype(np.int64))
    # The depths that a sample shares with the one before and with the one after.
    before, after = np.concatenate(([0], shared)), np.concatenate((shared, [0]))
    count = int((depth - before).sum())
    if count > most:
        raise _too_many(most)
    first, level, found = _openings(tree, node, depth, before, count)
    last, closing = _ranges(after, depth)
    opened, closed = np.lexsort((first, level)), np.lexsort((last, closing))
    ends = np.empty(count, np.int64)
    ends[opened] = last[closed]
    return Spans(found, first, ends, level - 1)


def _shared_depths(
    tree: CallTree, node: npt.NDArray[np.uint32], joined: npt.NDArray[np.bool_], most: int
) -> Ints:
    """Return the depth of the deepest frame that each sample shares with the next, 0 if not joined."""
    above, other = node[:-1].astype(np.int64), node[1:].astype(np.int64)
    shared = np.zeros(len(above), np.int64)
    rows = np.flatnonzero(joined[: len(above)])
    steps = 0
    while len(rows):
        at = above[rows]
        # In pre-order, a subtree is a slice.
        inside = (at <= other[rows]) & (other[rows] < tree.end[at])
        shared[rows[inside]] = tree.depth[at[inside]]
        rows = rows[~inside]
        above[rows] = tree.parent[above[rows]]
        # Each step closes a span.
        steps += len(rows)
        if steps > most:
            raise _too_many(most)
    return shared


def _openings(
    tree: CallTree, node: npt.NDArray[np.uint32], depth: Ints, before: Ints, count: int
) -> tuple[Ints, Ints, npt.NDArray[np.uint32]]:
    """Return the sample, the depth and the node of each frame that the sample before has not."""
    sample, level = _ranges(before, depth)
    found = np.empty(count, np.uint32)
    place = np.cumsum(depth - before) - 1
    at, left = node.copy(), depth - before
    rows = np.flatnonzero(left)
    while len(rows):
        found[place[rows]] = at[rows]
        at[rows] = tree.parent[at[rows]]
        place[rows] -= 1
        left[rows] -= 1
        rows = rows[left[rows] > 0]
    return sample, level, found


def _ranges(low: Ints, high: Ints) -> tuple[Ints, Ints]:
    """Return the row and the value of each whole number above `low` and up to `high`, row by row."""
    size = high - low
    row = np.repeat(np.arange(len(size)), size)
    start = np.cumsum(size) - size
    return row, np.arange(len(row)) - start[row] + low[row] + 1


def _too_many(most: int) -> TooLargeError:
    return TooLargeError(
        f"The stack chart has more than {most} spans (max_graph_nodes): select a shorter range, or a thread."
    )
