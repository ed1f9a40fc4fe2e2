"""Counts samples in perf script text without the program's own code."""

from __future__ import annotations

import gzip
import math
import re
from collections import Counter
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import NamedTuple

MICROSECONDS = 1_000_000
_TIME = re.compile(r" (\d+)\.(\d{6}): ")


class RawSample(NamedTuple):
    """A block of the text: its time in microseconds from the first second and as written, and its lines."""

    time: int
    written: str
    text: str


@cache
def raw_samples(path: Path) -> tuple[RawSample, ...]:
    """Read a gzipped file. Times count from the whole second of the first sample."""
    found = []
    for block in gzip.decompress(path.read_bytes()).decode().split("\n\n"):
        lines = "\n".join(line for line in block.splitlines() if line and not line.startswith("#"))
        if lines:
            time = _TIME.search(lines)
            assert time, lines
            found.append(RawSample(int(time[1] + time[2]), f"{time[1]}.{time[2]}", lines))
    origin = min(sample.time for sample in found) // MICROSECONDS * MICROSECONDS
    return tuple(sample._replace(time=sample.time - origin) for sample in found)


def within(samples: Iterable[RawSample], start: float, end: float) -> list[RawSample]:
    """Return the samples from start to before end, in seconds."""
    edges = round(start * MICROSECONDS), round(end * MICROSECONDS)
    return [sample for sample in samples if edges[0] <= sample.time < edges[1]]


def having(samples: Iterable[RawSample], text: str) -> list[RawSample]:
    """Return the samples whose stack contains a text."""
    return [sample for sample in samples if text in sample.text]


def cells(samples: Iterable[RawSample], rows: int) -> Counter[tuple[int, int]]:
    """Count samples per cell (second, row from the bottom), in double precision."""
    return Counter(
        (sample.time // MICROSECONDS, math.floor(rows * (float(sample.written) % 1))) for sample in samples
    )


def leaves(samples: Iterable[RawSample]) -> Counter[str]:
    """Count samples by their leaf's symbol, the offset in it left out."""
    return Counter(
        re.sub(r"\+0x[0-9a-f]+$", "", line.split(None, 1)[1].rpartition(" (")[0])
        for line in (sample.text.split("\n")[1] for sample in samples)
    )
