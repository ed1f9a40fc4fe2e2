"""Counts of ranges from checkpoints are those of counting every sample."""

from __future__ import annotations

import numpy as np
import pytest

from flamescope_py.analysis import counting
from flamescope_py.analysis.counting import NodeCounts

NODES = 7


@pytest.fixture(autouse=True)
def small_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counting, "LEAST_STEP", 10)


def test_counts_of_every_range_are_those_of_its_samples() -> None:
    chance = np.random.default_rng(1)
    node = chance.integers(0, NODES, 125).astype(np.uint32)
    for weight in (None, chance.integers(0, 1000, 125)):
        counts = NodeCounts()
        for start in range(126):
            for stop in range(start, 126):
                expected = np.zeros(NODES, np.int64)
                np.add.at(expected, node[start:stop], 1 if weight is None else weight[start:stop])
                found = counts.of(node, weight, NODES, slice(start, stop))
                assert found.dtype == np.int64
                assert found.tolist() == expected.tolist(), (start, stop)
        assert counts.nbytes > 0


def test_an_open_slice_and_no_samples_count() -> None:
    node = np.arange(100, dtype=np.uint32) % NODES
    counts = NodeCounts()
    assert counts.of(node, None, NODES, slice(0, None)).sum() == 100
    assert counts.of(node, None, NODES, slice(90, None)).sum() == 10
    assert NodeCounts().of(node[:0], None, NODES, slice(0, None)).tolist() == [0] * NODES


def test_a_small_range_makes_no_checkpoints() -> None:
    counts = NodeCounts()
    counts.of(np.zeros(1000, np.uint32), None, NODES, slice(0, 20))
    assert counts.nbytes == 0


def test_checkpoints_take_bounded_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counting, "MOST_BYTES", 12 * NODES)
    node = np.arange(1000, dtype=np.uint32) % NODES
    counts = NodeCounts()
    assert counts.of(node, None, NODES, slice(3, 997)).sum() == 994
    # Three checkpoints and the one at the beginning.
    assert counts.nbytes == 16 * NODES
    monkeypatch.setattr(counting, "MOST_BYTES", 7 * NODES)
    assert NodeCounts().of(node, None, NODES, slice(0, 1000)).sum() == 1000
