"""OTLP profiles: the specification's own messages, files of the collector, and hostile ones."""

from __future__ import annotations

import copy
import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from flamescope_py.analysis.flamegraph import flame_graph
from flamescope_py.analysis.heatmap import heatmap
from flamescope_py.analysis.selection import Selection
from flamescope_py.errors import BrokenProfileError, TooLargeError
from flamescope_py.model import Profile
from flamescope_py.readers.limits import MAX_DEPTH
from flamescope_py.readers.otlp import model
from flamescope_py.readers.source import sniff_file
from flamescope_py.readers.units import unit_of
from tests.support.reading import assert_same, read, stack
from tests.support.trees import lines, picture
from tests.support.views import select

DATA = Path(__file__).resolve().parents[3] / "data" / "otlp"
MESSAGE = (DATA / "profiles.otlp").read_bytes()
JSON: dict[str, Any] = json.loads((DATA / "profiles.otlp.json").read_text())
START = 1_795_000_000


def opened(data: bytes) -> Profile:
    assert sniff_file(io.BytesIO(data)).type == "otlp"
    return read(data, "unknown")


def changed(**sample: Any) -> Profile:
    """Return the profile with other values in its first sample."""
    content = copy.deepcopy(JSON)
    content["resourceProfiles"][0]["scopeProfiles"][0]["profiles"][0]["samples"][0] |= sample
    return opened(json.dumps(content).encode())


def test_every_time_is_a_row() -> None:
    profile = opened(MESSAGE)
    counts = np.bincount(profile.samples.event).tolist()
    assert dict(zip(profile.meta.events, counts, strict=True)) == {"samples": 60, "off_cpu": 2}
    assert (profile.meta.first, profile.meta.last) == (START, START + 2.95)


def test_json_reads_as_protocol_buffers_do() -> None:
    assert_same(opened(json.dumps(JSON).encode()), opened(MESSAGE))


@pytest.mark.parametrize("form", ["json lines", "lengths"])
def test_files_of_the_collector_have_several_documents(form: str) -> None:
    if form == "json lines":
        data = (json.dumps(JSON) + "\n").encode() * 3
    else:
        data = (len(MESSAGE).to_bytes(4, "big") + MESSAGE) * 3
    profile = opened(data)
    assert len(profile.samples) == 3 * 62
    assert len(profile.tree) == len(opened(MESSAGE).tree)


def test_values_of_waits_are_weights_in_their_unit() -> None:
    profile = opened(MESSAGE)
    assert profile.meta.event_units == ("nanoseconds", "samples")
    assert profile.meta.main_event == "samples"
    assert profile.samples.weight is not None
    assert profile.samples.weight[profile.samples.event == 0].tolist() == [40_000_000, 10_000_000]
    row = int(np.flatnonzero(profile.samples.event == 0)[0])
    assert stack(profile, row) == [
        "[kernel.kallsyms]+0x110 ([kernel.kallsyms]) kernel",
        "wait ([kernel.kallsyms]) kernel",
        "main (app.go)",
    ]


def test_resources_and_attributes_are_process_and_thread() -> None:
    profile = opened(MESSAGE)
    assert [(one.pid, one.tid, one.command) for one in profile.threads] == [(70, 71, "worker")]
    assert profile.meta.header["service.name"] == "shop"


def test_samples_without_times_are_a_graph() -> None:
    profile = opened((DATA / "untimed.otlp").read_bytes())
    assert not profile.meta.timed
    assert picture(profile) == lines("""
        root 50000060
          main 50000060 (20 own)
            wait[kernel] 50000000
              [kernel.kallsyms]+0x110[kernel] 50000000 (50000000 own)
            work 40 (40 own)
    """)


def test_samples_without_times_among_others_are_in_the_graph_alone() -> None:
    profile = changed(timestampsUnixNano=[], values=["5"])
    assert (len(profile.samples), profile.samples.timed, profile.report.skipped) == (43, 42, 0)
    assert profile.report.messages[0].startswith("1 of 43 samples have no time: ")
    view = select(profile, Selection(event=("samples",)))
    timed = np.flatnonzero(profile.samples.event[:42] == profile.meta.events.index("samples"))
    assert heatmap(view, 10).values.sum() == len(timed)
    assert flame_graph(view).total[0] == len(timed) + 5
    assert flame_graph(view, 0.0, float(profile.seconds)).total[0] == len(timed)
    assert np.isfinite([profile.meta.first, profile.meta.last]).all()


@pytest.mark.parametrize(
    ("sample", "reason"),
    [
        ({"stackIndex": 99}, "samples of a stack that is not in the table"),
        ({"stackIndex": -1}, "samples of a stack that is not in the table"),
        ({"values": ["1", "2"]}, "samples with another number of values than of times"),
        ({"timestampsUnixNano": ["5"], "values": []}, "times before 2001, as of 1970"),
        ({"timestampsUnixNano": [str(START * 10**9)], "values": ["-5"]}, "values that are negative"),
        ({"timestampsUnixNano": [str(START * 10**9)], "values": [str(2**62)]}, "values above 2^53"),
    ],
)
def test_faults_of_a_sample_are_named(sample: dict[str, Any], reason: str) -> None:
    profile = changed(**sample)
    assert profile.report.skipped >= 1
    assert reason in {note.reason for note in profile.report.notes}


def test_rows_that_are_in_no_table() -> None:
    content = copy.deepcopy(JSON)
    content["dictionary"]["stackTable"][1]["locationIndices"] = [77]
    content["dictionary"]["locationTable"][2]["lines"][0]["functionIndex"] = 10**9
    content["dictionary"]["functionTable"][3]["nameStrindex"] = -7
    profile = opened(json.dumps(content).encode())
    # Stack 1 has 20 of the samples.
    assert (len(profile.samples), profile.report.skipped) == (42, 1)
    assert "(unknown)" in profile.frames.name
    named = [note for note in profile.report.notes if "a function or a name" in note.reason]
    assert [note.text for note in named] == ["2"]


def test_values_have_the_unit_of_their_profile() -> None:
    content = copy.deepcopy(JSON)
    [profile, *_] = content["resourceProfiles"][0]["scopeProfiles"][0]["profiles"]
    strings = content["dictionary"]["stringTable"]
    profile["sampleType"]["unitStrindex"] = len(strings)
    profile["samples"] = [{"stackIndex": 1, "timestampsUnixNano": [str(START * 10**9)], "values": ["3"]}]
    strings.append("s")
    found = opened(json.dumps(content).encode())
    place = found.meta.events.index("samples")
    assert found.meta.event_units[place] == "microseconds"
    assert found.samples.weight is not None
    assert found.samples.weight[found.samples.event == place].tolist() == [3_000_000]


@pytest.mark.parametrize(
    ("unit", "shown"),
    [
        ("Seconds", ("microseconds", 1_000_000)),
        ("ms", ("microseconds", 1_000)),
        ("nanosecond", ("nanoseconds", 1)),
        ("KiBy", ("bytes", 1 << 10)),
        ("kBy", ("bytes", 1_000)),
        ("count", ("samples", 1)),
        ("{cpu}", ("samples", 1)),
    ],
)
def test_units_are_those_of_ucum_and_of_pprof(unit: str, shown: tuple[str, int]) -> None:
    assert unit_of(unit, "cpu") == shown
    assert unit_of("count", "inuse_objects") == ("inuse_objects", 1)


def test_a_file_of_which_nothing_is_left_says_why() -> None:
    content = copy.deepcopy(JSON)
    content["resourceProfiles"][0]["scopeProfiles"][0]["profiles"] = [
        content["resourceProfiles"][0]["scopeProfiles"][0]["profiles"][0]
    ]
    content["dictionary"]["stackTable"] = content["dictionary"]["stackTable"][:1]
    with pytest.raises(BrokenProfileError, match=r"\(samples of a stack that is not in the table\): record"):
        opened(json.dumps(content).encode())


def test_a_deep_stack_is_cut() -> None:
    content = copy.deepcopy(JSON)
    content["dictionary"]["stackTable"][1]["locationIndices"] = [1] * (2 * MAX_DEPTH)
    profile = opened(json.dumps(content).encode())
    assert int(profile.tree.depth.max()) == MAX_DEPTH
    assert profile.report.repaired == 1


@pytest.mark.parametrize("cut", [1, 50, 400])
def test_a_cut_message_is_broken(cut: int) -> None:
    with pytest.raises(BrokenProfileError, match="cut short"):
        read(MESSAGE[:-cut], "otlp")


def test_a_cut_line_is_told() -> None:
    text = json.dumps(JSON).encode()
    profile = opened(text + b"\n" + text[:500])
    assert (len(profile.samples), profile.report.skipped) == (62, 1)


@pytest.mark.parametrize("content", ["{}", "[]", "5", "null"])
def test_a_document_without_samples_is_broken(content: str) -> None:
    with pytest.raises(BrokenProfileError, match="no sample"):
        read(f'{{"resourceProfiles":[{content}],"dictionary":{content}}}'.encode(), "unknown")


@pytest.mark.parametrize("data", [MESSAGE, json.dumps(JSON).encode()], ids=["protocol buffers", "json"])
def test_the_profiles_of_a_file_have_a_bound(monkeypatch: pytest.MonkeyPatch, data: bytes) -> None:
    """Each takes a millisecond, and a file of 10 MB can have half a million."""
    monkeypatch.setattr(model, "MAX_PROFILES", 2)
    assert len(opened(data).samples) == 62
    monkeypatch.setattr(model, "MAX_PROFILES", 1)
    with pytest.raises(TooLargeError, match="split it"):
        opened(data)


def test_samples_count_where_no_stack_has_a_location() -> None:
    content = copy.deepcopy(JSON)
    for one in content["dictionary"]["stackTable"]:
        one["locationIndices"] = []
    profile = opened(json.dumps(content).encode())
    assert len(profile.samples) == 62
    assert len({tuple(stack(profile, row)) for row in range(62)}) == 1
