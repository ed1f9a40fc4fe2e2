"""Whole seconds of a recording in which nothing was sampled: the heatmap shows them empty."""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np

from flamescope_py.model import ProfileBuilder, Seconds
from flamescope_py.readers.limits import MAX_SPAN_SECONDS


def cover(builder: ProfileBuilder, starts: Iterable[Seconds], ends: Iterable[Seconds]) -> None:
    """Widen a profile to starts in a second before its first sample and to ends in one after its last.

    NaN and times that cannot be true are passed over.
    """
    sampled = builder.times()
    if not len(sampled) or np.isnan(sampled).any():
        return
    first, last = math.floor(sampled.min()), math.floor(sampled.max())
    for start in starts:
        if first - MAX_SPAN_SECONDS / 2 < start < first:
            builder.cover(start, math.nan)
    for end in ends:
        if last + 1 <= end < last + MAX_SPAN_SECONDS / 2:
            builder.cover(math.nan, end)
