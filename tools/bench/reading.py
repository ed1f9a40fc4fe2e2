"""The steps that read text: what the inputs hold, cold opening beside its floor, growth, memory.

What is compared runs in turns, so that a neighbour who takes the machine for a while disturbs both sides.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import TypeAlias

from tools.bench.inputs import MB, Recipe
from tools.bench.rows import MEGABYTES, PERCENT, RATIO, SPEED, Row
from tools.bench.runner import Bench, floor_tool

ONE_CORE, ALL_CORES = "one_core", "all_cores"
WHERE = {ONE_CORE: "one core", ALL_CORES: "all cores"}
SPEED_TARGETS = {ONE_CORE: 250.0, ALL_CORES: 450.0}
MEMORY_TARGET = 600.0
GZIP_TARGET = 0.7
GROWTH_TARGET = 0.85
FLOOR, PROCESSOR = "floor", "processor"
# Input and what was measured of it: one number a turn.
Turns: TypeAlias = dict[tuple[Recipe, str], list[float]]


def inputs(bench: Bench) -> Iterator[Row]:
    """What the files hold."""
    for kind, size in (("typical", 80), ("few", 80), ("many", 80), ("typical", 1000)):
        recipe = bench.input(kind, size)
        found = bench.measured("contents", recipe)
        facts = ", ".join(f"{number} {name}" for name, number in found.items())
        yield Row("Inputs", f"{recipe.name}: {facts}", MEGABYTES, [recipe.size / MB])


def cold(bench: Bench) -> Iterator[Row]:
    """Cold open to heatmap, each beside its floor, and the growth from 80 MB to 1 GB."""
    small, large = bench.input("typical", 80), bench.input("typical", 1000)
    turns = _turns(bench, (small, large))
    yield from _cold_rows(turns)
    yield from _cold_rows(_turns(bench, [bench.input("typical", size, gzip=True) for size in (80, 1000)]))
    for kind in ("few", "many"):
        yield from _cold_rows(_turns(bench, [bench.input(kind, 80, gzip) for gzip in (False, True)]))
    for step, where in WHERE.items():
        pairs = zip(turns[large, step], turns[small, step], strict=True)
        runs = [after / before for after, before in pairs]
        yield Row("Growth", f"speed of 1 GB by that of 80 MB, {where}", RATIO, runs, GROWTH_TARGET)


def _turns(bench: Bench, recipes: Sequence[Recipe]) -> Turns:
    """Read every input in every way once a turn; speeds in MB of text a second."""
    speeds: Turns = defaultdict(list)
    for _ in range(bench.runs):
        for recipe in recipes:
            speeds[recipe, FLOOR].append(bench.floor(recipe))
            for step in WHERE:
                found = bench.measured(step, recipe)
                speeds[recipe, step].append(recipe.size / MB / found["cold"])
                if step == ONE_CORE:
                    speeds[recipe, PROCESSOR].append(recipe.size / MB / found["processor"])
    return speeds


def _cold_rows(turns: Turns) -> Iterator[Row]:
    for recipe in dict.fromkeys(recipe for recipe, _ in turns):
        section = f"Cold open to heatmap, MB of text: {recipe.file_name}"
        tool, floors = " ".join(floor_tool(recipe)), turns[recipe, FLOOR]
        yield Row(section, f"floor: {tool}", SPEED, floors)
        for step, where in WHERE.items():
            target = SPEED_TARGETS[step] if recipe.is_yardstick else None
            ratio = GZIP_TARGET if recipe.gzip and recipe.is_large and step == ALL_CORES else None
            yield Row(section, where, SPEED, turns[recipe, step], target, floors, tool, ratio)
        yield Row(section, "one core, by processor time", SPEED, turns[recipe, PROCESSOR])


def parts(bench: Bench) -> Iterator[Row]:
    """Which functions take the time of reading on one core."""
    for kind in ("typical", "many"):
        recipe = bench.input(kind, 80)
        for name, share in bench.measured("parts", recipe).items():
            yield Row(f"Where reading {recipe.file_name} on one core goes", name, PERCENT, [100 * share])


def peaks(bench: Bench) -> Iterator[Row]:
    """Peak memory of all processes together."""
    inputs = [("typical", 80, False), ("many", 80, False), ("typical", 1000, False), ("typical", 1000, True)]
    for recipe in [bench.input(*one) for one in inputs]:
        for step, where in WHERE.items():
            target = MEMORY_TARGET if recipe.is_large and not recipe.gzip else None
            runs = [bench.peak(step, recipe) for _ in range(min(bench.runs, 2))]
            name = f"{recipe.file_name}, {where}"
            yield Row("Peak memory of all processes", name, MEGABYTES, runs, target)
