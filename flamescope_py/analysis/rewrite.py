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
from flamescope_py.model import CallTree, Frame, FrameTable, StackTrie

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
    trie = StackTrie()
    new_frame = np.array([DROPPED if frame is None else trie.frame(*frame) for frame in mapped])
    wanted = new_frame[tree.frame]
    if keep_owners:
        owners = np.flatnonzero(tree.depth == 1)
        wanted[owners] = [trie.frame(*frames[row]) for row in tree.frame[owners].tolist()]
    moved = [0]
    for parent, frame in zip(tree.parent[1:].tolist(), wanted[1:].tolist(), strict=True):
        above = moved[parent]
        moved.append(above if frame == DROPPED else trie.child(above, frame))
    return frozen(trie, moved)


def frozen(trie: StackTrie, moved: Sequence[int]) -> Rewritten:
    """Finish a tree that was made node by node; `moved` is every old node's new one."""
    tree, frames, position = trie.freeze()
    return Rewritten(tree, frames, position[np.array(moved)])
