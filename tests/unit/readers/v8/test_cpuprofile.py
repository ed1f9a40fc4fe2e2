"""V8 CPU profiles as files of their own: how they become samples, and how odd files are handled."""

from __future__ import annotations

from typing import Any

import numpy as np
import orjson
import pytest

from flamescope_py.analysis.flamegraph import flame_graph
from flamescope_py.analysis.heatmap import heatmap
from flamescope_py.analysis.selection import Selection
from flamescope_py.errors import NoTimestampsError
from flamescope_py.model import Profile
from flamescope_py.readers.v8 import cpuprofile
from tests.support.reading import stacks
from tests.support.trees import drawn, lines
from tests.support.views import select

STARTS = 3_000_500_000


def node(number: object, name: object, *children: object, url: str = "", line: object = -1) -> dict[str, Any]:
    call = {"functionName": name, "scriptId": "0", "url": url, "lineNumber": line, "columnNumber": 0}
    return {"id": number, "callFrame": call, "hitCount": 0, "children": list(children)}


NODES = [
    node(1, "(root)", 2, 3, 4, 5),
    node(2, "(program)"),
    node(3, "(idle)"),
    node(4, "(garbage collector)"),
    node(5, "main", 6, 7, url="file:///srv/app/main.js", line=0),
    node(6, "", url="file:///srv/app/main.js", line=11),
    node(7, "work", url="node:fs", line=99),
]


def written(samples: object, deltas: object, nodes: object = None, **more: object) -> bytes:
    """Write a profile; a part that is None is left out, except nodes, which are NODES."""
    parts = {"nodes": NODES if nodes is None else nodes, "startTime": STARTS, "endTime": STARTS}
    parts |= {"samples": samples, "timeDeltas": deltas} | more
    return orjson.dumps({key: value for key, value in parts.items() if value is not None})


def profile(samples: object, deltas: object, nodes: object = None, **more: object) -> Profile:
    return cpuprofile.read([written(samples, deltas, nodes, **more)])


def notes(seen: Profile) -> list[str]:
    return [note.reason for note in seen.report.notes]


def test_a_samples_time_is_the_start_and_all_deltas_up_to_its_own() -> None:
    seen = profile([5, 6, 7], [250, 1000, 1000])
    assert seen.samples.time.tolist() == [3000.50025, 3000.50125, 3000.50225]
    assert stacks(seen) == ["(root);main", "(root);main;(anonymous)", "(root);main;work"]
    assert (seen.meta.format, seen.meta.unit, seen.meta.owner_level) == ("cpuprofile", "samples", True)


def test_a_frame_carries_its_file_and_the_line_as_the_devtools_count() -> None:
    seen = profile([6, 7], [1, 1])
    frames = set(zip(seen.frames.name, seen.frames.library, seen.frames.kind, strict=True))
    assert ("(anonymous)", "file:///srv/app/main.js:12", "") in frames
    assert ("work", "node:fs:100", "") in frames
    assert ("(root)", "", "") in frames


def test_idle_counts_nowhere_and_the_collector_in_heatmaps_only() -> None:
    view = select(profile([2, 3, 4, 5, 5], [1, 1, 1, 1, 1]), Selection())
    assert heatmap(view, 10).values.sum() == 4
    assert view.profile.report.idle == 1
    assert drawn(flame_graph(view)) == lines("""
        root 2
          (root) 2
            main 2 (2 own)
    """)


def test_a_function_of_a_file_may_be_called_idle() -> None:
    seen = profile([2], [1], [node(1, "(root)", 2), node(2, "(idle)", url="file:///srv/odd.js", line=1)])
    assert not seen.samples.idle.any()


def test_equal_names_on_other_lines_are_other_frames() -> None:
    nodes = [node(1, "(root)", 2, 3), node(2, "", url="a.js", line=0), node(3, "", url="a.js", line=9)]
    assert drawn(flame_graph(select(profile([2, 3, 3], [1, 1, 1], nodes), Selection()))) == lines("""
        root 3
          (root) 3
            (anonymous) 1 (1 own)
            (anonymous) 2 (2 own)
    """)


def test_the_seconds_before_the_first_sample_and_after_the_last_are_shown() -> None:
    seen = profile([5], [1_700_000], endTime=STARTS + 4_600_000)
    found = heatmap(select(seen, Selection()), 10)
    assert found.origin == 3000
    assert [int(column.sum()) for column in found.values] == [0, 0, 1, 0, 0, 0]


@pytest.mark.parametrize("end", [0, None, "x", 1e300, STARTS * 1000])
def test_an_end_that_cannot_be_true_shows_nothing_more(end: object) -> None:
    assert profile([5], [1], endTime=end).seconds == 1


def test_times_that_go_back_are_sorted_and_counted() -> None:
    seen = profile([5, 6, 7], [3000, -1000, 500])
    assert np.diff(seen.samples.time).min() > 0
    assert stacks(seen) == ["(root);main;(anonymous)", "(root);main;work", "(root);main"]
    assert seen.report.out_of_order == 2


def test_what_cannot_be_placed_is_skipped_counted_and_named() -> None:
    seen = profile([5, 99, "x", None, [], {}, 5], [1000] * 6)
    assert len(seen.samples) == 1
    assert seen.report.skipped == 6
    assert notes(seen) == ["samples without a time delta", "samples of nodes that are not in the profile"]


def test_a_sample_keeps_its_time_when_an_unknown_one_is_before_it() -> None:
    assert profile([99, 5], [1_000_000, 250_000]).samples.time.tolist()[-1] == 3001.75


def test_ids_written_as_text_are_the_same_ids() -> None:
    seen = profile(["2", 2.0], [1, 1], [node("1", "(root)", "2"), node(2, "f")])
    assert stacks(seen) == ["(root);f", "(root);f"]


def test_deltas_that_are_no_numbers_count_as_0() -> None:
    seen = profile([5, 5, 5], [1000, "x", None])
    assert seen.samples.time.tolist() == [3000.501] * 3
    assert seen.report.repaired == 2
    assert len(profile([5, 5], ["1000", 1000]).samples) == 2


@pytest.mark.parametrize("start", [None, "x", [], 1e300])
def test_without_a_start_times_count_from_0(start: object) -> None:
    seen = profile([5], [1000], startTime=start)
    assert seen.samples.time.tolist() == [0.001]
    assert notes(seen) == ["a profile without startTime: its times count from 0"]


def test_a_delta_of_years_leaves_the_samples_before_it() -> None:
    seen = profile([5, 5, 5, 6], [1000, 1000, 1000, 10**15])
    assert len(seen.samples) == 3
    assert seen.report.skipped == 1


def test_the_first_of_two_nodes_with_one_id_is_kept() -> None:
    seen = profile([2], [1], [node(1, "(root)", 2), node(2, "first"), node(2, "second")])
    assert stacks(seen) == ["(root);first"]
    assert (seen.report.skipped, notes(seen)) == (1, ["a node whose id another has"])


def test_a_circle_that_no_root_leads_to_stays_out() -> None:
    nodes = [node(1, "(root)", 2), node(2, "f"), node(3, "a", 4), node(4, "b", 3)]
    seen = profile([2, 3], [1, 1], nodes)
    assert stacks(seen) == ["(root);f"]
    assert seen.report.skipped == 3


def test_a_circle_without_a_root_begins_at_its_first_node() -> None:
    seen = profile([1, 2, 3], [1, 1, 1], [node(1, "a", 2, 1), node(2, "b", 3), node(3, "c", 1)])
    assert stacks(seen) == ["a", "a;b", "a;b;c"]
    assert seen.report.repaired == 2


def test_a_node_below_two_others_stays_below_the_first() -> None:
    nodes = [node(1, "(root)", 2, 3), node(2, "a", 4), node(3, "b", 4), node(4, "c")]
    seen = profile([4], [1], nodes)
    assert stacks(seen) == ["(root);a;c"]
    assert seen.report.repaired == 1


def test_odd_nodes_do_not_hide_the_others() -> None:
    nodes = [node(1, "(root)", 2, "x", None), 7, None, {"id": 3}, node(None, "n"), node(2, ["no", "name"])]
    assert stacks(profile([2, 3], [1, 1], nodes)) == ["(root);(anonymous)", "(anonymous)"]


def chain(depth: int) -> list[dict[str, Any]]:
    return [node(number, f"f{number}", number + 1) for number in range(1, depth + 1)]


def test_stacks_of_5000_frames_are_whole() -> None:
    (stack,) = stacks(profile([5000], [1], chain(5000)))
    assert stack.count(";") == 4999


def test_deeper_stacks_are_cut_and_it_is_said() -> None:
    seen = profile([30_000], [1], chain(30_000))
    assert int(seen.tree.depth.max()) == 10_000
    assert "stacks deeper than 10000 frames, cut there" in notes(seen)


@pytest.mark.parametrize("more", [{"deltas": None}, {"deltas": 7}])
def test_without_deltas_there_is_a_flame_graph_and_no_heatmap(more: dict[str, Any]) -> None:
    view = select(profile([5, 5, 6], **more), Selection())
    assert flame_graph(view).total[0] == 3
    with pytest.raises(NoTimestampsError):
        heatmap(view, 10)


def test_without_samples_v8s_own_counts_are_the_flame_graph() -> None:
    nodes = [node(1, "(root)", 2, 3), node(2, "f") | {"hitCount": 5}, node(3, "(idle)") | {"hitCount": 70}]
    view = select(profile(None, None, nodes), Selection())
    assert drawn(flame_graph(view)) == lines("""
        root 5
          (root) 5
            f 5 (5 own)
    """)
