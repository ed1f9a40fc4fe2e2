"""How often a busy CPU was sampled, and how many CPUs there were: the units of busy CPUs.

Both come from the header where the recording has one. Nothing is assumed that the file does not show.
"""

from __future__ import annotations

import re
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from flamescope_py.model import Profile, TimeRange
from flamescope_py.model.profile import MICROSECONDS, SAMPLES, UNKNOWN

HEADER, PERIOD, INTERVAL, SEEN = "header", "period", "interval", "seen"
MAX_TIMED = 200_000
# The end of a recording is not known more exactly, in seconds.
_SHORTEST = 0.001
# Fewer equal distances between samples are chance.
_FEWEST_EQUAL = 3
# cpu-clock  cpu-clock:pppH  task-clock:u; not cpu-clock-like
_CLOCK = re.compile(r"(?:cpu|task)-clock(?![\w-])")
# perf script --header:
# # event : name = cycles, , id = { 1, 2 }, type = 0, size = 136, { sample_period, sample_freq } = 99, …
# # event : name = cycles:P, , type = 0 (PERF_TYPE_HARDWARE), size = 136, { sample_freq } = 4000, …
_SAMPLE_FREQ = re.compile(r"\bsample_freq \} = ([0-9]{1,9})\b")
_BY_FREQUENCY = re.compile(r"\bfreq = 1\b")
_EVENT_NAME = re.compile(r"name = ([^,]{1,200}),")
_NUMBER = re.compile(r"[0-9]{1,6}")


class Rate(NamedTuple):
    """The frequency of samples of a busy CPU in Hz and the number of CPUs, each with its source.

    `frequency` is None where the file does not show it. Its source is HEADER, PERIOD (of a clock event) or
    INTERVAL (the most common one of a thread). `cpus` is from the HEADER, or those SEEN in samples.
    """

    frequency: float | None
    frequency_from: str | None
    cpus: int | None
    cpus_from: str | None

    @property
    def shortest(self) -> float:
        """The seconds between two samples of a busy CPU, or a small number where that is unknown."""
        return 1 / self.frequency if self.frequency else _SHORTEST

    def seconds(self, recorded: npt.ArrayLike, length: npt.ArrayLike) -> npt.NDArray[np.float64]:
        """Return the seconds for which the samples of ranges stand, of those that were `recorded`.

        Each range counts for the interval of a sample at least, or its `length` where that is shorter: the
        first sample of a recording may stand at the very end of a range.
        """
        return np.maximum(recorded, np.minimum(length, self.shortest))

    def part_seconds(self, recorded: float, part: TimeRange) -> float:
        """Return the same for one range of a profile. The rest of a range has no length."""
        if recorded <= 0 or part.outside:
            return recorded
        end = np.inf if part.end is None else part.end
        return float(self.seconds(recorded, end - (part.start or 0.0)))


def rate(profile: Profile, main: tuple[str, ...]) -> Rate:
    """Return the rate of the samples of the events `main`."""
    frequency, source = _frequency(profile, main)
    cpus, cpus_source = _cpus(profile)
    return Rate(frequency, source, cpus, cpus_source)


def busy_cpus(profile: Profile, found: Rate, samples: float, seconds: float) -> float | None:
    """Return how many CPUs were busy on average, None if unknown: samples / frequency / seconds."""
    if seconds <= 0 or not profile.meta.timed:
        return None
    if profile.meta.unit == MICROSECONDS:
        return samples / 1e6 / seconds
    return samples / found.frequency / seconds if found.frequency else None


def _cpus(profile: Profile) -> tuple[int | None, str | None]:
    for key in ("nrcpus online", "nrcpus avail"):
        if (match := _NUMBER.fullmatch(profile.meta.header.get(key, ""))) and int(match[0]):
            return int(match[0]), HEADER
    cpu = profile.samples.cpu
    seen = len(np.unique(cpu[cpu != UNKNOWN])) if len(cpu) else 0
    return (seen, SEEN) if seen else (None, None)


def _frequency(profile: Profile, main: tuple[str, ...]) -> tuple[float | None, str | None]:
    if not profile.meta.timed or not _counts(profile, main):
        return None, None
    if (found := _by_period(profile)) is not None:
        return found, PERIOD
    if (found := _by_header(profile, main)) is not None:
        return found, HEADER
    found = _by_distance(profile, main)
    return found, None if found is None else INTERVAL


def _counts(profile: Profile, main: tuple[str, ...]) -> bool:
    """Return True if values of the main events count samples: nanoseconds or bytes have no frequency."""
    units = dict(zip(profile.meta.events, profile.meta.event_units, strict=False))
    return all(units.get(name, SAMPLES) == SAMPLES for name in main)


def _rows(profile: Profile, names: tuple[str, ...]) -> list[int]:
    return [row for row, name in enumerate(profile.meta.events) if name in names]


def _by_period(profile: Profile) -> float | None:
    """Return the frequency by the most common period of clock events, in nanoseconds of the clock.

    Timers have a fixed rate: perf turns the requested frequency of such an event into a period once
    (perf_swevent_init_hrtimer in Linux). So it is exact even for threads that mostly sleep.
    """
    samples = profile.samples
    # perf samples all events of one recording at the same frequency.
    clocks = [row for row, name in enumerate(profile.meta.events) if _CLOCK.match(name)]
    if samples.period is None or not clocks:
        return None
    known = np.isin(samples.event, clocks) & (samples.period > 0)
    if not known.any():
        return None
    periods, counts = np.unique(samples.period[known], return_counts=True)
    return float(1e9 / periods[np.argmax(counts)])


def _by_header(profile: Profile, main: tuple[str, ...]) -> float | None:
    """Return the frequency that the recording asked for, if its header is about a main event."""
    text = profile.meta.header.get("event", "")
    name, asked = _EVENT_NAME.search(text), _SAMPLE_FREQ.search(text)
    if not (name and asked and _BY_FREQUENCY.search(text)) or name[1].strip() not in main:
        return None
    return float(asked[1]) or None


def _by_distance(profile: Profile, main: tuple[str, ...]) -> float | None:
    """Estimate the frequency by the most common distance between samples of one thread on one processor.

    It is too low for threads that mostly sleep. The first MAX_TIMED samples decide: a timer does not change,
    and millions take a second to sort.
    """
    samples = profile.samples
    part = slice(0, MAX_TIMED)
    keep = np.flatnonzero(np.isin(samples.event[part], _rows(profile, main))) if profile.meta.events else part
    time = samples.time[part][keep]
    if len(time) < 3:
        return None
    thread, cpu, event = (column[part][keep] for column in (samples.thread, samples.cpu, samples.event))
    order = np.lexsort((time, event, cpu, thread))
    same = np.ones(len(order) - 1, dtype=np.bool_)
    for column in (thread, cpu, event):
        same &= np.diff(column[order].astype(np.int64)) == 0
    return _most_common(np.diff(time[order])[same])


def _most_common(apart: npt.NDArray[np.float64]) -> float | None:
    apart = apart[apart > 1e-6]
    if len(apart) < _FEWEST_EQUAL:
        return None
    # Timers are late by some percent, so that distances are compared in steps of a tenth.
    steps, counts = np.unique(np.round(np.log(apart) * 10), return_counts=True)
    if counts.max() < _FEWEST_EQUAL:
        return None
    common = apart[np.round(np.log(apart) * 10) == steps[np.argmax(counts)]]
    return float(1 / np.median(common))
