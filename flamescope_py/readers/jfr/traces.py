"""The pool of stack traces, which is most of a recording: numbers alone, so that it is decoded by arrays.

key, truncated, number of frames, (method, line, bytecode index, type) …    the innermost frame first
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from flamescope_py._kernel import load
from flamescope_py._kernel.arrays import traces
from flamescope_py.readers.jfr.cursor import Cursor, CutError
from flamescope_py.readers.jfr.metadata import BYTE, NUMBER, Type, Types
from flamescope_py.readers.protobuf.varints import JFR, Bytes, Ints, decode_all

WINDOW = 1 << 20
# Keys past these bounds are no real ones, and name nothing.
MAX_METHOD, MAX_KINDS = 1 << 56, 64


class TraceLayout(NamedTuple):
    """How many numbers stand before and behind the frames, how many a frame has, and the needed ones of it.

    `line` and `kind` are -1 where frames have none.
    """

    before: int
    behind: int
    width: int
    method: int
    kind: int

    @classmethod
    def of(cls, types: Types, trace: Type) -> TraceLayout | None:
        """Return the layout of a type of stack traces, None where it is not made of numbers and one array."""
        arrays = [place for place, field in enumerate(trace.fields) if field.array]
        others = [field for field in trace.fields if not field.array]
        frame = types.by_id.get(trace.fields[arrays[0]].type) if len(arrays) == 1 else None
        if frame is None or not types.is_flat(frame) or trace.fields[arrays[0]].constant:
            return None
        if any(types.primitive(field) not in (BYTE, NUMBER) for field in others):
            return None
        names = [field.name for field in frame.fields]
        if "method" not in names:
            return None
        return cls(
            arrays[0],
            len(trace.fields) - arrays[0] - 1,
            len(names),
            names.index("method"),
            names.index("type") if "type" in names else -1,
        )


class Traces:
    """Stack traces as columns: `keys` and `lengths`, one per trace; `frames`, method and kind of each frame.

    A frame is one number, the key of its method times MAX_KINDS plus the key of its kind.
    """

    def __init__(self) -> None:
        """Start empty."""
        self._keys: list[Ints] = []
        self._lengths: list[Ints] = []
        self._frames: list[Ints] = []

    def read(self, cursor: Cursor, array: Bytes, count: int, layout: TraceLayout) -> None:
        """Read a pool of `count` traces. Raises CutError where it is damaged."""
        functions = load()
        if not functions:
            self._read_slowly(cursor, array, count, layout)
            return
        place = cursor.at, cursor.end
        (keys, lengths, frames), cursor.at = traces(
            functions, array, place, count, (*layout, MAX_METHOD, MAX_KINDS)
        )
        self._append(keys, lengths, frames)
        if len(keys) < count:
            raise CutError

    def _read_slowly(self, cursor: Cursor, array: Bytes, count: int, layout: TraceLayout) -> None:
        window = WINDOW
        while count:
            end = min(cursor.at + window, cursor.end)
            values, ends = decode_all(array[cursor.at : end], JFR)
            starts, used = _starts(values, count, layout)
            if not len(starts):
                if end == cursor.end:
                    raise CutError
                # A trace that is longer than the window.
                window *= 4
                continue
            self._add(values, starts, layout)
            cursor.at += int(ends[used - 1])
            count -= len(starts)

    def _add(self, values: Ints, starts: Ints, layout: TraceLayout) -> None:
        lengths = values[starts + 1 + layout.before]
        first = starts + 2 + layout.before
        # The places of all frames: consecutive numbers, from the first one of each trace.
        before = np.cumsum(lengths) - lengths
        frames = np.repeat(first - before * layout.width, lengths) + np.arange(lengths.sum()) * layout.width
        methods = values[frames + layout.method]
        kinds = values[frames + layout.kind] if layout.kind >= 0 else np.zeros(len(frames), np.int64)
        methods = np.where((methods >= 0) & (methods < MAX_METHOD), methods, 0)
        kinds = np.where((kinds >= 0) & (kinds < MAX_KINDS), kinds, 0)
        self._append(values[starts], lengths, methods * MAX_KINDS + kinds)

    def _append(self, keys: Ints, lengths: Ints, frames: Ints) -> None:
        self._keys.append(keys)
        self._lengths.append(lengths)
        self._frames.append(frames)

    def columns(self) -> tuple[Ints, Ints, Ints]:
        """Return `keys`, `lengths` and `frames` of all traces."""
        keys, lengths, frames = (
            np.concatenate(part) if part else np.zeros(0, np.int64)
            for part in (self._keys, self._lengths, self._frames)
        )
        return keys, lengths, frames


def _starts(values: Ints, count: int, layout: TraceLayout) -> tuple[Ints, int]:
    """Return the places where whole traces begin, at most `count`, and the place behind the last of them."""
    # One number in a few hundred is looked at.
    numbers = memoryview(values.data)
    size, at = len(numbers), 0
    fixed = 2 + layout.before + layout.behind
    length_at, width = 1 + layout.before, layout.width
    starts: list[int] = []
    while len(starts) < count and at + length_at < size:
        length = numbers[at + length_at]
        behind = at + fixed + length * width
        if length < 0 or behind > size:
            break
        starts.append(at)
        at = behind
    return np.array(starts, np.int64), at
