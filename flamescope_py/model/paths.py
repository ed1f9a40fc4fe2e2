"""Merges the nodes of a tree whose paths are equal, without a walk: by array operations.

A path's hash is a polynomial of its labels, so that a step down the tree is a function h -> a·h + b, and
the steps of a whole path are put together by pointer jumping, in as many rounds as the depth has bits.
Hashes only propose: the result is held against the labels, and made again with other numbers should two
paths ever share a hash.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from flamescope_py.model.tree import Ints

# A label for a node that goes: what stands below it stands below its parent.
DROPPED = -1


class Paths(NamedTuple):
    """Distinct paths as rows `parent` and `label`, int64; row 0 is the root, its own parent.

    `place`, int64: the row of every old node; a dropped node's is that of its nearest caller that is kept.
    """

    parent: npt.NDArray[np.int64]
    label: npt.NDArray[np.int64]
    place: npt.NDArray[np.int64]


def distinct_paths(parent: Ints, labels: Ints) -> Paths:
    """Merge nodes of equal paths; siblings may have equal labels.

    Row 0 is the root, its own parent. `labels` has one integer a node, DROPPED or from 0 on.
    """
    # The root's label is no other node's, so that none is merged with it.
    label: npt.NDArray[np.int64] = np.array(labels, np.int64)
    root, label[0] = label[0], label.max(initial=0) + 1
    kept = np.flatnonzero(label != DROPPED)
    while True:
        place = _classes(_hashes(parent, label))
        any_of = np.zeros(int(place.max()) + 1, np.int64)
        any_of[place[kept]] = kept
        merged = Paths(place[parent[any_of]], label[any_of], place)
        if _agree(merged, parent, label):
            merged.label[0] = root
            return merged


def _hashes(parent: Ints, label: npt.NDArray[np.int64]) -> npt.NDArray[np.uint64]:
    """Hash every node's path, with other numbers in every call; the root's is 0."""
    random = np.random.default_rng()
    factor = random.integers(2**63, dtype=np.uint64) * np.uint64(2) + np.uint64(1)
    # The number for DROPPED, -1, is the last.
    number = random.integers(2**64, size=int(label.max()) + 2, dtype=np.uint64)
    number[DROPPED] = 0
    steep = np.where(label == DROPPED, np.uint64(1), factor)
    add = number[label]
    steep[0], add[0] = 1, 0
    ancestor = parent.astype(np.int64)
    while ancestor.any():
        add += steep * add[ancestor]
        steep *= steep[ancestor]
        ancestor = ancestor[ancestor]
    return add


def _classes(hashes: npt.NDArray[np.uint64]) -> npt.NDArray[np.int64]:
    """Number equal hashes alike, from 0 on, the root's 0."""
    _, place = np.unique(hashes, return_inverse=True)
    root = int(place[0])
    first = np.flatnonzero(place == 0)
    place[place == root] = 0
    place[first] = root
    return place


def _agree(merged: Paths, parent: Ints, label: npt.NDArray[np.int64]) -> bool:
    """Say whether only equal paths were merged: equal labels below what was merged rightly itself."""
    place = merged.place
    same = (merged.label[place] == label) & (merged.parent[place] == place[parent])
    return bool(np.where(label == DROPPED, place == place[parent], same).all())
