"""Counts the samples of a profile by command, process, thread, processor and event.

These are the values that a `Selection` can name. Idle samples are counted apart.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from flamescope_py.analysis.events import main_events
from flamescope_py.model import Profile
from flamescope_py.model.profile import UNKNOWN

# Numbers below this are counted in one pass, others are sorted.
MAX_COUNTED = 1 << 16
MAX_TIMED = 200_000
MAX_VALUES = 5_000
# cpu-clock  cpu-clock:pppH  task-clock:u; not cpu-clock-like
_CLOCK = re.compile(r"(?:cpu|task)-clock(?![\w-])")


class Count(NamedTuple):
    """One value of a facet, its samples, and those of them that are not idle. `label` is the command."""

    value: str | int
    samples: int
    busy: int
    label: str = ""


@dataclass(frozen=True, slots=True)
class Facets:
    """Values of every facet, the most frequent first, at most MAX_VALUES of each.

    `main_events` are the events that a profile opens with (see `events.main_events`). `frequency` is how
    often a busy thread was sampled, in Hz; None if the file does not show it.
    """

    commands: list[Count]
    processes: list[Count]
    threads: list[Count]
    cpus: list[Count]
    events: list[Count]
    main_events: tuple[str, ...]
    frequency: float | None


def facets(profile: Profile) -> Facets:
    """Count the samples of a profile by all values that can be selected."""
    samples, threads = profile.samples, profile.threads
    busy = ~samples.idle
    total = np.bincount(samples.thread, minlength=len(threads))
    working = np.bincount(samples.thread[busy], minlength=len(threads))
    # A format without threads has none, while the thread of its samples is 0.
    rows = list(zip(threads, total.tolist(), working.tolist(), strict=False))
    return Facets(
        commands=_summed((thread.command, "", *counts) for thread, *counts in rows),
        processes=_summed(
            (thread.pid, thread.command, *counts) for thread, *counts in rows if thread.pid != UNKNOWN
        ),
        threads=_summed(
            (thread.tid, thread.command, *counts) for thread, *counts in rows if thread.tid != UNKNOWN
        ),
        cpus=_of_column(samples.cpu, busy),
        events=_of_column(samples.event, busy, profile.meta.events),
        main_events=main_events(profile),
        frequency=_frequency(profile),
    )


def _summed(rows: Iterable[tuple[Any, ...]]) -> list[Count]:
    """Add up rows of (value, label, samples, busy) by value, with the label of the most samples."""
    sums: dict[Hashable, list[Any]] = {}
    for value, label, samples, busy in rows:
        found = sums.setdefault(value, [label, 0, 0, 0])
        if samples > found[3]:
            found[0], found[3] = label, samples
        found[1] += samples
        found[2] += busy
    return _ordered(Count(value, samples, busy, label) for value, (label, samples, busy, _) in sums.items())  # type: ignore[arg-type]


def _of_column(
    column: npt.NDArray[Any], busy: npt.NDArray[np.bool_], names: Sequence[str] | None = None
) -> list[Count]:
    """Count a column of numbers, or of rows of `names`, without unknown values (-1)."""
    known = column >= 0
    if not known.all():
        column, busy = column[known], busy[known]
    if len(column) and column.max() < MAX_COUNTED:
        total, working = (np.bincount(part, minlength=MAX_COUNTED) for part in (column, column[busy]))
        values = np.flatnonzero(total)
        total, working = total[values], working[values]
    else:
        # A damaged line may name any processor.
        values, place = np.unique(column, return_inverse=True)
        total, working = (np.bincount(part, minlength=len(values)) for part in (place, place[busy]))
    numbers: list[int] = values.tolist()
    found: Sequence[Any] = numbers if names is None else [names[value] for value in numbers]
    return _ordered(map(Count, found, total.tolist(), working.tolist()))


def _ordered(counts: Iterable[Count]) -> list[Count]:
    return sorted(counts, key=lambda count: (-count.samples, str(count.value)))[:MAX_VALUES]


def _frequency(profile: Profile) -> float | None:
    """Return the frequency by the period of a clock event, else estimate it."""
    if not profile.meta.timed:
        return None
    return _by_period(profile) or _by_distance(profile)


def _by_period(profile: Profile) -> float | None:
    """Return the frequency by the most common period of clock events, in nanoseconds of the clock.

    Timers have a fixed rate: perf turns the requested frequency of such an event into a period once
    (perf_swevent_init_hrtimer in Linux). So it is exact even for threads that mostly sleep.
    """
    samples = profile.samples
    clocks = [row for row, name in enumerate(profile.meta.events) if _CLOCK.match(name)]
    if samples.period is None or not clocks:
        return None
    known = np.isin(samples.event, clocks) & (samples.period > 0)
    if not known.any():
        return None
    periods, counts = np.unique(samples.period[known], return_counts=True)
    return float(1e9 / periods[np.argmax(counts)])


def _by_distance(profile: Profile) -> float | None:
    """Estimate the frequency by the most common distance between samples of one thread on one processor.

    It is too low for threads that mostly sleep. The first MAX_TIMED samples decide: a timer does not change,
    and millions take a second to sort.
    """
    samples = profile.samples
    if len(samples) < 3:
        return None
    time = samples.time[:MAX_TIMED]
    thread, cpu, event = (part[:MAX_TIMED] for part in (samples.thread, samples.cpu, samples.event))
    order = np.lexsort((time, event, cpu, thread))
    same = np.ones(len(order) - 1, dtype=np.bool_)
    for column in (thread, cpu, event):
        same &= np.diff(column[order].astype(np.int64)) == 0
    apart = np.diff(time[order])[same]
    apart = apart[apart > 1e-6]
    if len(apart) < 3:
        return None
    # Timers are late by some percent, so that distances are compared in steps of a tenth.
    steps, counts = np.unique(np.round(np.log(apart) * 10), return_counts=True)
    common = apart[np.round(np.log(apart) * 10) == steps[np.argmax(counts)]]
    return float(1 / np.median(common))
