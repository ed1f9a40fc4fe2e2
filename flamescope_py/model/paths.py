"""Merges the nodes of a tree that have equal paths, by array operations instead of a walk.

A path's hash is a polynomial of its labels: a step down the tree is a function h -> a·h + b. The functions of
a whole path are composed by pointer jumping, in as many rounds as the depth has bits. Hashes only propose
equal paths. The result is checked against the labels, and computed again with other random numbers if two
paths share a hash.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from flamescope_py.model.path_table import random_numbers
from flamescope_py.model.tree import Ints

# The label of a removed node: its children move to its parent.
DROPPED = -1


class Paths(NamedTuple):
    """Distinct paths as columns `parent` and `label`; row 0 is the root, its own parent.

    `place` is the row of every old node. A dropped node has the row of its nearest kept caller.
    """

    parent: npt.NDArray[np.int64]
    label: npt.NDArray[np.int64]
    place: npt.NDArray[np.int64]


def distinct_paths(parent: Ints, labels: Ints) -> Paths:
    """Merge nodes of equal paths; siblings may have equal labels.

    Row 0 is the root, its own parent. `labels` has one integer per node: DROPPED, or 0 and up.
    """
    # A label that no other node has keeps all nodes apart from the root.
    label: npt.NDArray[np.int64] = np.array(labels, np.int64)
    root, label[0] = label[0], label.max(initial=0) + 1
    kept = np.flatnonzero(label != DROPPED)
    while True:
        place = _classes(path_hashes(parent, label))
        any_of = np.zeros(int(place.max()) + 1, np.int64)
        any_of[place[kept]] = kept
        merged = Paths(place[parent[any_of]], label[any_of], place)
        if _agree(merged, parent, label):
            merged.label[0] = root
            return merged


def path_hashes(parent: Ints, label: npt.NDArray[np.int64]) -> npt.NDArray[np.uint64]:
    """Hash every node's path with new random numbers; the root's hash is 0."""
    factor = random_numbers(1)[0] | np.uint64(1)
    # DROPPED is -1: its number is the last one.
    number = random_numbers(int(label.max()) + 2)
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
    """Number the distinct hashes from 0, the root's first."""
    _, place = np.unique(hashes, return_inverse=True)
    root = int(place[0])
    first = np.flatnonzero(place == 0)
    place[place == root] = 0
    place[first] = root
    return place


def _agree(merged: Paths, parent: Ints, label: npt.NDArray[np.int64]) -> bool:
    """Check the merge: each group must share one label and one parent group (hash collisions do not)."""
    place = merged.place
    same = (merged.label[place] == label) & (merged.parent[place] == place[parent])
    return bool(np.where(label == DROPPED, place == place[parent], same).all())
