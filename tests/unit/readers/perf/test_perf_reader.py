"""A text as a whole: its notes, how it is recognised and how it is cut."""

from __future__ import annotations

import io

import numpy as np
import pytest

from flamescope_py.errors import UnknownFormatError
from flamescope_py.readers.perf.missing import missing_fields
from flamescope_py.readers.perf.reader import (
    DELTA_TIMES,
    STACK_ADVICE,
    are_delta_times,
    boundary,
    recognises,
)
from flamescope_py.readers.source import read_profile
from tests.support.perf_text import sample, script
from tests.support.reading import read_perf, stacks

# perf script --deltatime of a recording at 150 Hz.
DELTAS = [0.0, 0.021940, 0.033322, 0.035321, 0.020155, 0.025012, 0.006666, 0.006671, 0.006664]


def test_times_between_events_are_told() -> None:
    assert are_delta_times(np.array(DELTAS))
    profile = read_perf(*(sample(f"{time:.6f}", "f (/x)") for time in DELTAS))
    assert profile.report.messages == [DELTA_TIMES]


@pytest.mark.parametrize(
    "time",
    [
        [],
        [0.0],
        np.cumsum(DELTAS),
        [0.0, 0.1, 0.05, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7],
        [3000.0, 3000.2, 3000.1, 3000.3, 3000.2],
        [0.0, 0.2, 0.1, np.nan, 0.2, 0.1],
        [0.0, 900.2, 900.1, 900.3, 900.2],
    ],
)
def test_other_times(time: list[float]) -> None:
    assert not are_delta_times(np.array(time))


def test_an_address_on_the_line_of_an_event_is_no_frame_where_others_have_stacks() -> None:
    addresses = (
        "w 1 10.000000: page-faults:     7f0012340000\n",
        "w 1 10.100000: page-faults:     7f0012341000\n",
    )
    stack = "\t        7f12a000 leaf+0x1 (/bin/w)\n\n"
    assert stacks(read_perf(addresses[0], stack, addresses[1], "\n")) == ["w;leaf", "w"]
    assert stacks(read_perf(addresses[0], "\n", addresses[1], "\n")) == ["w;[unknown]"] * 2


def test_records_of_several_lines_are_other_lines() -> None:
    record = "w 1 10.000000: PERF_RECORD_NAMESPACES 1/1 - nr_namespaces: 7\n"
    more = "\t\t[0/net: 3/0xf0000098, 1/uts: 3/0xeffffffe, \n\t\t 4/user: 3/0xeffffffd]\n"
    report = read_perf(record, more, sample("10.100000", "f (/x)")).report
    assert (report.other, report.skipped, report.samples) == ({"PERF_RECORD lines": 3}, 0, 1)


def test_a_text_without_any_stack_is_told_unless_it_is_of_tracepoints() -> None:
    assert read_perf(sample(), sample()).report.messages == [STACK_ADVICE]
    assert read_perf(sample(event="sched:sched_switch")).report.messages == []
    assert read_perf(sample(), sample("3000.100000", "f (/x)")).report.messages == []


@pytest.mark.parametrize(
    "text",
    [
        "w   10.100000:     100 cycles: \n\t 7f f (/x)\n",
        "12 [000]   10.100000:     100 cycles: \n\t 7f f (/x)\n",
        "    10.100000: \n\t            7f12 f\n",
        "   w   10.100000:     100 cycles:      7fc61ad6eb70 leaf\n",
        "   w [000]   10.100000: block:block_rq_complete: 8,0 WS () 1 + 8 [0]\n",
        "w 12 cycles:\n7f12a000 leaf+0x1 (/bin/w)\n",
        "Warning:\nsomething\n\nw 12 10.100000: cycles: \n",
    ],
)
def test_a_head_is_recognised(text: str) -> None:
    assert recognises(text.encode())


@pytest.mark.parametrize(
    "text",
    [
        "",
        "INFO 12.345678: server: started\n",
        "case 12 name: foo\n",
        "2026-01-31 12:34:56.123 ERROR: bad\n",
        "[   12.345678] usb 1-1: new device\n",
        "main;f 12\nmain;g 3\n",
        "took 12.123456: \nnothing\n",
    ],
)
def test_other_texts_are_not_recognised(text: str) -> None:
    assert not recognises(text.encode())


STACK = "\t        7f12a000 leaf+0x1 (/bin/w)\n\t        7f12a001 main+0x2 (/bin/w)\n\n"


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        (f"w 12 \n{STACK}", "fields time and event"),
        (f"w cycles: \n{STACK}", "fields tid and time"),
        (f"w \n{STACK}", "fields tid, time and event"),
        (f"\n{STACK}", "fields comm, tid, time and event"),
        ("w 12 cycles: \nw 13 cycles: \n", "fields time and ip"),
    ],
)
def test_a_text_that_is_refused_is_told_what_it_lacks(text: str, fields: str) -> None:
    with pytest.raises(UnknownFormatError) as refused:
        read_profile(io.BytesIO(text.encode()), "unknown")
    assert str(refused.value) == (
        f"This is perf script text without the {fields}: run perf script with "
        "-F comm,pid,tid,cpu,time,event,ip,sym,dso."
    )


@pytest.mark.parametrize("text", ["main;f 12\n", "\ta tab\n\tand another\n", "case 12 a: b\n", STACK[:30]])
def test_other_texts_lack_nothing_of_perfs(text: str) -> None:
    assert missing_fields(text.encode()) == ""


@pytest.mark.parametrize(
    ("window", "place"),
    [
        (b"", -1),
        (b"w 1 2.5: x:\n", -1),
        (b"\n\nw 1 2.5: x:\n", 2),
        (b"\r\n\r\nw 1 2.5: x:\r\n", 4),
        (b"\n\n\n\nw 1 2.5: x:\n", 4),
        (b"\n\nw 1 2.5: x:", -1),
        # The rest of a message inside of a stack, and the stack behind it.
        (b"\n\nCheck IO/CPU overload!\n\n\t 7f f (/x)\n\nw 1 2.5: x:\n", 39),
    ],
)
def test_a_part_begins_at_an_event_line_behind_a_blank_one(window: bytes, place: int) -> None:
    assert boundary(window) == place


def test_perf_text_in_one_line_is_none() -> None:
    """As in a string of a JSON document, which every list of profiles looks at."""
    line = b'{"output": "' + script(sample("3000.5", "f (/x)")).replace(b"\n", b"\\n") * 10_000 + b'"}'
    assert not recognises(line[: 1 << 20])
    assert recognises(line + b"\n" + script(sample("3000.5", "f (/x)")))
