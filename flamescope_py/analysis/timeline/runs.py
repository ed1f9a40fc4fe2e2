"""The runs of a range that a selection keeps: samples with true starts and lengths."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from flamescope_py.analysis.selection import Selection, kept_samples
from flamescope_py.analysis.timerange import bounds, require_time
from flamescope_py.analysis.view import Shape
from flamescope_py.model import Profile, Samples, TimeRange
from flamescope_py.model.profile import UNKNOWN
from flamescope_py.model.runs import ANY, Runs

_MICRO = 1_000_000
# Half of the unit of lengths: a run that ends less behind the start of a range is outside.
_SAME = 5e-7

Nodes = npt.NDArray[np.uint32]


class KeptRuns(NamedTuple):
    """The runs of a range, as the samples of `profile`, whose weights are their lengths.

    `node` and `through` are nodes of the rewritten tree. `through` may be ANY.
    """

    profile: Profile
    node: Nodes
    through: Nodes


def kept_runs(
    profile: Profile, selection: Selection, shape: Shape, part: TimeRange, most: int
) -> KeptRuns | None:
    """Return the runs of a range, or None where ticks must stand for them.

    That is so for a profile without runs, for an event without runs, and for a range with more than `most`.
    The events of `selection` are names. Raises RangeError, NoTimestampsError and ParameterError.
    """
    runs = profile.runs
    if runs is None or not _wanted(profile, selection) <= set(np.unique(runs.event).tolist()):
        return None
    rows = _inside(runs, profile, part)
    found, through = replace(profile, samples=_samples(runs, rows), runs=None), runs.through[rows]
    mask = kept_samples(found, selection)
    kept = np.arange(len(through)) if mask is None else np.flatnonzero(mask)
    if len(kept) > most:
        return None
    columns = {name: column[kept] for name, column in found.samples.columns().items()}
    through = through[kept]
    return KeptRuns(
        replace(found, samples=Samples(**columns)),
        _moved(shape, columns["node"]),
        np.where(through == ANY, through, _moved(shape, np.where(through == ANY, 0, through))),
    )


def _wanted(profile: Profile, selection: Selection) -> set[int]:
    """Return the rows of the events that a selection shows."""
    meta = profile.meta
    names = set(selection.event) or set(meta.events) - set(meta.derived)
    return {row for row, name in enumerate(meta.events) if name in names}


def _inside(runs: Runs, profile: Profile, part: TimeRange) -> npt.NDArray[np.intp]:
    """Return the rows of the runs of a range, also those that began before it."""
    require_time(profile)
    low, high = (profile.origin + bound for bound in bounds(profile, part.start, part.end))
    first, last = np.searchsorted(runs.start, (low, high))
    before = np.flatnonzero(runs.start[:first] + runs.length[:first] / _MICRO > low + _SAME)
    return np.concatenate((before, np.arange(first, last)))


def _samples(runs: Runs, rows: npt.NDArray[np.intp]) -> Samples:
    return Samples(
        time=runs.start[rows],
        node=runs.node[rows],
        thread=runs.thread[rows],
        cpu=np.full(len(rows), UNKNOWN, np.int32),
        event=runs.event[rows],
        idle=np.zeros(len(rows), np.bool_),
        weight=runs.length[rows],
    )


def _moved(shape: Shape, node: Nodes) -> Nodes:
    """Return the rows of nodes in a rewritten tree."""
    for moved in (shape.filtered, shape.flavoured):
        if moved is not None:
            node = moved[node]
    return node
