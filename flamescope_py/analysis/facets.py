"""Counts the samples of a profile by command, process, thread, processor and event.

These are the values that a `Selection` can name. Idle samples are counted apart.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from flamescope_py.analysis.breakdown.rates import Rate, rate
from flamescope_py.analysis.events import main_events
from flamescope_py.model import Profile, Thread
from flamescope_py.model.profile import UNKNOWN

# Numbers below this are counted in one pass, others are sorted.
MAX_COUNTED = 1 << 16
MAX_VALUES = 5_000
MAX_LABEL_VALUES = 1_000


class Count(NamedTuple):
    """One value of a facet, its samples, and those of them that are not idle. `label` is the command."""

    value: str | int
    samples: int
    busy: int
    label: str = ""


class Label(NamedTuple):
    """A label by its name, and its values."""

    name: str
    values: list[Count]


@dataclass(frozen=True, slots=True)
class Facets:
    """Values of every facet, the most frequent first, at most MAX_VALUES of each.

    `main_events` are the events that a profile opens with (see `events.main_events`), and `rate` is about
    these.
    """

    commands: list[Count]
    processes: list[Count]
    threads: list[Count]
    cpus: list[Count]
    events: list[Count]
    labels: list[Label]
    main_events: tuple[str, ...]
    rate: Rate

    @property
    def frequency(self) -> float | None:
        """Return how often a busy thread was sampled, in Hz; None if the file does not show it."""
        return self.rate.frequency


def facets(profile: Profile) -> Facets:
    """Count the samples of a profile by all values that can be selected."""
    samples, threads = profile.samples, profile.threads
    busy, main = ~samples.idle, main_events(profile)
    total = np.bincount(samples.thread, minlength=len(threads))
    working = np.bincount(samples.thread[busy], minlength=len(threads))
    # A format without threads has none, while the thread of its samples is 0.
    rows: list[tuple[Thread, int, int]] = list(zip(threads, total.tolist(), working.tolist(), strict=False))
    return Facets(
        commands=_summed((thread.command, "", *counts) for thread, *counts in rows),
        processes=_summed(
            (thread.pid, thread.command, *counts) for thread, *counts in rows if thread.pid != UNKNOWN
        ),
        threads=_summed(
            (thread.tid, thread.command, *counts) for thread, *counts in rows if thread.tid != UNKNOWN
        ),
        cpus=_of_column(samples.cpu, busy),
        # Without names of events there is nothing to select by.
        events=_of_column(samples.event, busy, profile.meta.events) if profile.meta.events else [],
        labels=_labels(profile, rows),
        main_events=main,
        rate=rate(profile, main),
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


def _labels(profile: Profile, rows: Iterable[tuple[Thread, int, int]]) -> list[Label]:
    """Count samples by the values of every label, in the order of names."""
    found: dict[str, list[tuple[Any, ...]]] = {}
    # Of a file without labels there is none to pair with a row.
    for own, (_, samples, busy) in zip(profile.labels, rows, strict=False):
        for name, value in own:
            found.setdefault(name, []).append((value, "", samples, busy))
    return [Label(name, _summed(found[name])[:MAX_LABEL_VALUES]) for name in sorted(found)]


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
