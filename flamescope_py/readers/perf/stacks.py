"""Finds the tree nodes where the stacks of `perf script` text end, and whether a stack is idle.

Most stacks of a Node service were seen before: they are looked up by their bytes. New ones, which are most
stacks of a whole machine, are interned together (`StackTrie.stacks`).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from flamescope_py.model import ProfileBuilder
from flamescope_py.readers.perf.blocks import Ints, distinct
from flamescope_py.readers.perf.idle import is_idle_command, is_idle_stack

JAVA = "java"
# The first letter of a class in a descriptor.
CLASS = "L"
# A stack of 30 frames takes some 250 bytes here.
MAX_KNOWN_STACKS = 200_000


class StackEnds:
    """Stacks, interned as nodes of a builder.

    The end of a stack is twice its node, plus 1 if the stack is idle.
    """

    def __init__(self, builder: ProfileBuilder) -> None:
        """Intern stacks in `builder`."""
        self._builder = builder
        self._ends: dict[bytes, int] = {}
        self._java_frames: dict[int, int] = {}

    def of_blocks(self, ids: npt.NDArray[np.int32], start: Ints, end: Ints) -> npt.NDArray[np.int64]:
        """Return the end of every stack `ids[start:end]`: its command, then its frames, leaf first."""
        # The bytes of each stack, then those up to the next one.
        pieces = np.empty(2 * len(start) + 1, np.int32)
        pieces[0:-1:2], pieces[1::2] = start * ids.itemsize, end * ids.itemsize
        pieces[-1] = pieces[-2]
        wanted = np.ones(len(pieces) - 1, np.bool_)
        wanted[1::2] = False
        found = distinct(ids, pieces, wanted)
        ends = np.array([self._ends.get(stack, 0) for stack in found.values], np.int64)
        unknown = np.flatnonzero(ends == 0)
        if len(unknown):
            new = [found.values[row] for row in unknown.tolist()]
            ends[unknown] = self._intern(new)
            if len(self._ends) > MAX_KNOWN_STACKS:
                self._ends.clear()
            self._ends.update(zip(new, ends[unknown].tolist(), strict=True))
        return ends[found.row[::2]]

    def of_stack(self, command: int, frames: Sequence[int]) -> tuple[int, bool]:
        """Return the node where one command's stack (root first) ends, and whether the stack is idle."""
        name = self._builder.frame_at(command).name
        if name == JAVA:
            frames = list(map(self._java_frame, frames))
        node = self._builder.stack(frames, self._builder.child(0, command))
        return node, is_idle_command(name) and self._is_idle(frames[::-1])

    def _intern(self, stacks: list[bytes]) -> npt.NDArray[np.int64]:
        lengths = np.array(list(map(len, stacks))) // 4
        starts = np.cumsum(lengths) - lengths
        ids = np.frombuffer(b"".join(stacks), np.int32)
        frames = _root_first(ids, starts, lengths)
        commands = ids[starts]
        idle = np.zeros(len(stacks), np.bool_)
        for command in np.unique(commands).tolist():
            name = self._builder.frame_at(command).name
            if name == JAVA:
                self._rename_java(frames, np.repeat(commands == command, lengths), starts)
            if is_idle_command(name):
                for row in np.flatnonzero(commands == command).tolist():
                    end = starts[row] + lengths[row]
                    idle[row] = self._is_idle(ids[starts[row] + 1 : end].tolist())
        return self._builder.stacks(frames, lengths) << 1 | idle

    def _is_idle(self, frames: Sequence[int]) -> bool:
        """Return True if an idle task's stack, leaf first, is idle."""
        return is_idle_stack([self._builder.frame_at(frame) for frame in frames])

    def _rename_java(self, frames: npt.NDArray[np.int64], java: npt.NDArray[np.bool_], starts: Ints) -> None:
        """Replace the frames of Java's stacks, not their commands."""
        java[starts] = False
        old, place = np.unique(frames[java], return_inverse=True)
        frames[java] = np.array(list(map(self._java_frame, old.tolist())), np.int64)[place]

    def _java_frame(self, frame: int) -> int:
        found = self._java_frames.get(frame)
        if found is None:
            found = self._java_frames[frame] = java_frame(self._builder, frame)
        return found


def java_frame(builder: ProfileBuilder, frame: int) -> int:
    """Return the frame without the leading L of a class: Java's map agent writes descriptors."""
    if not builder.name_of(frame).startswith(CLASS):
        return frame
    name, library, kind = builder.frame_at(frame)
    return builder.frame(name.removeprefix(CLASS), library, kind)


def _root_first(
    ids: npt.NDArray[np.int32], starts: npt.NDArray[np.int64], lengths: npt.NDArray[np.int64]
) -> npt.NDArray[np.int64]:
    """Reverse the frames of every stack behind its command."""
    place, start = np.arange(len(ids)), np.repeat(starts, lengths)
    mirrored = 2 * start + np.repeat(lengths, lengths) - place
    return ids[np.where(place == start, place, mirrored)].astype(np.int64)
