"""V8 CPU profiles inside Chrome traces: in one event, as streams of chunks, and several at a time."""

from __future__ import annotations

import io
from typing import Any

import orjson
import pytest

from flamescope_py.errors import BrokenProfileError, WrongTypeError
from flamescope_py.model import Profile, Thread
from flamescope_py.readers.source import sniff_file
from flamescope_py.readers.v8 import cpuprofile
from tests.support.reading import read, stacks

STARTS = 3_000_500_000


def node(number: int, name: str, parent: int | None = None, *children: int) -> dict[str, Any]:
    found: dict[str, Any] = {"id": number, "callFrame": {"functionName": name, "scriptId": 0}}
    return found | ({} if parent is None else {"parent": parent}) | {"children": list(children)}


NODES = [node(1, "(root)"), node(2, "(idle)", 1), node(3, "main", 1), node(4, "work", 3)]
OLD_NODES = [node(1, "(root)", None, 2, 3), node(2, "(idle)"), node(3, "main", None, 4), node(4, "work")]


def event(phase: str, name: str, data: object, ts: object = STARTS, **more: object) -> dict[str, Any]:
    found = {"ph": phase, "name": name, "cat": "disabled-by-default-v8.cpu_profiler", "args": {"data": data}}
    return found | {"pid": 10, "tid": 11, "ts": ts, "id": "0x1"} | more


def begin(start: object = STARTS, **more: object) -> dict[str, Any]:
    return event("P", "Profile", {"startTime": start}, **more)


def chunk(
    nodes: object, samples: object, deltas: object, ts: object = STARTS, **more: object
) -> dict[str, Any]:
    """Return a chunk as V8 writes it, from its own thread."""
    data = {"cpuProfile": {"nodes": nodes, "samples": samples}, "lines": [], "timeDeltas": deltas}
    return event("P", "ProfileChunk", data, ts, **{"tid": 12} | more)


def named(title: str, name: str, pid: int = 10, tid: int = 11) -> dict[str, Any]:
    return {"ph": "M", "name": title, "pid": pid, "tid": tid, "ts": 0, "args": {"name": name}}


def profile(*events: object) -> Profile:
    return read(orjson.dumps({"traceEvents": events}), "cpuprofile")


def seen_in(found: Profile) -> list[tuple[float, str, str]]:
    """Return time, thread and stack of every sample."""
    commands = [found.threads[row].command for row in found.samples.thread]
    return list(zip(found.samples.time.tolist(), commands, stacks(found), strict=True))


def test_chunks_are_joined_and_their_deltas_go_on() -> None:
    found = profile(
        named("thread_name", "CrRendererMain"),
        begin(),
        chunk(NODES[:3], [3, 2], [100, 100]),
        chunk(NODES[3:], [4, 3], [100, 100], ts=STARTS + 900),
    )
    assert seen_in(found) == [
        (3000.5001, "CrRendererMain", "(root);main"),
        (3000.5002, "CrRendererMain", "(root);(idle)"),
        (3000.5003, "CrRendererMain", "(root);main;work"),
        (3000.5004, "CrRendererMain", "(root);main"),
    ]
    assert found.threads == (Thread(10, 11, "CrRendererMain"),)
    assert found.samples.idle.tolist() == [False, True, False, False]


def test_chunks_that_stand_in_the_wrong_order_are_brought_into_theirs() -> None:
    found = profile(
        chunk([], [4], [100], ts=STARTS + 900), chunk(NODES, [3], [100], ts=STARTS + 500), begin()
    )
    assert stacks(found) == ["(root);main", "(root);main;work"]


def test_profiles_that_interleave_are_told_apart_by_process_and_id() -> None:
    other = [node(1, "(root)"), node(3, "other", 1)]
    found = profile(
        begin(),
        begin(STARTS + 50, pid=20, tid=21),
        chunk(NODES, [3], [100]),
        chunk(other, [3], [100], pid=20),
        begin(STARTS + 70, id="0x2", tid=13),
        chunk(NODES, [4], [100], id="0x2"),
        chunk([], [3], [100]),
        named("process_name", "Renderer", tid=0),
        named("thread_name", "Worker", tid=13),
    )
    assert seen_in(found) == [
        (3000.5001, "Renderer", "(root);main"),
        (3000.50015, "", "(root);other"),
        (3000.50017, "Worker", "(root);main;work"),
        (3000.5002, "Renderer", "(root);main"),
    ]
    assert [thread.tid for thread in found.threads] == [11, 13, 21]


@pytest.mark.parametrize("phase", ["I", "i"])
def test_an_old_trace_carries_a_whole_profile_in_one_event(phase: str) -> None:
    data = {"nodes": OLD_NODES, "samples": [3, 4], "timeDeltas": [100, 100], "startTime": STARTS}
    found = profile(event(phase, "CpuProfile", {"cpuProfile": data}), named("thread_name", "CrRendererMain"))
    assert seen_in(found) == [
        (3000.5001, "CrRendererMain", "(root);main"),
        (3000.5002, "CrRendererMain", "(root);main;work"),
    ]


def test_the_parts_of_a_chunk_that_do_not_match_do_not_shift_the_next() -> None:
    found = profile(begin(), chunk(NODES, [3, 3, 3], [100]), chunk([], [4], [100, 100], ts=STARTS + 1))
    assert stacks(found) == ["(root);main", "(root);main;work"]
    assert found.report.skipped == 2


def test_a_stream_without_its_beginning_starts_with_its_first_chunk() -> None:
    found = profile(chunk(NODES, [3], [100], ts=STARTS + 900))
    assert found.samples.time.tolist() == [3000.501]


def test_an_end_in_a_later_second_is_shown() -> None:
    end = chunk([], [], [])
    end["args"]["data"]["endTime"] = STARTS + 2_000_000
    assert profile(begin(), chunk(NODES, [3], [100]), end).seconds == 3


@pytest.mark.parametrize("data", [None, [], "x", {"cpuProfile": 7}, {"cpuProfile": {"nodes": 7}}])
def test_odd_chunks_do_not_hide_the_others(data: object) -> None:
    odd = [
        event("P", "ProfileChunk", data),
        event("P", "Profile", data, id="0x9"),
        event("I", "CpuProfile", data),
    ]
    assert stacks(profile(begin(), chunk(NODES, [3], [100]), *odd)) == ["(root);main"]


def test_a_profile_in_a_trace_that_is_cut_off_is_read_as_far_as_it_goes() -> None:
    text = orjson.dumps([begin(), chunk(NODES, [3], [100]), chunk([], [4], [100], ts=STARTS + 1)])
    found = read(text[:-30], "cpuprofile")
    assert stacks(found) == ["(root);main"]
    assert found.report.notes[0].reason == "the trace is cut off in the middle of an event"


SLICE = {"ph": "X", "name": "slice", "ts": STARTS, "dur": 500, "pid": 1, "tid": 1}


def test_the_type_in_a_request_chooses_the_reading() -> None:
    text = orjson.dumps([begin(), chunk(NODES, [3], [100]), SLICE])
    assert read(text, "cpuprofile").meta.format == "cpuprofile"
    assert read(text, "trace_event").meta.format == "trace_event"
    assert sniff_file(io.BytesIO(text)).type == read(text, "unknown").meta.format == "cpuprofile"


def test_a_profile_far_behind_the_head_is_found_when_it_is_asked_for() -> None:
    text = orjson.dumps([*[SLICE] * 2000, begin(), chunk(NODES, [3], [100])])
    assert sniff_file(io.BytesIO(text)).type == read(text, "unknown").meta.format == "trace_event"
    assert read(text, "cpuprofile").meta.format == "cpuprofile"


def test_a_trace_without_a_profile_is_no_cpuprofile() -> None:
    with pytest.raises(WrongTypeError, match="carries no CPU profile: ask for type=trace_event"):
        profile(SLICE)


@pytest.mark.parametrize("type_name", ["perf", "nflxprofile", "folded"])
def test_a_trace_is_none_of_the_others(type_name: str) -> None:
    with pytest.raises(WrongTypeError, match="but trace_event"):
        read(orjson.dumps([SLICE]), type_name)


def test_a_cpuprofile_is_no_trace() -> None:
    text = orjson.dumps({"nodes": OLD_NODES, "samples": [3], "timeDeltas": [1], "startTime": 1})
    with pytest.raises(WrongTypeError, match="but cpuprofile"):
        read(text, "trace_event")


def test_a_profile_without_samples_is_refused() -> None:
    with pytest.raises(BrokenProfileError, match="no sample"):
        profile(begin())


def test_read_takes_chunks_of_any_size() -> None:
    text = orjson.dumps([begin(), chunk(NODES, [3], [100])])
    assert stacks(cpuprofile.read(bytes([byte]) for byte in text)) == ["(root);main"]
