"""Where the parts of a file begin that several processes read."""

from __future__ import annotations

from collections.abc import Callable
from typing import BinaryIO

# Decoding takes half as long as parsing with the kernel.
_SHRINKING = 1 / 1.5
# Search distance for the start of a part. A text without blank lines is not cut.
_MAX_SEARCH = 16 << 20


def share_cuts(size: int, parts: int) -> list[int]:
    """Return where the shares of a compressed file begin, and its end.

    Every process decodes from the start of the file to the end of its share, and parses its share. All are
    done at the same time if share k of n ends at (1 - q^k) / (1 - q^n), where 1/q is 1 and the time of
    decoding by that of parsing.
    """
    whole = 1 - _SHRINKING**parts
    return [round(size * (1 - _SHRINKING**position) / whole) for position in range(parts + 1)]


def part_cuts(file: BinaryIO, size: int, parts: int, boundary: Callable[[bytes], int]) -> list[int]:
    """Return where the parts of a text begin, and its end.

    They are about equal, and each begins where a sample begins.
    """
    cuts = [0]
    for position in range(1, parts):
        cut = _next_boundary(file, size * position // parts, size, boundary)
        if cuts[-1] < cut < size:
            cuts.append(cut)
    return [*cuts, size]


def _next_boundary(file: BinaryIO, position: int, size: int, boundary: Callable[[bytes], int]) -> int:
    """Find the first place at or after `position` where a sample begins; `size` where none is near."""
    step = 1 << 16
    for start in range(position, min(position + _MAX_SEARCH, size), step):
        file.seek(start)
        # Windows overlap, so that a boundary across two of them is found.
        found = boundary(file.read(step + 8))
        if found >= 0:
            return min(start + found, size)
    return size
