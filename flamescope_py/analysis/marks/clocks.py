"""When a recording began, and which clock the times of marks are of."""

from __future__ import annotations

import re
from datetime import datetime, timezone
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from flamescope_py.model import Profile

AXIS, FILE, UNIX, PROCESS = "axis", "file", "unix", "process"
CLOCKS = (AXIS, FILE, UNIX, PROCESS)
_YEAR_1985, _YEAR_2100 = 4.7e8, 4.1e9
# The fields of headers, with the moment that they are about: perf writes its own at the end.
_CAPTURED_ON = "captured on"
# Mon Jan  5 09:30:00 2026
_CAPTURED = re.compile(r"[A-Z][a-z]{2} ([A-Z][a-z]{2}) {1,2}(\d{1,2}) (\d\d):(\d\d):(\d\d) (\d{4})")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
# Of the readers' headers: milliseconds or nanoseconds since 1970, at the beginning.
_STARTED = {"startTime": 1e-3, "time_nanos": 1e-9}


class Began(NamedTuple):
    """Seconds since 1970 of the profile's first whole second, and where they are from.

    `exact` is False for a clock of whole seconds without a zone, which is that of the recorder.
    """

    at: float
    source: str
    exact: bool


def began(profile: Profile) -> Began | None:
    """Return when the profile's time axis begins; None if the file does not tell."""
    meta = profile.meta
    if not meta.timed:
        return None
    if _YEAR_1985 < meta.first < _YEAR_2100:
        return Began(float(profile.origin), "samples", True)
    before = meta.first - profile.origin
    for name, unit in _STARTED.items():
        if (number := _number(meta.header.get(name, ""))) and _YEAR_1985 < number * unit < _YEAR_2100:
            return Began(number * unit - before, "header", True)
    ended = _captured(meta.header.get(_CAPTURED_ON, ""))
    return None if ended is None else Began(ended - (meta.last - profile.origin), "header", False)


def _captured(text: str) -> float | None:
    match = _CAPTURED.fullmatch(text.strip())
    if match is None or match[1] not in _MONTHS:
        return None
    day, hour, minute, second, year = map(int, match.groups()[1:])
    try:
        date = datetime(year, 1 + _MONTHS.index(match[1]), day, hour, minute, second, tzinfo=timezone.utc)
    except ValueError:
        return None
    return date.timestamp()


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0


def unit_of(times: npt.NDArray[np.float64]) -> tuple[float, bool]:
    """Return the unit of numbers in seconds, and whether they count from 1970, by their size."""
    middle = abs(float(np.median(times)))
    for least, unit in ((1e17, 1e-9), (1e14, 1e-6), (1e11, 1e-3), (_YEAR_1985, 1.0)):
        if middle >= least:
            return unit, True
    return 1.0, False


def clock_of(times: npt.NDArray[np.float64], profile: Profile) -> str:
    """Return FILE or AXIS for seconds that do not count from 1970: the one that more of them fit."""
    meta = profile.meta
    in_file = np.count_nonzero((times >= meta.first) & (times <= meta.last))
    on_axis = np.count_nonzero((times >= 0) & (times <= profile.seconds))
    return FILE if in_file > on_axis else AXIS
