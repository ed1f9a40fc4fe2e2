"""A profile of five million samples and 200 000 tree nodes, as an index only: its text would be 8 GB.

It measures opening the index and warm requests only, so that the samples of a smaller text are
repeated as columns, and the service is made to believe that it has read them from a file.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np

from flamescope_py.model import Profile
from flamescope_py.readers.source import read_profile

SAMPLES = 5_000_000
HERTZ = 997
START = 4000.0


def large_profile(text: Path, samples: int = SAMPLES) -> Profile:
    """Read a text and repeat its samples in time until there are `samples` of them."""
    with text.open("rb") as file:
        small = read_profile(file, "perf")
    columns = {name: np.resize(column, samples) for name, column in small.samples.columns().items()}
    columns["time"] = START + np.arange(samples) / HERTZ
    # Shuffled, so that memory is accessed as for a real capture.
    order = np.random.default_rng(1).permutation(samples)
    columns["node"] = columns["node"][order]
    meta = replace(small.meta, first=float(columns["time"][0]), last=float(columns["time"][-1]))
    return replace(small, samples=replace(small.samples, **columns), meta=meta)


@contextmanager
def read_as(profile: Profile) -> Iterator[None]:
    """Make the service read this profile from any file."""

    def read(*_: Any) -> Profile:
        return profile

    with mock.patch("flamescope_py.readers.pool.pool.ReaderPool.read", read):
        yield
