"""CPU profiles in other shapes: wrapped, as a tree below `head`, with timestamps instead of deltas."""

from __future__ import annotations

import io
import json
from typing import Any

import numpy as np
import orjson
import pytest

from flamescope_py.analysis.flamegraph import flame_graph
from flamescope_py.analysis.heatmap import heatmap
from flamescope_py.analysis.selection import Selection
from flamescope_py.analysis.vocabulary import PERIOD
from flamescope_py.errors import BrokenProfileError, UnknownFormatError
from flamescope_py.model import Profile
from flamescope_py.readers.source import sniff_file
from flamescope_py.readers.v8 import cpuprofile
from tests.support.reading import assert_same, read, stacks
from tests.support.views import select

SECOND = 1_000_000


def call(name: str) -> dict[str, Any]:
    return {"functionName": name, "scriptId": "0", "url": "", "lineNumber": -1, "columnNumber": -1}


NODES = [
    {"id": 1, "callFrame": call("(root)"), "children": [2, 4]},
    {"id": 2, "callFrame": call("main"), "children": [3]},
    {"id": 3, "callFrame": call("hot"), "hitCount": 2},
    {"id": 4, "callFrame": call("(garbage collector)"), "hitCount": 1},
]
PLAIN = {
    "nodes": NODES,
    "startTime": SECOND,
    "endTime": 2 * SECOND,
    "samples": [3, 3, 4, 2],
    "timeDeltas": [100, 250, 1000, 50],
}


def leaf(name: str, number: object, *children: object, line: int = 0) -> dict[str, Any]:
    return {
        "functionName": name,
        "url": "a.js" if line else "",
        "lineNumber": line,
        "bailoutReason": "",
        "id": number,
        "hitCount": 1,
        "children": list(children),
    }


TREE = leaf("(root)", 1, leaf("main", 2, leaf("hot", 3, line=5), line=1), leaf("(garbage collector)", 4))


def opened(document: object) -> Profile:
    text = orjson.dumps(document)
    assert sniff_file(io.BytesIO(text)).type == "cpuprofile"
    return read(text, "unknown")


def sorted_keys(value: object) -> bytes:
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


@pytest.mark.parametrize(
    "document",
    [
        {"profile": PLAIN},
        {"result": {"profile": PLAIN}},
        {"id": 7, "result": {"profile": PLAIN}},
        {"method": "Profiler.consoleProfileFinished", "params": {"id": "1", "profile": PLAIN, "title": ""}},
        {"cpuProfile": PLAIN},
        {"data": {"message": {"result": {"profile": PLAIN}}}},
        [PLAIN],
    ],
)
def test_a_wrapper_changes_nothing(document: object) -> None:
    assert_same(opened(document), opened(PLAIN))
    text = sorted_keys(document)
    assert sniff_file(io.BytesIO(text)).type == "cpuprofile"
    assert_same(read(text, "cpuprofile"), opened(PLAIN))


def test_a_wrapper_is_known_where_the_samples_are_longer_than_a_head() -> None:
    long = PLAIN | {"samples": [3] * 100_000, "timeDeltas": [10] * 100_000}
    text = sorted_keys({"result": {"profile": long}})
    assert sniff_file(io.BytesIO(text)).type == "cpuprofile"
    assert len(read(text, "unknown").samples) == 100_000


def test_profiles_side_by_side_are_read_together() -> None:
    later = PLAIN | {"startTime": 5 * SECOND, "endTime": 6 * SECOND}
    assert len(opened({"profiles": [PLAIN, later]}).samples) == 8


@pytest.mark.parametrize("document", [{"a": {"b": {"c": {"d": {"e": {"f": PLAIN}}}}}}, {"nodes": 7}, [], 3])
def test_what_holds_no_profile_near_its_root_is_refused(document: object) -> None:
    with pytest.raises(BrokenProfileError, match="no CPU profile"):
        cpuprofile.read([orjson.dumps(document)])


def test_the_period_of_a_sample_is_its_delta() -> None:
    seen = opened(PLAIN)
    assert seen.samples.period is not None
    assert seen.samples.period.tolist() == [100, 250, 1000, 50]
    assert flame_graph(select(seen, Selection())).total[0] == 3
    weighed = select(seen, Selection(weight=PERIOD))
    assert flame_graph(weighed).total[0] == heatmap(weighed, 10).values.sum() == 1400


@pytest.mark.parametrize("odd", [-7, 10**14, "soon", None, 1e300])
def test_a_delta_that_cannot_be_true_is_no_period(odd: object) -> None:
    seen = cpuprofile.read([orjson.dumps(PLAIN | {"timeDeltas": [100, 250, odd, 50]})])
    assert seen.samples.period is not None
    assert int(seen.samples.period.sum()) <= 400


def test_a_profile_without_times_has_no_periods() -> None:
    seen = cpuprofile.read([orjson.dumps({"nodes": NODES, "samples": [3, 2]})])
    assert seen.samples.period is None
    assert not seen.meta.timed


@pytest.mark.parametrize("nodes", [{"nodes": NODES}, {"head": TREE}])
def test_timestamps_are_times(nodes: dict[str, Any]) -> None:
    stamps = [1_100_000, 1_100_250, 2_300_000, 2_300_001]
    seen = opened({**nodes, "startTime": 1, "endTime": 3, "samples": [3, 3, 4, 2], "timestamps": stamps})
    assert seen.samples.time.tolist() == [stamp / SECOND for stamp in stamps]
    assert stacks(seen) == ["(root);main;hot"] * 2 + ["(root);(garbage collector)", "(root);main"]
    assert seen.samples.period is not None
    assert seen.samples.period.tolist() == [0, 250, 1_199_750, 1]


def test_deltas_are_taken_where_there_are_both() -> None:
    assert_same(opened(PLAIN | {"timestamps": [1, 2, 3, 4]}), opened(PLAIN))


def test_a_timestamp_that_is_no_number_costs_its_sample() -> None:
    stamps = [SECOND, None, "soon", 1_200_000]
    seen = cpuprofile.read([orjson.dumps({"nodes": NODES, "samples": [3, 3, 4, 2], "timestamps": stamps})])
    assert seen.samples.time.tolist() == [1.0, 1.2]
    assert seen.report.skipped == 2
    assert "timestamps that are no numbers" in [note.reason for note in seen.report.notes]


def test_a_tree_counts_lines_from_1_and_times_in_seconds() -> None:
    stamps = [3_100_000, 3_200_000]
    seen = opened({"head": TREE, "startTime": 1, "endTime": 5, "samples": [3, 2], "timestamps": stamps})
    libraries = dict(zip(seen.frames.name, seen.frames.library, strict=True))
    assert (libraries["main"], libraries["hot"], libraries["(root)"]) == ("a.js:1", "a.js:5", "")
    assert (seen.meta.first, seen.meta.last) == (1.0, 5.0)
    assert seen.report.idle == seen.report.out_of_order == 0


def test_a_tree_without_samples_shows_its_hits() -> None:
    seen = opened({"typeId": "CPU", "uid": "0", "title": "x", "head": TREE})
    assert not seen.meta.timed
    assert sorted(stacks(seen)) == [
        "(root)",
        "(root);(garbage collector)",
        "(root);main",
        "(root);main;hot",
    ]


@pytest.mark.parametrize("number", [None, 1, "x"])
def test_nodes_of_a_tree_that_share_an_id_are_told_apart(number: object) -> None:
    tree = leaf("(root)", number, leaf("a", number, leaf("b", number)), leaf("c", number))
    seen = opened({"head": tree})
    assert sorted(stacks(seen)) == ["(root)", "(root);a", "(root);a;b", "(root);c"]


def test_a_tree_as_deep_as_v8_records_it_is_read() -> None:
    tree = leaf("f", 300)
    for number in range(299, 0, -1):
        tree = leaf("f", number, tree)
    text = json.dumps({"head": tree, "samples": [300], "timestamps": [SECOND]}).encode()
    seen = read(text, "unknown")
    assert int(seen.tree.depth.max()) == 300


def test_a_heap_profile_is_no_cpu_profile() -> None:
    head = {"callFrame": call("(root)"), "selfSize": 0, "id": 1, "children": []}
    text = orjson.dumps({"head": head, "samples": [{"size": 16, "nodeId": 1, "ordinal": 1}]})
    with pytest.raises(UnknownFormatError):
        read(text, "unknown")


@pytest.mark.parametrize("start", [999_000, -500_000, 1_000_000])
def test_the_seconds_of_a_recording_are_shown_without_samples_of_their_own(start: int) -> None:
    seen = opened(PLAIN | {"startTime": start, "timeDeltas": [2_000_000] * 4, "endTime": 12 * SECOND})
    assert len(seen.samples) == seen.report.samples == 4
    assert seen.report.idle == seen.report.out_of_order == 0
    assert (seen.origin, seen.origin + seen.seconds) == (start // SECOND, 13)
    assert heatmap(select(seen, Selection()), 10).values.sum() == 4
    assert np.isfinite(seen.samples.time).all()
