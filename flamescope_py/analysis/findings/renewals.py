"""The difference between a timer and a renewal process, whose runs follow each other at similar distances.

A timer's runs begin around equally spaced slots, and their deviations do not add up. In a renewal process
each distance deviates by itself, so the beginnings drift from equally spaced slots like a random walk (Cox,
Renewal Theory, 1.2). Few runs show little of that difference: a dozen runs of a renewal process whose
distances vary by a tenth look like a timer one time in six.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np
import numpy.typing as npt

from flamescope_py.analysis.findings.material import median

Times = npt.NDArray[np.float64]
# Beginnings in seconds and the slots that they fall into, whole numbers that rise by 1 or more.
Runs = tuple[Times, Times]
_DRAWS, _SEED = 8192, 16
# More runs than that settle the question anyway.
_MOST_RUNS = 64
# Distances that deviate by less than this part of their mean are regular, drifting or not. A few distances of
# a process that deviates by 3 % are within 1.5 % by chance.
_REGULAR = 0.005
# Distances of renewals: most of them within this part of their median.
_NEAR, _LEAST_NEAR = 0.3, 0.75
# The same runs, as those of nested functions, have this part of their beginnings near each other.
_SAME, _APART, _AS_MANY = 0.7, 0.1, 0.7
_MOST_SETS = 200
# So few sets at similar distances raise no doubt.
_FEW = 3
# The expected part of drifting sets among those that are kept: the more sets there are, the smaller it is.
_MOST_FALSE, _FALSE_OF_ALL = 0.3, 2
# Timers seldom have a chance of drift above this, and of drifting sets nearly three of four have.
_UNLIKELY = 0.3


def chance_of_drift(starts: Times, slots: Times) -> float:
    """Return the probability that a renewal process stays as close to equally spaced slots.

    The process has the same deviation of its distances. For equal distances it is 0.
    """
    steps = np.diff(slots)
    apart = np.diff(starts) / ((starts[-1] - starts[0]) / steps.sum())
    if np.sqrt(((apart - steps) ** 2 / steps).mean()) < _REGULAR:
        return 0.0
    count = min(len(starts), _MOST_RUNS)
    ratio = _ratios(starts[None, :], slots)[0]
    return float(np.searchsorted(_of_random_walks(count), ratio, side="right") + 1) / (_DRAWS + 1)


def nearly_regular(starts: Times) -> bool:
    """Check whether most distances between beginnings are about equal."""
    apart = np.diff(starts)
    return bool(np.mean(np.abs(apart / median(apart) - 1) <= _NEAR) >= _LEAST_NEAR)


def steady(runs: Sequence[Runs], irregular: Sequence[Times]) -> list[bool]:
    """Check which runs are a timer's rather than a renewal process's.

    `irregular` are the beginnings of runs at similar distances that are no timer's. Functions with the same
    runs have the same answer. A few sets of runs raise no doubt. Of more, the chance of drift is compared
    with its rank among those that may drift (Benjamini and Hochberg, 1995), whose number is estimated by
    the chances that are large (Storey, 2002).
    """
    kept: list[Times] = []
    places = [_place(kept, starts) for starts, _ in runs]
    timers = len(kept)
    for starts in irregular:
        if len(kept) < _MOST_SETS:
            _place(kept, starts)
    if len(kept) <= _FEW or not timers:
        return [True] * len(runs)
    chances = np.ones(timers)
    for place, (starts, slots) in zip(places, runs, strict=True):
        chances[place] = min(chances[place], chance_of_drift(starts, slots))
    accepted = _accepted(chances, len(kept))
    return [place in accepted for place in places]


def _accepted(chances: Times, sets: int) -> set[int]:
    """Return the rows of chances of drift that are small, of so many sets."""
    drifting = 1 + np.count_nonzero(chances > _UNLIKELY) + sets - len(chances)
    doubtful = min(1.0, drifting / ((1 - _UNLIKELY) * sets)) * (sets - _FEW)
    rate = min(_MOST_FALSE, _FALSE_OF_ALL / sets)
    order = np.argsort(chances, kind="stable")
    passed = np.flatnonzero(chances[order] * doubtful <= rate * np.arange(1, len(chances) + 1))
    return set(order[: passed.max() + 1].tolist()) if len(passed) else set()


def _place(kept: list[Times], starts: Times) -> int:
    """Return the place of the same runs among those that are kept, where they are added if they are new."""
    place = next((row for row, other in enumerate(kept) if _alike(starts, other)), len(kept))
    if place == len(kept):
        kept.append(starts)
    return place


def _alike(one: Times, other: Times) -> bool:
    few, many = sorted((one, other), key=len)
    if len(few) < _AS_MANY * len(many):
        return False
    place = np.clip(np.searchsorted(many, few), 1, len(many) - 1)
    apart = np.minimum(np.abs(few - many[place - 1]), np.abs(few - many[place]))
    return bool(np.mean(apart <= _APART * median(np.diff(many))) >= _SAME)


@cache
def _of_random_walks(count: int) -> Times:
    """Return the sorted ratios of drawn renewal processes of so many runs."""
    random = np.random.default_rng(_SEED)
    # Scaled so that no distance is negative; the ratio does not depend on it.
    walks = np.cumsum(1 + 1e-3 * random.standard_normal((_DRAWS, count)), axis=1)
    return np.sort(_ratios(walks, np.arange(count, dtype=np.float64)))


def _ratios(starts: Times, slots: Times) -> Times:
    """Return the deviation from equally spaced slots over that of the distances, of each row of `starts`."""
    centred = slots - slots.mean()
    middle = starts.mean(axis=1, keepdims=True)
    period = (starts - middle) @ centred / (centred @ centred)
    off = starts - middle - period[:, None] * centred
    steps = np.diff(slots)
    apart = np.diff(starts, axis=1) - steps * ((starts[:, -1:] - starts[:, :1]) / (slots[-1] - slots[0]))
    spread = (apart**2 / steps).sum(axis=1)
    return np.asarray(np.sqrt((off**2).sum(axis=1) / np.maximum(spread, 1e-18)))
