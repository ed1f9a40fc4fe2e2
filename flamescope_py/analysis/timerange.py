"""Finds the samples of a range: start ≤ t < end, in seconds from the profile's first whole second.

A bound is compared by its second and its fraction, not as one number. Subtracting the origin from a time is
exact, but the double 3000.58 is not 3000 s and the double 0.58: a sample on the edge of a cell would fall out
of the cell that the heatmap counts it in.
"""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

import numpy as np

from flamescope_py.analysis.view import View
from flamescope_py.errors import NoTimestampsError, RangeError
from flamescope_py.model import Profile, Seconds


class SampleRange(NamedTuple):
    """Rows `first` to `last` (exclusive) of a view's samples, and the bounds in seconds."""

    first: int
    last: int
    start: Seconds
    end: Seconds


def time_range(view: View, start: Seconds | None, end: Seconds | None) -> SampleRange:
    """Return the samples of a range; without bounds, those of the whole profile.

    Raises RangeError for a range that is empty, reversed or ends after the profile's seconds, and
    NoTimestampsError for any bound in a profile without timestamps.
    """
    if start is None and end is None:
        return SampleRange(0, len(view.time), 0.0, float(view.profile.seconds))
    require_time(view.profile)
    low, high = bounds(view.profile, start, end)
    return SampleRange(_position(view, low), _position(view, high), low, high)


def bounds(profile: Profile, start: Seconds | None, end: Seconds | None) -> tuple[Seconds, Seconds]:
    """Return both bounds of a range. Raises RangeError as `time_range`."""
    limit = profile.seconds
    low, high = 0.0 if start is None else start, float(limit) if end is None else end
    if not 0 <= low < high <= limit:  # in this form it refuses NaN, too
        raise RangeError(f"The range {low:g} to {high:g} s is empty or outside the profile (0 to {limit} s).")
    return low, high


def _position(view: View, bound: Seconds) -> int:
    """Return the row of the first sample at or after a bound."""
    exact = Decimal(repr(bound))
    second = view.profile.origin + int(exact)
    first, last = np.searchsorted(view.time, [second, second + 1])
    fractions = view.time[first:last] - second
    return int(first + np.searchsorted(fractions, float(exact % 1)))


def require_time(profile: Profile) -> None:
    """Raise NoTimestampsError if a profile has no timestamps."""
    if not profile.meta.timed:
        raise NoTimestampsError(
            "The samples have no timestamps, so only the flame graph of the whole profile can be shown. "
            + (profile.meta.time_advice or "Record one that has them.")
        )
