"""The part of a profile that a query is about, apart from time: frozen, since it is a cache key.

Sample filters keep samples (`comm` to `exclude`, `idle`), frame filters rewrite stacks (`filters`, `drop`).
Several values of one sample filter are alternatives; different filters combine.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from flamescope_py.analysis.filters.named import FrameFilter
from flamescope_py.analysis.filters.patterns import matching_frames
from flamescope_py.analysis.vocabulary import SAMPLES, STANDARD
from flamescope_py.errors import ParameterError
from flamescope_py.model import CallTree, FrameTable, Profile, Thread
from flamescope_py.model.profile import UNKNOWN


@dataclass(frozen=True, slots=True)
class Selection:
    """Frame filters to run in order, patterns of further frames to drop, and the samples to keep.

    `comm`, `pid`, `tid`, `cpu` and `event` keep samples of any of their values. `label` has
    NAME=VALUE: values of one name are alternatives, different names combine, and an empty value stands for
    samples without the label.
    `include` and `exclude` are
    RE2 patterns on `Frame.text`: they keep, or leave out, samples with a matching frame in their unfiltered
    stack. `idle` keeps idle samples, too. `weight` is SAMPLES (a sample counts 1, or its weight in the
    format) or PERIOD. `flavor` is a key of FLAVOURS.
    """

    filters: tuple[FrameFilter, ...] = ()
    drop: tuple[str, ...] = ()
    comm: tuple[str, ...] = ()
    pid: tuple[int, ...] = ()
    tid: tuple[int, ...] = ()
    cpu: tuple[int, ...] = ()
    event: tuple[str, ...] = ()
    label: tuple[str, ...] = ()
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    idle: bool = False
    weight: str = SAMPLES
    flavor: str = STANDARD

    def frame_filters(self) -> tuple[FrameFilter, ...]:
        """Return all filters that rewrite the tree; the dropped patterns are one of them."""
        if not self.drop:
            return self.filters
        return (*self.filters, FrameFilter("drop", "Dropped frames", drop=self.drop))

    def of_samples(self) -> Selection:
        """Return the part that keeps and weighs samples."""
        return replace(self, filters=(), drop=(), flavor=STANDARD)

    def of_stacks(self) -> Selection:
        """Return the part that rewrites stacks."""
        return Selection(filters=self.filters, drop=self.drop, flavor=self.flavor)


def kept_samples(profile: Profile, selection: Selection) -> npt.NDArray[np.bool_] | None:
    """Return a mask of the samples that the selection keeps; None where it keeps all.

    Raises ParameterError for a pattern that does not compile.
    """
    samples = profile.samples
    masks = [_of_threads(profile, selection), _of_stacks(profile, selection)]
    if not selection.idle and samples.idle.any():
        masks.append(~samples.idle)
    if selection.cpu:
        masks.append(np.isin(samples.cpu, selection.cpu))
    if selection.event:
        rows = [row for row, name in enumerate(profile.meta.events) if name in selection.event]
        masks.append(np.isin(samples.event, rows))
    elif profile.meta.derived:
        rows = [row for row, name in enumerate(profile.meta.events) if name in profile.meta.derived]
        masks.append(~np.isin(samples.event, rows))
    wanted = [mask for mask in masks if mask is not None]
    return np.logical_and.reduce(wanted) if wanted else None


def _of_threads(profile: Profile, selection: Selection) -> npt.NDArray[np.bool_] | None:
    """Keep the samples of the chosen commands, processes, threads and labels."""
    wanted = {"command": selection.comm, "pid": selection.pid, "tid": selection.tid}
    labels = labels_by_name(selection.label)
    if not labels and not any(wanted.values()):
        return None
    rows = np.array(
        [
            all(not values or getattr(thread, field) in values for field, values in wanted.items())
            # A format without threads has none, while the thread of its samples is 0.
            for thread in profile.threads or (Thread(UNKNOWN, UNKNOWN, ""),)
        ],
        dtype=np.bool_,
    )
    for name, chosen in labels.items():
        rows &= np.array([value in chosen for value in profile.label(name) or [""]], dtype=np.bool_)
    kept: npt.NDArray[np.bool_] = rows[profile.samples.thread]
    return kept


def labels_by_name(label: tuple[str, ...]) -> dict[str, set[str]]:
    """Return the values that a selection keeps, by the names of labels."""
    found: dict[str, set[str]] = {}
    for text in label:
        name, _, value = text.partition("=")
        found.setdefault(name, set()).add(value)
    return found


def _of_stacks(profile: Profile, selection: Selection) -> npt.NDArray[np.bool_] | None:
    """Keep the samples whose stacks match the patterns of `include` and not those of `exclude`."""
    if not selection.include and not selection.exclude:
        return None
    wanted = np.ones(len(profile.tree), dtype=np.bool_)
    if selection.include:
        wanted &= stacks_with(profile.tree, profile.frames, selection.include)
    if selection.exclude:
        wanted &= ~stacks_with(profile.tree, profile.frames, selection.exclude)
    kept: npt.NDArray[np.bool_] = wanted[profile.samples.node]
    return kept


def stacks_with(tree: CallTree, frames: FrameTable, patterns: tuple[str, ...]) -> npt.NDArray[np.bool_]:
    """Return a mask of the nodes that match any of the patterns, themselves or by a caller.

    In pre-order a matching node opens a slice and closes it: the depth of open slices is a running sum.
    """
    matching = matching_frames(frames, patterns)[tree.frame]
    matching[0] = False
    change = np.zeros(len(tree) + 1, dtype=np.int64)
    change[:-1] = matching
    np.subtract.at(change, tree.end[matching], 1)
    return np.cumsum(change[:-1]) > 0


def weights(profile: Profile, selection: Selection) -> tuple[npt.NDArray[np.int64] | None, ...]:
    """Return every sample's value in a flame graph and in a heatmap; None stands for 1.

    Raises ParameterError for weights by period if the file has no periods.
    """
    samples = profile.samples
    if selection.weight == SAMPLES:
        return samples.weight, samples.heat
    if samples.period is None or not samples.period.any():
        raise ParameterError("The samples carry no period: leave out weight=period.")
    period = samples.period.astype(np.int64)
    return period, period
