"""Applies frame filters to a call tree.

Dropping and renaming depend on a frame alone. Groups depend on its place: a group takes everything below it,
and a rest group takes the samples that would keep no frame but their command.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from flamescope_py.analysis.filters.frames import MappedFrames, map_frames
from flamescope_py.analysis.filters.named import FrameFilter
from flamescope_py.analysis.rewrite import (
    DROPPED,
    FrameRows,
    Rewritten,
    frame_labels,
    node_labels,
    tree_of_paths,
)
from flamescope_py.model import ROOT, CallTree, FrameTable
from flamescope_py.model.tree import Ints


class Filtered(NamedTuple):
    """A filtered tree, and a mask of the unfiltered nodes whose frames have no place of their own in it."""

    new: Rewritten
    dropped: npt.NDArray[np.bool_]


def filter_tree(
    tree: CallTree, frames: FrameTable, filters: Sequence[FrameFilter], keep_owners: bool
) -> Filtered:
    """Build the tree as the filters leave it, in their order.

    With `keep_owners` the first level (commands, threads) stays as it is. Raises ParameterError for a pattern
    that does not compile.
    """
    mapped = map_frames(frames, filters)
    rows: FrameRows = {ROOT: 0}
    label = node_labels(tree, frames, mapped.frame, rows, keep_owners)
    free = tree.depth > int(keep_owners)
    whole = np.array(mapped.whole)[tree.frame] & free
    if whole.any():
        label[_below_groups(tree.parent, label, whole)] = DROPPED
    joined = np.array(mapped.joined)[tree.frame] & free & (label != DROPPED)
    if joined.any():
        label[_repeated(tree.parent, label, joined)] = DROPPED
    dropped = (label == DROPPED) & free
    return Filtered(_with_rest_groups(tree, label, rows, mapped, free), dropped)


def _nearest(parent: Ints, wanted: npt.NDArray[np.bool_]) -> npt.NDArray[np.int64]:
    """Return every node's nearest proper ancestor of the mask, or the root, by pointer jumping."""
    nearest = parent.astype(np.int64)
    while True:
        moving = ~wanted[nearest] & (nearest != 0)
        if not moving.any():
            return nearest
        nearest[moving] = nearest[nearest[moving]]


def _below_groups(
    parent: Ints, label: npt.NDArray[np.int64], whole: npt.NDArray[np.bool_]
) -> npt.NDArray[np.bool_]:
    """Mark the nodes that a group above takes. A group inside another one stays, under its own name."""
    above = _nearest(parent, whole)
    taken: npt.NDArray[np.bool_] = whole[above] & (~whole | (label == label[above]))
    return taken


def _repeated(
    parent: Ints, label: npt.NDArray[np.int64], joined: npt.NDArray[np.bool_]
) -> npt.NDArray[np.bool_]:
    """Mark the nodes of the mask that repeat the label of their nearest remaining caller."""
    above = _nearest(parent, label != DROPPED)
    repeated: npt.NDArray[np.bool_] = joined & (label == label[above])
    return repeated


def _with_rest_groups(
    tree: CallTree,
    label: npt.NDArray[np.int64],
    rows: FrameRows,
    mapped: MappedFrames,
    free: npt.NDArray[np.bool_],
) -> Rewritten:
    """Build the tree; nodes without a remaining frame move to a new node for their rest group, if any."""
    groups = frame_labels(mapped.rest, rows)
    own = np.where(free, groups[tree.frame], DROPPED)
    nearest = np.where(own != DROPPED, np.arange(len(tree)), _nearest(tree.parent, own != DROPPED))
    owner = _nearest(tree.parent, label != DROPPED)
    emptied = np.flatnonzero((label == DROPPED) & ~free[owner] & (own[nearest] != DROPPED))
    parents = np.concatenate((tree.parent.astype(np.int64), owner[emptied]))
    found = tree_of_paths(parents, np.concatenate((label, own[nearest[emptied]])), rows)
    node = found.node[: len(tree)].copy()
    node[emptied] = found.node[len(tree) :]
    return found._replace(node=node)
