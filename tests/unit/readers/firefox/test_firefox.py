"""The Firefox Profiler's documents: of Firefox itself, and processed ones with tables of every age."""

from __future__ import annotations

import copy
import gzip
import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from flamescope_py.errors import BrokenProfileError, TooLargeError
from flamescope_py.model import Profile
from flamescope_py.readers import prefixes
from flamescope_py.readers.firefox.markers import MarkerReader
from flamescope_py.readers.firefox.tables import Strings, Table
from flamescope_py.readers.json.text import parse
from flamescope_py.readers.limits import MAX_DEPTH
from flamescope_py.readers.source import sniff_file
from tests.support.firefox import processed, rows, text
from tests.support.reading import read, stack
from tests.support.trees import lines, picture

SAMPLE = Path(__file__).resolve().parents[3] / "data" / "firefox" / "gecko.json.gz"
GECKO: dict[str, Any] = parse(gzip.decompress(SAMPLE.read_bytes()))
START = 1_700_000_000_000


def opened(document: dict[str, Any]) -> Profile:
    data = text(document)
    assert sniff_file(io.BytesIO(data)).type == "firefox"
    return read(data, "unknown")


def document(**thread: Any) -> dict[str, Any]:
    """Return a processed document of one thread: main calls work, which calls (with an address) libc."""
    names = ["main", "work", "0x1f2", "libc.so.6", "app.js", "Kernel", "wait"]
    tables = {
        "stringArray": names,
        "funcTable": {
            "name": [0, 1, 2, 6],
            "isJS": [False, True, False, False],
            "resource": [-1, -1, 0, -1],
            "fileName": [None, 4, None, None],
            "lineNumber": [None, 7, None, None],
            "length": 4,
        },
        "resourceTable": {"lib": [0], "name": [3], "type": [1], "length": 1},
        "frameTable": {
            "func": [0, 1, 2, 3],
            "category": [1, 2, None, 0],
            "inlineDepth": [0] * 4,
            "length": 4,
        },
        "stackTable": {"frame": [0, 1, 2, 3], "prefix": [None, 0, 1, 0], "length": 4},
    }
    samples = {"stack": [1, 2, 2, 3], "time": [0.5, 1010.5, 1020.5, 2000.5], "length": 4}
    categories = [{"name": name, "subcategories": ["Other"]} for name in ("Idle", "User", "JavaScript")]
    return {
        "meta": {
            "startTime": START,
            "interval": 1,
            "preprocessedProfileVersion": 50,
            "categories": categories,
        },
        "libs": [{"name": "libc.so.6"}],
        "threads": [{"name": "app", "pid": "7", "tid": 8, "samples": samples, **tables, **thread}],
    }


def test_every_sample_of_firefox_is_read() -> None:
    profile = read(SAMPLE.read_bytes(), "unknown")
    threads = [thread for process in (GECKO, *GECKO["processes"]) for thread in process["threads"]]
    found = np.bincount(profile.samples.thread).tolist()
    by_label = dict(zip([thread.command for thread in profile.threads], found, strict=True))
    assert by_label == {
        f"{thread['processName']}/{thread['name']}": len(thread["samples"]["data"]) for thread in threads
    }
    assert [thread.pid for thread in profile.threads] == [
        thread["pid"] for thread in sorted(threads, key=lambda one: str(one["processName"]), reverse=False)
    ]
    assert profile.report.skipped == 0


def test_times_are_absolute() -> None:
    profile = read(SAMPLE.read_bytes(), "unknown")
    expected = sorted(
        (process["meta"]["startTime"] + row["time"]) / 1e3
        for process in (GECKO, *GECKO["processes"])
        for thread in process["threads"]
        for row in rows(thread["samples"])
    )
    np.testing.assert_allclose(profile.samples.time, expected, rtol=0, atol=1e-6)


def test_stacks_of_firefox_have_scripts_labels_and_addresses() -> None:
    profile = read(SAMPLE.read_bytes(), "unknown")
    found = {line for row in range(len(profile.samples)) for line in stack(profile, row)}
    assert "fib (file:///srv/busy.html:10) jit" in found
    assert "spin (file:///srv/busy.html:4) jit" in found
    assert any(line.startswith("libxul.so+0x") and line.endswith("(libxul.so) user") for line in found)
    assert "have no symbols and are named by library and address" in profile.report.messages[0]


@pytest.mark.parametrize("shared", [False, True], ids=["tables of a thread", "shared tables"])
def test_the_processed_document_has_the_same_samples(shared: bool) -> None:
    before, after = opened(GECKO), opened(processed(copy.deepcopy(GECKO), shared))
    np.testing.assert_allclose(after.samples.time, before.samples.time, rtol=0, atol=1e-6)
    assert [stack(after, row) for row in range(len(after.samples))] == [
        stack(before, row) for row in range(len(before.samples))
    ]
    assert after.threads == before.threads
    np.testing.assert_array_equal(after.samples.idle, before.samples.idle)
    np.testing.assert_array_equal(after.samples.period, before.samples.period)


def test_markers_are_kept_with_their_times() -> None:
    profile = read(SAMPLE.read_bytes(), "unknown")
    processes = (GECKO, *GECKO["processes"])
    phases = [row[3] for one in processes for thread in one["threads"] for row in thread["markers"]["data"]]
    assert not profile.report.other
    assert profile.markers is not None
    # Every end has its begin.
    assert len(profile.markers) == sum(phase != 3 for phase in phases) == 77
    assert (profile.markers.end >= profile.markers.start).all()
    first = GECKO["threads"][0]["markers"]["data"][0]
    begin = GECKO["meta"]["startTime"]
    row = profile.markers.start.tolist().index((begin + first[1]) / 1e3)
    assert profile.markers.end[row] == (begin + first[2]) / 1e3
    assert profile.markers.name[row] == GECKO["threads"][0]["stringTable"][first[0]]


def test_begins_and_ends_of_markers_are_joined_and_those_without_a_time_counted() -> None:
    reader = MarkerReader()
    rows = [
        [0, 1.0, None, 2, 0],
        [1, 2.0, None, 0, 0],
        [0, None, 5.0, 3, 0],
        [1, None, None, 0, 0],
        [9, None, 7.0, 3, 0],
    ]
    schema = {"name": 0, "startTime": 1, "endTime": 2, "phase": 3, "category": 4}
    reader.read(Table({"schema": schema, "data": rows}, "name"), Strings(["GC", "Paint"]), 1000.0, "main")
    found = reader.markers()
    assert found is not None
    assert found.name == ("GC", "Paint", "(unnamed)")
    assert found.start.tolist() == [1.001, 1.002, 1.007]
    assert found.end.tolist() == [1.005, 1.002, 1.007]
    assert reader.left_out == {"Paint": 1}


def test_a_processed_document() -> None:
    profile = opened(document())
    assert (profile.samples.time - START / 1e3).tolist() == pytest.approx(
        [0.0005, 1.0105, 1.0205, 2.0005], abs=1e-6
    )
    assert stack(profile, 1) == [
        "libc.so.6+0x1f2 (libc.so.6) user",
        "work (app.js:7) jit",
        "main user",
        "app",
    ]
    assert stack(profile, 3) == ["wait", "main user", "app"]
    # The frame of `wait` is of the category Idle.
    assert profile.samples.idle.tolist() == [False, False, False, True]
    assert (profile.threads[0].pid, profile.threads[0].tid) == (7, 8)


def test_sources_are_a_table_of_newer_documents() -> None:
    content = document()
    functions = content["threads"][0]["funcTable"]
    del functions["fileName"]
    functions["source"] = [None, 0, None, None]
    content["shared"] = {"sources": {"filename": [4], "id": [None], "length": 1}}
    assert "work (app.js:7) jit" in stack(opened(content), 0)


def test_time_deltas_add_up() -> None:
    samples = {"stack": [0, 0, 0], "timeDeltas": [1000, 10, 990], "length": 3}
    profile = opened(document(samples=samples))
    assert (profile.samples.time - START / 1e3).tolist() == pytest.approx([1.0, 1.01, 2.0], abs=1e-6)


def test_weights_count_samples() -> None:
    """vernier writes equal samples that follow each other once, with a weight."""
    samples = {"stack": [1, 2], "time": [1, 2], "weight": [3, 4], "weightType": "samples", "length": 2}
    assert picture(opened(document(samples=samples))) == lines("""
        root 7
          app 7
            main[user] 7
              work[jit] 7 (3 own)
                libc.so.6+0x1f2[user] 4 (4 own)
    """)


def test_a_trace_has_spans_in_microseconds() -> None:
    """gradle-profiler and other importers of traces write self times in milliseconds as weights."""
    samples = {
        "stack": [1, 2],
        "time": [0, 15],
        "weight": [15, 10.5],
        "weightType": "tracing-ms",
        "length": 2,
    }
    profile = opened(document(samples=samples))
    assert profile.meta.unit == "microseconds"
    assert picture(profile) == lines("""
        root 25500
          app 25500
            main[user] 25500
              work[jit] 25500 (15000 own)
                libc.so.6+0x1f2[user] 10500 (10500 own)
    """)


def test_allocations_are_an_event_in_bytes() -> None:
    table = {"stack": [1, 2], "time": [1, 2], "weight": [100, 28], "className": ["A", "B"], "length": 2}
    profile = opened(document(jsAllocations=table))
    assert profile.meta.events == ("JS allocations", "samples")
    assert profile.meta.event_units == ("bytes", "samples")
    assert profile.meta.main_event == "samples"
    assert profile.samples.weight is not None
    assert profile.samples.weight[profile.samples.event == 0].tolist() == [100, 28]


def test_a_stack_of_another_file_is_counted() -> None:
    samples = {"stack": [1, 9, -5, None], "time": [1, 2, 3, 4], "length": 4}
    profile = opened(document(samples=samples))
    assert len(profile.samples) == 2
    assert (profile.report.skipped, profile.report.without_stack) == (2, 1)
    assert profile.report.notes[0].reason == "samples of a stack that is not in the file"


def test_negative_weights_of_a_comparison_are_counted() -> None:
    samples = {"stack": [1, 1], "time": [1, 2], "weight": [1, -1], "weightType": "samples", "length": 2}
    profile = opened(document(samples=samples))
    assert (len(profile.samples), profile.report.skipped) == (1, 1)
    assert "negative" in profile.report.notes[0].reason


def test_a_circle_of_stacks_is_counted() -> None:
    table = {"frame": [0, 1, 2, 3], "prefix": [1, 2, 0, None], "length": 4}
    profile = opened(document(stackTable=table))
    # Stacks 1 and 2 are in the circle.
    assert (len(profile.samples), profile.report.skipped) == (1, 3)


def test_callers_may_come_behind_what_they_call() -> None:
    table = {"frame": [2, 1, 0, 3], "prefix": [1, 2, None, 2], "length": 4}
    samples = {"stack": [0], "time": [1], "length": 1}
    profile = opened(document(stackTable=table, samples=samples))
    assert [line.split()[0] for line in stack(profile, 0)] == ["libc.so.6+0x1f2", "work", "main", "app"]


def test_a_deep_stack_is_cut_and_told() -> None:
    size = 3 * MAX_DEPTH
    table = {"frame": [0] + [1] * (size - 1), "prefix": [None, *range(size - 1)], "length": size}
    samples = {"stack": [size - 1], "time": [1], "length": 1}
    profile = opened(document(stackTable=table, samples=samples))
    # The thread, and MAX_DEPTH frames below it.
    assert int(profile.tree.depth.max()) == MAX_DEPTH + 1
    assert profile.report.repaired == 1


def test_many_threads_of_one_table_of_stacks_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prefixes, "MAX_NODES", 1000)
    content = document()
    thread = content["threads"][0]
    content["shared"] = {
        key: thread.pop(key)
        for key in ("stringArray", "funcTable", "resourceTable", "frameTable", "stackTable")
    }
    content["threads"] = [{**thread, "name": f"thread {row}"} for row in range(400)]
    with pytest.raises(TooLargeError, match="1000 nodes"):
        opened(content)


@pytest.mark.parametrize("version", [-1, 10_000, "x", None])
def test_a_version_that_is_not_known_is_read_as_far_as_it_is(version: object) -> None:
    content = document()
    content["meta"]["preprocessedProfileVersion"] = version
    assert len(opened(content).samples) == 4


def test_a_document_without_samples_is_broken() -> None:
    with pytest.raises(BrokenProfileError, match="no sample"):
        opened({"meta": {"preprocessedProfileVersion": 40}, "threads": []})


def test_processes_inside_of_processes_are_bounded() -> None:
    content: dict[str, Any] = {"meta": {"stackwalk": 1}, "threads": []}
    for _ in range(100):
        content = {**content, "processes": [content, 5, None]}
    with pytest.raises(BrokenProfileError, match="no sample"):
        opened(content)
