"""Pieces of code by address: columns in blocks, so that a change costs the same however many there are."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

# Blocks are split at twice as many pieces.
BLOCK = 1_024


class Piece(NamedTuple):
    """Code from `start` to before `end`."""

    start: int
    end: int
    frame: int


class _Block(NamedTuple):
    starts: array[int]
    ends: array[int]
    frames: array[int]


class Pieces:
    """Pieces of code that do not overlap. Addresses are below 2^64."""

    def __init__(self) -> None:
        """Start without code."""
        self._blocks = [_Block(array("Q"), array("Q"), array("q"))]
        # No piece of a block begins before this, and no piece of the block before it begins later.
        self._firsts = [0]

    def _place(self, address: int) -> tuple[_Block, int] | None:
        """Return the block and the row of the last piece that begins at an address or before."""
        # Behind a caller's distance to the one before, an address may be negative.
        at = max(bisect_right(self._firsts, address) - 1, 0)
        row = bisect_right(self._blocks[at].starts, address) - 1
        if row < 0 and at:
            # Only a single block may be empty.
            at -= 1
            row = len(self._blocks[at].starts) - 1
        return (self._blocks[at], row) if row >= 0 else None

    def last(self, address: int) -> Piece | None:
        """Return the last piece that begins at an address or before."""
        place = self._place(address)
        return Piece(*(column[place[1]] for column in place[0])) if place else None

    def cut(self, address: int) -> int:
        """End a piece at an address that lies inside of it. Return where it ended, or else the address."""
        place = self._place(address - 1)
        if place is None:
            return address
        block, row = place
        before = block.ends[row]
        block.ends[row] = min(before, address)
        return max(before, address)

    def take(self, start: int, end: int) -> int:
        """Remove the pieces that begin from `start` to before `end`. Return where the last one ends, or 0."""
        found, at = 0, bisect_right(self._firsts, start) - 1
        while at < len(self._blocks) and self._firsts[at] < end:
            block = self._blocks[at]
            first, last = bisect_left(block.starts, start), bisect_left(block.starts, end)
            found = max(found, *block.ends[first:last]) if first < last else found
            for column in block:
                del column[first:last]
            if block.starts or len(self._blocks) == 1:
                at += 1
            else:
                del self._blocks[at], self._firsts[at]
                self._firsts[0] = 0
        return found

    def put(self, piece: Piece) -> None:
        """Add a piece where none is."""
        at = bisect_right(self._firsts, piece.start) - 1
        block = self._blocks[at]
        row = bisect_left(block.starts, piece.start)
        for column, value in zip(block, piece, strict=True):
            column.insert(row, value)
        if len(block.starts) > 2 * BLOCK:
            self._blocks[at : at + 1] = [
                _Block(*(column[:BLOCK] for column in block)),
                _Block(*(column[BLOCK:] for column in block)),
            ]
            self._firsts.insert(at + 1, block.starts[BLOCK])

    def columns(self) -> tuple[npt.NDArray[np.uint64], npt.NDArray[np.uint64], npt.NDArray[np.int64]]:
        """Return starts, ends and frames of all pieces, sorted."""
        # Copies: an array cannot grow while another object sees its memory.
        starts, ends, frames = (
            np.concatenate([np.array(column) for column in columns])
            for columns in zip(*self._blocks, strict=True)
        )
        return starts, ends, frames
