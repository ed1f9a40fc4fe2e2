"""Nodes of equal paths become one: the same tree as when every node is looked up in its parent."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from flamescope_py.analysis.rewrite import DROPPED, FrameRows, tree_of_paths
from flamescope_py.model import ROOT
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
    rows: FrameRows = {ROOT: 0} | {(name, "", ""): row for row, name in enumerate("abcdef", 1)}
    found = tree_of_paths(np.array(parent), np.array(label), rows)
    names = list(rows)
    expected = [tuple(names[mine][0] for mine in path) for path in walked(parent, label)]

    def path(row: int) -> tuple[str, ...]:
        steps = []
        while row:
            steps.append(found.frames[found.tree.frame[row]].name)
            row = int(found.tree.parent[row])
        return tuple(reversed(steps))

    assert len(found.tree) == len(set(expected))
    assert found.frames[found.tree.frame[0]].name == names[label[0]][0]
    assert [path(row) for row in found.node.tolist()] == expected


@bounded
@given(forest=forests())
def test_they_are_the_paths_of_a_walk(forest: tuple[list[int], list[int]]) -> None:
    check(*forest)


def test_a_deep_stack_and_a_lone_root() -> None:
    count = 1_000
    check([0], [5])
    check([0, *range(count)], [0] + [row % 3 - 1 for row in range(count)])
