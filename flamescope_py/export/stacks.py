"""Lists the stacks of a flame graph, for every format but SVG."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from flamescope_py.analysis.flamegraph import FlameGraph
from flamescope_py.model import CallTree

Rows: TypeAlias = npt.NDArray[np.integer[Any]]


# So many stacks are held at a time.
BATCH = 4096


def stacks(graph: FlameGraph) -> Iterator[tuple[list[int], int]]:
    """Yield every stack with samples that end there, and their value, in tree order.

    A stack is a list of rows of `graph.frames`, from the outermost caller to the leaf, without the root,
    except for samples that end in the root.
    """
    leaves = np.flatnonzero(graph.own)
    for start in range(0, len(leaves), BATCH):
        some = leaves[start : start + BATCH]
        ends = np.cumsum(graph.depth[some], dtype=np.int64)
        frames = paths(graph.tree, some, ends).tolist()
        begin = 0
        for leaf, end, own in zip(some.tolist(), ends.tolist(), graph.own[some].tolist(), strict=True):
            yield (frames[begin:end] or [int(graph.frame[leaf])]), own
            begin = end


def paths(tree: CallTree, nodes: Rows, ends: Rows) -> npt.NDArray[np.uint32]:
    """Return the frames of the paths to some nodes, one path after the other; `ends` is where each ends.

    All paths are walked up together, one caller at a time.
    """
    frames = np.zeros(int(ends[-1]) if len(ends) else 0, np.uint32)
    place, begin = ends - 1, ends - tree.depth[nodes]
    while len(nodes):
        inside = place >= begin
        nodes, place, begin = nodes[inside], place[inside], begin[inside]
        frames[place] = tree.frame[nodes]
        nodes, place = tree.parent[nodes], place - 1
    return frames


def valid(text: str) -> str:
    """Replace half surrogate pairs, which JSON may carry and UTF-8 cannot."""
    return text.encode("utf-8", "replace").decode()
