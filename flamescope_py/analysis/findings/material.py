"""The samples that findings are made of: those of the main event that are not idle, in time order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import numpy.typing as npt

from flamescope_py.analysis.breakdown.rates import Rate, rate
from flamescope_py.analysis.breakdown.roles import is_helper, thread_roles
from flamescope_py.analysis.breakdown.stacks import StackGroups, stack_groups
from flamescope_py.analysis.events import main_events
from flamescope_py.analysis.findings.names import own_code
from flamescope_py.analysis.view import Shape
from flamescope_py.analysis.vocabulary import FUNCTION
from flamescope_py.model import Profile
from flamescope_py.model.profile import MICROSECONDS

# More samples are thinned out at random: the shapes of findings do not need them.
MAX_SAMPLES = 400_000
_SEED = 16
Range = tuple[float, float]
# Begins and ends, a row each, rising and apart.
Slices = npt.NDArray[np.intp]


def median(values: npt.NDArray[np.float64]) -> float:
    """Return the median of at least one value, in a tenth of the time that numpy.median takes for a few."""
    ordered = np.sort(values)
    return float(ordered[(len(ordered) - 1) // 2] + ordered[len(ordered) // 2]) / 2


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding: a sentence, the ranges of seconds that it is about, and its numbers.

    `selection` has parameters of a selection that show its samples. `weight` is the part of all samples that
    it is about, by which findings are sorted. `function` is the one to look for, empty where it names none.
    `around` are wider ranges that it explains, if they are not its own.
    """

    kind: str
    text: str
    ranges: Sequence[Range]
    selection: Mapping[str, Sequence[str]] = field(default_factory=dict)
    numbers: Mapping[str, float] = field(default_factory=dict)
    weight: float = 0.0
    function: str = ""
    around: Sequence[Range] = ()


class Material:
    """Samples of a profile as columns: `time` in seconds from its first whole second, sorted.

    `thinned` is how many samples of the profile each stands for.
    """

    def __init__(self, profile: Profile) -> None:
        """Take the samples of the main event that are not idle, at most MAX_SAMPLES of them."""
        main = main_events(profile)
        samples = profile.samples
        kept = ~samples.idle
        kept[samples.timed :] = False
        if len(main) < len(profile.meta.events):
            rows = [row for row, name in enumerate(profile.meta.events) if name in main]
            kept &= np.isin(samples.event, rows)
        chosen = np.flatnonzero(kept)
        self.thinned = 1.0
        if len(chosen) > MAX_SAMPLES:
            self.thinned = len(chosen) / MAX_SAMPLES
            random = np.random.default_rng(_SEED)
            chosen = chosen[random.random(len(chosen)) < 1 / self.thinned]
        self.profile = profile
        self.rate: Rate = rate(profile, main)
        self.time = samples.time[chosen] - profile.origin
        self.node = samples.node[chosen]
        self.thread = samples.thread[chosen]
        self.start = profile.meta.first - profile.origin
        self.end = profile.meta.last - profile.origin

    @property
    def length(self) -> float:
        """Return the seconds from the profile's first sample to its last."""
        return self.end - self.start

    @property
    def frequency(self) -> float | None:
        """Return the samples that one second of a busy CPU has here; None if unknown.

        Slices of a trace are as long as they are: their number is no measure of time.
        """
        if self.rate.frequency is None or self.profile.meta.unit == MICROSECONDS:
            return None
        return self.rate.frequency / self.thinned

    @cached_property
    def helping(self) -> npt.NDArray[np.bool_]:
        """Return True for each thread that works for others, as a collector does; of one row at least."""
        return np.array([is_helper(role) for role in thread_roles(self.profile)] or [False], np.bool_)

    @cached_property
    def groups(self) -> StackGroups:
        """Return the nodes of the tree by function."""
        return stack_groups(self.profile, Shape(self.profile.tree, self.profile.frames), FUNCTION)

    @cached_property
    def functions(self) -> Functions:
        """Return the samples of every function."""
        return Functions(self)

    def windows(self, width: float) -> npt.NDArray[np.int64]:
        """Return the number of the window of `width` seconds that each sample is in, from `start` on."""
        last = max(0, int(np.ceil(self.length / width)) - 1)
        return np.clip((self.time - self.start) / width, 0, last).astype(np.int64)


class Functions:
    """The samples with each function anywhere in their stack.

    In pre-order the samples below a node are a slice of all samples sorted by node.
    """

    def __init__(self, material: Material) -> None:
        """Sort the samples by node, and the nodes by function."""
        profile = material.profile
        tree = profile.tree
        self.names = profile.frames.name
        self.order = np.argsort(material.node, kind="stable")
        first = np.searchsorted(material.node[self.order], np.arange(len(tree) + 1))
        self._first, self._end = first[:-1], first[tree.end]
        below = tree.depth > int(profile.meta.owner_level)
        used = np.flatnonzero(below & (self._end > self._first))
        rows: dict[str, int] = {}
        label = np.array([rows.setdefault(name, len(rows)) for name in self.names] or [0], np.int64)
        by_function = used[np.argsort(label[tree.frame[used]], kind="stable")]
        functions, begin = np.unique(label[tree.frame[by_function]], return_index=True)
        ends = [*begin[1:].tolist(), len(by_function)][: len(begin)]
        names = list(rows)
        self.nodes = {
            names[row]: by_function[first:end]
            for row, first, end in zip(functions.tolist(), begin.tolist(), ends, strict=True)
        }
        kinds = dict(
            zip(self.names, zip(profile.frames.library, profile.frames.kind, strict=True), strict=True)
        )
        self.own = {name: own_code(name, *kinds[name]) for name in self.nodes}
        self.depth = {name: int(tree.depth[nodes].min()) for name, nodes in self.nodes.items()}

    def slices(self, name: str) -> Slices:
        """Return the slices of `order` that hold a function's samples. Equal slices are equal samples."""
        nodes = self.nodes[name]
        first, end = self._first[nodes], self._end[nodes]
        # In pre-order, a node below another of the function has its samples within those of the other.
        before = np.concatenate(([-1], np.maximum.accumulate(end)[:-1]))
        first, end = first[first >= before], end[first >= before]
        begins = np.concatenate(([True], first[1:] != end[:-1]))
        return np.stack((first[begins], end[np.concatenate((begins[1:], [True]))]))

    def samples(self, slices: Slices) -> npt.NDArray[np.intp]:
        """Return the rows of the samples of slices, in time order."""
        first, end = slices
        counts = end - first
        places = np.repeat(first - np.concatenate(([0], np.cumsum(counts)[:-1])), counts)
        return np.sort(self.order[places + np.arange(len(places))])

    def sets(self, fewest: int, most_sets: int) -> list[FunctionSet]:
        """Return the distinct sets of samples with at least `fewest`, the largest first.

        Each has the names of all functions with exactly these samples.
        """
        together: dict[bytes, tuple[list[str], Slices]] = {}
        for name, nodes in self.nodes.items():
            # Recursion counts more than once here.
            if (self._end[nodes] - self._first[nodes]).sum() >= fewest:
                found = self.slices(name)
                together.setdefault(found.tobytes(), ([], found))[0].append(name)
        sets = [
            FunctionSet(tuple(names), slices, int((slices[1] - slices[0]).sum()))
            for names, slices in together.values()
        ]
        wanted = [one for one in sets if one.count >= fewest]
        return sorted(wanted, key=lambda one: -one.count)[:most_sets]

    def title(self, names: Sequence[str]) -> str:
        """Return the topmost function that is not of a runtime, else the topmost of all."""
        return min(names, key=lambda name: (not self.own[name], self.depth[name], name))


@dataclass(frozen=True, slots=True, eq=False)
class FunctionSet:
    """Functions that have the same samples, and their number."""

    names: tuple[str, ...]
    slices: Slices
    count: int
