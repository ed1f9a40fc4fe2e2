"""All findings of a profile, the most telling first."""

from __future__ import annotations

from math import sqrt

import numpy as np
import numpy.typing as npt

from flamescope_py.analysis.findings.changes import CHANGE, changes
from flamescope_py.analysis.findings.load import BURST, GAP, VISIT, bursts, gaps, visits
from flamescope_py.analysis.findings.long_tasks import LONG_TASK, LONGEST_TASK, long_tasks
from flamescope_py.analysis.findings.material import Finding, Material
from flamescope_py.analysis.findings.periodic import PERIODIC, periodic
from flamescope_py.analysis.findings.recording import FREQUENCY, LOST, THROTTLED, recording
from flamescope_py.analysis.findings.stretches import covered
from flamescope_py.analysis.findings.threads import SATURATED, saturated
from flamescope_py.analysis.findings.unusual import STARTUP, UNUSUAL, unusual
from flamescope_py.analysis.selection import Selection, kept_samples
from flamescope_py.model import Profile

MAX_FINDINGS = 12
MAX_OF_A_KIND = 4
_RECORDING = (LOST, THROTTLED, FREQUENCY)
_NEARLY_ALL = 0.9
_BEHIND = 0.999
# How telling a kind is, times the part of the samples that a finding is about.
_TELLING = {
    **dict.fromkeys(_RECORDING, 20.0),
    LONG_TASK: 6.0,
    PERIODIC: 4.0,
    VISIT: 4.0,
    UNUSUAL: 3.0,
    CHANGE: 2.0,
    SATURATED: 1.5,
    STARTUP: 1.5,
    BURST: 1.0,
    GAP: 1.0,
    LONGEST_TASK: 0.5,
}


def find(profile: Profile) -> list[Finding]:
    """Return at most MAX_FINDINGS; none of a profile without timestamps or with few samples."""
    if not profile.meta.timed or not profile.seconds:
        return []
    material = Material(profile)
    found = [*recording(material), *long_tasks(profile)]
    if len(material.time) and material.length > 0:
        regular = periodic(material)
        explained = [part for one in regular for part in one.ranges]
        visiting = visits(material)
        odd = [one for one in unusual(material) if not _known(one, visiting)]
        found += [*regular, *visiting, *odd, *changes(material), *saturated(material)]
        found += [*bursts(material, explained), *gaps(material)]
    return _chosen(found, _helpers(material, found))


def _helpers(material: Material, found: list[Finding]) -> list[bool]:
    """Return True for each finding that is only about threads that work for others, as a collector does."""
    if not any(one.selection for one in found):
        return [False] * len(found)
    profile, helping = material.profile, material.helping
    if not helping.any():
        return [False] * len(found)
    by_helpers = helping[profile.samples.thread]
    return [bool(one.selection) and _mostly(profile, one, by_helpers) for one in found]


def _mostly(profile: Profile, one: Finding, by_helpers: npt.NDArray[np.bool_]) -> bool:
    """Check whether nearly all samples that a finding selects are of helpers."""
    cut = one.selection
    selection = Selection(
        comm=tuple(cut.get("comm", ())),
        pid=tuple(map(int, cut.get("pid", ()))),
        tid=tuple(map(int, cut.get("tid", ()))),
        include=tuple(cut.get("include", ())),
    )
    kept = kept_samples(profile, selection)
    chosen = by_helpers if kept is None else by_helpers[kept]
    return bool(len(chosen)) and float(chosen.mean()) > _NEARLY_ALL


def _known(one: Finding, others: list[Finding]) -> bool:
    """Check whether a stretch is that of a command that others are about."""
    return any(
        covered(one.ranges[0], other.ranges) > 0.8 and one.selection == other.selection for other in others
    )


def _chosen(found: list[Finding], helping: list[bool]) -> list[Finding]:
    # The root, so that a thread of two seconds is not lost behind a function of half an hour.
    scores = [_TELLING[one.kind] * sqrt(max(one.weight, 0.0)) for one in found]
    for row, one in enumerate(found):
        if helping[row]:
            # The cause comes before the threads that it keeps busy.
            causes = [
                scores[other]
                for other, cause in enumerate(found)
                if not helping[other] and cause.kind not in _RECORDING and _overlap(one, cause)
            ]
            scores[row] = min(scores[row], _BEHIND * max(causes, default=scores[row]))
    counts: dict[str, int] = {}
    chosen = []
    for row in sorted(range(len(found)), key=lambda row: -scores[row]):
        one = found[row]
        counts[one.kind] = counts.get(one.kind, 0) + 1
        if counts[one.kind] <= MAX_OF_A_KIND:
            chosen.append(one)
    return chosen[:MAX_FINDINGS]


def _overlap(one: Finding, other: Finding) -> bool:
    """Check whether most of a finding's time is also that of another."""
    explained = other.around or other.ranges
    inside = sum(covered(part, explained) * (part[1] - part[0]) for part in one.ranges)
    return inside > 0.5 * sum(end - start for start, end in one.ranges)
