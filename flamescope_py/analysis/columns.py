"""The columns of a heatmap: their length, how many of them are joined, and the requested range of them.

A day at one second per column is more columns than any screen is wide, and megabytes to send. Steps are those
in which people read times. Each is a multiple of the one before, so that columns of a finer heatmap add up to
those of a coarser one. A recording of five seconds has five columns of a second, so columns may be shorter.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from math import ceil, floor
from typing import NamedTuple

from flamescope_py.analysis.vocabulary import LENGTHS, ONE_SECOND
from flamescope_py.errors import ParameterError
from flamescope_py.model import Seconds

SUM, HIGHEST = "sum", "max"
STEPS = (1, 5, 10, 20, 60, 120, 600, 1800, 3600)
SECOND = 1000
# The seconds up to which each length is usual, the shortest first; beyond them the longest is.
_USUAL = ((1, 20), (2, 50), (7, 100), (24, 250), (1000, SECOND), (10_000, 10_000))
# Columns counted at a time before they are joined: a day of single seconds is never in memory at once.
_COLUMNS_A_BLOCK = 4096


class Span(NamedTuple):
    """Columns `first` ≤ column < `last` of `length` milliseconds, from the profile's first whole second on.

    `step` of them are joined into one, and `first` is a multiple of `step`.
    """

    first: int
    last: int
    step: int
    length: int = SECOND

    @property
    def columns(self) -> int:
        """Count the joined columns; the last may join fewer."""
        return -(-(self.last - self.first) // self.step)

    def blocks(self) -> Iterator[Span]:
        """Yield parts of whole joined columns, which are counted at a time."""
        size = max(self.step, _COLUMNS_A_BLOCK // self.step * self.step)
        for first in range(self.first, self.last, size):
            yield self._replace(first=first, last=min(first + size, self.last))


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns that hold any of `start` ≤ t < `end`, whole; without bounds all columns.

    `step` columns of a length named in LENGTHS are joined into one. Without `step` it is the smallest of
    STEPS, or a multiple of the last, that leaves at most `most` columns in the whole profile. `join` adds up
    the same part of every column, or takes the highest. AUTO stands for `usual_length`.
    """

    step: int | None = None
    most: int | None = None
    start: Seconds | None = None
    end: Seconds | None = None
    join: str = SUM
    length: str = ONE_SECOND

    def __post_init__(self) -> None:
        """Raises ParameterError."""
        if self.step is not None and self.most is not None:
            raise ParameterError("step and columns are both given: give one of them.")

    def span(self, seconds: int) -> Span:
        """Return the columns in a profile of so many seconds; bounds outside of it are clipped."""
        length = LENGTHS.get(self.length) or usual_length(seconds)
        count = column_count(seconds, length)
        step = self.step or (1 if self.most is None else fitting_step(count, self.most))
        start = 0.0 if self.start is None else min(max(self.start, 0.0), float(seconds))
        end = float(seconds) if self.end is None else min(max(self.end, start), float(seconds))
        first = floor(_columns_before(start, length)) // step * step
        last = -(-ceil(_columns_before(end, length)) // step) * step
        return Span(first, min(last, count), step, length)


# FlameScope's heatmap: one column per second.
EVERY_SECOND = Columns()


def column_count(seconds: int, length: int) -> int:
    """Count the columns of `length` milliseconds in so many whole seconds; the last may be cut short."""
    return -(-seconds * SECOND // length)


def usual_length(seconds: int) -> int:
    """Return the length of a column, in milliseconds, that makes a picture of so many seconds wide.

    Up to 1000 seconds there are 25 columns or more, and one second where that is enough. Longer
    profiles have 100 columns of ten seconds and more, then of a minute.
    """
    return next((length for most, length in _USUAL if seconds <= most), LENGTHS["1min"])


def fitting_step(count: int, most: int) -> int:
    """Return the smallest step, of STEPS or multiples of the last, that leaves at most `most` columns."""
    longest = STEPS[-1]
    fits = (step for step in STEPS if -(-count // step) <= most)
    return next(fits, -(-count // (most * longest)) * longest)


def _columns_before(bound: Seconds, length: int) -> Decimal:
    """Return the place of a bound in columns. In binary, 0.58 s would lie before its column of 20 ms."""
    return Decimal(repr(float(bound))) * SECOND / length
