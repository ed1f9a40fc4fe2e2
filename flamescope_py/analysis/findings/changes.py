"""Findings about functions whose share of the samples changes once and stays so.

Each split of the windows in two is compared with no split by the likelihood ratio of binomial shares. Real
load varies more than that: the ratio is divided by the dispersion that is left beside the split.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from flamescope_py.analysis.findings.material import Finding, Material
from flamescope_py.analysis.findings.names import pattern_of, shown
from flamescope_py.analysis.findings.stretches import bound

CHANGE = "change"
MAX_WINDOWS, MAX_SETS, MAX_FOUND = 60, 200, 2
FEWEST_WINDOWS, FEWEST_SAMPLES = 12, 200
LEAST_POINTS = 15.0
# Each side of a split has at least this part of the windows and samples.
_LEAST_SIDE = 0.12
Numbers = npt.NDArray[np.float64]


def changes(material: Material) -> list[Finding]:
    """Return the largest lasting changes of a function's share, at most MAX_FOUND."""
    windows = min(MAX_WINDOWS, int(material.length))
    if windows < FEWEST_WINDOWS or len(material.time) < FEWEST_SAMPLES:
        return []
    width = material.length / windows
    window = np.minimum(material.windows(width), windows - 1)
    total = np.bincount(window, minlength=windows).astype(np.float64)
    functions = material.functions
    found = []
    sets = functions.sets(max(20, len(material.time) // 20), MAX_SETS)
    for one in sets:
        counts = np.bincount(window[functions.samples(one.slices)], minlength=windows).astype(np.float64)
        split = _split(counts, total, bound(len(sets) * windows))
        name = functions.title(one.names)
        if split is not None and functions.own[name]:
            found.append((abs(split[2] - split[1]), split, name))
    chosen: list[Finding] = []
    taken: list[int] = []
    best = sorted(found, key=lambda one: (-round(one[0], 2), functions.depth[one[2]], one[2]))
    for _, (at, before, after), name in best:
        if all(abs(at - other) > 2 for other in taken) and len(chosen) < MAX_FOUND:
            taken.append(at)
            chosen.append(_finding(material, name, material.start + at * width, before, after))
    return chosen


def _split(counts: Numbers, total: Numbers, least: float) -> tuple[int, float, float] | None:
    """Return the window of the best split, and the shares before and after it; None without a change."""
    left, all_left = np.cumsum(counts)[:-1], np.cumsum(total)[:-1]
    right, all_right = counts.sum() - left, total.sum() - all_left
    side = max(2, int(_LEAST_SIDE * len(counts)))
    allowed = np.zeros(len(left), np.bool_)
    allowed[side - 1 : len(left) - side + 1] = True
    allowed &= np.minimum(all_left, all_right) >= _LEAST_SIDE * total.sum()
    if not allowed.any():
        return None
    whole = _likelihood(counts.sum(keepdims=True), total.sum(keepdims=True))
    ratio = np.where(allowed, _likelihood(left, all_left) + _likelihood(right, all_right) - whole, -np.inf)
    at = int(np.argmax(ratio))
    before, after = left[at] / all_left[at], right[at] / all_right[at]
    if 100 * abs(after - before) < LEAST_POINTS:
        return None
    share = np.where(np.arange(len(counts)) <= at, before, after)
    variance = np.maximum(total * share * (1 - share), 0.25)
    used = total > 0
    dispersion = max(
        1.0, float(((counts - total * share)[used] ** 2 / variance[used]).sum() / max(1, used.sum() - 2))
    )
    return (at + 1, float(before), float(after)) if ratio[at] / dispersion > least else None


def _likelihood(counts: Numbers, total: Numbers) -> Numbers:
    """Return the logarithm of the largest binomial likelihood of counts, up to a constant."""
    share = np.clip(counts / np.maximum(total, 1), 1e-12, 1 - 1e-12)
    found: Numbers = counts * np.log(share) + (total - counts) * np.log1p(-share)
    return found


def _finding(material: Material, name: str, at: float, before: float, after: float) -> Finding:
    end = float(material.profile.seconds)
    part = (at, end) if after > before else (max(0.0, material.start), at)
    word = "rises" if after > before else "falls"
    return Finding(
        CHANGE,
        f"The share of `{shown(name)}` {word} from {before:.0%} to {after:.0%} at {at:.4g} s and stays so.",
        [part],
        {"include": [pattern_of(name)]},
        {"at": round(at, 4), "before": round(before, 4), "after": round(after, 4)},
        abs(after - before) / 2,
        name,
    )
