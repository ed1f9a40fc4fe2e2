"""perf's output for every combination of fields with a time and an address reads alike.

tests/data/perf_fields/record.py made the texts. One recording is printed by all sets of fields, so that each
text must hold the same samples as the fullest one, up to the fields it lacks.
"""

from __future__ import annotations

import json
import lzma
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

from flamescope_py.model import Profile
from flamescope_py.readers.perf.fields import NO_COMMAND
from flamescope_py.readers.perf.reader import recognises
from tests.support.reading import read, stack

FOLDER = Path(__file__).resolve().parents[3] / "data" / "perf_fields"
FULL = {"comm", "pid", "tid", "cpu", "time", "period", "event", "ip", "sym", "dso"}
RECORDINGS = ["stacks", "leaves", "columns", "columns-stacks", "tracepoint", "tracepoint-stacks"]
FRAMES = ["ip", "ip,sym", "ip,dso", "ip,sym,dso", "ip,sym,symoff,dso", "ip,sym,symoff"]
# The lines that a field adds behind a stack, or in it.
OTHER_LINES = {"addresses", "registers", "source lines", "instructions"}


class Sample(NamedTuple):
    """A sample as a text describes it. A field is None if the text lacks it."""

    time: float
    command: str | None
    pid: int | None
    tid: int | None
    cpu: int | None
    event: str | None
    period: int | None
    frames: tuple[str, ...]


@cache
def texts(recording: str) -> dict[str, bytes]:
    found = json.loads(lzma.decompress((FOLDER / "fields.json.xz").read_bytes()))
    return {fields: text.encode() for fields, text in found[recording]}


@cache
def full(recording: str) -> Profile:
    return next(read(text) for fields, text in texts(recording).items() if set(fields.split(",")) == FULL)


def samples(profile: Profile, fields: set[str]) -> list[Sample]:
    columns, periods = profile.samples, profile.samples.period
    found = []
    for row in range(len(columns)):
        thread = profile.threads[columns.thread[row]]
        *frames, command = stack(profile, row)
        found.append(
            Sample(
                float(columns.time[row]),
                command if "comm" in fields else None,
                thread.pid if {"pid", "tid"} <= fields else None,
                thread.tid if "tid" in fields else None,
                int(columns.cpu[row]) if "cpu" in fields else None,
                profile.meta.events[columns.event[row]] if "event" in fields else None,
                int(periods[row]) if periods is not None and "period" in fields else None,
                tuple(without(frame, fields) for frame in frames),
            )
        )
    return found


def without(frame: str, fields: set[str]) -> str:
    """Remove the parts of a frame that these fields do not print."""
    name, _, library = frame.rpartition(" (") if "(" in frame else (frame, "", "")
    name = name if "sym" in fields else "[unknown]"
    return f"{name} ({library}" if "dso" in fields and library else name


def check(recording: str, fields: str) -> None:
    named = set(fields.split(","))
    text = texts(recording)[fields]
    assert recognises(text), fields
    profile = read(text)
    expected = [
        sample._replace(command=sample.command if "comm" in named else None)
        for sample in samples(full(recording), named)
    ]
    assert samples(profile, named) == expected, fields
    if "comm" not in named:
        assert {thread.command for thread in profile.threads} == {NO_COMMAND}
    assert profile.report.skipped == 0, (fields, profile.report.notes)
    assert set(profile.report.other) <= OTHER_LINES


def test_all_recordings_are_there() -> None:
    assert all(len(texts(recording)) > 10 for recording in RECORDINGS)
    assert len(texts("stacks")) == len(texts("leaves")) == 256 * len(FRAMES)
    assert {thread.command for thread in full("leaves").threads} >= {
        "9 lives 42",
        "#1 job",
        "v1.2 3.4: x",
        "dd",
    }


@pytest.mark.parametrize("frames", FRAMES)
@pytest.mark.parametrize("recording", ["stacks", "leaves"])
def test_every_combination_of_fields_says_the_same(recording: str, frames: str) -> None:
    some = [fields for fields in texts(recording) if fields.endswith(f"time,{frames}")]
    assert len(some) == 256
    for fields in some:
        check(recording, fields)


@pytest.mark.parametrize("recording", RECORDINGS[2:])
def test_fields_before_and_behind_the_frames_change_nothing(recording: str) -> None:
    for fields in texts(recording):
        check(recording, fields)
