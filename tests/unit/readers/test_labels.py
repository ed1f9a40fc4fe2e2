"""Labels of samples: sets of equal ones, bounds, and the selections and breakdowns by them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flamescope_py.analysis.breakdown.groups import sample_groups
from flamescope_py.analysis.facets import facets
from flamescope_py.analysis.selection import Selection, kept_samples
from flamescope_py.model import ParseReport, Profile, ProfileBuilder
from flamescope_py.readers.labels import MAX_NAMES, MAX_VALUES, LabelTable, label_sets, numbered
from flamescope_py.service import Queries, Question, TimeRange, exported
from flamescope_py.store import index_files
from tests.support.reading import assert_same, read

WHOLE = TimeRange(None, None)


def labelled() -> Profile:
    builder = ProfileBuilder()
    node = builder.stack([builder.frame("main")])
    sets = [
        (("endpoint", "/a"), ("host", "web-1")),
        (("endpoint", "/b"), ("host", "web-1")),
        (("host", "web-2"),),
    ]
    rows = [builder.thread(7, 8, "main", one) for one in (*sets, ())]
    builder.add_samples(
        time=range(1, 11), node=[node] * 10, thread=[rows[0]] * 4 + rows[1:3] * 2 + rows[3:] * 2
    )
    return builder.finish("x", owner_level=False)


@given(st.lists(st.lists(st.integers(0, 5), max_size=5), max_size=30))
def test_samples_have_one_number_where_their_labels_are_equal(rows: list[list[int]]) -> None:
    owner = np.array([row for row, own in enumerate(rows) for _ in own], np.int64)
    label = np.array([one for own in rows for one in own], np.int64)
    found = label_sets(owner, label, len(rows))
    for row, number in enumerate(found.number.tolist()):
        first = int(found.firsts[number])
        assert rows[first] == rows[row]
        assert first <= row
    assert len(found.firsts) == len({tuple(own) for own in rows})
    assert found.cut == 0


def test_labels_beyond_the_bounds_are_left_out_and_counted() -> None:
    table = LabelTable()
    for value in range(MAX_VALUES + 5):
        kept, dropped = table.kept({"span": str(value), "host": "a"})
        table.count(dropped, 3)
        assert ("host", "a") in kept
        assert bool(dropped) == (value >= MAX_VALUES)
    names = {f"n{row}": "x" for row in range(MAX_NAMES)}
    kept, dropped = table.kept(names)
    assert (len(kept), len(dropped)) == (MAX_NAMES - 2, 2)
    report = ParseReport()
    table.tell(report)
    assert "span (15 samples)" in report.messages[0]
    assert label_sets(np.zeros(100, np.int64), np.arange(100), 1).cut == 36


def test_numbers_follow_the_order_of_values() -> None:
    assert numbered(np.array([5, 3, 5, 9])).tolist() == [0, 1, 0, 2]


@pytest.mark.parametrize(
    ("label", "count"),
    [
        (("endpoint=/a",), 4),
        (("endpoint=/a", "endpoint=/b"), 6),
        (("endpoint=/a", "host=web-2"), 0),
        (("endpoint=",), 4),
        (("host=web-1",), 6),
        (("none=x",), 0),
        (("none=",), 10),
    ],
)
def test_selections_name_labels(label: tuple[str, ...], count: int) -> None:
    kept = kept_samples(labelled(), Selection(label=label))
    assert kept is not None
    assert int(np.count_nonzero(kept)) == count


def test_facets_and_breakdowns_count_by_labels() -> None:
    profile = labelled()
    found = {one.name: {count.value: count.samples for count in one.values} for one in facets(profile).labels}
    assert found == {"endpoint": {"/a": 4, "/b": 2}, "host": {"web-1": 6, "web-2": 2}}
    groups = sample_groups(profile, "label:endpoint")
    counts = groups.totals(np.bincount(groups.column, minlength=len(groups.table)))
    assert dict(zip(groups.labels, counts.tolist(), strict=True)) == {"/a": 4, "/b": 2, "(no endpoint)": 4}
    assert sample_groups(profile, "label:none").missing == "The samples have no label none."


def test_labels_are_in_the_index_and_in_pprof(tmp_path: Path) -> None:
    profile = labelled()
    index_files.write(profile, tmp_path)
    back = index_files.read(tmp_path, 1 << 20)
    assert_same(back, profile)
    assert back.labels == profile.labels
    content = b"".join(exported(Queries(1 << 20), profile, WHOLE, Question(), "pprof", "x"))
    again = read(content, "unknown")
    assert (again.threads, again.labels) == (profile.threads, profile.labels)


def test_parts_that_are_joined_keep_their_labels() -> None:
    first, second = ProfileBuilder(), ProfileBuilder()
    for builder, value in ((first, "a"), (second, "b")):
        node = builder.stack([builder.frame("main")])
        builder.add_samples(time=[1.0], node=[node], thread=[builder.thread(1, 1, "x", (("k", value),))])
    first.merge(second)
    assert first.finish("x").labels == ((("k", "a"),), (("k", "b"),))
