"""The samples of a range one by one, with their stacks, for exports that keep times and threads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from flamescope_py.analysis.flamegraph import prune, range_rows, with_used_frames
from flamescope_py.analysis.selection import Selection, kept_samples
from flamescope_py.analysis.view import View
from flamescope_py.model import CallTree, FrameTable, Seconds
from flamescope_py.model.profile import SAMPLES, UNKNOWN, Labels, Thread


@dataclass(frozen=True, slots=True, eq=False)
class ChosenSamples:
    """Columns with one row per sample, in the order of time; rows without a time (NaN) come last.

    `node` is a row of `tree`, which holds only nodes at or below which a sample ends. `thread` is a row of
    `threads`, and of `labels` where there are any; `event` one of `events`. `weight` is in `unit`, None where
    every sample counts 1.
    """

    tree: CallTree
    frames: FrameTable
    threads: tuple[Thread, ...]
    labels: tuple[Labels, ...]
    events: tuple[str, ...]
    owner_level: bool
    time: npt.NDArray[np.float64]
    node: npt.NDArray[np.int64]
    thread: npt.NDArray[np.uint32]
    cpu: npt.NDArray[np.int32]
    event: npt.NDArray[np.uint16]
    idle: npt.NDArray[np.bool_]
    weight: npt.NDArray[np.int64] | None
    unit: str = SAMPLES

    def __len__(self) -> int:
        """Count the samples."""
        return len(self.time)

    @property
    def timed(self) -> int:
        """Count the samples with a time: the first ones."""
        return int(np.searchsorted(self.time, np.inf, "right"))

    def weights(self) -> npt.NDArray[np.int64]:
        """Return the weight of every sample."""
        return np.ones(len(self), np.int64) if self.weight is None else self.weight


def chosen_samples(
    view: View,
    selection: Selection,
    start: Seconds | None,
    end: Seconds | None,
    *,
    outside: bool,
    unit: str,
) -> ChosenSamples:
    """Return the samples of a range of the view of `selection`, or with `outside` the rest of the view.

    Raises RangeError and NoTimestampsError as `time_range` does.
    """
    profile = view.profile
    kept = kept_samples(profile, selection)
    rows = np.arange(len(profile.samples)) if kept is None else np.flatnonzero(kept)
    parts = range_rows(view, start, end, outside=outside)

    def part(column: npt.NDArray[Any]) -> npt.NDArray[Any]:
        return column[parts[0]] if len(parts) == 1 else np.concatenate([column[one] for one in parts])

    rows, node = part(rows), part(view.node)
    tree, used = prune(view.tree, view.tree.totals(np.bincount(node, minlength=len(view.tree))))
    tree, frames = with_used_frames(tree, view.frames)
    samples = profile.samples
    return ChosenSamples(
        tree=tree,
        frames=frames,
        # A format without threads or events has none, while the row of its samples is 0.
        threads=profile.threads or (Thread(UNKNOWN, UNKNOWN, ""),),
        labels=profile.labels,
        events=profile.meta.events or ("",),
        owner_level=profile.meta.owner_level,
        time=part(view.time),
        node=np.searchsorted(used, node),
        thread=samples.thread[rows],
        cpu=samples.cpu[rows],
        event=samples.event[rows],
        idle=samples.idle[rows],
        weight=None if view.weight is None else part(view.weight),
        unit=unit,
    )
