"""Traces that are unbalanced, out of order, cut off or damaged: repaired or skipped, counted and named."""

from __future__ import annotations

import io
from typing import Any
from unittest.mock import patch

import orjson
import pytest

from flamescope_py.errors import BrokenProfileError, TooLargeError
from flamescope_py.model import Profile
from flamescope_py.readers.chrome import trace_event
from flamescope_py.readers.json import documents as json_documents
from flamescope_py.readers.json import text as json_text
from flamescope_py.readers.source import sniff_file
from tests.support.reading import COMPRESSIONS, assert_same, read
from tests.support.traces import ORIGIN, event, trace, whole
from tests.support.trees import lines, picture


def faults(seen: Profile) -> tuple[int, int, list[str]]:
    """Return the numbers of skipped and repaired events, and the reasons."""
    return seen.report.skipped, seen.report.repaired, [note.reason for note in seen.report.notes]


def test_an_end_without_a_begin_is_skipped() -> None:
    seen = trace(event("E", "lost", 5), whole("a", 10, 10), event("E", "lost", 15), event("E", None, 30))
    assert picture(seen) == "root 10\n  a 10 (10 own)"
    assert faults(seen) == (3, 0, ["an end (E) without a begin (B)"])
    assert seen.report.notes[0].text == "3 times in thread 1"


def test_a_begin_without_an_end_ends_with_the_trace() -> None:
    seen = trace(event("B", "a", 0), event("B", "b", 10), whole("x", 20, 5), whole("last", 90, 10, tid=2))
    assert picture(seen) == lines("""
        root 110
          thread 1 100
            a 100 (10 own)
              b 90 (85 own)
                x 5 (5 own)
          thread 2 10
            last 10 (10 own)
    """)
    assert faults(seen) == (0, 2, ["a begin (B) without an end (E), which ends with the trace"])


def test_a_begin_that_was_forgotten_ends_with_the_one_around_it() -> None:
    seen = trace(event("B", "a", 0), event("B", "b", 10), event("E", "a", 50), whole("c", 60, 10))
    assert picture(seen) == lines("""
        root 60
          a 50 (10 own)
            b 40 (40 own)
          c 10 (10 own)
    """)
    assert faults(seen) == (0, 1, ["a begin (B) without an end (E), which ends with the slice around it"])


def test_an_end_that_comes_after_its_slice_was_cut_is_no_fault_of_its_own() -> None:
    seen = trace(event("B", "a", 0), event("B", "b", 10), event("E", "a", 50), event("E", "b", 51))
    assert seen.report.skipped == 0
    assert seen.report.repaired == 1


def test_a_slice_that_outlives_the_one_around_it_goes_on_beside_it() -> None:
    seen = trace(whole("a", 0, 50), whole("b", 40, 20), whole("c", 55, 5))
    assert picture(seen) == lines("""
        root 60
          a 50 (40 own)
            b 10 (10 own)
          b 10 (5 own)
            c 5 (5 own)
    """)
    reason = "a slice that outlives the one around it, shown below it and then beside it"
    assert faults(seen) == (0, 1, [reason])
    assert trace(event("B", "a", 0), whole("b", 40, 20), event("E", "a", 50)).report.repaired == 1


def test_events_in_any_order_are_sorted() -> None:
    events = [
        whole("b", 10, 5),
        whole("a", 0, 50),
        event("E", "c", 90),
        event("B", "c", 60),
        whole("d", 70, 5),
    ]
    assert_same(trace(*events), trace(*sorted(events, key=lambda one: float(one["ts"]))))


@pytest.mark.parametrize("odd", [7, None, "x", [], [{"ph": "X"}], True, 1.5])
def test_events_that_are_not_objects_are_skipped(odd: object) -> None:
    seen = trace(whole("a", 0, 10), odd, odd, odd)
    assert faults(seen) == (3, 0, ["an event that is not an object"])
    assert picture(seen) == "root 10\n  a 10 (10 own)"


@pytest.mark.parametrize(
    ("odd", "reason"),
    [
        ({"ph": "X", "name": "a", "dur": 5}, "an event without a time (ts)"),
        ({"ph": "B", "name": "a", "ts": "soon"}, "an event without a time (ts)"),
        ({"ph": "B", "name": "a", "ts": 1e300}, "an event without a time (ts)"),
        ({"ph": "B", "name": "a", "ts": True}, "an event without a time (ts)"),
        ({"ph": "X", "name": "a", "ts": ORIGIN}, "a complete event (X) without a duration (dur)"),
        (
            {"ph": "X", "name": "a", "ts": ORIGIN, "dur": "long"},
            "a complete event (X) without a duration (dur)",
        ),
        ({"ph": "X", "name": "a", "ts": ORIGIN, "dur": -1}, "a complete event (X) without a duration (dur)"),
        ({"ph": "X", "name": "a", "ts": ORIGIN, "dur": 1e15}, "a slice of more than two days"),
        ({"ph": 7}, "an event without a phase (ph)"),
        ({}, "an event without a phase (ph)"),
        ({"ph": "E", "ts": 10**14, "name": "z"}, "an event more than a day away from the others"),
    ],
)
def test_an_event_that_says_too_little_is_skipped_and_named(odd: dict[str, Any], reason: str) -> None:
    seen = trace(whole("a", 0, 10), odd, whole("a", 20, 10))
    assert seen.report.skipped == 1
    assert reason in faults(seen)[2]
    assert picture(seen) == "root 20\n  a 20 (20 own)"


def test_numbers_written_as_text_are_numbers() -> None:
    seen = trace(whole("a", 0, "10") | {"ts": str(ORIGIN)})
    assert picture(seen) == "root 10\n  a 10 (10 own)"
    assert faults(seen) == (0, 2, ["a number written as text"] * 2)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        (None, "(unnamed)"),
        ("", "(unnamed)"),
        ([], "(unnamed)"),
        ({}, "(unnamed)"),
        (7, "7"),
        ("x" * 20_000, "x" * 10_000),
    ],
)
def test_names_that_are_not_strings(name: object, shown: str) -> None:
    assert f"  {shown} 10 (10 own)" in picture(trace(whole(name, 0, 10)))


EVENTS = [
    {"ph": "M", "name": "thread_name", "pid": 1, "tid": 1, "args": {"name": 'quote " [ backslash \\'}},
    event("B", "outer \\", 0, args={"list": [{"a": "}"}, {"b": "]["}]}),
    whole('inner \u20ac \\"', 10, 5, args={"deep": {"deeper": [[], {}]}}),
    event("E", "outer \\", 100),
    whole("other", 200, 50, tid=2),
]
ARRAY = orjson.dumps(EVENTS)
LINES = b"[\n" + b",\n".join(map(orjson.dumps, EVENTS))
OBJECT = b'{"metadata": {"x": [1, "]"]},\n "traceEvents" : ' + ARRAY + b', "stackFrames": {"1": {}}}'


@pytest.mark.parametrize("text", [ARRAY, LINES, LINES + b",\n", OBJECT, b"\xef\xbb\xbf \n" + OBJECT])
def test_a_trace_is_the_same_in_every_way_it_can_come(text: bytes) -> None:
    expected = read(ARRAY, "trace_event")
    assert sniff_file(io.BytesIO(text)).type == "trace_event"
    with patch.object(json_documents, "WINDOW", 1):
        for size in (1, 2, 3, 7, 64, len(text)):
            chunks = [text[at : at + size] for at in range(0, len(text), size)]
            assert_same(trace_event.read(chunks), expected)
    for compress in COMPRESSIONS.values():
        assert_same(read(compress(text), "trace_event"), expected)
    assert_same(read(text.replace(b"\n", b"\r\n"), "trace_event"), expected)


def test_wherever_a_trace_is_cut_off_the_events_before_are_read() -> None:
    ends = [ARRAY.index(orjson.dumps(one)) + len(orjson.dumps(one)) for one in EVENTS]
    for cut in range(ends[2], len(ARRAY)):
        text = ARRAY[:cut]
        count = sum(end <= cut for end in ends)
        if text[ends[count - 1] :] in (b"", b","):
            assert_same(trace_event.read([text]), trace(*EVENTS[:count]))
        else:
            seen = trace_event.read([text])
            assert seen.report.skipped == 1
            assert seen.report.notes[0].reason == "the trace is cut off in the middle of an event"
            assert_same(seen, trace(*EVENTS[:count]), but=("skipped", "notes"))


@pytest.mark.parametrize(
    "broken", [b'{"ts":NaN}', b"{]", b'{"a" "b"}', b"[" * 2000 + b"]" * 2000, b'{"a":1e999}']
)
def test_one_broken_event_costs_itself_and_not_its_neighbours(broken: bytes) -> None:
    events = [orjson.dumps(whole("a", 10 * number, 5)) for number in range(6)]
    seen = read(b"[" + b",".join([*events[:3], broken, *events[3:]]) + b"]", "trace_event")
    assert picture(seen) == "root 30\n  a 30 (30 own)"
    assert faults(seen) == (1, 0, ["an event that is not JSON"])


def test_bytes_that_are_not_utf_8_are_shown_as_such() -> None:
    text = orjson.dumps([whole("a?b", 0, 10)]).replace(b"?", b"\xff")
    assert picture(read(text, "trace_event")) == "root 10\n  a\N{REPLACEMENT CHARACTER}b 10 (10 own)"


@pytest.mark.parametrize(
    "rest",
    [b"[" * 10**6, b'{"a":' * 10**6, b'{"a":"' + b"\\" * 10**6, b'"}' * 10**6, b"[]," * 10**5, b"]" * 10**6],
)
def test_hostile_rests_end_in_time(rest: bytes) -> None:
    seen = trace_event.read([b"[" + orjson.dumps(whole("a", 0, 10)) + b"," + rest])
    assert picture(seen) == "root 10\n  a 10 (10 own)"


def test_an_event_over_the_bound_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_text, "MAX_JSON", 10_000)
    monkeypatch.setattr(json_documents, "WINDOW", 100)
    small = [orjson.dumps(whole("a", number, 1)) + b"," for number in range(1000)]
    assert len(trace_event.read([b"[", *small]).samples) == 1
    with pytest.raises(TooLargeError, match="in one piece"):
        trace_event.read([b'[{"name":"', b"x" * 20_000])


@pytest.mark.parametrize("text", [b"", b"{}", b'{"traceEvents":7}', b"7", b"null", b'"traceEvents"'])
def test_what_is_no_trace_is_refused(text: bytes) -> None:
    with pytest.raises(BrokenProfileError):
        trace_event.read([text])


def test_devtools_may_write_metadata_longer_than_a_head() -> None:
    metadata = orjson.dumps({"source": "DevTools", "sourceMaps": ["x" * 100_000]})
    text = b'{"metadata":' + metadata + b',"traceEvents":' + ARRAY + b"}"
    assert_same(read(text, "unknown"), read(ARRAY, "trace_event"))
