"""The one range of time that requests, commands and analysis share."""

from __future__ import annotations

from typing import NamedTuple

from flamescope_py.model.profile import Seconds


class TimeRange(NamedTuple):
    """`start` ≤ t < `end`, in seconds from the profile's first whole second.

    A bound of None is the begin or the end of the profile. With `outside` the range is the rest of the
    profile: everything before `start` and from `end` on.
    """

    start: Seconds | None = None
    end: Seconds | None = None
    outside: bool = False
