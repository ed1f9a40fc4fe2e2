"""Stacks interned by array operations, against the same stacks interned frame by frame."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any
from unittest import mock

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flamescope_py._kernel import load
from flamescope_py.model import ProfileBuilder, StackTrie
from flamescope_py.model.path_table import PathTable
from tests.support.kernel import without_kernel
from tests.support.strategies import bounded

Stack = Sequence[int]
Way = Callable[[], AbstractContextManager[None]]
FRAMES = 4


def trie() -> StackTrie:
    found = StackTrie()
    for number in range(1, FRAMES):
        found.frame(f"f{number}")
    return found


def interned(found: StackTrie, stacks: Sequence[Stack]) -> npt.NDArray[np.int64]:
    frames = np.array([frame for stack in stacks for frame in stack], np.int64)
    return found.stacks(frames, np.array([len(stack) for stack in stacks], np.int64))


def frozen(found: StackTrie, ends: Sequence[int]) -> list[Any]:
    """Return the tree, its frames, and the rows where stacks end: equal for equal tries."""
    tree, frames, moved = found.freeze()
    columns = (tree.frame, tree.parent, tree.depth, tree.end)
    return [frames, moved[np.array(ends, np.int64)].tolist(), *(column.tolist() for column in columns)]


stacks = st.lists(st.integers(0, FRAMES - 1), max_size=12)
batches = st.lists(st.lists(stacks, max_size=20), max_size=6)


def one_by_one(many: Sequence[Sequence[Stack]]) -> list[Any]:
    found = trie()
    return frozen(found, [found.stack(stack) for batch in many for stack in batch])


@bounded
@given(many=batches)
def test_stacks_are_the_same_in_batches_and_one_by_one(many: list[list[Stack]]) -> None:
    for way in (nullcontext, without_kernel):
        with way():
            found = trie()
            ends = [int(node) for batch in many for node in interned(found, batch)]
            assert frozen(found, ends) == one_by_one(many)
            # Known paths get their existing nodes.
            count = len(found.freeze()[2])
            assert [int(node) for batch in many for node in interned(found, batch)] == ends
            assert len(found.freeze()[2]) == count == len(found.freeze()[0])


@bounded
@given(many=batches, data=st.data())
def test_both_ways_may_be_mixed_and_grafted(many: list[list[Stack]], data: st.DataObject) -> None:
    found, ends = trie(), []
    for batch in many:
        way = data.draw(st.sampled_from(["batch", "each", "graft"]))
        if way == "batch":
            ends += interned(found, batch).tolist()
        elif way == "each":
            ends += [found.stack(stack) for stack in batch]
        else:
            other = trie()
            rows = interned(other, batch)
            ends += found.graft(other)[1][rows].tolist()
    assert frozen(found, ends) == one_by_one(many)


@bounded
@given(many=batches, last=batches)
def test_settled_tries_are_merged_in_one_pass(many: list[list[Stack]], last: list[list[Stack]]) -> None:
    found = StackTrie()
    ends = np.zeros(0, np.uint32)
    for batch in many:
        other = trie()
        rows = interned(other, batch)
        settled = other.settle()[rows]
        moved, nodes = found.graft(other)
        ends = np.concatenate((ends if moved is None else moved[ends], nodes[settled]))
    if load():
        assert len(found.freeze()[0]) == found.next_node
    for batch in last:
        other = trie()
        rows = interned(other, batch)
        moved, nodes = found.graft(other)
        assert moved is None
        ends = np.concatenate((ends, nodes[rows]))
    assert frozen(found, ends.tolist()) == one_by_one(many + last)


@bounded
@given(many=batches, kinds=st.integers(1, 5))
def test_equal_hashes_of_different_paths_change_nothing(many: list[list[Stack]], kinds: int) -> None:
    whole = PathTable.hashes

    def few(self: PathTable, *arguments: Any) -> npt.NDArray[np.uint64]:
        return whole(self, *arguments) % np.uint64(kinds) + np.uint64(1)

    with mock.patch.object(PathTable, "hashes", few), without_kernel():
        found = trie()
        ends = [int(node) for batch in many for node in interned(found, batch)]
    assert frozen(found, ends) == one_by_one(many)


@pytest.mark.parametrize("way", [nullcontext, without_kernel])
@pytest.mark.parametrize("count", [1, 100, 20_000])
def test_the_table_grows_with_its_paths(count: int, way: Way) -> None:
    found = StackTrie()
    frames = np.array([found.frame(f"f{number}") for number in range(count)])
    with way():
        nodes = found.stacks(frames, np.ones(count, np.int64))
        assert nodes.tolist() == list(range(1, count + 1))
        assert found.stacks(frames[::-1], np.ones(count, np.int64)).tolist() == nodes[::-1].tolist()


@pytest.mark.parametrize("way", [nullcontext, without_kernel])
def test_a_deep_stack_is_one_path(way: Way) -> None:
    found = trie()
    deep = np.tile([1, 2], 50_000)
    with way():
        (end,) = found.stacks(deep, np.array([len(deep)])).tolist()
        assert end == len(deep)
        assert found.stacks(deep[:-1], np.array([len(deep) - 1])).tolist() == [end - 1]


def test_a_part_that_crossed_between_processes_takes_more_stacks() -> None:
    builder = ProfileBuilder()
    frame = builder.frame("f")
    builder.stacks(np.array([frame]), np.array([1]))
    other = pickle.loads(pickle.dumps(builder))
    (node,) = other.stacks(np.array([frame, frame]), np.array([2])).tolist()
    _, _, moved = other.freeze()
    assert moved[node] == 2
