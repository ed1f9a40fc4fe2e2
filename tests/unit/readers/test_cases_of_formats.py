"""Files of other formats from real programs, with their expected values."""

from __future__ import annotations

import io
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pytest

from flamescope_py.analysis.heatmap import heatmap
from flamescope_py.analysis.selection import Selection
from flamescope_py.errors import BrokenProfileError, UnknownFormatError
from flamescope_py.model import Profile
from flamescope_py.readers.source import read_profile, sniff_file
from tests.support.reading import stack
from tests.support.views import select

FILES = Path(__file__).resolve().parents[2] / "data" / "cases" / "formats"
CASES: list[dict[str, Any]] = orjson.loads((FILES / "expected.json").read_bytes())


def opened(case: dict[str, Any]) -> Profile:
    data = (FILES / case["file"]).read_bytes()
    assert sniff_file(io.BytesIO(data)).type == case["type"]
    return read_profile(io.BytesIO(data), "unknown")


def weighed(profile: Profile, weight: np.ndarray[Any, Any] | None) -> dict[str, int]:
    """Return the weight of each stack, without those of zero weight."""
    _, first, place = np.unique(profile.samples.node, return_index=True, return_inverse=True)
    sums = np.bincount(place, weight).astype(np.int64).tolist()
    found: Counter[str] = Counter()
    for row, value in zip(first.tolist(), sums, strict=True):
        found[";".join(frame.partition(" (")[0] for frame in reversed(stack(profile, row)))] += value
    return +found


def heat_of(profile: Profile) -> int:
    return int(heatmap(select(profile, Selection(idle=True)), 50).values.sum())


def named(cases: list[dict[str, Any]]) -> list[Any]:
    return [pytest.param(case, id=case["file"]) for case in cases]


@pytest.mark.parametrize("case", named([case for case in CASES if "type" in case]))
def test_a_file_has_its_values(case: dict[str, Any]) -> None:
    profile = opened(case)
    samples, report = profile.samples, profile.report
    periods = {} if samples.period is None else weighed(profile, samples.period)
    facts = {
        "samples": len(samples),
        "idle": report.idle,
        "outOfOrder": report.out_of_order,
        "first": float(samples.time[0]),
        "last": float(samples.time[-1]),
        "folded": weighed(profile, samples.weight),
        "kinds": sorted(set(profile.frames.kind)),
        "heat": heat_of(profile) if "heat" in case else None,
        "period": periods,
        "columns": profile.seconds,
        "other": report.other,
        "also": list(profile.meta.also),
        "opensAs": profile.meta.format,
    }
    assert {name: facts[name] for name in facts.keys() & case.keys()} == {
        name: case[name] for name in facts.keys() & case.keys()
    }
    assert case.get("periodOf", {}).items() <= periods.items()
    assert case.get("message", "") in " ".join(report.messages + [note.reason for note in report.notes])


def test_every_file_is_in_the_table() -> None:
    files = {path.name for path in FILES.iterdir()} - {"expected.json"}
    assert {case["file"] for case in CASES} == files


@pytest.mark.parametrize("case", named([case for case in CASES if "broken" in case]))
def test_a_file_that_holds_nothing_is_told_why(case: dict[str, Any]) -> None:
    with pytest.raises(BrokenProfileError, match=case["broken"]):
        read_profile(io.BytesIO((FILES / case["file"]).read_bytes()), "unknown")


@pytest.mark.parametrize("case", named([case for case in CASES if "refused" in case]))
def test_a_file_is_refused_by_name(case: dict[str, Any]) -> None:
    data = (FILES / case["file"]).read_bytes()
    assert case["refused"] in sniff_file(io.BytesIO(data)).reason
    with pytest.raises(UnknownFormatError, match=case["refused"]):
        read_profile(io.BytesIO(data), "unknown")
