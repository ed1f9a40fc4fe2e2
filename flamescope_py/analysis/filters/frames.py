"""Applies frame filters to the distinct frames of a profile, wherever in a stack they stand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flamescope_py.analysis.filters.named import FrameFilter
from flamescope_py.analysis.filters.patterns import compile_pattern, matching_frames
from flamescope_py.model import Frame, FrameTable
from flamescope_py.model.frame import USER

if TYPE_CHECKING:
    import re2

UNRESOLVED = "[unknown]"


@dataclass(slots=True)
class MappedFrames:
    """Every frame of a table after filters, as columns of the table's length.

    `frame` is None for a dropped frame. `whole` marks the frames of a group that takes everything below it.
    `rest` is the group of samples that would keep no frame. `joined` marks frames that are named by their
    libraries: several in a row are one.
    """

    frame: list[Frame | None]
    whole: list[bool]
    rest: list[Frame | None]
    joined: list[bool]


def map_frames(frames: FrameTable, filters: Sequence[FrameFilter]) -> MappedFrames:
    """Return every frame as the filters rewrite it, in their order.

    Raises ParameterError for a pattern that does not compile.
    """
    count = len(frames)
    all_frames: list[Frame | None] = [frames[row] for row in range(count)]
    mapped = MappedFrames(all_frames, [False] * count, [None] * count, [False] * count)
    for frame_filter in filters:
        _apply(mapped, frame_filter)
    return mapped


def _apply(mapped: MappedFrames, frame_filter: FrameFilter) -> None:
    if frame_filter.name_by_library:
        _name_by_library(mapped)
    rows = [row for row, frame in enumerate(mapped.frame) if frame is not None]
    table = FrameTable.of([frame for frame in mapped.frame if frame is not None])
    dropped = matching_frames(table, frame_filter.drop)
    whole, rest = _groups(table, frame_filter)
    rewrites = [(compile_pattern(one.pattern), one.replacement) for one in frame_filter.rewrite]
    for position, row in enumerate(rows):
        mapped.rest[row] = rest[position] or mapped.rest[row]
        group = whole[position]
        if group is not None:
            mapped.frame[row], mapped.whole[row] = group, True
        else:
            mapped.frame[row] = None if dropped[position] else _renamed(table[position], rewrites)


def _name_by_library(mapped: MappedFrames) -> None:
    for row, frame in enumerate(mapped.frame):
        if frame is not None and frame.name == UNRESOLVED and frame.library not in ("", UNRESOLVED):
            file = frame.library.rpartition("/")[2].strip("[]")
            mapped.frame[row], mapped.joined[row] = frame._replace(name=f"[{file}]"), True


def _groups(table: FrameTable, frame_filter: FrameFilter) -> tuple[list[Frame | None], list[Frame | None]]:
    """Return the whole group and the rest group of every frame."""
    found: tuple[list[Frame | None], list[Frame | None]] = [None] * len(table), [None] * len(table)
    for group in reversed(frame_filter.groups):
        for row in matching_frames(table, group.patterns).nonzero()[0].tolist():
            found[group.rest][row] = Frame(group.name, kind=USER)
    return found


def _renamed(frame: Frame, rewrites: Sequence[tuple[re2._Regexp[str], str]]) -> Frame:
    text = f" {frame.name}"
    for pattern, replacement in rewrites:
        text = pattern.sub(replacement, text, 1)
    return frame._replace(name=text.removeprefix(" "))
