"""Questions about the paths of a call tree, against walks from node to node."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from flamescope_py.model import CallTree
from flamescope_py.model.tree import preorder


@st.composite
def trees(draw: st.DrawFn) -> CallTree:
    """Return trees of up to 30 nodes: chains, wide ones, and a root alone."""
    count = draw(st.integers(1, 30))
    parent = np.array([draw(st.integers(max(0, row - 3), max(0, row - 1))) for row in range(count)])
    return preorder(parent, np.arange(count))[0]


def path(tree: CallTree, node: int) -> list[int]:
    """Return the nodes from below the root to a node."""
    found = []
    while node:
        found.append(node)
        node = int(tree.parent[node])
    return found[::-1]


@given(tree=trees(), data=st.data())
def test_outermost_nodes_have_no_caller_of_their_group(tree: CallTree, data: st.DataObject) -> None:
    group = np.array([data.draw(st.integers(0, 3)) for _ in range(len(tree))])
    expected = [
        not any(group[above] == group[node] for above in [0, *path(tree, node)][:-1] if above != node)
        for node in range(len(tree))
    ]
    assert tree.outermost(group).tolist() == expected


@given(tree=trees(), data=st.data())
def test_every_node_has_the_outermost_wanted_node_of_its_path(tree: CallTree, data: st.DataObject) -> None:
    wanted = np.array([data.draw(st.booleans()) for _ in range(len(tree))])
    expected = [next((one for one in path(tree, node) if wanted[one]), 0) for node in range(len(tree))]
    assert tree.outermost_of(wanted).tolist() == expected
