"""Rewrites a call tree by its frames: a frame filter never touches samples, it maps old nodes to new ones.

A dropped node's samples move to its nearest kept caller; nodes that become equal siblings merge. One
loop over the nodes, which are far fewer than the samples.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import re2

from flamescope_py.analysis.filters import FrameFilter
from flamescope_py.analysis.patterns import compile_pattern, matching_frames
from flamescope_py.model import CallTree, Frame, FrameTable, preorder

DROPPED = -1


class Rewritten(NamedTuple):
    """A new tree over new frames, and for every old node its new one (uint32)."""

    tree: CallTree
    frames: FrameTable
    node: npt.NDArray[np.uint32]


def map_frames(frames: FrameTable, filters: Sequence[FrameFilter]) -> list[Frame | None]:
    """Say for every frame what the filters make of it; None where it is dropped."""
    mapped: list[Frame | None] = [frames[row] for row in range(len(frames))]
    for frame_filter in filters:
        rows = [row for row, frame in enumerate(mapped) if frame is not None]
        kept = FrameTable.of([frame for frame in mapped if frame is not None])
        dropped = matching_frames(kept, frame_filter.drop)
        rewrites = [(compile_pattern(r.pattern), r.replacement) for r in frame_filter.rewrite]
        for position, row in enumerate(rows):
            mapped[row] = None if dropped[position] else _renamed(kept[position], rewrites)
    return mapped


def _renamed(frame: Frame, rewrites: Sequence[tuple[re2._Regexp[str], str]]) -> Frame:
    text = f" {frame.name}"
    for pattern, replacement in rewrites:
        text = pattern.sub(replacement, text, 1)
    return frame._replace(name=text.removeprefix(" "))


def rewrite_tree(
    tree: CallTree, frames: FrameTable, mapped: Sequence[Frame | None], keep_owners: bool
) -> Rewritten:
    """Build the tree in which every frame is what `mapped` says.

    With `keep_owners` the first level (commands, threads) stays as it is, whatever `mapped` says.
    """
    kept = {frame for frame in mapped if frame is not None} | {frames[int(tree.frame[0])]}
    if keep_owners:
        owners = np.unique(tree.frame[tree.depth == 1])
        kept |= {frames[int(row)] for row in owners}
    names = sorted(kept)
    rank = {frame: row for row, frame in enumerate(names)}
    new_frame = np.array([DROPPED if frame is None else rank[frame] for frame in mapped], dtype=np.int64)
    wanted = new_frame[tree.frame]
    fixed = tree.depth <= int(keep_owners)
    own = np.array([rank.get(frames[row], DROPPED) for row in range(len(frames))], dtype=np.int64)
    wanted[fixed] = own[tree.frame[fixed]]
    return _rebuild(tree, wanted, FrameTable.of(names))


def _rebuild(tree: CallTree, wanted: npt.NDArray[np.int64], frames: FrameTable) -> Rewritten:
    """Insert every node below its parent's new node, merging equal siblings."""
    known: dict[int, int] = {}
    parents, new_frames, moved = [0], [int(wanted[0])], [0]
    for parent, frame in zip(tree.parent[1:].tolist(), wanted[1:].tolist(), strict=True):
        above = moved[parent]
        if frame < 0:
            moved.append(above)
            continue
        key = above << 32 | frame
        node = known.get(key)
        if node is None:
            node = known[key] = len(parents)
            parents.append(above)
            new_frames.append(frame)
        moved.append(node)
    new_tree, position = preorder(np.array(parents), np.array(new_frames))
    return Rewritten(new_tree, frames, position[np.array(moved)])
