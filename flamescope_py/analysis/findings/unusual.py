"""Findings about stretches whose mix of stacks differs most from the rest, and about the start-up phase.

The distance of a window is the Jensen–Shannon divergence between its shares of (command, leaf function) and
those of all other windows (Lin 1991). Few samples differ by chance: the divergence of random samples of the
whole profile, of the same number, is the reference.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from flamescope_py.analysis.findings.excess import More, largest, more_functions, words_of
from flamescope_py.analysis.findings.material import Finding, Material, Range
from flamescope_py.analysis.findings.names import pattern_of
from flamescope_py.analysis.findings.stretches import stretches, to_range

UNUSUAL, STARTUP = "unusual", "startup"
MAX_WINDOWS, MAX_KINDS, MAX_FOUND = 240, 600, 3
FEWEST_WINDOWS, FEWEST_SAMPLES = 8, 20
_DRAWS = 24
_SEED = 16
# Standard deviations above chance, and above the other windows of the profile.
_ABOVE_CHANCE, _ABOVE_OTHERS = 7.0, 3.5
# A stretch that begins in these windows is the start-up.
_FIRST = 2
# A longer stretch is as usual as the rest.
_LONGEST = 0.38
Numbers = npt.NDArray[np.float64]


def unusual(material: Material) -> list[Finding]:
    """Return the stretches that differ most, at most MAX_FOUND, the most different first."""
    if material.length < FEWEST_WINDOWS or len(material.time) < FEWEST_WINDOWS * FEWEST_SAMPLES:
        return []
    width = max(1.0, material.length / MAX_WINDOWS)
    counts = _counts(material, width)
    sizes = counts.sum(axis=1)
    mean, deviation = _by_chance(counts.sum(axis=0), sizes)
    excess = _divergence(counts) - mean
    enough = sizes >= FEWEST_SAMPLES
    if not enough.any():
        return []
    middle = np.median(excess[enough])
    spread = 1.4826 * np.median(np.abs(excess[enough] - middle)) + 1e-9
    flagged = enough & (excess > _ABOVE_CHANCE * deviation) & (excess - middle > _ABOVE_OTHERS * spread)
    runs = sorted(stretches(flagged), key=lambda one: -float((excess * sizes)[slice(*one)].sum()))
    found = [
        _described(
            material,
            to_range(material, *one, width),
            float(excess[slice(*one)].max()),
            one[0] < _FIRST,
        )
        for one in runs[: 2 * MAX_FOUND]
    ]
    return [one for one in found if one is not None][:MAX_FOUND]


def _counts(material: Material, width: float) -> Numbers:
    """Count the samples by window and (command, leaf function), the rarest of these as one."""
    profile = material.profile
    names: dict[str, int] = {}
    function = np.array([names.setdefault(name, len(names)) for name in profile.frames.name] or [0])
    commands: dict[str, int] = {}
    command = np.array(
        [commands.setdefault(thread.command, len(commands)) for thread in profile.threads] or [0]
    )
    key = command[material.thread] * max(1, len(names)) + function[profile.tree.frame[material.node]]
    kinds, kind, total = np.unique(key, return_inverse=True, return_counts=True)
    place = np.full(len(kinds), min(len(kinds), MAX_KINDS))
    largest = np.argsort(-total, kind="stable")[:MAX_KINDS]
    place[largest] = np.arange(len(largest))
    window = material.windows(width)
    columns = int(place.max()) + 1
    found = np.bincount(window * columns + place[kind], minlength=(int(window.max()) + 1) * columns)
    counts: Numbers = found.reshape(-1, columns).astype(np.float64)
    return counts


def _divergence(counts: Numbers) -> Numbers:
    """Return the Jensen–Shannon divergence of each row from the sum of all others, in bits."""
    rest = counts.sum(axis=0) - counts
    return _between(counts, rest)


def _between(one: Numbers, other: Numbers) -> Numbers:
    p, q = (part / np.maximum(part.sum(axis=1, keepdims=True), 1) for part in (one, other))
    middle = (p + q) / 2
    found: Numbers = (_entropy(middle) - (_entropy(p) + _entropy(q)) / 2) / np.log(2)
    return found


def _entropy(shares: Numbers) -> Numbers:
    found: Numbers = -(shares * np.log(np.where(shares > 0, shares, 1))).sum(axis=1)
    return found


def _by_chance(total: Numbers, sizes: Numbers) -> tuple[Numbers, Numbers]:
    """Return mean and deviation of the divergence of random windows of these sizes."""
    random = np.random.default_rng(_SEED)
    known = np.unique(np.quantile(np.maximum(sizes, 1), np.linspace(0, 1, 9)).astype(np.int64))
    shares = total / max(total.sum(), 1)
    rows: list[tuple[Any, Any]] = []
    for size in known.tolist():
        drawn = random.multinomial(size, shares, _DRAWS).astype(np.float64)
        divergence = _between(drawn, np.broadcast_to(total, drawn.shape))
        rows.append((divergence.mean(), divergence.std()))
    mean, deviation = np.array(rows).T
    return np.interp(sizes, known, mean), np.interp(sizes, known, deviation) + 1e-9


def _described(material: Material, part: Range, distance: float, first: bool) -> Finding | None:
    """Describe a stretch by the commands and functions that make the difference."""
    inside = (material.time >= part[0]) & (material.time < part[1])
    if not inside.any() or part[1] - part[0] > _LONGEST * material.length:
        return None
    commands = _more_commands(material, inside)
    functions = more_functions(material, inside)
    functions = [one for one in functions if one.own] or functions[:1]
    more = [*commands[:1], *functions[:2]]
    if not more:
        return None
    span = f"{part[0]:.4g} to {part[1]:.4g} s"
    title = f"The start, up to {part[1]:.4g} s, is" if first else f"{span} is"
    share = float(inside.mean())
    selection = {more[0].parameter: [_chosen(more[0])]}
    numbers = {"divergence": round(distance, 4), "share": round(share, 4)}
    numbers |= {"points": round(max(one.points for one in more), 2)}
    kind = STARTUP if first else UNUSUAL
    function = functions[0].name if functions else ""
    return Finding(
        kind, f"{title} unlike the rest: {words_of(more)}.", [part], selection, numbers, share, function
    )


def _chosen(more: More) -> str:
    return more.name if more.parameter == "comm" else pattern_of(more.name)


def _more_commands(material: Material, inside: npt.NDArray[np.bool_]) -> list[More]:
    names = np.unique(np.array([thread.command for thread in material.profile.threads] or [""], dtype=object))
    if len(names) < 2:
        return []
    place = {name: row for row, name in enumerate(names.tolist())}
    of_thread = np.array([place[thread.command] for thread in material.profile.threads])
    command = of_thread[material.thread]
    here, there = (np.bincount(command[part], minlength=len(names)) for part in (inside, ~inside))
    return largest(
        [str(name) for name in names], here, there, int(inside.sum()), int((~inside).sum()), "comm"
    )
