"""Periodic functions: runs whose beginnings stand at equal distances, like the teeth of a comb.

Autocorrelation fails here, since long runs correlate most with themselves. The samples of a function are
gathered into runs, and the Fourier transform of the beginnings shows a common distance as a peak. R is the
length of the mean vector of their phases (Mardia and Jupp, Directional Statistics, 2.3): 1 for equal
distances, near 0 for random ones.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, floor, lgamma, log, pi, sqrt

import numpy as np
import numpy.typing as npt

from flamescope_py.analysis.findings.material import FunctionSet, Material, median
from flamescope_py.analysis.findings.renewals import nearly_regular, steady

Times = npt.NDArray[np.float64]
# Samples further apart than each of these begin another run, in seconds.
GAPS = (0.03, 0.1, 0.25, 0.5, 1.0, 2.0)
MAX_GRID = 1 << 17
SHORTEST_PERIOD = 0.2
FEWEST = 6
LEAST_R = 0.93
LEAST_SLOTS = 0.75
LEAST_SAMPLES = 0.6
MAX_SETS = 300
# Runs off the comb are noise: more of them, and there is no comb.
_LEAST_ON_COMB = 0.6
_WINDOW = 0.16
_LEAST_REGULAR = 0.45
_PEAKS = 3
# The expected false alarms of a whole profile.
_FALSE_ALARMS = 0.01


@dataclass(frozen=True, slots=True, eq=False)
class Comb:
    """The runs of a set of functions: `starts` and `ends` in seconds, one in each of `slots` of a period."""

    functions: FunctionSet
    period: float
    r: float
    starts: Times
    ends: Times
    samples: int
    slots: Times


def combs(material: Material) -> list[Comb]:
    """Return the periodic sets of functions, the most samples first.

    Beside many functions that run at similar distances, some look periodic by chance (renewals.py).
    """
    functions = material.functions
    sets = functions.sets(2 * FEWEST, MAX_SETS)
    trials = log(max(1, len(sets)) * len(GAPS) * _PEAKS)
    found: list[Comb] = []
    irregular: list[Times] = []
    for one in sets:
        comb, renewal = _comb(material.time[functions.samples(one.slices)], one, trials)
        found += [comb] if comb is not None else []
        irregular += [renewal] if comb is None and renewal is not None else []
    kept = steady([(comb.starts, comb.slots) for comb in found], irregular)
    found = [comb for comb, is_steady in zip(found, kept, strict=True) if is_steady]
    return sorted(found, key=lambda comb: -comb.samples)


def _comb(time: Times, functions: FunctionSet, trials: float) -> tuple[Comb | None, Times | None]:
    """Return the comb of a function's samples, that of most samples over all gaps.

    Also return the beginnings of runs at similar distances, if there are any.
    """
    best: Comb | None = None
    similar: Times | None = None
    tried: set[bytes] = set()
    for gap in GAPS:
        runs = _runs(time, gap)
        if len(runs.starts) < FEWEST or (key := runs.starts.tobytes()) in tried:
            continue
        tried.add(key)
        if similar is None and nearly_regular(runs.starts):
            similar = runs.starts
        for period in _periods(runs.starts):
            comb = _accepted(runs, period, functions, len(time), trials)
            if comb is not None and (best is None or comb.samples > best.samples):
                best = comb
    return best, similar


@dataclass(frozen=True, slots=True, eq=False)
class _Runs:
    starts: Times
    ends: Times
    sizes: npt.NDArray[np.int64]


def _runs(time: Times, gap: float) -> _Runs:
    """Gather samples into runs; those much smaller than most samples' runs are noise and left out."""
    begin = np.flatnonzero(np.concatenate(([True], np.diff(time) > gap)))
    end = np.concatenate((begin[1:], [len(time)]))
    sizes = end - begin
    ordered = np.sort(sizes)
    typical = ordered[np.searchsorted(np.cumsum(ordered), len(time) / 2)]
    kept = sizes > typical / 3
    return _Runs(time[begin[kept]], time[end[kept] - 1], sizes[kept])


def _periods(starts: Times) -> list[float]:
    """Return the likeliest periods of events: peaks of the Fourier transform of their comb."""
    span = starts[-1] - starts[0]
    apart = np.diff(starts)
    steps = apart / median(apart)
    regular = (np.abs(steps - np.round(steps)) <= 0.25) & (steps >= 0.75)
    # Cheaper than a transform: of random distances about a third are such multiples.
    if span < FEWEST * SHORTEST_PERIOD / 2 or regular.mean() < _LEAST_REGULAR:
        return []
    # One event a slot, and at most a quarter of the slots empty.
    events = len(starts)
    low, high = 0.6 * (events - 1) / span, min(1.5 * (events - 1) / span, 1 / SHORTEST_PERIOD)
    if low >= high:
        return []
    grid = max(span / MAX_GRID, 1 / high / 6)
    # Each event is shared by two places of the grid (cloud in cell), and the spectrum corrected for that
    # (Hockney and Eastwood, Computer Simulation Using Particles, 5.3): a grid of nearest places would have
    # to be four times as fine.
    place, share = np.divmod((starts - starts[0]) / grid, 1)
    near = place.astype(np.int64)
    on_grid = np.bincount(near, 1 - share, near[-1] + 2) + np.bincount(near + 1, share, near[-1] + 2)
    # Twice as long: peaks between two frequencies would be lost.
    size = _quick_size(2 * len(on_grid))
    # Single precision is many times the precision of a phase.
    whole = np.fft.rfft(on_grid.astype(np.float32), size)
    first = ceil(low * size * grid)
    inside = np.abs(whole[first : floor(high * size * grid) + 1])
    spectrum = inside / np.sinc(np.arange(first, first + len(inside)) / size) ** 2 / events
    strong = np.flatnonzero(spectrum >= 0.5)
    peaks = strong[np.argsort(-spectrum[strong], kind="stable")][: 8 * _PEAKS]
    periods: list[float] = []
    for one in (size * grid / (first + peaks)).tolist():
        if all(abs(one / other - 1) > 0.01 for other in periods):
            periods.append(one)
    return periods[:_PEAKS]


def _quick_size(least: int) -> int:
    """Return a length of at least `least` with a quick Fourier transform: 4 to 7 times a power of 2."""
    power = max(0, least.bit_length() - 3)
    return next(factor << power for factor in (4, 5, 6, 7, 8) if factor << power >= least)


def _accepted(runs: _Runs, period: float, functions: FunctionSet, samples: int, trials: float) -> Comb | None:
    """Return the comb of a period if it is one, with its period by least squares."""
    on = np.ones(len(runs.starts), np.bool_)
    for _ in range(4):
        phase = 2 * pi * runs.starts / period
        middle = np.angle(np.exp(1j * phase[on]).mean()) / (2 * pi) * period
        slot = np.round((runs.starts - middle) / period)
        off = (runs.starts - middle) / period - slot
        on = np.abs(off) <= _WINDOW
        on &= _nearest_of_slot(slot, off, on)
        if on.sum() < FEWEST:
            return None
        period = float(np.polyfit(slot[on], runs.starts[on], 1)[0])
        if not period >= SHORTEST_PERIOD:
            return None
    slots = slot[on].max() - slot[on].min() + 1
    r = float(np.abs(np.exp(2j * pi * runs.starts[on] / period).mean()))
    count = int(runs.sizes[on].sum())
    if (
        r < LEAST_R
        or on.sum() < LEAST_SLOTS * slots
        or on.sum() < _LEAST_ON_COMB * len(on)
        or count < LEAST_SAMPLES * samples
        or _chance(int(on.sum()), len(on), r) + trials > log(_FALSE_ALARMS)
    ):
        return None
    return Comb(functions, period, r, runs.starts[on], runs.ends[on], count, slot[on])


def _nearest_of_slot(slot: Times, off: Times, on: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """Keep one event of each slot."""
    order = np.lexsort((np.abs(off), ~on, slot))
    first = np.ones(len(slot), np.bool_)
    first[1:] = np.diff(slot[order]) != 0
    kept = np.zeros(len(slot), np.bool_)
    kept[order[first]] = True
    return kept


def _chance(events: int, of_events: int, r: float) -> float:
    """Return the logarithm of the chance that so many of random events are so regular by one period.

    Phases with the mean vector r spread as those of an arc of `width`; that n random phases are within
    some arc has the probability n · (width / 2π)^(n − 1). The events off the comb were chosen, and so was
    the period: about one of n / 2 independent ones.
    """
    width = min(sqrt(-24 * log(min(r, 1 - 1e-9))), 2 * pi)
    chosen = lgamma(of_events + 1) - lgamma(events + 1) - lgamma(of_events - events + 1)
    return chosen + log(events) + (events - 1) * log(width / (2 * pi)) + log(max(events / 2, 1))
