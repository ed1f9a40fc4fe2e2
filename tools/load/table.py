"""The table of the load: throughput, median and 99th percentile of each route, calm and during a reading."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from statistics import median

from tools.load.clients import Sample

_COLUMNS = "".join(f"{name:>{width}}" for name, width in (("req/s", 14), ("median ms", 12), ("p99 ms", 10)))
_HEAD = " " * 10 + 2 * _COLUMNS


def percentile(values: Sequence[float], share: float) -> float:
    """Return the percentile of a share from 0 to 1 (nearest rank)."""
    if not values:
        return 0.0
    return sorted(values)[max(0, -int(-share * len(values) // 1) - 1)]


def table(
    names: Iterable[str], calm: list[Sample], calm_seconds: float, cold: list[Sample], cold_seconds: float
) -> str:
    """Return one line per route, with the growth of its 99th percentile."""
    lines = [_HEAD + f"{'p99 ratio':>11}"]
    for name in names:
        parts = [_part(name, calm, calm_seconds), _part(name, cold, cold_seconds)]
        ratio = parts[1][2] / parts[0][2] if parts[0][2] else 0
        cells = "".join(f"{rate:14.1f}{middle:12.1f}{high:10.1f}" for rate, middle, high in parts)
        lines.append(f"{name:10}{cells}{ratio:11.2f}")
    return "\n".join(lines)


def _part(name: str, samples: list[Sample], seconds: float) -> tuple[float, float, float]:
    took = [1000 * sample.seconds for sample in samples if sample.name == name]
    return len(took) / seconds, median(took) if took else 0.0, percentile(took, 0.99)
