"""Interns the frame lines of `perf script` text: lines first, then symbols.

A line that is new mostly has a new address and a known symbol.
"""

from __future__ import annotations

from itertools import chain
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from flamescope_py.model import ProfileBuilder
from flamescope_py.readers.limits import MAX_DEPTH, MAX_LINE
from flamescope_py.readers.perf.blocks import Blocks, Ints, Mask
from flamescope_py.readers.perf.fields import FieldSet
from flamescope_py.readers.perf.lines import may_be_event, read_event
from flamescope_py.readers.perf.names import NOT_PLAIN, PLAIN_FRAMES, parse_frame, plain_frame
from flamescope_py.readers.perf.others import no_frame_kind, other_kind

MAX_INTERNED_LINES = 500_000
# A line as one integer: the id of its only frame, ODD where it belongs to no stack, and from SEVERAL
# downwards the place where its frames are kept, which are none or many.
ODD = -1
SEVERAL = -2


class Line(NamedTuple):
    """A line of a stack: its frames, outermost first, or its kind where it is no frame line."""

    frames: tuple[int, ...]
    kind: str = ""


class Stacks(NamedTuple):
    """The frames of all blocks in one column.

    `ids` int32: frames in the order of the text, leaf first.
    `start` and `end`, one value a block: its slice of `ids`, whose first value is for the event line.
    `odd`: the blocks with a line that belongs to no stack, or too deep; their slice means nothing.
    `others`: the numbers of the lines that are not frame lines, ascending, and `kinds` their kinds.
    """

    ids: npt.NDArray[np.int32]
    start: Ints
    end: Ints
    odd: Mask
    others: Ints
    kinds: list[str]


class FrameLines:
    """Frame lines, interned as frames of a builder."""

    def __init__(self, builder: ProfileBuilder, fields: FieldSet) -> None:
        """Intern frames in `builder`; `fields` distinguish frame lines from event lines."""
        self._builder = builder
        self._fields = fields
        self._codes: dict[bytes, int] = {}
        self._several: list[Line] = []
        self._symbols: dict[tuple[bytes, bytes], int] = {}

    def stacks(self, blocks: Blocks) -> Stacks:
        """Read the frame lines of all blocks.

        A block without end is one of event lines without stacks: its lines are not looked up here.
        """
        endless = blocks.end - blocks.head > MAX_DEPTH + 1
        if endless.any():
            blocks = blocks._replace(frame=blocks.frame & ~_lines_of(endless, blocks))
        lines = blocks.frame_lines()
        codes = np.array([*self._known(lines.values), 0], np.int32)
        ids = codes[lines.row]
        odd = endless
        others: Ints = np.zeros(0, np.int64)
        kinds: list[str] = []
        if codes.min() < 0:
            ids[~blocks.frame] = 0
            odd[_blocks_of(ids == ODD, blocks)] = True
            others, kinds = self._others(ids)
            ids, start, end = self._spread(ids, blocks)
        else:
            start, end = blocks.head, blocks.end
        odd |= end - start > MAX_DEPTH + 1
        self._trim()
        return Stacks(ids, start, end, odd, others, kinds)

    def line(self, line: bytes) -> Line | None:
        """Read one line; None where it belongs to no stack."""
        # A text without blank lines has no blocks, and comes here only.
        self._trim()
        code = self._known([line + b"\n"])[0]
        if code == ODD:
            return None
        return Line((code,)) if code >= 0 else self._several[SEVERAL - code]

    def _known(self, lines: list[bytes]) -> list[int]:
        found = list(map(self._codes.get, lines))
        if None not in found:
            return found  # type: ignore[return-value]  # no None is in it
        new = iter(self._new([line for line, code in zip(lines, found, strict=True) if code is None]))
        return [next(new) if code is None else code for code in found]

    def _new(self, lines: list[bytes]) -> list[int]:
        # Most lines that are new differ from an old one in their address only. One search for all of them
        # takes a third of the time of one for each.
        symbols = PLAIN_FRAMES.findall(b"".join(lines))
        codes = [ODD] * len(lines)
        for position, (line, symbol) in enumerate(zip(lines, symbols, strict=True)):
            if len(line) <= MAX_LINE + 1:
                code = self._symbols.get(symbol)
                codes[position] = code = self._code(line[:-1], symbol) if code is None else code
                if code != ODD:
                    self._codes[line] = code
        return codes

    def _read(self, line: bytes, symbol: tuple[bytes, bytes]) -> Line | None:
        frame = plain_frame(line, symbol)
        return Line((self._builder.frame(*frame),)) if frame else self.read(line)

    def read(self, line: bytes) -> Line | None:
        """Read one line without keeping it; None where it belongs to no stack."""
        if may_be_event(line) and read_event(line, self._fields):
            return None
        kind = no_frame_kind(line)
        parsed = None if kind else parse_frame(line)
        if parsed is None:
            kind = kind or other_kind(line)
            if kind is None:
                return None
        return Line(tuple(self._builder.frame(*frame) for frame in reversed(parsed or ())), kind or "")

    def _code(self, line: bytes, symbol: tuple[bytes, bytes]) -> int:
        found = self._read(line, symbol)
        if found is None:
            return ODD
        if len(found.frames) == 1:
            code = found.frames[0]
        else:
            code = SEVERAL - len(self._several)
            self._several.append(found)
        # Another address may make an event line of one with a colon.
        if symbol != NOT_PLAIN and not may_be_event(line):
            self._symbols[symbol] = code
        return code

    def _trim(self) -> None:
        """Forget lines when they are many: they are kept only to be found again."""
        if len(self._codes) > MAX_INTERNED_LINES:
            self._codes.clear()
            self._symbols.clear()
            self._several.clear()

    def _others(self, ids: npt.NDArray[np.int32]) -> tuple[Ints, list[str]]:
        """Find the lines that are no frame lines, and their kinds."""
        places = np.flatnonzero(ids <= SEVERAL)
        kinds = [self._several[SEVERAL - code].kind for code in ids[places].tolist()]
        places = places[np.array(list(map(bool, kinds)), np.bool_)]
        return places, list(filter(None, kinds))

    def _spread(self, ids: npt.NDArray[np.int32], blocks: Blocks) -> tuple[Any, Ints, Ints]:
        """Put the frames of lines that have none or many in their place."""
        places = np.flatnonzero(ids <= SEVERAL)
        # Leaf first, as the lines are.
        frames = [self._several[SEVERAL - code].frames[::-1] for code in ids[places].tolist()]
        count = np.ones(len(ids), np.int64)
        count[places] = [len(several) for several in frames]
        # Every line's place in the new column; one more for its end.
        place = np.concatenate((np.zeros(1, np.int64), np.cumsum(count)))
        spread = np.repeat(ids, count)
        spread[spread <= SEVERAL] = np.fromiter(chain.from_iterable(frames), np.int32)
        return spread, place[blocks.head], place[blocks.end]


def _lines_of(wanted: Mask, blocks: Blocks) -> Mask:
    """Return the lines of some blocks."""
    found = np.zeros(blocks.lines, np.bool_)
    for position in np.flatnonzero(wanted).tolist():
        found[blocks.head[position] : blocks.end[position]] = True
    return found


def _blocks_of(lines: Mask, blocks: Blocks) -> Ints:
    """Return the blocks of these lines."""
    return np.searchsorted(blocks.head, np.flatnonzero(lines), side="right") - 1
