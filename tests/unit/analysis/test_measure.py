"""What two sides of a comparison are measured by. The tests of the page's module read the same cases."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from flamescope_py.analysis.breakdown.sizes import RangeSize
from flamescope_py.analysis.measure import POINTS, Measure, measure_of
from flamescope_py.analysis.vocabulary import SHARE

ROOT = Path(__file__).parents[3]
CASES = json.loads((ROOT / "frontend/src/model/flame/measure.cases.json").read_text(encoding="utf-8"))


def side(name: str) -> RangeSize:
    one = CASES["sides"][name]
    return RangeSize(one["samples"], one["unit"], one["seconds"], one["sampleSeconds"])


@pytest.mark.parametrize("case", CASES["measures"])
def test_the_measure_is_that_of_the_page(case: dict[str, Any]) -> None:
    sides = (side(case["first"]), side(case["second"]))
    found = measure_of(sides, case["base"], same=case["same"])
    assert found.kind == case["is"][0]
    assert [found.first, found.second] == pytest.approx(case["is"][1:])


def test_no_samples_have_no_share() -> None:
    found = measure_of((side("none"), side("slow")), SHARE, same=False)
    assert (found, found.scale) == ((POINTS, 0.0, 1.0), 0.0)


@pytest.mark.parametrize("case", CASES["differences"])
def test_a_difference_has_the_words_of_the_page(case: dict[str, Any]) -> None:
    """It has its sign and unit, and next to nothing has no words."""
    assert Measure(case["kind"], 1.0, 1.0).difference(case["value"]) == case["text"]
