"""Counts the samples that end at every node, in any range of samples.

A view of millions of samples keeps the counts of every node before some samples, as an integral image does.
The counts of a range are then a difference of two of them, and of the few samples between them and its ends.
"""

from __future__ import annotations

from typing import Any, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

Counts: TypeAlias = npt.NDArray[np.int64]
Nodes: TypeAlias = npt.NDArray[np.integer[Any]]

# Counting fewer samples than these takes less than a millisecond.
LEAST_STEP = 1 << 17
MOST_CHECKPOINTS = 32
MOST_BYTES = 32 << 20


class _Checkpoints(NamedTuple):
    """Row i of `before` has the counts of every node before sample i · `step`."""

    step: int
    before: npt.NDArray[Any]


class NodeCounts:
    """Counts the samples of one view; safe to use from several threads."""

    def __init__(self) -> None:
        """Make the checkpoints later, with the first large range."""
        self._checkpoints: _Checkpoints | None = None

    @property
    def nbytes(self) -> int:
        """Bytes of the checkpoints."""
        return 0 if self._checkpoints is None else self._checkpoints.before.nbytes

    def of(self, node: Nodes, weight: Counts | None, nodes: int, part: slice) -> Counts:
        """Sum the weights of a part of the samples by node; None stands for 1.

        `node` and `weight` are those of all samples of the view, the same ones each time. `nodes` is the
        number of nodes.
        """
        start, stop, _ = part.indices(len(node))
        known = self._known(node, weight, nodes, stop - start)
        if known is None or stop - start < known.step:
            return _count(node, weight, nodes, start, stop)
        counts = np.zeros(nodes, np.int64)
        for sign, end in ((1, stop), (-1, start)):
            row = min((end + known.step // 2) // known.step, len(known.before) - 1)
            place = row * known.step
            counts += sign * known.before[row].astype(np.int64)
            if place < end:
                counts += sign * _count(node, weight, nodes, place, end)
            elif end < place:
                counts -= sign * _count(node, weight, nodes, end, place)
        return counts

    def _known(self, node: Nodes, weight: Counts | None, nodes: int, wanted: int) -> _Checkpoints | None:
        if self._checkpoints is None and wanted > 2 * LEAST_STEP:
            dtype = np.dtype(np.uint32 if weight is None else np.int64)
            number = min(MOST_CHECKPOINTS, len(node) // LEAST_STEP, MOST_BYTES // (dtype.itemsize * nodes))
            if number > 1:
                self._checkpoints = _made(node, weight, nodes, number, dtype)
        return self._checkpoints


def _made(node: Nodes, weight: Counts | None, nodes: int, number: int, dtype: np.dtype[Any]) -> _Checkpoints:
    step = len(node) // number
    before = np.zeros((number + 1, nodes), dtype)
    for row in range(number):
        counts = _count(node, weight, nodes, row * step, (row + 1) * step)
        np.add(before[row], counts.astype(dtype), out=before[row + 1])
    return _Checkpoints(step, before)


def _count(node: Nodes, weight: Counts | None, nodes: int, start: int, stop: int) -> Counts:
    weights = None if weight is None else weight[start:stop]
    return np.bincount(node[start:stop], weights, minlength=nodes).astype(np.int64, copy=False)
