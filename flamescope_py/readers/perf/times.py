"""Finds the times of `perf script` event lines, by the pattern for a few and array operations for the rest.

Perf prints the times of one file alike:

    node 12058  4000.001185:   10101010 cpu-clock:ppp:
    node 12058  4000.001185123:   10101010 cpu-clock:ppp:        (perf script --ns)

So the pattern reads one line. It shows how many digits are before and behind the point, and all lines with
a time of that shape are read at once.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from flamescope_py.readers.perf.blocks import Ints, Mask
from flamescope_py.readers.perf.lines import DECIMALS, HEAD, MAX_BEFORE_TIME, TIME, has_decimals

# Shapes of times that are tried before the remaining lines are matched one by one.
MAX_SHAPES = 6
_COLON, _POINT, _ZERO = b":.0"
_BLANK, _TAB, _NEWLINE = b" \t\n"
# As many digits are exact in float64, so that one division rounds as reading the digits does.
_EXACT_DIGITS = 15


class Times(NamedTuple):
    """Columns with one value an event line; where not `found`, the others mean nothing.

    `time` in seconds, float64. `task_end` and `trigger_start`, int64: the places in the text where the fields
    before the time end (blanks may follow) and where the text behind its colon begins.
    """

    found: Mask
    time: npt.NDArray[np.float64]
    task_end: Ints
    trigger_start: Ints


def read_times(text: bytes, offsets: npt.NDArray[np.int32]) -> Times:
    """Find the times of lines; `offsets` are their beginnings and the end of the text."""
    count = len(offsets) - 1
    times = Times(
        np.zeros(count, np.bool_), np.zeros(count), np.zeros(count, np.int64), np.zeros(count, np.int64)
    )
    colon, line = _first_colons(np.frombuffer(text, np.uint8), offsets)
    for _ in range(MAX_SHAPES):
        if not len(line):
            return times
        digits = _match(text, offsets, int(line[0]), times)
        colon, line = colon[1:], line[1:]
        if digits and sum(digits) <= _EXACT_DIGITS:
            left = ~_read_alike(text, offsets, (colon, line), digits, times)
            colon, line = colon[left], line[left]
    for row in line.tolist():
        _match(text, offsets, row, times)
    return times


def _first_colons(byte: npt.NDArray[np.uint8], offsets: npt.NDArray[np.int32]) -> tuple[Ints, Ints]:
    """Find the first colon behind a digit in every line that has one: HEAD cannot match at an earlier one.

    Return the colons' places and their lines.
    """
    behind_digit = byte[1:] == _COLON
    behind_digit &= byte[:-1] - np.uint8(_ZERO) < 10
    colon = np.flatnonzero(behind_digit) + 1
    line = np.searchsorted(offsets, colon, side="right") - 1
    first = np.ones(len(line), np.bool_)
    np.not_equal(line[1:], line[:-1], out=first[1:])
    return colon[first], line[first]


def _match(text: bytes, offsets: npt.NDArray[np.int32], line: int, times: Times) -> tuple[int, int] | None:
    """Read one line by the pattern. Return the numbers of digits before the point and behind it."""
    match = HEAD.match(text, int(offsets[line]), int(offsets[line + 1]) - 1)
    if match is None or (not has_decimals(match[2]) and _has_time(match[3])):
        return None
    times.found[line] = True
    times.time[line] = float(match[2])
    times.task_end[line], times.trigger_start[line] = match.end(1), match.start(3)
    whole, _, fraction = match[2].partition(b".")
    return len(whole), len(fraction)


def _has_time(text: bytes) -> bool:
    """Return True if the text behind a time has another one: the first may be the end of a name."""
    return TIME.search(text, 0, MAX_BEFORE_TIME) is not None


def _read_alike(
    text: bytes,
    offsets: npt.NDArray[np.int32],
    colons: tuple[Ints, Ints],
    digits: tuple[int, int],
    times: Times,
) -> Mask:
    """Read the lines whose time has these numbers of digits. Return a mask of their `colons`."""
    byte = np.frombuffer(text, np.uint8)
    colon, line = colons
    whole, fraction = digits
    start = colon - (whole + 1 + fraction)
    places = [back for back in range(-(whole + 1 + fraction), 0) if back != -fraction - 1]
    # A place before the text is read from its end; such a time does not lie in its line.
    value = byte[colon[:, np.newaxis] + places] - np.uint8(_ZERO)
    before, behind = byte[start - 1], byte[colon + 1]
    good: Mask = value.max(axis=1, initial=0) < 10
    good &= byte[colon - fraction - 1] == _POINT
    first = offsets[line]
    good &= (before == _BLANK) | (before == _TAB) | (start == first)
    good &= (behind == _BLANK) | (behind == _TAB) | (behind == _NEWLINE)
    good &= (start >= first) & (start - first <= MAX_BEFORE_TIME)
    if fraction not in DECIMALS:
        for row in np.flatnonzero(good).tolist():
            good[row] = not _has_time(text[colon[row] + 1 : offsets[line[row] + 1]])
    ticks = value @ 10 ** np.arange(whole + fraction - 1, -1, -1)
    line = line[good]
    times.found[line] = True
    times.time[line] = ticks[good] / 10.0**fraction
    times.task_end[line], times.trigger_start[line] = start[good], colon[good] + 1
    return good
