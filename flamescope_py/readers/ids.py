"""Ids of a table that are sorted: of pprof's locations and of JFR's stacks."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]

# Ids with at most so many numbers for each are looked up in an array.
MAX_GAP = 8
UNKNOWN = -1


def places_of_ids(known: Ints, ids: Ints) -> Ints:
    """Return the first place of every id in `known`, which is sorted, UNKNOWN where it is not there."""
    if not len(known):
        return np.full(len(ids), UNKNOWN, np.int64)
    first, last = int(known[0]), int(known[-1])
    if last - first < MAX_GAP * len(known):
        # Mostly they are numbers without gaps: an array takes a tenth of the time of a search.
        places = np.full(last - first + 2, UNKNOWN, np.int64)
        places[known[::-1] - first] = np.arange(len(known))[::-1]
        # Ids before the first become large numbers without a sign.
        return places[np.minimum((ids - first).view(np.uint64), np.uint64(last - first + 1))]
    place = np.minimum(np.searchsorted(known, ids), len(known) - 1)
    return np.where(known[place] == ids, place, UNKNOWN)
