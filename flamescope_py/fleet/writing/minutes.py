"""Counts the samples of every minute and event of one profile: its rows of the table `minutes`."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from flamescope_py.fleet.placing import MICROSECONDS, MINUTE, microseconds
from flamescope_py.model import Profile
from flamescope_py.model import profile as units

Ints = npt.NDArray[np.int64]
NO_EVENT = ""


def event_is_main(profile: Profile, main: tuple[str, ...]) -> Ints:
    """Return 1 for every event of a profile that is one of `main`, else 0."""
    # A profile without named events has one, row 0.
    return np.array([name in main for name in profile.meta.events] or [True], np.int64)


def minute_columns(
    profile: Profile, time: Ints, offset: int, main: tuple[str, ...], frequency: float | None
) -> dict[str, Any]:
    """Return the columns that depend on the samples, with a row of the main event in each minute.

    `time` has the sorted microseconds of the samples that have any. `offset` was added to them.
    """
    names, of_event = _slots(profile, main)
    is_main = np.append(event_is_main(profile, main), 1)
    event = profile.samples.event[: len(time)].astype(np.int64)
    minute, observed = _every_minute(profile, offset, frequency)
    busy = _busy(profile, len(time), frequency) * is_main[event]
    idle = profile.samples.idle[: len(time)].astype(np.int64)
    weight = profile.samples.weight
    zeros, ones = np.zeros(len(minute), np.int64), np.ones(len(time), np.int64)
    values = {
        "samples": ones,
        "idle": idle,
        "weight": ones if weight is None else weight[: len(time)],
        "busy_us": busy * (1 - idle),
    }
    slot = of_event[np.append(event, np.full(len(minute), -1))]
    row = np.append(time // MINUTE - minute[0] // MINUTE, np.arange(len(minute)))
    code = row * len(names) + slot
    order = np.argsort(code, kind="stable")
    start = np.flatnonzero(np.diff(code[order], prepend=-1))
    counted = {name: np.append(found, zeros) for name, found in values.items()}
    counted["windows"] = np.append(np.zeros_like(ones), zeros + 1)
    row, slot = np.divmod(code[order][start], len(names))
    texts = pa.DictionaryArray.from_arrays(slot.astype(np.int32), pa.array([text for text, _ in names]))
    return {
        "minute": minute[row],
        "observed_us": observed[row],
        "event": texts,
        "main": np.array([flag for _, flag in names], np.int64)[slot],
        **{name: np.add.reduceat(found[order], start) for name, found in counted.items()},
    }


def _slots(profile: Profile, main: tuple[str, ...]) -> tuple[list[tuple[str, int]], Ints]:
    """Return the distinct events, each with 1 if it is a main one, and the place of every event among them.

    The last place is that of the event whose row every minute has.
    """
    flags = event_is_main(profile, main).tolist()
    events = list(zip(profile.meta.events or (NO_EVENT,), flags, strict=True))
    events.append((main[0] if main else NO_EVENT, 1))
    names = list(dict.fromkeys(events))
    return names, np.array([names.index(one) for one in events], np.int64)


def _busy(profile: Profile, count: int, frequency: float | None) -> Ints:
    """Return the busy time that each sample stands for in microseconds, 0 where the rate is unknown."""
    weight = profile.samples.weight
    if profile.meta.unit == units.MICROSECONDS and weight is not None:
        return weight[:count]
    if profile.meta.unit == units.MICROSECONDS:
        return np.ones(count, np.int64)
    return np.full(count, round(MICROSECONDS / frequency) if frequency else 0)


def _every_minute(profile: Profile, offset: int, frequency: float | None) -> tuple[Ints, Ints]:
    """Return the minutes that the profile touches, and the microseconds of each that it observed."""
    meta = profile.meta
    first, last = microseconds(meta.first) + offset, microseconds(meta.last) + offset
    minute = np.arange(first // MINUTE, last // MINUTE + 1, dtype=np.int64) * MINUTE
    if meta.unit != units.MICROSECONDS and not frequency:
        # Without a rate nothing is known about busy time, so that the time counts for nothing.
        return minute, np.zeros(len(minute), np.int64)
    return minute, np.minimum(minute + MINUTE, last) - np.maximum(minute, first)
