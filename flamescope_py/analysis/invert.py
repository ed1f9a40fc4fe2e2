"""Inverts a flame graph: leaves come first and callers stand below callees, so that all samples of a function
are in one place.

All stacks climb together, one frame per round. A round is a few array operations for any number of stacks.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from flamescope_py.analysis.flamegraph import FlameGraph
from flamescope_py.model import preorder


def inverted(graph: FlameGraph) -> FlameGraph:
    """Return the inverted graph: equal totals, with own samples at the outermost frame of each stack."""
    leaf = np.flatnonzero(graph.own)
    leaf = leaf[leaf > 0]
    node, place = leaf.astype(np.int64), np.zeros(len(leaf), dtype=np.int64)
    weight = graph.own[leaf]
    parents, frames = [np.zeros(1, dtype=np.int64)], [graph.frame[:1].astype(np.int64)]
    own = [np.array([graph.own[0]])]
    count = 1
    while len(node):
        key = place << 32 | graph.frame[node].astype(np.int64)
        distinct, inverse = np.unique(key, return_inverse=True)
        parents.append(distinct >> 32)
        frames.append(distinct & 0xFFFFFFFF)
        place = count + inverse
        count += len(distinct)
        node = graph.tree.parent[node].astype(np.int64)
        ended = node == 0
        own.append(np.bincount(place[ended] - count + len(distinct), weight[ended], len(distinct)))
        node, place, weight = node[~ended], place[~ended], weight[~ended]
    tree, position = preorder(np.concatenate(parents), np.concatenate(frames))
    values = np.zeros(count, dtype=np.int64)
    values[position] = np.concatenate(own).astype(np.int64)
    return replace(graph, tree=tree, own=values, total=tree.totals(values), extras=None)
