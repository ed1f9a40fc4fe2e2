"""ProfileBuilder: interning, sorting, merging; the result does not depend on the order of arrival."""

from __future__ import annotations

import pickle
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flamescope_py.model import Frame, ParseReport, Profile, ProfileBuilder, Thread, preorder
from flamescope_py.model.tree import preorder_by_level
from tests.support.reading import assert_same, stack
from tests.support.strategies import bounded

Row = tuple[float, int, str, tuple[str, ...]]


def built(*rows: Row) -> ProfileBuilder:
    """A builder with a sample for each (time, thread, event, stack)."""
    builder = ProfileBuilder()
    for time, tid, event, frames in rows:
        node = builder.stack([builder.frame(name, "/x", "user") for name in frames])
        builder.add_samples(
            time=[time], node=[node], thread=[builder.thread(1, tid, "app")], event=[builder.event(event)]
        )
    return builder


ROWS: list[Row] = [
    (3.0, 7, "page-faults", ("b", "a")),
    (1.0, 5, "cycles", ("a", "b", "c")),
    (2.0, 7, "cycles", ("b",)),
    (4.0, 6, "cycles", ()),
]


def test_samples_are_sorted_by_time_and_early_ones_counted() -> None:
    profile = built(*ROWS).finish("test")
    assert profile.samples.time.tolist() == [1, 2, 3, 4]
    assert [stack(profile, row)[0] for row in range(3)] == ["c (/x) user", "b (/x) user", "a (/x) user"]
    assert stack(profile, 3) == []
    assert profile.report.out_of_order == 2
    assert (profile.meta.first, profile.meta.last) == (1, 4)


def test_tables_are_in_name_order_and_samples_point_into_them() -> None:
    profile = built(*ROWS).finish("test")
    assert profile.frames.name == ("a", "b", "c", "root")
    assert profile.meta.events == ("cycles", "page-faults")
    assert profile.samples.event.tolist() == [0, 0, 1, 0]
    assert profile.threads == tuple(Thread(1, tid, "app") for tid in (5, 6, 7))
    assert profile.samples.thread.tolist() == [0, 2, 2, 1]


def test_columns_have_their_types_and_defaults() -> None:
    samples = built(*ROWS).finish("test").samples
    types = {name: str(column.dtype) for name, column in samples.columns().items()}
    assert types == {
        "time": "float64",
        "node": "uint32",
        "thread": "uint32",
        "cpu": "int32",
        "event": "uint16",
        "idle": "bool",
    }
    assert samples.cpu.tolist() == [-1] * 4
    assert samples.weight is None
    assert samples.period is None


def test_a_column_that_only_some_batches_have_gets_its_default() -> None:
    builder = built(ROWS[0])
    builder.add_samples(time=[9.0, 10.0], node=[0, 0], weight=[5, 6], period=[7, 8])
    samples = builder.finish("test").samples
    assert samples.weight is not None
    assert samples.period is not None
    assert samples.weight.tolist() == [1, 5, 6]
    assert samples.period.tolist() == [0, 7, 8]


@pytest.mark.parametrize("cut", range(5))
def test_merged_parts_are_the_whole(cut: int) -> None:
    first, second = built(*ROWS[:cut]), built(*ROWS[cut:])
    first.merge(second)
    assert_same(first.finish("test"), built(*ROWS).finish("test"))


def test_merging_adds_up_reports_and_moves_line_numbers() -> None:
    first, second = ProfileBuilder(), ProfileBuilder()
    first.report = ParseReport(lines=10, lost_events=1)
    first.report.skip("why", 3, "text")
    second.report = ParseReport(lines=5, lost_events=2)
    second.report.skip("why", 2, "x" * 500, count=4)
    second.report.note("whole file")
    first.report.add_other("source lines", 2)
    second.report.add_other("source lines")
    second.report.add_other("registers")
    first.merge(second)
    assert first.report.other == {"source lines": 3, "registers": 1}
    assert (first.report.lines, first.report.lost_events, first.report.skipped) == (15, 3, 5)
    assert [note.line for note in first.report.notes] == [3, 12, None]
    assert len(first.report.notes[1].text) == 200


def test_merging_keeps_the_first_header() -> None:
    first, second = ProfileBuilder(), ProfileBuilder()
    first.header, second.header = {"hostname": "a"}, {"hostname": "b", "arch": "x86_64"}
    first.merge(second)
    assert first.header == {"hostname": "a", "arch": "x86_64"}


def test_samples_can_be_left_out_before_the_end() -> None:
    builder = built(*ROWS)
    builder.keep(np.array([True, False, True, False]))
    profile = builder.finish("test")
    assert profile.samples.time.tolist() == [2, 3]
    assert profile.report.samples == 2


def test_interning_gives_the_same_integers_again() -> None:
    builder = ProfileBuilder()
    frame = builder.frame("f", "/x", "user")
    assert builder.frame("f", "/x", "user") == frame
    assert builder.frame("f", "/y", "user") != frame
    assert builder.frame_at(frame) == Frame("f", "/x", "user")
    assert builder.frame_at(0) == Frame("root")
    assert builder.stack([frame, frame]) == builder.child(builder.child(0, frame), frame)


def test_an_empty_builder_is_an_empty_profile() -> None:
    profile = ProfileBuilder().finish("test")
    assert len(profile.samples) == 0
    assert not profile.meta.timed
    assert profile.seconds == 0
    assert len(profile.tree) == 1


def test_the_tree_is_in_pre_order_with_siblings_in_frame_order() -> None:
    #      0
    #    1   2     frames: 1 has 9, 2 has 5
    #   3   4 5    frames: 4 has 8, 5 has 7
    tree, moved = preorder(np.array([0, 0, 0, 1, 2, 2]), np.array([0, 9, 5, 1, 8, 7]))
    assert moved.tolist() == [0, 4, 1, 5, 3, 2]
    assert tree.frame.tolist() == [0, 5, 7, 8, 9, 1]
    assert tree.parent.tolist() == [0, 0, 1, 1, 0, 4]
    assert tree.depth.tolist() == [0, 1, 2, 2, 1, 2]
    assert tree.end.tolist() == [6, 4, 3, 4, 6, 6]
    assert tree.totals(np.array([1, 2, 3, 4, 5, 6])).tolist() == [21, 9, 3, 4, 11, 6]


def test_siblings_with_one_frame_are_one_node_and_so_are_their_subtrees() -> None:
    # Rows 1 and 3 have frame 5, rows 2 and 5 below them frame 6; row 4 precedes its parent.
    tree, moved = preorder(np.array([0, 0, 1, 0, 5, 3]), np.array([0, 5, 6, 5, 7, 6]))
    assert moved.tolist() == [0, 1, 2, 1, 3, 2]
    assert tree.frame.tolist() == [0, 5, 6, 7]
    assert tree.parent.tolist() == [0, 0, 1, 2]
    assert tree.depth.tolist() == [0, 1, 2, 3]
    assert tree.end.tolist() == [4, 4, 4, 4]


@bounded
@given(data=st.data(), size=st.integers(1, 60), frames=st.integers(1, 12), sorted_=st.booleans())
def test_any_tree_is_the_same_with_and_without_the_kernel(
    data: st.DataObject, size: int, frames: int, sorted_: bool
) -> None:
    parent = [0, *(data.draw(st.integers(0, row - 1)) for row in range(1, size))]
    frame = data.draw(st.lists(st.integers(0, frames), min_size=size, max_size=size))
    order = list(range(size)) if sorted_ else [0, *data.draw(st.permutations(range(1, size)))]
    place = np.argsort(order)
    rows = place[np.array(parent)[order]], np.array(frame)[order]
    expected, moved = preorder_by_level(*rows)
    found, where = preorder(*rows)
    assert where.tolist() == moved.tolist()
    for column in ("frame", "parent", "depth", "end"):
        assert getattr(found, column).tolist() == getattr(expected, column).tolist()
        assert getattr(found, column).dtype == np.uint32


def test_stacks_may_be_added_to_what_was_merged() -> None:
    first, second = built(*ROWS[:2]), built(*ROWS[2:])
    first.merge(pickle.loads(pickle.dumps(second)))
    late = built(*ROWS, (5.0, 5, "cycles", ("a", "b", "c", "d")))
    node = first.stack([first.frame(name, "/x", "user") for name in "abcd"])
    first.add_samples(
        time=[5.0], node=[node], thread=[first.thread(1, 5, "app")], event=[first.event("cycles")]
    )
    assert_same(first.finish("test"), late.finish("test"))


def check_tree(profile: Profile) -> None:
    """Check the invariants of every tree of a profile."""
    tree = profile.tree
    assert tree.parent[0] == 0
    assert (tree.parent[1:] < np.arange(1, len(tree))).all()
    assert (tree.depth[1:] == tree.depth[tree.parent[1:]] + 1).all()
    for row, end in enumerate(tree.end.tolist()):
        assert all(tree.parent[below] >= row for below in range(row + 1, end))
    families: dict[int, list[int]] = {}
    for row in range(1, len(tree)):
        families.setdefault(int(tree.parent[row]), []).append(int(tree.frame[row]))
    assert all(one < other for frames in families.values() for one, other in pairwise(frames))


def test_a_built_tree_keeps_the_promises_of_the_model() -> None:
    rng = np.random.default_rng(3)
    rows = [
        (float(number), 1, "e", tuple(rng.choice(list("abcd"), size=rng.integers(0, 9))))
        for number in range(300)
    ]
    profile = built(*rows).finish("test")
    check_tree(profile)
    for row, (_, _, _, frames) in enumerate(rows):
        assert [name.split()[0] for name in reversed(stack(profile, row))] == list(frames)


def test_events_have_units_of_their_own() -> None:
    """They follow their events into name order, and from part to part."""
    first, second = built(*ROWS[:1]), built(*ROWS[1:])
    second.add_samples(time=[5.0], node=[0], event=[second.event("allocations", "bytes")])
    first.merge(second)
    meta = first.finish("test").meta
    assert meta.events == ("allocations", "cycles", "page-faults")
    assert meta.event_units == ("bytes", "samples", "samples")
    assert built(*ROWS).finish("test").meta.event_units == ()
