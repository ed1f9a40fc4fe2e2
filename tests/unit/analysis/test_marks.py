"""Marks: CSV, JSON and the output of node --trace-gc on the axis of a profile, and bad input."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from flamescope_py.analysis.marks import placed
from flamescope_py.analysis.marks.clocks import began
from flamescope_py.analysis.marks.placed import Marks, read_marks
from flamescope_py.errors import ParameterError
from flamescope_py.model import Profile
from tests.support.perf_text import sample, script
from tests.support.reading import read

# Of 20 seconds, from 4210.5 s on.
FIRST = 4210.5
PROFILE = read(script(*(sample(f"{FIRST + row / 10:.6f}", "f (/bin/app)") for row in range(200))))
# Ten seconds into 2026-01-05 09:30:00 UTC.
START = 1767605390.0


def marks(text: str, profile: Profile = PROFILE, start: float | None = START) -> Marks:
    return read_marks(text.encode(), "deploys", profile, start)


def rows(found: Marks) -> list[tuple[float, float, str, str]]:
    columns = zip(found.start.tolist(), found.end.tolist(), found.series.tolist(), found.text, strict=True)
    return [
        (round(start, 6), round(end, 6), found.names[series], text) for start, end, series, text in columns
    ]


@pytest.mark.parametrize(
    "text",
    [
        "time,text\n2.5,v2\n4,v3\n",
        "2.5,v2\n4,v3\n",
        "Time;Label\n2.5;v2\n4;v3",
        "\ufefftime_ms\tname\r\n2500\tv2\r\n4000\tv3\r\n",
        "text,start (ms)\nv2,2500\nv3,4000",
        '[{"time": 2.5, "text": "v2"}, {"time": 4, "text": "v3"}]',
        '{"time": 2.5, "text": "v2"}\n{"time": 4, "text": "v3"}\n',
        '{"marks": [{"ts": 2.5, "name": "v2"}, {"ts": 4, "name": "v3"}]}',
        '{"time": [2.5, 4], "text": ["v2", "v3"]}',
        "time,text\n4212.5,v2\n4214,v3\n",
        "date,text\n2026-01-05T09:29:52.5Z,v2\n2026-01-05 09:29:54+00:00,v3\n",
        "date,text\n2026-01-05T10:29:52.5+01:00,v2\n2026-01-05T09:29:54,v3\n",
        f"ts,text\n{1000 * (START + 2.5):.0f},v2\n{1000 * (START + 4):.0f},v3\n",
        f"ts,text\n{START + 2.5},v2\n{START + 4},v3\n",
        f"ts,text\n{1e9 * (START + 2.5):.0f},v2\n{1e9 * (START + 4):.0f},v3\n",
    ],
)
def test_each_form_has_the_same_marks(text: str) -> None:
    found = marks(text)
    # 4212.5 in the file's own time is 2.5 s behind its first whole second.
    assert [(round(start, 3), text) for start, _, _, text in rows(found)] == [(2.5, "v2"), (4.0, "v3")]
    assert (found.outside, found.skipped) == (0, 0)


def test_bands_series_and_outside() -> None:
    text = (
        "start,end,kind,message\n1,2,slow,a\n3,,slow,b\n19,25,deploy,c\n-5,-1,slow,d\n"
        "99,99,slow,e\n6,5,slow,f\n"
    )
    found = marks(text)
    assert rows(found) == [
        (1, 2, "slow", "a"),
        (3, 3, "slow", "b"),
        (6, 6, "slow", "f"),
        (19, 25, "deploy", "c"),
    ]
    assert found.outside == 2
    grafana = [{"time": 1000 * (START + 1), "timeEnd": 1000 * (START + 2), "text": "x", "tags": ["a", "b"]}]
    assert rows(marks(json.dumps(grafana))) == [(1, 2, "a, b", "x")]
    assert rows(marks("time,duration_ms\n1,500\n")) == [(1, 1.5, "deploys", "")]


def test_collections_of_node_are_bands() -> None:
    found = marks(
        "listening on 8080\n"
        "[13973:0x110008000]     2044 ms: Scavenge 2.4 (3.2) -> 2.0 (4.2) MB, 0.5 / 0.0 ms  "
        "(average mu = 1.000, current mu = 1.000) allocation failure\n"
        "[7:0x5f0]     5000 ms: Mark-Compact (reduce) 9.2 (12.0) -> 8.1 (12.0) MB, pooled: 0 MB, "
        "100.50 / 0.00 ms  (+ 1.0 ms in 3 steps since start of marking) "
        "(average mu = 0.9, current mu = 0.9) task; GC in old space\n"
    )
    # From the profile's first sample, half a second into its axis.
    assert rows(found) == [
        (2.5435, 2.544, "garbage collection", "Scavenge: allocation failure"),
        (5.3995, 5.5, "garbage collection", "Mark-Compact (reduce): task; GC in old space"),
    ]
    assert found.clock == "process"
    assert found.skipped == 1


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "is empty"),
        ("  \n\0", "is empty"),
        ("when,what\nnow,x\n", "a column named time"),
        ("[1, 2]", "no objects"),
        ('{"time": ', "begin like JSON"),
        ("[" * 100_000, "begin like JSON"),
        ("time\nx\ny\n", "no mark in deploys \\(row 2: 'x' is no time\\)"),
        ("time,text\nnan,x\ninf,y\n1e999,z\n", "no mark"),
    ],
)
def test_files_without_marks_are_refused_with_the_reason(text: str, words: str) -> None:
    with pytest.raises(ParameterError, match=words):
        marks(text)


def test_rows_that_cannot_be_read_are_counted() -> None:
    found = marks('time,text\n1,"a\nb"\nx,c\n2026-01-05,d\n2\n')
    assert [text for *_, text in rows(found)] == ["a\nb", ""]
    assert found.skipped == 2
    assert len(found.notes) == 2


def test_dates_need_a_start() -> None:
    with pytest.raises(ParameterError, match="give its start"):
        marks("date\n2026-01-05T09:30:00Z\n", start=None)
    header = {"captured on": "Mon Jan  5 09:30:10 2026"}
    known = replace(PROFILE, meta=replace(PROFILE.meta, header=header))
    found = began(known)
    assert found is not None
    assert found.at == pytest.approx(START + 20 - 20.4, abs=1e-6)
    assert not found.exact
    assert len(marks("date\n2026-01-05T09:29:55Z\n", known, None).start) == 1
    assert began(PROFILE) is None
    bad = replace(PROFILE, meta=replace(PROFILE.meta, header={"captured on": "Xxx Yyy 99 99:99:99 2026"}))
    assert began(bad) is None


def test_samples_of_the_real_time_clock_tell_their_start() -> None:
    profile = read(script(sample(f"{START + 1:.6f}", "f (/x)"), sample(f"{START + 2:.6f}", "f (/x)")))
    found = began(profile)
    assert found is not None
    assert (found.at, found.source, found.exact) == (START + 1, "samples", True)


def test_many_marks_are_joined_and_none_is_lost() -> None:
    count = 50_000
    random = np.random.default_rng(1)
    times = np.sort(random.random(count) * 20)
    text = "time,kind\n" + "".join(f"{time},{'ab'[row % 2]}\n" for row, time in enumerate(times))
    found = marks(text)
    assert len(found.start) <= placed.MAX_MARKS
    assert found.count.sum() == count
    assert np.bincount(found.series, found.count).tolist() == [count / 2, count / 2]
    assert (np.diff(found.start) >= 0).all()


def test_many_series_are_few() -> None:
    found = marks("time,kind\n" + "".join(f"1,k{row}\n" for row in range(100)))
    assert len(found.names) == placed.MAX_SERIES
    assert found.names[-1] == placed.OTHERS
    assert found.count.sum() == 100


def test_hostile_text_is_text_and_short() -> None:
    found = marks('time,text\n1,"<img src=x onerror=alert(1)>"\n2,' + "x" * 100_000 + "\n")
    assert found.text[0] == "<img src=x onerror=alert(1)>"
    assert len(found.text[1]) == 200
