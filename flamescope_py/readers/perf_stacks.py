"""Interns the stacks of `perf script` text: whole texts first, then their tails, then lines, then symbols.

Every step is there because the one before it misses: a text is new when one address in it is, but its
outermost callers, most of its lines, and nearly all of its symbols are not.
"""

from __future__ import annotations

from itertools import chain
from typing import NamedTuple

from flamescope_py.model import ProfileBuilder
from flamescope_py.readers.perf_lines import PLAIN_FRAME, is_source_line, parse_frame
from flamescope_py.readers.perf_odd import MAX_DEPTH, MAX_LINE

ODD = -1
NO_FRAMES = 0
# A stack's text is interned as its stack's row and its number of lines in one integer.
LINE_BITS = 20
LINE_MASK = (1 << LINE_BITS) - 1
# Texts are kept only to be found again; past this many bytes they are forgotten and parsed anew.
MAX_INTERNED_BYTES = 64 << 20
MAX_INTERNED_LINES = 500_000
# Bytes at the end of a stack's text, its outermost callers, that are interned on their own.
TAIL = 512


class _Lines(NamedTuple):
    """Frames from the root to the leaf, and the number of lines that they stood on."""

    frames: tuple[int, ...]
    lines: int


NO_LINES = _Lines((), 0)


class StackInterner:
    """Stacks as rows of `frames`, each from the root to the leaf, without the command."""

    def __init__(self, builder: ProfileBuilder) -> None:
        """Intern frames in `builder`."""
        self._builder = builder
        self.texts: dict[bytes, int] = {}
        self.frames: list[tuple[int, ...]] = [()]
        self._bytes = 0
        self._rows: dict[tuple[int, ...], int] = {(): NO_FRAMES}
        self._tails: dict[bytes, _Lines] = {}
        self._lines: dict[bytes, tuple[int, ...]] = {}
        self._symbols: dict[tuple[bytes, bytes], tuple[int, ...]] = {}

    def trim(self) -> None:
        """Forget the texts when they are many; stacks stay."""
        if self._bytes > MAX_INTERNED_BYTES:
            self.texts.clear()
            self._tails.clear()
            self._bytes = 0

    def add(self, text: bytes) -> int:
        """Intern a stack that is new as a whole; its outermost callers are mostly those of another."""
        cut = text.find(b"\n", len(text) - TAIL) if len(text) > 2 * TAIL else -1
        callers = self._tail(text[cut + 1 :])
        callees = self._parse(text[:cut]) if cut >= 0 else NO_LINES
        if callers is None or callees is None:
            return ODD
        frames = callers.frames + callees.frames
        count = callers.lines + callees.lines
        if len(frames) > MAX_DEPTH or count > LINE_MASK:
            return ODD
        stack = self._rows.setdefault(frames, len(self.frames))
        if stack == len(self.frames):
            self.frames.append(frames)
        self._bytes += len(text)
        self.texts[text] = packed = stack << LINE_BITS | count
        return packed

    def _tail(self, text: bytes) -> _Lines | None:
        found = self._tails.get(text)
        if found is None:
            found = self._parse(text)
            if found is not None:
                self._tails[text] = found
                self._bytes += len(text)
        return found

    def _parse(self, text: bytes) -> _Lines | None:
        """Give the frames of whole lines; None where one of them is no frame line."""
        lines = text.split(b"\n") if text else []
        found = list(map(self._lines.get, lines))
        if None in found:
            for position, frames in enumerate(found):
                if frames is None:
                    found[position] = self.line(lines[position])
            if None in found:
                return None
        # No None is left.
        return _Lines(tuple(chain.from_iterable(reversed(found))), len(lines))  # type: ignore[arg-type]

    def line(self, line: bytes) -> tuple[int, ...] | None:
        """Give the frames of a line, outermost first: none for a source line, None for what is neither."""
        frames = self._lines.get(line)
        if frames is None:
            frames = self._new_line(line)
            if frames is not None:
                if len(self._lines) > MAX_INTERNED_LINES:
                    self._lines.clear()
                self._lines[line] = frames
        return frames

    def _new_line(self, line: bytes) -> tuple[int, ...] | None:
        if len(line) > MAX_LINE:
            return None
        # Most lines that are new differ from an old one in their address only.
        plain = PLAIN_FRAME.fullmatch(line)
        symbol = (plain[1], plain[2]) if plain else None
        frames = self._symbols.get(symbol) if symbol else None
        if frames is None:
            parsed = parse_frame(line)
            if parsed is None:
                return () if is_source_line(line) else None
            frames = tuple(self._builder.frame(*frame) for frame in reversed(parsed))
            if symbol:
                if len(self._symbols) > MAX_INTERNED_LINES:
                    self._symbols.clear()
                self._symbols[symbol] = frames
        return frames
