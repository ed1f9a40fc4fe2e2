"""The steps that send requests to a server: the first one after a restart, and those to an open profile."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from tools.bench.inputs import MB, Recipe
from tools.bench.rows import MEGABYTES, MILLISECONDS, Row
from tools.bench.runner import Bench

REOPEN_TARGET, REOPEN_LARGE_TARGET = 30.0, 300.0
LARGE = "-large"
REQUESTS = {
    "heatmap": "heatmap, each time in other rows",
    "heatmap_again": "heatmap again",
    "range_columns": "1 s range, each time another, columns",
    "whole_columns": "whole profile, columns",
    "whole_nested": "whole profile, nested",
    "filter_first": "filter switched on, whole profile in columns",
    "filter_again": "filter again, 1 s range",
    "filter_again_whole": "filter again, whole profile in columns",
    "differential": "differential of two halves, columns",
}
ANSWERS = {
    "heatmap_bytes": "size of the heatmap",
    "columns_bytes": "size of the whole profile in columns",
    "nested_bytes": "size of the whole profile nested",
}
WARM_TARGETS = {
    "heatmap": 5.0,
    "heatmap_again": 5.0,
    "range_columns": 3.0,
    "whole_columns": 25.0,
    "whole_nested": 40.0,
    "filter_first": 60.0,
    "filter_again": 5.0,
    "filter_again_whole": 5.0,
}
LARGE_TARGETS = {"whole_columns": 300.0, "whole_nested": 300.0, "differential": 25.0}


def index(bench: Bench) -> Iterator[Row]:
    """The index on disk, and the first request after a restart."""
    typical, many = bench.input("typical", 80), bench.input("many", 80)
    for recipe in (typical, many, bench.input("typical", 1000)):
        bench.measured("all_cores", recipe)
        yield from _index_rows(bench, recipe, recipe.name, REOPEN_TARGET if recipe == typical else None)
    bench.measured("all_cores_large", many, LARGE)
    yield from _index_rows(bench, many, _large_name(many), REOPEN_LARGE_TARGET, LARGE)


def _large_name(many: Recipe) -> str:
    return f"5 million samples on the tree of {many.name}"


def _index_rows(
    bench: Bench, recipe: Recipe, name: str, target: float | None, suffix: str = ""
) -> Iterator[Row]:
    section = f"Index on disk: {name}"
    sizes: list[float] = []
    times: list[float] = []
    if bench.has_index(recipe, suffix):
        files = bench.cache(recipe, suffix).rglob("*")
        sizes = [sum(path.stat().st_size for path in files if path.is_file()) / MB]
        times = [1000 * bench.measured("reopen", recipe, suffix)["reopen"] for _ in range(bench.runs)]
    yield Row(section, "size", MEGABYTES, sizes)
    yield Row(section, "first heatmap after a restart", MILLISECONDS, times, target)


def warm(bench: Bench) -> Iterator[Row]:
    """Requests for an open profile, encoding included."""
    typical, many = bench.input("typical", 80), bench.input("many", 80)
    yield from _warm_rows(bench, typical, typical.name, WARM_TARGETS)
    yield from _warm_rows(bench, many, many.name, {})
    bench.measured("all_cores_large", many, LARGE)
    yield from _warm_rows(bench, many, _large_name(many), LARGE_TARGETS, LARGE)


def _warm_rows(
    bench: Bench, recipe: Recipe, name: str, targets: Mapping[str, float], suffix: str = ""
) -> Iterator[Row]:
    section = f"Warm, server side: {name}"
    runs: list[dict[str, float]] = []
    if not suffix or bench.has_index(recipe, suffix):
        runs = [bench.measured("warm", recipe, suffix) for _ in range(min(bench.runs, 3))]
    for key, request in REQUESTS.items():
        times = [1000 * run[key] for run in runs]
        yield Row(section, request, MILLISECONDS, times, targets.get(key))
    for key, answer in ANSWERS.items():
        yield Row(section, answer, MEGABYTES, [run[key] / MB for run in runs[:1]])
