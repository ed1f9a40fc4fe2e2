"""Findings about periodic functions: one for all functions whose runs are the same."""

from __future__ import annotations

import numpy as np

from flamescope_py.analysis.findings.combs import Comb, combs
from flamescope_py.analysis.findings.material import Finding, Material
from flamescope_py.analysis.findings.names import pattern_of, shown

PERIODIC = "periodic"
MAX_RANGES = 200
# Runs of two functions are the same if they begin within this part of a period, and so are the periods.
_SAME_BEGIN, _SAME_PERIOD = 0.15, 0.02
_SAME_RUNS = 0.6


def periodic(material: Material) -> list[Finding]:
    """Return a finding for each group of functions that run at equal distances."""
    groups: list[list[Comb]] = []
    for comb in combs(material):
        group = next((one for one in groups if _same(one[0], comb)), None)
        if group is None:
            groups.append([comb])
        else:
            group.append(comb)
    return [_finding(material, group) for group in groups]


def _same(one: Comb, other: Comb) -> bool:
    if abs(one.period / other.period - 1) > _SAME_PERIOD:
        return False
    apart = np.abs(one.starts[:, None] - other.starts[None, :]).min(axis=0)
    inside = ((other.starts[:, None] >= one.starts) & (other.starts[:, None] <= one.ends)).any(axis=1)
    return bool(np.mean((apart <= _SAME_BEGIN * one.period) | inside) >= _SAME_RUNS)


def _finding(material: Material, group: list[Comb]) -> Finding:
    """Describe a group by the topmost function that is not of a runtime and has most of its samples."""
    functions = material.functions
    large = [comb for comb in group if comb.samples >= group[0].samples / 3]
    by_name = {name: comb for comb in reversed(large) for name in comb.functions.names}
    name = functions.title(list(by_name))
    comb = by_name[name]
    runs = len(comb.starts)
    each = comb.samples * material.thinned / runs
    numbers = {
        "period": round(comb.period, 4),
        "runs": runs,
        "r": round(comb.r, 4),
        "samples": round(runs * each),
    }
    text = f"`{shown(name)}` runs every {comb.period:.3g} s ({runs} times)"
    if material.frequency is None:
        text += f", about {each:.3g} samples each."
    else:
        numbers["cpuSeconds"] = round(each / material.thinned / material.frequency, 4)
        text += f", about {numbers['cpuSeconds']:.2g} CPU s each."
    return Finding(
        PERIODIC,
        text,
        _ranges(material, comb),
        {"include": [pattern_of(name)]},
        numbers,
        comb.samples / max(1, len(material.time)),
        name,
    )


def _ranges(material: Material, comb: Comb) -> list[tuple[float, float]]:
    """Return the runs, each with the time of one sample behind it."""
    tick = 0.01 if material.rate.frequency is None else 1 / material.rate.frequency
    pairs = zip(comb.starts.tolist(), comb.ends.tolist(), strict=True)
    return [(start, min(end + tick, float(material.profile.seconds))) for start, end in pairs][:MAX_RANGES]
