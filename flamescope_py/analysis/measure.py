"""The measure of a comparison: shares of samples, or amounts in each second of recording.

Shares hide that one side has more of everything, and list a function that takes as long as before as less
where another one grew. `frontend/src/model/flame/measure.ts` holds the same rules: the page has a switch
between both measures, which sends no request. The tests of both modules read the cases of
`measure.cases.json` beside `measure.ts`.
"""

from __future__ import annotations

from typing import NamedTuple

from flamescope_py.analysis.breakdown.sizes import RangeSize
from flamescope_py.analysis.vocabulary import AUTO, PER_SECOND, SHARE
from flamescope_py.model.profile import SAMPLES

# Values of a measure: a share in percent, seconds of CPU time, counts.
POINTS, TIME, COUNT = "points", "time", "count"
# Smaller differences are next to nothing: 0.1 points, half a millisecond a second.
LEAST = {POINTS: 0.1, TIME: 0.0005, COUNT: 0.1}
_WORDS = {
    POINTS: "share of samples",
    TIME: "CPU time per second of recording",
    COUNT: "per second of recording",
}
_PARTS_OF_A_SECOND = (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6))


class Measure(NamedTuple):
    """The values of one sample of the first and of the second side."""

    kind: str
    first: float
    second: float

    @property
    def scale(self) -> float:
        """Return how many samples of the first side one of the second stands for."""
        return self.second / self.first if self.first > 0 else 0.0

    @property
    def amounts(self) -> bool:
        """Whether values are amounts in each second, not shares."""
        return self.kind != POINTS

    @property
    def words(self) -> str:
        """Name the values."""
        return _WORDS[self.kind]

    def text(self, value: float) -> str:
        """Return a value without its sign, such as `3.1` points, `180 ms` or `17.2`."""
        return _time(abs(value)) if self.kind == TIME else f"{abs(value):.1f}"

    def difference(self, value: float) -> str:
        """Return a difference with its sign, such as `+3.1` points or `-12.5 ms`; empty for a small one."""
        if abs(value) < LEAST[self.kind]:
            return ""
        return f"{'+' if value > 0 else '-'}{self.text(value)}"


def measure_of(sides: tuple[RangeSize, RangeSize], base: str, *, same: bool) -> Measure:
    """Return the measure of AUTO, PER_SECOND or SHARE; `same` is True for two parts of one profile.

    Shares take the place of amounts that are not known.
    """
    wanted = (SHARE if same else PER_SECOND) if base == AUTO else base
    first, second = sides
    if wanted == SHARE or not _has_amounts(first, second):
        return share_measure(first.samples, second.samples)
    kind = COUNT if first.sample_seconds is None else TIME
    return Measure(kind, *((side.sample_seconds or 1.0) / (side.seconds or 1.0) for side in sides))


def share_measure(first: int, second: int) -> Measure:
    """Return the measure of shares for two sides with so many samples."""
    return Measure(POINTS, *(100 / samples if samples else 0.0 for samples in (first, second)))


def _has_amounts(first: RangeSize, second: RangeSize) -> bool:
    """Check that both lengths are known, and that samples stand for time or count one unit."""
    if not first.seconds or not second.seconds:
        return False
    if first.sample_seconds is not None and second.sample_seconds is not None:
        return True
    return (
        first.sample_seconds is second.sample_seconds and first.unit == second.unit and first.unit != SAMPLES
    )


def _time(seconds: float) -> str:
    """Return a time with three digits, such as `148 ms`."""
    if seconds == 0:
        return "0 s"
    unit, size = next((one for one in _PARTS_OF_A_SECOND if seconds >= one[1] * 0.9995), ("ns", 1e-9))
    value = seconds / size
    digits = 0 if value >= 99.95 else 1 if value >= 9.995 else 2
    return f"{value:.{digits}f} {unit}"
