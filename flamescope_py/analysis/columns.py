"""The columns of a heatmap: the number of seconds in each, and the requested range of them.

A day at one second per column is more columns than any screen is wide, and megabytes to send. Steps are those
in which people read times. Each is a multiple of the one before, so that columns of a finer heatmap add up to
those of a coarser one.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, floor
from typing import NamedTuple

from flamescope_py.errors import ParameterError
from flamescope_py.model import Seconds

SUM, HIGHEST = "sum", "max"
STEPS = (1, 5, 10, 20, 60, 120, 600, 1800, 3600)


class Span(NamedTuple):
    """Seconds `first` ≤ second < `last` of a profile, `step` per column; `first` is a multiple of `step`."""

    first: int
    last: int
    step: int

    @property
    def columns(self) -> int:
        """Count the columns; the last may have fewer seconds."""
        return -(-(self.last - self.first) // self.step)


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns that hold any of `start` ≤ t < `end`, whole; without bounds all columns.

    A column has `step` seconds. Without `step` it is the smallest of STEPS, or whole hours, that leaves at
    most `most` columns in the whole profile. `join` adds up the same part of every second, or takes the
    highest.
    """

    step: int | None = None
    most: int | None = None
    start: Seconds | None = None
    end: Seconds | None = None
    join: str = SUM

    def __post_init__(self) -> None:
        """Raises ParameterError."""
        if self.step is not None and self.most is not None:
            raise ParameterError("step and columns are both given: give one of them.")

    def span(self, seconds: int) -> Span:
        """Return the columns in a profile of so many seconds; bounds outside of it are clipped."""
        step = self.step or (1 if self.most is None else fitting_step(seconds, self.most))
        start = 0.0 if self.start is None else min(max(self.start, 0.0), float(seconds))
        end = float(seconds) if self.end is None else min(max(self.end, start), float(seconds))
        first = floor(start) // step * step
        return Span(first, min(-(-ceil(end) // step) * step, seconds), step)


# FlameScope's heatmap: one column per second.
EVERY_SECOND = Columns()


def fitting_step(seconds: int, most: int) -> int:
    """Return the smallest step, of STEPS or whole hours, that leaves at most `most` columns."""
    hour = STEPS[-1]
    fits = (step for step in STEPS if -(-seconds // step) <= most)
    return next(fits, -(-seconds // (most * hour)) * hour)
