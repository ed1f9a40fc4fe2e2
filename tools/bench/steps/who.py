"""The steps that ask who was busy: breakdowns, lanes, busy CPUs and findings."""

from __future__ import annotations

from collections.abc import Iterator

from tools.bench.rows import MILLISECONDS, Row
from tools.bench.runner import Bench
from tools.bench.steps.asking import LARGE

REQUESTS = {
    **{
        f"{by}_second": f"breakdown by {by}, 1 s, each time another"
        for by in ("comm", "thread", "cpu", "function")
    },
    **{f"{by}_whole": f"breakdown by {by}, nearly the whole" for by in ("comm", "thread", "cpu", "function")},
    "lanes": "20 lanes by thread, 1000 columns of 10 rows",
    "busy": "heatmap with busy CPUs",
    "findings": "findings, made",
}
TARGETS = {
    **{name: 8.0 for name in REQUESTS if name.endswith("_second")},
    **{name: 60.0 for name in REQUESTS if name.endswith("_whole")},
    "lanes": 150.0,
    "findings": 2000.0,
}


def who(bench: Bench) -> Iterator[Row]:
    """Requests about who was busy, for an open profile of five million samples."""
    many = bench.input("many", 80)
    bench.measured("all_cores_large", many, LARGE)
    runs = (
        [bench.measured("who", many, LARGE) for _ in range(min(bench.runs, 3))]
        if bench.has_index(many, LARGE)
        else []
    )
    for key, request in REQUESTS.items():
        times = [1000 * run[key] for run in runs]
        yield Row("Who was busy: 5 million samples", request, MILLISECONDS, times, TARGETS.get(key))
