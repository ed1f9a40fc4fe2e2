"""Windows of time: a bound for Poisson counts, runs of flagged windows, and words for ranges."""

from __future__ import annotations

from collections.abc import Sequence
from math import log

import numpy as np
import numpy.typing as npt

from flamescope_py.analysis.findings.material import Material, Range

Flags = npt.NDArray[np.bool_]
# The expected false alarms of all windows of a profile.
FALSE_ALARMS = 1e-3


def surprise(found: npt.NDArray[np.float64], expected: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return a lower bound of −ln P(X ≥ found) for Poisson counts with these expectations, 0 below them.

    It is Chernoff's bound: k · ln(k / λ) − k + λ.
    """
    least = np.maximum(expected, 1e-9)
    above = found > least
    ratio = np.where(above, found / least, 1.0)
    return np.where(above, found * np.log(ratio) - found + least, 0.0)


def bound(tests: int) -> float:
    """Return the surprise that chance reaches in FALSE_ALARMS of profiles with so many tests."""
    return log(max(1, tests) / FALSE_ALARMS)


def stretches(flagged: Flags, bridge: int = 1) -> list[tuple[int, int]]:
    """Return the runs of flagged windows (first, one past the last), joined over up to `bridge` others."""
    rows = np.flatnonzero(flagged)
    if not len(rows):
        return []
    cut = np.flatnonzero(np.diff(rows) > bridge + 1)
    first = rows[np.concatenate(([0], cut + 1))]
    last = rows[np.concatenate((cut, [len(rows) - 1]))]
    return [(int(one), int(other) + 1) for one, other in zip(first, last, strict=True)]


def to_range(material: Material, first: int, end: int, width: float) -> Range:
    """Return the seconds of some windows, within the recording."""
    return material.start + first * width, min(material.start + end * width, float(material.profile.seconds))


def covered(part: Range, ranges: Sequence[Range]) -> float:
    """Return the part of a range that others cover, if these do not overlap."""
    inside = sum(max(0.0, min(part[1], end) - max(part[0], start)) for start, end in ranges)
    return inside / max(part[1] - part[0], 1e-9)


def words(ranges: Sequence[Range], most: int = 3) -> str:
    """Return ranges as a sentence has them: "52 to 54 s and 90 to 92 s"."""
    shown = [f"{start:.4g} to {end:.4g} s" for start, end in ranges[:most]]
    if len(ranges) > most:
        shown.append(f"{len(ranges) - most} more")
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}"
