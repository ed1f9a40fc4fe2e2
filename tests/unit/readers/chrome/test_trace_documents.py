"""Layouts of events: in several documents, one per line, behind long members, unterminated."""

from __future__ import annotations

import io
from collections.abc import Callable
from itertools import pairwise
from typing import Any
from unittest.mock import patch

import orjson
import pytest

from flamescope_py.errors import BrokenProfileError
from flamescope_py.model import Profile
from flamescope_py.readers.chrome import trace_event
from flamescope_py.readers.json import documents as json_documents
from flamescope_py.readers.source import sniff_file
from tests.support.reading import assert_same, read, stacks


def event(name: str, ts: float, **more: object) -> dict[str, Any]:
    return {"name": name, "ph": "X", "ts": 1_000_000 + ts, "dur": 9_000, "pid": 1, "tid": 1} | more


EVENTS = [event(f"f{row}", 10_000 * row, args={"text": '}]{["\\'}) for row in range(6)]
PLAIN = orjson.dumps(EVENTS)
EXPECTED = trace_event.read([PLAIN])
# More than sniffing looks at, and too much to be read byte by byte.
LONG = 80_000


def lines(events: list[Any], end: str = "\n") -> bytes:
    return b"".join(orjson.dumps(one) + end.encode() for one in events)


def document(events: list[Any]) -> bytes:
    return b'{"displayTimeUnit":"ms","traceEvents":' + orjson.dumps(events) + b',"otherData":{"a":[1,"]"]}}'


def opened(text: bytes) -> Profile:
    assert sniff_file(io.BytesIO(text)).type == "trace_event"
    seen = read(text, "unknown")
    with patch.object(json_documents, "WINDOW", 1):
        for size in (1, 2, 7, 100) if len(text) < LONG else (97, 10_000):
            chunks = [text[at : at + size] for at in range(0, len(text), size)]
            assert_same(trace_event.read(chunks), seen)
    return seen


@pytest.mark.parametrize(
    "text",
    [
        lines(EVENTS),
        lines(EVENTS, "\r\n"),
        lines(EVENTS, ",\n"),
        lines(EVENTS).rstrip(),
        b"[," + PLAIN[1:],
        b"[\n,\n" + PLAIN[1:],
        b"[" + b"".join(b"\n," + orjson.dumps(one) for one in EVENTS) + b"\n]",
        b"[" + b"".join(b"\n," + orjson.dumps(one) for one in EVENTS),
        document(EVENTS[:2]) + document(EVENTS[2:]),
        document(EVENTS[:2]) + b"\n" + PLAIN[:1] + b"]\n" + orjson.dumps(EVENTS[2:]),
        orjson.dumps(EVENTS[:3]) + orjson.dumps(EVENTS[3:]),
        orjson.dumps(EVENTS[:3])[:-1] + b"\n" + orjson.dumps(EVENTS[3:]),
        orjson.dumps(EVENTS[:3])[:-1] + b",\n" + orjson.dumps(EVENTS[3:])[:-1],
        lines(EVENTS[:3]) + document(EVENTS[3:]),
        b'{"result":{"trace":' + document(EVENTS) + b"}}",
        *(b'{"otherData":{"x":"' + b"y" * size + b'"},"traceEvents":' + PLAIN + b"}" for size in (500, LONG)),
        *(
            b'{"stackFrames":{"1":{"name":"' + b"y" * size + b'"}},"traceEvents":' + PLAIN + b"}"
            for size in (500, LONG)
        ),
        *(
            b'{"displayTimeUnit":"ns","x":[' + b"7," * count + b'7],"traceEvents":' + PLAIN + b"}"
            for count in (250, LONG // 2)
        ),
        b'{"displayTimeUnit":"\\\\\\"","n":-1.5e3,"t":true,"u":null,"traceEvents" : ' + PLAIN + b"}",
    ],
)
def test_the_same_events_in_another_form_are_the_same(text: bytes) -> None:
    assert_same(opened(text), EXPECTED)


@pytest.mark.parametrize("behind", [b"trailing text", b"\nlog: done\n", b"]]]]", b"7 8"])
def test_what_is_left_behind_a_document_is_told_in_bytes(behind: bytes) -> None:
    seen = opened(document(EVENTS) + behind)
    assert_same(seen, EXPECTED, but=("skipped", "notes"))
    assert seen.report.skipped == 1
    count = len(behind.translate(None, delete=b" \n:"))
    assert seen.report.notes[0].text == f"{count} bytes"


def test_a_long_member_in_front_is_found_where_the_head_ends_in_it() -> None:
    text = b'{"anything":"' + b"y" * 300_000 + b'","traceEvents":' + PLAIN + b"}"
    assert_same(read(text, "unknown"), EXPECTED)


def test_events_that_have_no_place_are_counted_by_kind() -> None:
    others = [{"ph": phase, "ts": 1_000_000, "name": "x", "pid": 1, "tid": 1} for phase in "bebnSFstfCIPNZ"]
    seen = opened(orjson.dumps([*EVENTS, *others]))
    assert seen.report.other == {
        "async events (F, S, b, e, n)": 6,
        "flow events (f, s, t)": 3,
        "counters (C)": 1,
        "instants (I)": 1,
        "samples (P)": 1,
        "objects (N)": 1,
        "events of unknown phases (Z)": 1,
    }
    assert_same(seen, EXPECTED, but=("other",))


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"ts": 1732800000000000000}, "2 times a time \\(ts\\) above 2\\^53"),
        ({"dur": None}, "2 times a complete event \\(X\\) without a duration"),
        ({"ts": "soon"}, "2 times an event without a time"),
        ({"ph": 7}, "2 times an event without a phase"),
    ],
)
def test_where_nothing_is_left_the_error_names_the_commonest_reason(
    change: dict[str, object], reason: str
) -> None:
    events = [event("a", 0) | change, event("b", 5) | change, {"ph": "M"}]
    with pytest.raises(BrokenProfileError, match=reason):
        trace_event.read([orjson.dumps(events)])


def test_details_of_clang_are_in_the_name() -> None:
    seen = opened(orjson.dumps([event("Source", 0, args={"detail": "a.h"}), event("Source", 20_000)]))
    assert set(stacks(seen)) == {"Source a.h", "Source"}


def call(phase: str, ts: float, data: object) -> dict[str, Any]:
    return event("FunctionCall", ts, ph=phase, args={"data": data})


def test_calls_of_chrome_are_named_by_function_url_and_line() -> None:
    where = {"functionName": "render", "url": "http://a/app.js", "lineNumber": 18}
    events = [
        call("X", 0, where),
        *(
            call("B", 20_000, where | {"functionName": "", "lineNumber": 0}),
            event("FunctionCall", 25_000, ph="E"),
        ),
        *(call("X", 30_000, {"functionName": 7, "url": 7}), call("X", 40_000, "no object")),
        event("EvaluateScript", 50_000, args={"data": {"url": "http://a/b.js", "lineNumber": 1}}),
    ]
    profile = opened(orjson.dumps(events))
    assert set(zip(profile.frames.name, profile.frames.library, strict=True)) - {("root", "")} == {
        ("FunctionCall render", "http://a/app.js:18"),
        ("FunctionCall (anonymous)", "http://a/app.js"),
        ("FunctionCall", "7"),
        ("FunctionCall", ""),
        ("EvaluateScript", "http://a/b.js:1"),
    }
    assert profile.report.skipped == profile.report.repaired == 0


def test_threads_of_a_process_are_told_apart() -> None:
    name = {"ph": "M", "name": "process_name", "pid": 1, "tid": 0, "ts": 0, "args": {"name": "clang"}}
    seen = opened(orjson.dumps([name, event("a", 0), event("Total a", 0, tid=2), event("b", 0, tid="io")]))
    assert {stack.partition(";")[0] for stack in stacks(seen)} == {"clang 1", "clang 2", "clang io"}


FRAMES = {
    "1": {"name": "global (/srv/index.bundle:1:1)", "category": "JavaScript"},
    "2": {"name": "render", "parent": 1},
    "3": {"name": "hot (/srv/a.js:30)", "parent": "2"},
}


def sample(ts: object, stack: object, **more: object) -> dict[str, Any]:
    return {"cpu": "-1", "name": "", "ts": ts, "pid": 1, "tid": "7", "weight": "1", "sf": stack} | more


def sampled(samples: list[Any], frames: object = None, events: list[Any] | None = None) -> bytes:
    found = {"traceEvents": events or [], "samples": samples, "stackFrames": frames or FRAMES}
    return orjson.dumps(found)


@pytest.mark.parametrize(
    "order", [lambda text: text, lambda text: orjson.dumps(dict(reversed(orjson.loads(text).items())))]
)
def test_samples_of_stacks_are_read(order: Callable[[bytes], bytes]) -> None:
    text = order(sampled([sample("2000000", 3), sample(2_010_000, "3", weight=4), sample(2_020_000, 2)]))
    seen = opened(text)
    assert seen.samples.time.tolist() == [2.0, 2.01, 2.02]
    assert stacks(seen) == ["global;render;hot"] * 2 + ["global;render"]
    assert seen.samples.weight is not None
    assert seen.samples.weight.tolist() == [1, 4, 1]
    assert seen.meta.unit == "samples"
    assert "/srv/a.js:30" in seen.frames.library


def test_samples_of_several_threads_have_their_names_first() -> None:
    name = {"ph": "M", "name": "thread_name", "pid": 1, "tid": 8, "args": {"name": "io"}}
    seen = opened(sampled([sample(1, 2), sample(2, 2, tid=8)], events=[name]))
    assert stacks(seen) == ["thread 7;global;render", "io;global;render"]


def test_samples_beside_slices_are_counted() -> None:
    seen = opened(sampled([sample(1_000_000, 3)] * 3, events=EVENTS))
    assert seen.report.other == {"samples of stacks beside slices": 3}
    assert_same(seen, EXPECTED, but=("other",))


@pytest.mark.parametrize(("stack", "time"), [(99, 5), (None, 5), (3, None), (3, "soon"), ([], 5)])
def test_a_sample_without_stack_or_time_is_told(stack: object, time: object) -> None:
    seen = opened(sampled([sample(1, 3), sample(2, 3), sample(time, stack)]))
    assert seen.report.without_stack + seen.report.skipped == 1
    assert len(seen.report.notes) == 1


def test_stack_frames_in_a_circle_end() -> None:
    seen = opened(sampled([sample(1, 1)], {"1": {"name": "a", "parent": 2}, "2": {"name": "b", "parent": 1}}))
    assert stacks(seen) == ["b;a"]
    assert seen.report.repaired == 1


@pytest.mark.parametrize(
    "text", [b"[]" * 50_000, b"{}" * 50_000, b'{"a":[],"b":{}}' * 20_000, b"[{" * 50_000]
)
def test_hostile_documents_end_in_time(text: bytes) -> None:
    assert len(trace_event.read([PLAIN, text]).samples) == len(EXPECTED.samples)


@pytest.mark.parametrize("members", [b'"a":[],', b'"a":{},', b'"a":"",', b'"a":1,', b'"a":{"b":{"c":[{}]}},'])
def test_many_small_members_end_in_time(members: bytes) -> None:
    text = b'{"displayTimeUnit":"ms",' + members * 20_000 + b'"traceEvents":' + PLAIN + b"}"
    assert_same(read(text, "unknown"), EXPECTED)


CHUNK = {
    "nodes": [
        {"id": 1, "callFrame": {"functionName": "(root)"}},
        {"id": 2, "parent": 1, "callFrame": {"functionName": "(idle)"}},
        {"id": 3, "parent": 1, "callFrame": {"functionName": "hot", "url": "a.js", "lineNumber": 3}},
    ]
}


def carrying(samples: list[int], each: int) -> bytes:
    chunk = {"cpuProfile": CHUNK | {"samples": samples}, "timeDeltas": [each] * len(samples)}
    start = {
        "name": "Profile",
        "ph": "P",
        "id": "1",
        "pid": 1,
        "tid": 1,
        "ts": 1,
        "args": {"data": {"startTime": 1}},
    }
    part = {
        "name": "ProfileChunk",
        "ph": "P",
        "id": "1",
        "pid": 1,
        "tid": 1,
        "ts": 2,
        "args": {"data": chunk},
    }
    far = [{"ph": "M", "name": "x", "args": {"text": "y" * 1_000}}] * 100
    return orjson.dumps([*EVENTS, *far, start, part])


@pytest.mark.parametrize(
    ("samples", "each", "preferred"),
    [
        ([3] * 10, 5_000, "cpuprofile"),
        ([3] * 10, 100, ""),
        ([2] * 10, 5_000, ""),
        ([2, 3] * 10, 5_000, "cpuprofile"),
    ],
)
def test_a_trace_that_carries_a_profile_says_so(samples: list[int], each: int, preferred: str) -> None:
    text = carrying(samples, each)
    seen = read(text, "trace_event")
    assert (seen.meta.format, seen.meta.also) == ("trace_event", ("cpuprofile",))
    assert seen.meta.preferred == preferred
    other = read(text, "cpuprofile")
    assert (other.meta.format, other.meta.also) == ("cpuprofile", ("trace_event",))
    assert read(text, "unknown").meta.format == (preferred or "trace_event")


def test_the_edges_of_documents_may_lie_anywhere() -> None:
    text = document(EVENTS[:2]) + document(EVENTS[2:])
    for edge in range(0, len(text), 11):
        parts = [text[start:end] for start, end in pairwise([0, edge, len(text)])]
        assert_same(trace_event.read(parts), EXPECTED)
