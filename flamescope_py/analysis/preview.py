"""A profile in the list: its activity over time in a few numbers, and who leads."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from flamescope_py.analysis.events import main_events
from flamescope_py.analysis.selection import Selection, kept_samples
from flamescope_py.model import Profile, Seconds

# Columns of a strip of activity.
PARTS = 120
_HOST = "hostname"


@dataclass(frozen=True, slots=True, eq=False)
class Preview:
    """`activity` counts the busy samples of the main event in PARTS equal parts of the duration, and is empty
    without times. `duration` is None then. `command` has most of these samples; it is empty, as `host` and
    `event`, where the file names none."""

    activity: list[int]
    samples: int
    duration: Seconds | None
    command: str
    host: str
    event: str


def preview(profile: Profile) -> Preview:
    """Summarise a profile."""
    meta, samples, events = profile.meta, profile.samples, main_events(profile)
    kept = kept_samples(profile, Selection(event=events))
    rows = np.arange(len(samples)) if kept is None else np.flatnonzero(kept)
    activity: list[int] = []
    if meta.timed and len(samples):
        length = (meta.last - meta.first) or 1.0
        part = ((samples.time[rows] - meta.first) / length * PARTS).astype(np.int64).clip(0, PARTS - 1)
        heat = None if samples.heat is None else samples.heat[rows]
        activity = np.bincount(part, heat, PARTS).astype(np.int64).tolist()
    return Preview(
        activity=activity,
        samples=len(samples),
        duration=meta.last - meta.first if meta.timed else None,
        command=_leading(profile, rows),
        host=meta.header.get(_HOST, ""),
        event=", ".join(events),
    )


def _leading(profile: Profile, rows: np.ndarray[tuple[int], np.dtype[np.intp]]) -> str:
    """Return the command of most of some samples."""
    if not profile.threads or not len(rows):
        return ""
    counts: dict[str, int] = {}
    found = np.bincount(profile.samples.thread[rows], minlength=len(profile.threads))
    for thread, count in zip(profile.threads, found.tolist(), strict=True):
        counts[thread.command] = counts.get(thread.command, 0) + count
    return max(counts, key=lambda command: (counts[command], command))
