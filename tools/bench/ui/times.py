"""The arithmetic of `make bench-ui`: what the marks of a page and the times of its frames amount to.

Milliseconds on the page's clock everywhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeAlias

import numpy as np

Milliseconds: TypeAlias = float
# Start and end of a range in seconds, as the page wrote them into its marks.
Range: TypeAlias = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Mark:
    """When the pointer asked for a range, or when the graph of a range was on the screen."""

    at: Milliseconds
    range: Range


def follow_times(asked: Iterable[Mark], painted: Iterable[Mark]) -> list[Milliseconds]:
    """Give for each range that the pointer asked for how long until its graph, or a later one's, was seen.

    Ranges that were skipped because the pointer had moved on count until what came instead: what nobody
    painted is not fast. A move inside one cell asks for nothing new. Raises ValueError where the last
    range was never painted.
    """
    moves = _changes(asked)
    times: list[Milliseconds] = []
    for paint in sorted(painted, key=lambda mark: mark.at):
        known = [at for at, move in enumerate(moves) if move.range == paint.range and move.at <= paint.at]
        if known and known[-1] >= len(times):
            times += [paint.at - move.at for move in moves[len(times) : known[-1] + 1]]
    if len(times) < len(moves):
        raise ValueError(f"the graph of {moves[-1].range} was never painted")
    return times


def _changes(asked: Iterable[Mark]) -> list[Mark]:
    moves: list[Mark] = []
    for move in sorted(asked, key=lambda mark: mark.at):
        if not moves or moves[-1].range != move.range:
            moves.append(move)
    return moves


def percentile(times: Sequence[Milliseconds], percent: float) -> Milliseconds:
    """Give the value that `percent` of 100 are not above, interpolated between its neighbours."""
    return float(np.percentile(times, percent))


@dataclass(frozen=True, slots=True)
class Frames:
    """How a stretch of frames ran: how many a second, and the longest wait from one to the next."""

    per_second: float
    longest: Milliseconds


def frames(starts: Sequence[Milliseconds]) -> Frames:
    """Sum up the times at which frames began. Raises ValueError for fewer than two."""
    gaps = [later - sooner for sooner, later in pairwise(starts)]
    if not gaps:
        raise ValueError("fewer than two frames")
    return Frames(1000 * len(gaps) / sum(gaps), max(gaps))
