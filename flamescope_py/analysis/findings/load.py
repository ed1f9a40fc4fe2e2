"""Findings about the load: bursts of the whole profile and of one command, and gaps."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from flamescope_py.analysis.findings.excess import More, more_functions, words_of
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
# A function with this part of the samples of bursts is what they are of. A run with no more than this part of
# its samples stands apart.
_LEAST_CAUSE, _LEAST_RUN = 1 / 3, 0.05


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
    around = [part for part, _ in found]
    inside = _inside(material.time, around)
    cause = next((one for one in more_functions(material, inside) if one.own), None)
    if cause is not None and cause.here >= _LEAST_CAUSE:
        found = _where_it_runs(material, around, cause.name, width)
        inside = _inside(material.time, [part for part, _ in found])
        cause = next((one for one in more_functions(material, inside) if one.name == cause.name), cause)
    # The largest first: it is the one that the sentence names.
    found.sort(key=lambda one: -one[1])
    return [_burst(material, found, usual / width, cause, around)]


def _burst(
    material: Material,
    found: Sequence[tuple[Range, int]],
    usual: float,
    cause: More | None,
    around: Sequence[Range],
) -> Finding:
    """Describe bursts, the largest first, beside the usual samples of a second."""
    largest, samples = found[0]
    rate = samples / (largest[1] - largest[0])
    numbers: dict[str, float] = {"bursts": len(found), "samples": round(samples * material.thinned)}
    if material.frequency:
        numbers |= {
            "busy": round(rate / material.frequency, 4),
            "usual": round(usual / material.frequency, 4),
        }
        compared = f"{numbers['busy']:.2g} CPUs busy, {numbers['usual']:.2g} usually"
    else:
        numbers |= {"rate": round(rate, 4), "usualRate": round(usual, 4)}
        compared = f"{rate:.3g} samples a second, {usual:.3g} usually"
    title = "A burst" if len(found) == 1 else f"{len(found)} bursts, the largest"
    text = f"{title} from {words([largest])}: {compared}."
    if cause is not None:
        numbers |= {"share": round(cause.here, 4), "elsewhere": round(cause.there, 4)}
        text += f" {words_of([cause], 'in it' if len(found) == 1 else 'in them')}."
    return Finding(
        BURST,
        text,
        [part for part, _ in found][:MAX_RANGES],
        numbers=numbers,
        weight=float(_inside(material.time, around).mean()),
        function=cause.name if cause else "",
        around=around,
    )


def _inside(time: npt.NDArray[np.float64], ranges: Sequence[Range]) -> npt.NDArray[np.bool_]:
    """Return True for each time that is in one of some ranges, which do not overlap."""
    edges = np.array(sorted(ranges), np.float64).ravel()
    inside: npt.NDArray[np.bool_] = np.searchsorted(edges, time, side="right") % 2 == 1
    return inside


def _where_it_runs(
    material: Material, ranges: Sequence[Range], function: str, width: float
) -> list[tuple[Range, int]]:
    """Return the part of each range in which a function runs, with its samples.

    A few samples that stand apart from the others do not count. A range without the function stays whole. At
    its edges a function may have begun or ended in a window that has too few samples for a burst.
    """
    running = material.time[material.functions.samples(material.functions.slices(function))]
    found = []
    for start, end in ranges:
        mine = running[slice(*np.searchsorted(running, (start - width, end + width)))]
        runs = np.split(mine, np.flatnonzero(np.diff(mine) > width / 2) + 1)
        kept = [run for run in runs if len(run) > _LEAST_RUN * len(mine)]
        part = (start, end)
        if kept:
            # A microsecond earlier, so that no rounding leaves out the first sample.
            first, last = float(kept[0][0]) - 1e-6, float(kept[-1][-1]) + _tick(material)
            # One that runs before or behind that, too, is cut there.
            part = (
                start if first < start - 0.9 * width else first,
                end if last > end + 0.9 * width else min(last, float(material.profile.seconds)),
            )
        found.append((part, int(_inside(material.time, [part]).sum())))
    return found


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
    return float(mine[0]), min(float(mine[-1]) + _tick(material), part[1])


def _tick(material: Material) -> float:
    """Return the seconds that one sample stands for."""
    return 0.01 if material.rate.frequency is None else 1 / material.rate.frequency
