"""Findings about the load: bursts of the whole profile and of one command, and gaps."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from flamescope_py.analysis.findings.excess import more_functions, words_of
from flamescope_py.analysis.findings.material import Finding, Material, Range
from flamescope_py.analysis.findings.stretches import bound, covered, stretches, surprise, to_range, words

BURST, GAP, VISIT = "burst", "gap", "visit"
MAX_WINDOWS = 1000
MAX_COMMANDS = 500
MAX_RANGES = 50
NARROWEST, NARROWEST_VISIT = 0.2, 0.5
SHORTEST_GAP = 0.5
# A command is worth a sentence with this part of the samples of a stretch, and so many times its usual part.
_LEAST_SHARE, _LEAST_RATIO, _LEAST_SAMPLES = 0.08, 3.0, 12
_SHORTEST_VISIT = 0.4


def bursts(material: Material, explained: Sequence[Range]) -> list[Finding]:
    """Return a finding about stretches with far more samples than the median, without explained ones."""
    width = max(NARROWEST, material.length / MAX_WINDOWS)
    counts = np.bincount(material.windows(width)).astype(np.float64)
    if len(counts) < 10:
        return []
    usual = float(np.median(counts))
    flagged = (surprise(counts, np.full(len(counts), max(usual, 0.5))) > bound(len(counts))) & (
        counts >= 2 * usual
    )
    found = [(to_range(material, *one, width), int(counts[slice(*one)].sum())) for one in stretches(flagged)]
    found = [one for one in found if covered(one[0], explained) < 0.5]
    if not found:
        return []
    largest, samples = max(found, key=lambda one: one[1])
    rate = samples / (largest[1] - largest[0])
    numbers: dict[str, float] = {"bursts": len(found), "samples": round(samples * material.thinned)}
    if material.frequency:
        numbers |= {
            "busy": round(rate / material.frequency, 4),
            "usual": round(usual / width / material.frequency, 4),
        }
        compared = f"{numbers['busy']:.2g} CPUs busy, {numbers['usual']:.2g} usually"
    else:
        numbers |= {"rate": round(rate, 4), "usualRate": round(usual / width, 4)}
        compared = f"{rate:.3g} samples a second, {usual / width:.3g} usually"
    title = "A burst" if len(found) == 1 else f"{len(found)} bursts, the largest"
    inside = (material.time >= largest[0]) & (material.time < largest[1])
    causes = [one for one in more_functions(material, inside) if one.own][:1]
    total = sum(count for _, count in found)
    # The largest first: it is the one that the sentence names.
    ranges = [part for part, _ in sorted(found, key=lambda one: -one[1])]
    return [
        Finding(
            BURST,
            f"{title} from {words([largest])}: {', '.join([compared, *map(words_of, causes)])}.",
            ranges[:MAX_RANGES],
            numbers=numbers,
            weight=total / len(material.time),
        )
    ]


def gaps(material: Material) -> list[Finding]:
    """Return a finding about stretches without any sample, far longer than chance makes them."""
    time = material.time
    width = max(NARROWEST, material.length / MAX_WINDOWS)
    if len(time) < 20:
        return []
    usual = float(np.median(np.bincount(material.windows(width)))) / width
    apart = np.diff(time)
    rows = np.flatnonzero((apart >= SHORTEST_GAP) & (apart * usual > bound(len(time))))
    if not len(rows) or not usual:
        return []
    ranges = [(float(time[row]), float(time[row + 1])) for row in rows]
    longest = max(ranges, key=lambda part: part[1] - part[0])
    lost = sum(end - start for start, end in ranges)
    title = "Nothing ran" if len(ranges) == 1 else f"Nothing ran in {len(ranges)} gaps, the longest"
    return [
        Finding(
            GAP,
            f"{title} from {words([longest])}, where {usual:.3g} samples a second are usual.",
            ranges[:MAX_RANGES],
            numbers={
                "gaps": len(ranges),
                "seconds": round(lost, 4),
                "longest": round(longest[1] - longest[0], 4),
            },
            weight=lost / material.length,
        )
    ]


def visits(material: Material) -> list[Finding]:
    """Return findings about commands that take far more than their usual part of the samples for a while."""
    profile = material.profile
    commands = [thread.command for thread in profile.threads]
    names, of_thread = np.unique(np.array(commands or [""], dtype=object), return_inverse=True)
    if len(names) < 2:
        return []
    width = max(NARROWEST_VISIT, material.length / MAX_WINDOWS)
    window, command = material.windows(width), of_thread[material.thread]
    largest = np.argsort(-np.bincount(command, minlength=len(names)), kind="stable")[:MAX_COMMANDS]
    place = np.full(len(names), len(largest))
    place[largest] = np.arange(len(largest))
    total = np.bincount(window).astype(np.float64)
    size = (len(largest) + 1) * len(total)
    counts = np.bincount(place[command] * len(total) + window, minlength=size).reshape(-1, len(total))
    found = [
        _visit(material, str(names[row]), counts[number].astype(np.float64), total, width, len(largest))
        for number, row in enumerate(largest.tolist())
    ]
    return [one for one in found if one is not None]


def _visit(
    material: Material,
    name: str,
    counts: npt.NDArray[np.float64],
    total: npt.NDArray[np.float64],
    width: float,
    commands: int,
) -> Finding | None:
    # Its part of the other windows: of the median one, so that its own bursts do not count.
    present = total > 0
    usual = float(np.median(counts[present] / total[present])) if present.any() else 0.0
    least = max(usual, 0.25 * counts.sum() / total.sum())
    odd = surprise(counts, total * least) > bound(len(total) * commands)
    # Threads keep a CPU for a while, so that their counts vary more than by chance.
    expected = np.maximum(total * least, 1e-9)[~odd]
    spread = (
        max(1.0, float(((counts[~odd] - expected) ** 2 / np.maximum(expected, 1)).mean()))
        if len(expected)
        else 1.0
    )
    flagged = surprise(counts, total * least) > spread * bound(len(total) * commands)
    flagged &= counts >= _LEAST_SHARE * total
    runs = stretches(flagged)
    inside = np.zeros(len(total), np.bool_)
    for first, end in runs:
        inside[first:end] = True
    here, there = (counts[part].sum() / max(total[part].sum(), 1) for part in (inside, ~inside))
    samples = counts[inside].sum()
    if samples < _LEAST_SAMPLES or here < _LEAST_SHARE or here < _LEAST_RATIO * there or inside.mean() > 0.5:
        return None
    ranges = [_trimmed(material, name, to_range(material, *one, width)) for one in runs]
    if max(end - start for start, end in ranges) < _SHORTEST_VISIT:
        return None
    numbers = {
        "samples": round(float(samples) * material.thinned),
        "share": round(float(here), 4),
        "elsewhere": round(float(there), 4),
    }
    only = samples == counts.sum()
    text = (
        f"`{name}` {'runs only' if only else 'is busy'} from {words(ranges)}: {here:.0%} of the samples there"
    )
    text += "." if only else f", {there:.1%} elsewhere."
    return Finding(
        VISIT, text, ranges[:MAX_RANGES], {"comm": [name]}, numbers, float(samples / len(material.time))
    )


def _trimmed(material: Material, name: str, part: Range) -> Range:
    """Return the range from the first to the last sample of a command in it."""
    rows = [row for row, thread in enumerate(material.profile.threads) if thread.command == name]
    low, high = np.searchsorted(material.time, part)
    mine = material.time[low:high][np.isin(material.thread[low:high], rows)]
    tick = 0.01 if material.rate.frequency is None else 1 / material.rate.frequency
    return float(mine[0]), min(float(mine[-1]) + tick, part[1])
