"""Seconds of a recording in which nothing was sampled: known from the file, they belong into the heatmap."""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np

from flamescope_py.model import ProfileBuilder, Seconds
from flamescope_py.readers.perf.reader import MAX_SPAN_SECONDS


def add_bounds(builder: ProfileBuilder, starts: Iterable[Seconds], ends: Iterable[Seconds]) -> None:
    """Add samples that count nowhere, at starts in a second before all samples and at ends after them.

    Times that cannot be true, or are NaN, are passed over.
    """
    sampled = builder.times()
    if not len(sampled) or np.isnan(sampled).any():
        return
    first, last = math.floor(sampled.min()), math.floor(sampled.max())
    bounds = [time for time in starts if first - MAX_SPAN_SECONDS / 2 < time < first]
    bounds += [time for time in ends if last + 1 <= time < last + MAX_SPAN_SECONDS / 2]
    nothing = [0] * len(bounds)
    if bounds:
        builder.add_samples(
            time=bounds, node=nothing, weight=nothing, heat=nothing, idle=[True] * len(bounds)
        )
