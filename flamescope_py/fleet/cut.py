"""A cut of a collection: the hosts, services, versions, events and the time that a question is about."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from flamescope_py.errors import RangeError
from flamescope_py.fleet.layout import service_folder
from flamescope_py.fleet.placing import DAY, MINUTE
from flamescope_py.fleet.writing.rows import day_name

if TYPE_CHECKING:
    from flamescope_py.fleet.layout import Place

HOST, SERVICE, VERSION = "host", "service", "version"
BY = (HOST, SERVICE, VERSION)
# Steps of a matrix that divide a day, in microseconds.
STEPS = tuple(MINUTE * minutes for minutes in (1, 2, 5, 10, 15, 30, 60, 120, 360, 720, 1440))


class Span(NamedTuple):
    """`start` ≤ t < `end`, in microseconds since 1970."""

    start: int
    end: int

    def minutes(self) -> Span:
        """Widen the span to whole minutes."""
        return self.whole(MINUTE)

    def whole(self, unit: int) -> Span:
        """Widen the span to whole units of time."""
        return Span(self.start // unit * unit, -(-self.end // unit) * unit)

    def step(self, most: int) -> int:
        """Return the shortest step that cuts the span into at most `most` columns."""
        wanted = -(-(self.end - self.start) // most)
        return next((step for step in STEPS if step >= wanted), -(-wanted // DAY) * DAY)


@dataclass(frozen=True, slots=True)
class Cut:
    """Nothing named means all. Without `events`, main events count, or with `all_events` all.

    Questions about a cut that is not `timed` leave its time to the engine, which reads only rows of it.
    """

    span: Span
    hosts: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    versions: tuple[str, ...] = ()
    events: tuple[str, ...] = ()
    all_events: bool = False
    timed: bool = True

    def __post_init__(self) -> None:
        """Raise RangeError for an empty span."""
        if self.span.start >= self.span.end:
            raise RangeError("The time is empty: its end must be after its start.")

    def folders(self) -> Folders:
        """Return the days and services of the cut."""
        services = frozenset(service_folder(one) for one in self.services)
        first, last = day_name(self.span.start), day_name(self.span.end - 1)
        return Folders(first, last, services, self.span.start % DAY > 0, self.span.end % DAY > 0)


class Folders(NamedTuple):
    """The first and the last day of a cut, which may be days in part, and its services, none for all."""

    first: str
    last: str
    services: frozenset[str]
    begins_late: bool
    ends_early: bool

    def touch(self, place: Place) -> bool:
        """Return True if a file of a day and a service may hold rows of the cut."""
        return self.first <= place.day <= self.last and (not self.services or place.folder in self.services)

    def cover(self, place: Place) -> bool:
        """Return True if all rows of a file that they touch are within the cut's time."""
        return not (
            (self.begins_late and place.day == self.first) or (self.ends_early and place.day == self.last)
        )
