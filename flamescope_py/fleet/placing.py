"""The wall time of a profile's samples, which places it among those of other hosts.

perf counts from the boot of its host unless it records with `-k CLOCK_REALTIME`. A profile without wall time
is listed in a collection, and its samples are in none of the answers.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from flamescope_py.fleet.labels import Labels
from flamescope_py.model import Profile

WALL, REFERENCE, LABEL, NONE = "wall", "reference", "label", "none"
MICROSECONDS = 1_000_000
DAY = 86_400 * MICROSECONDS
MINUTE = 60 * MICROSECONDS
HOUR = 60 * MINUTE
# 2001 and 2100 in seconds: no host has been up for so long.
_FIRST_WALL, _LAST_WALL = 1_000_000_000, 4_102_444_800
# perf script --header, after perf record -k CLOCK_MONOTONIC:
# # reference time: 2026-11-29 10:00:00.123456 = 1795946400.123456 (TOD) = 5123.654321 (CLOCK_MONOTONIC)
_REFERENCE = re.compile(r"= ?(\d{9,10})\.(\d{6})\d* \(TOD\) ?= ?(\d{1,10})\.(\d{6})\d* ")
UNTIMED = "Its samples have no timestamps."
PARTLY_UNTIMED = "{} of its samples have no timestamps, and are in no answer."
SINCE_BOOT = (
    "Its times are not those of the day: record with perf record -k CLOCK_REALTIME, "
    "or set the label start to the time of the first sample."
)
PAST = "It starts before 1970: set the clock of its host, or the label start."
FUTURE = "It starts more than a day after now: set the clock of its host."


class Place(NamedTuple):
    """The microseconds to add to the times of a profile, or None, and what is amiss in one sentence."""

    offset: int | None
    clock: str = NONE
    reason: str = ""


def place(profile: Profile, labels: Labels, now: int) -> Place:
    """Find the wall time of a profile; `now` is that of this machine in microseconds."""
    if not profile.meta.timed or not len(profile.samples):
        return Place(None, reason=UNTIMED)
    found = _found(profile, labels)
    untimed = len(profile.samples) - profile.samples.timed
    if found.offset is not None and untimed:
        found = found._replace(reason=PARTLY_UNTIMED.format(untimed))
    if found.offset is not None:
        first = microseconds(profile.meta.first) + found.offset
        if first < 0 or first > now + DAY:
            return Place(None, found.clock, FUTURE if first > 0 else PAST)
    return found


def microseconds(seconds: float) -> int:
    """Return a time in microseconds."""
    return round(seconds * MICROSECONDS)


def _found(profile: Profile, labels: Labels) -> Place:
    first = profile.meta.first
    if labels.start is not None:
        return Place(labels.start - microseconds(first), LABEL)
    if _FIRST_WALL <= first < _LAST_WALL:
        return Place(0, WALL)
    if match := _REFERENCE.search(profile.meta.header.get("reference time", "")):
        wall, wall_part, clock, clock_part = map(int, match.groups())
        return Place((wall - clock) * MICROSECONDS + wall_part - clock_part, REFERENCE)
    return Place(None, reason=SINCE_BOOT)
