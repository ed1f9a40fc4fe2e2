"""What two sides of a comparison are measured by, as in frontend/src/model/flame/measure.test.ts."""

from __future__ import annotations

import pytest

from flamescope_py.analysis.breakdown.sizes import RangeSize
from flamescope_py.analysis.measure import COUNT, POINTS, TIME, Measure, measure_of
from flamescope_py.analysis.vocabulary import AUTO, PER_SECOND, SHARE

SIZE = RangeSize(samples=200, unit="samples", seconds=10.0, sample_seconds=0.01)
OTHER = RangeSize(samples=100, unit="samples", seconds=20.0, sample_seconds=0.02)


def test_two_profiles_are_measured_by_amounts_and_two_parts_of_one_by_shares() -> None:
    assert measure_of((SIZE, OTHER), AUTO, same=False) == (TIME, 0.001, 0.001)
    assert measure_of((SIZE, OTHER), AUTO, same=True) == (POINTS, 0.5, 1.0)
    assert measure_of((SIZE, OTHER), PER_SECOND, same=True).kind == TIME
    assert measure_of((SIZE, OTHER), SHARE, same=False).kind == POINTS


@pytest.mark.parametrize(
    "other",
    [OTHER._replace(seconds=None), OTHER._replace(seconds=0.0), OTHER._replace(sample_seconds=None)],
)
def test_shares_take_the_place_of_amounts_that_are_not_known(other: RangeSize) -> None:
    assert measure_of((SIZE, other), PER_SECOND, same=False).kind == POINTS
    assert measure_of((other, SIZE), PER_SECOND, same=False).kind == POINTS


def test_values_of_one_unit_are_amounts_and_samples_of_unknown_length_are_not() -> None:
    first, second = (one._replace(unit="bytes", sample_seconds=None) for one in (SIZE, OTHER))
    assert measure_of((first, second), AUTO, same=False) == (COUNT, 0.1, 0.05)
    assert measure_of((first, second._replace(unit="objects")), AUTO, same=False).kind == POINTS
    samples = (first._replace(unit="samples"), second._replace(unit="samples"))
    assert measure_of(samples, AUTO, same=False).kind == POINTS


def test_no_samples_have_no_share() -> None:
    found = measure_of((SIZE._replace(samples=0), OTHER), SHARE, same=False)
    assert (found, found.scale) == ((POINTS, 0.0, 1.0), 0.0)


@pytest.mark.parametrize(
    ("kind", "value", "words"),
    [
        (POINTS, 3.14, "+3.1"),
        (POINTS, -0.09, ""),
        (TIME, -0.0125, "-12.5 ms"),
        (TIME, 1.5, "+1.50 s"),
        (TIME, 0.00049, ""),
        (TIME, 12e-9, ""),
        (COUNT, 17.23, "+17.2"),
    ],
)
def test_a_difference_has_its_sign_and_unit_and_none_is_empty(kind: str, value: float, words: str) -> None:
    assert Measure(kind, 1.0, 1.0).difference(value) == words
