"""Stacks of locations in the tree, many at a time: pprof's and OTLP's, whose locations have several frames.

A location's frames are the functions that were inlined there, so that a small file could ask for any number
of frames: all stacks together have a bound.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from flamescope_py.errors import TooLargeError
from flamescope_py.model import ProfileBuilder
from flamescope_py.readers.limits import MAX_DEPTH

Ints = npt.NDArray[np.int64]

DEEP = f"stacks deeper than {MAX_DEPTH} frames, cut there"
# Frames that are hung into the tree at a time, and the most of a file.
FRAMES = 1 << 20
MAX_FRAMES = 1_000_000_000


class FrameLists(NamedTuple):
    """The frames of locations, each from the outermost to the innermost: those of location `row` are the
    `counts[row]` ones of `frames` from `first[row]` on."""

    first: Ints
    counts: Ints
    frames: Ints

    @classmethod
    def of(cls, lists: list[list[int]]) -> FrameLists:
        """Return the frames of some lists."""
        counts = np.array(list(map(len, lists)), np.int64)
        frames = np.array([frame for one in lists for frame in one], np.int64)
        return cls(np.cumsum(counts) - counts, counts, frames)


class LocationStacks:
    """Hangs stacks of locations into the tree of a builder."""

    def __init__(self, builder: ProfileBuilder, locations: FrameLists) -> None:
        """`locations` has the frames of every location."""
        self._builder = builder
        self._locations = locations
        self._frames = 0

    def hang(self, place: Ints, lengths: Ints) -> Ints:
        """Return the node of every stack.

        `place` has the rows of locations of all stacks, one stack after the other, each from the outermost to
        the innermost. Raises TooLargeError.
        """
        ends = np.cumsum(lengths)
        before = np.concatenate(([0], np.cumsum(self._locations.counts[place])))
        frames = before[ends] - before[ends - lengths]
        deep = int(np.count_nonzero(frames > MAX_DEPTH))
        if deep:
            self._builder.report.repaired += deep
            self._builder.report.note(DEEP, text=str(deep))
        found = np.empty(len(lengths), np.int64)
        behind, row = np.cumsum(np.minimum(frames, 2 * MAX_DEPTH)), 0
        self._frames += int(behind[-1]) if len(behind) else 0
        if self._frames > MAX_FRAMES:
            raise TooLargeError(f"The stacks have more than {MAX_FRAMES} frames together: split the file.")
        while row < len(lengths):
            done = int(behind[row - 1]) if row else 0
            last = max(row + 1, int(np.searchsorted(behind, done + FRAMES)))
            part = place[int(ends[row] - lengths[row]) : int(ends[last - 1])]
            found[row:last] = self._hang_part(part, lengths[row:last])
            row = last
        return found

    def _hang_part(self, place: Ints, lengths: Ints) -> Ints:
        table = self._locations
        sizes = np.minimum(table.counts[place], MAX_DEPTH)
        if len(sizes) and sizes.min() == sizes.max() == 1 and lengths.max() <= MAX_DEPTH:
            # Mostly: a frame for each location.
            return self._builder.stacks(table.frames[table.first[place]], lengths)
        # With an end, where the last stacks begin if they have no locations.
        before = np.concatenate(([0], np.cumsum(sizes)))
        inside = before[:-1] - np.repeat(before[np.cumsum(lengths) - lengths], lengths)
        sizes = np.clip(MAX_DEPTH - inside, 0, sizes)
        before = np.cumsum(sizes) - sizes
        frames = table.frames[np.repeat(table.first[place] - before, sizes) + np.arange(int(sizes.sum()))]
        sample = np.repeat(np.arange(len(lengths)), lengths)
        return self._builder.stacks(frames, np.bincount(sample, sizes, len(lengths)).astype(np.int64))
