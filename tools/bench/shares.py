"""The shares of our functions in the time of reading, including the foreign functions that they call.

A profiler that traces every call makes often called functions look dearer than they are. Shares are for
comparing; speeds are in the other rows.
"""

from __future__ import annotations

import cProfile
import pstats
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import flamescope_py

OURS = str(Path(flamescope_py.__file__).parent)
SHOWN = 0.01
REST = "all else"
# The profiler's key of a function: file, line, name.
Function = tuple[str, int, str]


def shares(work: Callable[[], object]) -> dict[str, float]:
    """Return the share of each of our functions in the time of `work`, the largest first."""
    profiler = cProfile.Profile()
    profiler.runcall(work)
    return largest(own_times(pstats.Stats(profiler).stats))  # type: ignore[attr-defined]  # not in its stub


def own_times(stats: Mapping[Function, tuple[Any, ...]]) -> dict[str, float]:
    """Return the seconds of each of our functions without those of our functions that it called.

    `stats` is the table of `pstats`: for every function its calls, its time, that with all it called,
    and the same for each of its callers.
    """
    ours = {function: facts for function, facts in stats.items() if function[0].startswith(OURS)}
    own = {function: facts[3] for function, facts in ours.items()}
    for facts in ours.values():
        for caller, (*_, seconds) in facts[4].items():
            if caller in own:
                own[caller] -= seconds
    return {f"{_module(file)}.{name}": seconds for (file, _, name), seconds in own.items()}


def _module(file: str) -> str:
    return ".".join(Path(file).relative_to(OURS).with_suffix("").parts)


def largest(seconds: Mapping[str, float]) -> dict[str, float]:
    """Turn seconds into shares of their sum. Shares below a hundredth are added up."""
    total = sum(seconds.values())
    ranked = sorted(((seconds[name] / total, name) for name in seconds), reverse=True)
    shown = {name: share for share, name in ranked if share >= SHOWN}
    return {**shown, REST: 1 - sum(shown.values())}
