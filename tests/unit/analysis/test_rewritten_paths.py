"""Nodes of equal paths become one: the same tree as when every node is looked up in its parent."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flamescope_py.model import DROPPED, distinct_paths, paths
from flamescope_py.model.tree import Ints
from tests.support.strategies import bounded


@st.composite
def forests(draw: st.DrawFn) -> tuple[list[int], list[int]]:
    """Draw parents before their children, with few labels for many equal paths; some nodes are dropped."""
    count = draw(st.integers(min_value=1, max_value=40))
    parent = [0] + [draw(st.integers(min_value=0, max_value=row - 1)) for row in range(1, count)]
    label = [draw(st.integers(min_value=DROPPED, max_value=2)) for _ in range(count)]
    return parent, [max(0, label[0]), *label[1:]]


def walked(parent: Sequence[int], label: Sequence[int]) -> list[tuple[int, ...]]:
    """Return every node's path of labels without the dropped ones, by a walk."""
    found: list[tuple[int, ...]] = [()]
    for above, mine in zip(parent[1:], label[1:], strict=True):
        found.append(found[above] if mine == DROPPED else (*found[above], mine))
    return found


def check(parent: Sequence[int], label: Sequence[int]) -> None:
    merged = distinct_paths(np.array(parent), np.array(label))
    assert merged.parent[0] == 0
    assert merged.label[0] == label[0]
    expected = walked(parent, label)
    assert len(merged.parent) == len(set(expected))

    def path(row: int) -> tuple[int, ...]:
        steps = []
        while row:
            steps.append(int(merged.label[row]))
            row = int(merged.parent[row])
        return tuple(reversed(steps))

    assert [path(row) for row in merged.place.tolist()] == expected


@bounded
@given(forest=forests())
def test_they_are_the_paths_of_a_walk(forest: tuple[list[int], list[int]]) -> None:
    check(*forest)


def test_a_deep_stack_and_a_lone_root() -> None:
    count = 1_000
    check([0], [5])
    check([0, *range(count)], [0] + [row % 3 - 1 for row in range(count)])


def test_hashes_that_meet_are_not_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    """First every path has the same hash, then all but two are distinct, then the real hash is used."""
    hashes, calls = paths.path_hashes, 0

    def met(parent: Ints, label: npt.NDArray[np.int64]) -> npt.NDArray[np.uint64]:
        nonlocal calls
        calls += 1
        found = hashes(parent, label)
        if calls == 1:
            return np.zeros_like(found)
        if calls == 2:
            found[3] = found[1]
        return found

    monkeypatch.setattr(paths, "path_hashes", met)
    check([0, 0, 1, 0, 3], [0, 1, 2, 2, 2])
    assert calls == 3
