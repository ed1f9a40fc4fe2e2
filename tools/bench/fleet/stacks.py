"""The stacks of the made fleet: random walks through the functions of each service, the same every time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from flamescope_py.fleet import ids, schema
from flamescope_py.model import ROOT, Frame, FrameTable, preorder

Ints = npt.NDArray[np.int64]
# Functions that every service may call, those of one service, and its distinct stacks.
SHARED, OWN, NODES = 2_000, 500, 8_000
# How often a frame calls another one instead of returning to one of its callers.
_DEEPER = 0.6
# Zipf's exponent of the stacks: a few are on the processor most of the time.
_SKEW = 1.1


@dataclass(frozen=True, eq=False)
class Stacks:
    """The tree of one service: its identities by row, and the probability of each as the end of a stack."""

    node: Ints
    parent: Ints
    frame: Ints
    depth: Ints
    frames: FrameTable
    chance: npt.NDArray[np.float64]


def stacks_of(service: str, seed: Sequence[int]) -> Stacks:
    """Return the stacks of a service."""
    random = np.random.default_rng(seed)
    shared = [Frame(f"shared_{number}", "libc.so", "user") for number in range(SHARED)]
    own_names = [Frame(f"{service}_{number}", service, "user") for number in range(OWN)]
    table = FrameTable.of([ROOT, *shared, *own_names])
    frames = random.integers(1, len(table), NODES)
    frames[0] = 0
    tree, _ = preorder(_parents(random), frames)
    own = ids.frame_ids(table)
    node = ids.node_ids(tree, own)
    rank = random.permutation(len(node) - 1) + 1
    chance = np.concatenate(([0.0], rank**-_SKEW))
    parents, depth = node[tree.parent], tree.depth.astype(np.int64)
    return Stacks(node, parents, own[tree.frame], depth, table, chance / chance.sum())


def tables(services: Sequence[Stacks]) -> dict[str, dict[str, Ints | list[str]]]:
    """Return the columns of `nodes` and `frames` of all services, each row once."""
    node, first = np.unique(np.concatenate([one.node for one in services]), return_index=True)
    nodes: dict[str, Ints | list[str]] = {"node": node}
    for name in ("parent", "frame", "depth"):
        nodes[name] = np.concatenate([getattr(one, name) for one in services])[first]
    columns = [(one.frames.name, one.frames.library, one.frames.kind) for one in services]
    frames = {frame: None for names in columns for frame in zip(*names, strict=True)}
    table = FrameTable.of(list(frames))
    found: dict[str, Ints | list[str]] = {"frame": ids.frame_ids(table)}
    for name in ("name", "library", "kind"):
        found[name] = list(getattr(table, name))
    return {schema.NODES: nodes, schema.FRAMES: found}


def _parents(random: np.random.Generator) -> Ints:
    """Return a tree of some 20 levels, parents before children."""
    row = np.arange(NODES)
    earlier = (random.random(NODES) * row).astype(np.int64)
    return np.where(random.random(NODES) < _DEEPER, np.maximum(row - 1, 0), earlier)
