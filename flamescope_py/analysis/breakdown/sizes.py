"""The size of a range: its seconds of recording, and the CPU time that a sample stands for.

Two ranges that are compared by shares hide that one of them had more of everything. With both numbers their
functions are compared by the CPU time in each second of recording.
"""

from __future__ import annotations

from typing import NamedTuple

from flamescope_py.analysis.breakdown.counts import Kept, part_of
from flamescope_py.analysis.breakdown.rates import Rate
from flamescope_py.model import TimeRange

# Units of values that are spans of time, in seconds.
TIME_UNITS = {"seconds": 1.0, "milliseconds": 1e-3, "microseconds": 1e-6, "nanoseconds": 1e-9}


class RangeSize(NamedTuple):
    """The samples of a range, what they count, and its seconds of recording, None where they are unknown.

    `sample_seconds` is the CPU time of one sample, or the time of one unit of values that are times. It is
    None where the frequency is unknown and for events that do not measure time.
    """

    samples: int
    unit: str
    seconds: float | None
    sample_seconds: float | None


def range_size(kept: Kept, part: TimeRange, rate: Rate, unit: str, samples: int) -> RangeSize:
    """Measure a range of the kept samples. Raises RangeError and NoTimestampsError."""
    one = TIME_UNITS.get(unit) or sample_seconds(kept, rate)
    return RangeSize(samples, unit, _seconds(kept, part, rate), one)


def sample_seconds(kept: Kept, rate: Rate) -> float | None:
    """Return the sampling interval, the CPU time that one of the kept samples stands for."""
    return 1 / rate.frequency if kept.clock_same and rate.frequency else None


def _seconds(kept: Kept, part: TimeRange, rate: Rate) -> float | None:
    profile = kept.profile
    # Samples without a timestamp are in none of the seconds.
    if not profile.meta.timed or profile.samples.timed < len(profile.samples):
        return None
    return rate.part_seconds(part_of(kept, part).seconds, part) or None
