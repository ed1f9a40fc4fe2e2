"""The arithmetic of `make bench-ui`: durations from the marks of a page and the times of its frames.

Milliseconds on the page's clock everywhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeAlias

import numpy as np

Milliseconds: TypeAlias = float
# Start and end of a range in seconds, from the page's marks.
Range: TypeAlias = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Mark:
    """The time at which the pointer requested a range, or its graph was painted."""

    at: Milliseconds
    range: Range


def follow_times(asked: Iterable[Mark], painted: Iterable[Mark]) -> list[Milliseconds]:
    """Return the time from each requested range to its painted graph, or to a later one.

    Skipped ranges (the pointer had moved on) count until the painting of the range that replaced them: an
    unpainted range is not fast. A move inside one cell asks for nothing new. Raises ValueError if the last
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
    """Return a percentile, interpolated between its neighbours."""
    return float(np.percentile(times, percent))


@dataclass(frozen=True, slots=True)
class Frames:
    """Frames per second, and the longest gap between two frames."""

    per_second: float
    longest: Milliseconds


def frames(starts: Sequence[Milliseconds]) -> Frames:
    """Sum up the begin times of frames. Raise ValueError for fewer than two."""
    gaps = [later - sooner for sooner, later in pairwise(starts)]
    if not gaps:
        raise ValueError("fewer than two frames")
    return Frames(1000 * len(gaps) / sum(gaps), max(gaps))
