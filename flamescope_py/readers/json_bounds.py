"""Seconds of a recording in which nothing was sampled: known from the file, they belong into the heatmap."""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np

from flamescope_py.model import ProfileBuilder, Seconds
from flamescope_py.readers.perf import MAX_SPAN_SECONDS


def add_bounds(builder: ProfileBuilder, times: Iterable[Seconds]) -> None:
    """Add samples that count nowhere at those times that lie in a second before or after all others."""
    sampled = builder.times()
    if not len(sampled) or np.isnan(sampled).any():
        return
    first, last = math.floor(sampled.min()), math.floor(sampled.max())
    bounds = [
        time
        for time in times
        if first - MAX_SPAN_SECONDS < time < last + MAX_SPAN_SECONDS and not first <= time < last + 1
    ]
    nothing = [0] * len(bounds)
    if bounds:
        builder.add_samples(
            time=bounds, node=nothing, weight=nothing, heat=nothing, idle=[True] * len(bounds)
        )
