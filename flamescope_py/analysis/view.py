"""A profile as one selection sees it: a tree to count on, and the samples that count, in time order.

Every heatmap, flame graph and comparison starts from a view; making one is the costly part of a
question, so that views are what is cached.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from flamescope_py.analysis.extras import Traits, traits
from flamescope_py.analysis.filters import FrameFilter
from flamescope_py.analysis.flavours import FLAVOURS, NODEJS
from flamescope_py.analysis.rewrite import Rewritten, map_frames, rewrite_tree
from flamescope_py.analysis.selection import Selection, kept_samples, weights
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


class Tiers(NamedTuple):
    """For the `nodejs` flavour: what it made of the tree, and every sample's node before it did."""

    traits: Traits
    source: npt.NDArray[np.uint32]


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """Samples (`time` seconds sorted, `node` of `tree`) and the tree they end in; `weight` and `heat`
    are what a sample adds to a flame graph and to a heatmap, None for 1."""

    profile: Profile
    tree: CallTree
    frames: FrameTable
    time: npt.NDArray[np.float64]
    node: npt.NDArray[np.uint32]
    weight: npt.NDArray[np.int64] | None
    heat: npt.NDArray[np.int64] | None
    moves: Moves | None = None
    tiers: Tiers | None = None

    @property
    def nbytes(self) -> int:
        """Bytes that the view's own arrays hold, the profile's not counted."""
        arrays: list[npt.NDArray[Any] | None] = [self.time, self.node, self.weight, self.heat]
        own = sum(array.nbytes for array in arrays if array is not None and array.base is None)
        return own + 4 * self.tree.frame.nbytes


def select(profile: Profile, selection: Selection) -> View:
    """Apply a selection. Raises ParameterError for a pattern that does not compile."""
    samples = profile.samples
    kept = kept_samples(profile, selection)
    weight, heat = (None if column is None else _part(column, kept) for column in weights(profile, selection))
    plain = View(
        profile,
        profile.tree,
        profile.frames,
        _part(samples.time, kept),
        _part(samples.node, kept),
        weight,
        heat,
    )
    return _flavoured(_filtered(plain, selection.frame_filters()), selection.flavor)


def _filtered(view: View, filters: Sequence[FrameFilter]) -> View:
    if not filters:
        return view
    mapped = map_frames(view.frames, filters)
    new = rewrite_tree(view.tree, view.frames, mapped, view.profile.meta.owner_level)
    dropped = np.array([frame is None for frame in mapped], dtype=np.bool_)
    moves = _moves(view.profile, dropped, new, view.node)
    return replace(view, tree=new.tree, frames=new.frames, node=new.node[view.node], moves=moves)


def _flavoured(view: View, name: str) -> View:
    flavour = FLAVOURS[name]
    if flavour is None:
        return view
    new = flavour(view.tree, view.frames, view.profile.meta.owner_level)
    tiers = Tiers(traits(view.tree, view.frames, new), view.node) if name == NODEJS else None
    return replace(view, tree=new.tree, frames=new.frames, node=new.node[view.node], tiers=tiers)


def _part(column: npt.NDArray[Any], kept: npt.NDArray[np.bool_] | None) -> npt.NDArray[Any]:
    return column if kept is None else column[kept]


def _moves(
    profile: Profile, dropped: npt.NDArray[np.bool_], new: Rewritten, source: npt.NDArray[np.uint32]
) -> Moves:
    """Find which samples a rewriting moved; the owner level stays, whatever its frames are called."""
    tree, owner = profile.tree, int(profile.meta.owner_level)
    below = tree.depth > owner
    moved = dropped[tree.frame] & below
    emptied = moved & (new.tree.depth[new.node] <= owner)
    frames = np.unique(tree.frame[below])
    return Moves(int(np.count_nonzero(dropped[frames])), moved, emptied, source)
