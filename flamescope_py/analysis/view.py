"""A profile as one selection sees it: a tree to count on, and the samples that count, in time order.

Every heatmap, flame graph and comparison starts from a view; making one is the costly part of a
question, so that views are what is cached.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from flamescope_py.analysis.rewrite import map_frames, rewrite_tree
from flamescope_py.analysis.selection import Selection
from flamescope_py.model import CallTree, FrameTable, Profile


@dataclass(frozen=True, slots=True, eq=False)
class Moves:
    """What frame filters did to the samples of a view.

    `frames` counts the distinct frames dropped; `moved` and `emptied` (one bool a node of the
    unfiltered tree) say whether a sample that ended there now ends at a caller, and whether it has no
    frame left but its command; `source` is every sample's node in the unfiltered tree.
    """

    frames: int
    moved: npt.NDArray[np.bool_]
    emptied: npt.NDArray[np.bool_]
    source: npt.NDArray[np.uint32]


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """Samples (`time` seconds sorted, `node` of `tree`, `weight` or None for 1) and the tree they end in."""

    profile: Profile
    tree: CallTree
    frames: FrameTable
    time: npt.NDArray[np.float64]
    node: npt.NDArray[np.uint32]
    weight: npt.NDArray[np.int64] | None
    moves: Moves | None

    @property
    def nbytes(self) -> int:
        """Bytes that the view's own arrays hold, the profile's not counted."""
        return self.time.nbytes + 2 * self.node.nbytes + 4 * self.tree.frame.nbytes


def select(profile: Profile, selection: Selection) -> View:
    """Apply a selection. Raises ParameterError for a pattern that does not compile."""
    samples = profile.samples
    busy = slice(None) if not samples.idle.any() else ~samples.idle
    source = samples.node[busy]
    weight = None if samples.weight is None else samples.weight[busy]
    filters = selection.frame_filters()
    if not filters:
        return View(profile, profile.tree, profile.frames, samples.time[busy], source, weight, None)
    mapped = map_frames(profile.frames, filters)
    new = rewrite_tree(profile.tree, profile.frames, mapped, profile.meta.owner_level)
    owner = int(profile.meta.owner_level)
    dropped = np.array([frame is None for frame in mapped], dtype=np.bool_)
    moved = dropped[profile.tree.frame] & (profile.tree.depth > owner)
    emptied = moved & (new.tree.depth[new.node] <= owner)
    present = np.unique(profile.tree.frame[profile.tree.depth > owner])
    moves = Moves(int(np.count_nonzero(dropped[present])), moved, emptied, source)
    return View(profile, new.tree, new.frames, samples.time[busy], new.node[source], weight, moves)
