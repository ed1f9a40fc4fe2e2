"""The inverted flame graph: leaves first, callers below callees, so that a function called from many
places stands in one.

All stacks climb together, one frame a round: a round is a few array operations, however many there are.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from flamescope_py.analysis.flamegraph import FlameGraph
from flamescope_py.model import preorder


def inverted(graph: FlameGraph) -> FlameGraph:
    """Turn a graph around: totals are kept, own values stand where a stack's outermost frame is."""
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
