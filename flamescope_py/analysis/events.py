"""Selects the events of a profile: the sum of cycles, page faults and tracepoints measures nothing.

`MAIN` stands for the most frequent sampling event. Sampling events fire at regular steps of time or work
(cycles, cpu-clock, task-clock, instructions, cache-misses). Tracepoints, probes and the kernel's software
counters fire when something happens, so that their samples do not show where time goes.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence

import numpy as np

from flamescope_py.analysis.vocabulary import ALL, MAIN
from flamescope_py.model import Profile
from flamescope_py.model.profile import OFF_CPU

# cycles  cycles:ppp  cpu-clock:pppH  cpu_core/cycles/P  cpu/event=0x3c,umask=0x1/u  r01c2:u
_PMU_EVENT = re.compile(r"[\w-]+/(?P<term>[^/]+)/(?P<modifiers>\w*)")
_MODIFIERS = re.compile(r":[a-zA-Z]{1,8}$")
_MODIFIER_LETTERS = frozenset("ukhIGHpPSDWbeRX")
# perf list sw: these count occurrences; cpu-clock and task-clock are the only clocks among them.
_SOFTWARE = {
    *("alignment-faults", "emulation-faults", "faults", "major-faults", "minor-faults", "page-faults"),
    *("bpf-output", "cgroup-switches", "context-switches", "cpu-migrations", "cs", "dummy", "migrations"),
}
_TIME = {"cycles", "cpu-cycles", "cpu-clock", "task-clock", "ref-cycles"}


def main_events(profile: Profile) -> tuple[str, ...]:
    """Return the most frequent sampling event, or the most frequent event where none samples.

    An event that the profile itself opens with comes before both. One name, except on processors with several
    kinds of cores, where one event has a name per kind: `cpu_core/cycles/` and `cpu_atom/cycles/`. Of equal
    counts, an event that measures time comes first.
    """
    events, derived = profile.meta.events, set(profile.meta.derived)
    if profile.meta.main_event in events:
        return (profile.meta.main_event,)
    counts = np.bincount(profile.samples.event, minlength=len(events)).tolist()
    families: dict[str, int] = {}
    for name, count in zip(events, counts, strict=False):
        if name not in derived:
            families[_family(name)] = families.get(_family(name), 0) + count
    candidates = list(filter(is_sampling, families))
    if not candidates and OFF_CPU in derived:
        # Of the scheduler's events alone, the time between them shows more than their number.
        return (OFF_CPU,)
    candidates = candidates or list(families)
    if not candidates:
        return ()
    main = min(candidates, key=lambda name: (-families[name], _base(name) not in _TIME, name))
    return tuple(name for name in events if _family(name) == main)


def is_sampling(event: str) -> bool:
    """Return True for an event that fires at regular steps of time or work."""
    base = _base(event)
    # Other text after a colon is not a modifier: sched:sched_switch, probe_libc:malloc, mem:0x7ffe:rw.
    return base not in _SOFTWARE and ":" not in base


def resolve_events(
    wanted: Sequence[str], events: Sequence[str], main: Iterable[str], derived: Collection[str] = ()
) -> tuple[str, ...]:
    """Return the names that `wanted` stands for, sorted; none where it stands for all of `events`.

    A name of the profile is that event, also where it reads `main` or `all`. `derived` are those of the
    events that the reader made of others, and that are not among all.
    """
    names: set[str] = set()
    for name in wanted:
        if name == ALL and name not in events:
            return ()
        names.update(main if name == MAIN and name not in events else (name,))
    recorded = set(events) - set(derived)
    return () if names.issuperset(recorded) and names.isdisjoint(derived) else tuple(sorted(names))


def _family(event: str) -> str:
    """Return an event's name without the PMU, which differs by kind of core."""
    match = _PMU_EVENT.fullmatch(event)
    if match is None:
        return event
    term, modifiers = match.group("term", "modifiers")
    return f"{term}:{modifiers}" if modifiers else term


def _base(event: str) -> str:
    """Return an event's name without PMU and modifiers."""
    match = _PMU_EVENT.fullmatch(event)
    if match:
        return match.group("term")
    modifiers = _MODIFIERS.search(event)
    if modifiers and _MODIFIER_LETTERS.issuperset(modifiers.group()[1:]):
        return event[: modifiers.start()]
    return event
