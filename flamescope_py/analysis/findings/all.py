"""All findings of a profile, the most telling first."""

from __future__ import annotations

from math import sqrt

from flamescope_py.analysis.findings.changes import CHANGE, changes
from flamescope_py.analysis.findings.load import BURST, GAP, VISIT, bursts, gaps, visits
from flamescope_py.analysis.findings.long_tasks import LONG_TASK, long_tasks
from flamescope_py.analysis.findings.material import Finding, Material
from flamescope_py.analysis.findings.periodic import PERIODIC, periodic
from flamescope_py.analysis.findings.recording import FREQUENCY, LOST, THROTTLED, recording
from flamescope_py.analysis.findings.stretches import covered
from flamescope_py.analysis.findings.threads import SATURATED, saturated
from flamescope_py.analysis.findings.unusual import STARTUP, UNUSUAL, unusual
from flamescope_py.model import Profile

MAX_FINDINGS = 12
MAX_OF_A_KIND = 4
# How telling a kind is, times the part of the samples that a finding is about.
_TELLING = {
    **dict.fromkeys((LOST, THROTTLED, FREQUENCY), 20.0),
    LONG_TASK: 6.0,
    PERIODIC: 4.0,
    VISIT: 4.0,
    UNUSUAL: 3.0,
    CHANGE: 2.0,
    SATURATED: 1.5,
    STARTUP: 1.5,
    BURST: 1.0,
    GAP: 1.0,
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
    return _chosen(found)


def _known(one: Finding, others: list[Finding]) -> bool:
    """Check whether a stretch is that of a command that others are about."""
    return any(
        covered(one.ranges[0], other.ranges) > 0.8 and one.selection == other.selection for other in others
    )


def _chosen(found: list[Finding]) -> list[Finding]:
    # The root, so that a thread of two seconds is not lost behind a function of half an hour.
    ordered = sorted(found, key=lambda one: -_TELLING[one.kind] * sqrt(max(one.weight, 0.0)))
    counts: dict[str, int] = {}
    chosen = []
    for one in ordered:
        counts[one.kind] = counts.get(one.kind, 0) + 1
        if counts[one.kind] <= MAX_OF_A_KIND:
            chosen.append(one)
    return chosen[:MAX_FINDINGS]
