"""Applies a selection to a profile: the result is a tree, and the samples that end in it, in time order.

Every heatmap, flame graph and comparison starts from a view, whose making is the costly part. The kept
samples do not depend on the rewritten stacks, nor these on them. So `keep_samples` and `rewrite_stacks` can
be cached apart, and `apply_shape` puts the two together in no time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from flamescope_py.analysis.counting import NodeCounts
from flamescope_py.analysis.filtering import filter_tree
from flamescope_py.analysis.filters.named import FrameFilter
from flamescope_py.analysis.flavours.extras import Traits, traits
from flamescope_py.analysis.flavours.table import FLAVOURS
from flamescope_py.analysis.rewrite import Rewritten
from flamescope_py.analysis.selection import Selection, kept_samples, weights
from flamescope_py.analysis.vocabulary import NODEJS
from flamescope_py.model import CallTree, FrameTable, Profile


@dataclass(frozen=True, slots=True, eq=False)
class Moves:
    """The effect of frame filters on the samples of a view.

    `frames` counts the distinct dropped frames. `moved` and `emptied` have one bool per node of the
    unfiltered tree: a sample that ended there now ends at a caller, or has no frame but its command. `source`
    is every sample's node in the unfiltered tree.
    """

    frames: int
    moved: npt.NDArray[np.bool_]
    emptied: npt.NDArray[np.bool_]
    source: npt.NDArray[np.uint32]


class Tiers(NamedTuple):
    """For the `nodejs` flavour: the traits that it merged, and every sample's node before it did."""

    traits: Traits
    source: npt.NDArray[np.uint32]


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """Samples (`time` in seconds, sorted; `node` of `tree`) and the tree in which they end.

    A sample adds its `weight` to a flame graph and its `heat` to a heatmap; None stands for 1.
    """

    profile: Profile
    tree: CallTree
    frames: FrameTable
    time: npt.NDArray[np.float64]
    node: npt.NDArray[np.uint32]
    weight: npt.NDArray[np.int64] | None
    heat: npt.NDArray[np.int64] | None
    moves: Moves | None = None
    tiers: Tiers | None = None
    _counts: NodeCounts = field(default_factory=NodeCounts)

    def counts(self, part: slice) -> npt.NDArray[np.int64]:
        """Sum the weights of the samples that end at every node, over some rows of the samples."""
        return self._counts.of(self.node, self.weight, len(self.tree), part)

    @property
    def nbytes(self) -> int:
        """Bytes of the view's own arrays, without those that it shares with the profile."""
        arrays: list[npt.NDArray[Any] | None] = [self.time, self.node, self.weight, self.heat]
        own = sum(array.nbytes for array in arrays if array is not None and array.base is None)
        return own + 4 * self.tree.frame.nbytes + self._counts.nbytes


@dataclass(frozen=True, slots=True, eq=False)
class Shape:
    """A profile's tree after frame filters and a flavour, for any kept samples.

    `filtered` is every node's row after the filters, `flavoured` every filtered node's row after the flavour;
    each is None where nothing moves. `moves` has the first three fields of `Moves`.
    """

    tree: CallTree
    frames: FrameTable
    filtered: npt.NDArray[np.uint32] | None = None
    flavoured: npt.NDArray[np.uint32] | None = None
    moves: tuple[int, npt.NDArray[np.bool_], npt.NDArray[np.bool_]] | None = None
    traits: Traits | None = None

    @property
    def nbytes(self) -> int:
        """Bytes of the shape's arrays, names estimated."""
        return 7 * self.tree.frame.nbytes + 150 * len(self.frames)


def keep_samples(profile: Profile, selection: Selection) -> View:
    """Apply the part of a selection that keeps and weighs samples; stacks stay as they are.

    Raises ParameterError for a pattern that does not compile.
    """
    samples = profile.samples
    wanted = kept_samples(profile, selection)
    weight, heat = (
        None if column is None else _part(column, wanted) for column in weights(profile, selection)
    )
    time, node = _part(samples.time, wanted), _part(samples.node, wanted)
    return View(profile, profile.tree, profile.frames, time, node, weight, heat)


def rewrite_stacks(profile: Profile, selection: Selection) -> Shape:
    """Apply the part of a selection that rewrites stacks to the tree.

    Raises ParameterError for a pattern that does not compile.
    """
    return _flavoured(_filtered(profile, selection.frame_filters()), profile, selection.flavor)


def apply_shape(view: View, shape: Shape) -> View:
    """Move a view's samples, whose stacks are as in the profile, to a rewritten tree."""
    node, moves, tiers = view.node, None, None
    if shape.moves is not None:
        moves = Moves(*shape.moves, source=node)
    if shape.filtered is not None:
        node = shape.filtered[node]
    if shape.traits is not None:
        tiers = Tiers(shape.traits, node)
    if shape.flavoured is not None:
        node = shape.flavoured[node]
    return replace(
        view,
        tree=shape.tree,
        frames=shape.frames,
        node=node,
        moves=moves,
        tiers=tiers,
        _counts=NodeCounts(),
    )


def _filtered(profile: Profile, filters: Sequence[FrameFilter]) -> Shape:
    if not filters:
        return Shape(profile.tree, profile.frames)
    new, dropped = filter_tree(profile.tree, profile.frames, filters, profile.meta.owner_level)
    return Shape(new.tree, new.frames, new.node, moves=_moves(profile, dropped, new))


def _flavoured(shape: Shape, profile: Profile, name: str) -> Shape:
    flavour = FLAVOURS[name]
    if flavour is None:
        return shape
    new = flavour(shape.tree, shape.frames, profile.meta.owner_level)
    found = traits(shape.tree, shape.frames, new) if name == NODEJS else None
    return replace(shape, tree=new.tree, frames=new.frames, flavoured=new.node, traits=found)


def _part(column: npt.NDArray[Any], kept: npt.NDArray[np.bool_] | None) -> npt.NDArray[Any]:
    return column if kept is None else column[kept]


def _moves(
    profile: Profile, dropped: npt.NDArray[np.bool_], new: Rewritten
) -> tuple[int, npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """Count the frames that nothing is left of, and mark the nodes whose samples moved or were emptied."""
    tree, owner = profile.tree, int(profile.meta.owner_level)
    emptied = dropped & (new.tree.depth[new.node] <= owner)
    frames = np.setdiff1d(tree.frame[dropped], tree.frame[~dropped & (tree.depth > owner)])
    return len(frames), dropped, emptied
