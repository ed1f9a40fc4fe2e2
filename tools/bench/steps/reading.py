"""The steps that read text: contents of the inputs, cold opening beside its floor, growth, memory.

Processes to compare run in turns, so that a busy neighbour disturbs both sides.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import TypeAlias

from tools.bench.inputs import MB, Recipe
from tools.bench.peers import NAMES as PEERS
from tools.bench.peers import Program, peers
from tools.bench.rows import MEGABYTES, PERCENT, RATIO, SPEED, Row
from tools.bench.runner import Bench, floor_of

ONE_CORE, ALL_CORES = "one_core", "all_cores"
WHERE = {ONE_CORE: "one core", ALL_CORES: "all cores"}
# Of inputs in full size: the speed on one core, and the milliseconds of a request to a running server.
ONE_CORE_TARGETS = {"typical-80": 1400.0, "many-80": 550.0, "machine-259": 550.0}
REQUEST_TARGETS = {"typical-80": 90.0, "machine-259": 450.0, "typical-1000": 1000.0}
CORES_TARGET = 1.6
MEMORY_TARGET = 600.0
INPUTS = (("typical", 80), ("few", 80), ("many", 80), ("dwarf", 80), ("machine", 259), ("typical", 1000))
HUGE_RUNS = 3
MOST_PEER_BYTES = 300 * MB
GZIP_TARGET = 0.6
GROWTH_TARGET = 0.85
FLOOR, PROCESSOR = "floor", "processor"
# Input and measured thing: one number a turn.
Turns: TypeAlias = dict[tuple[Recipe, str], list[float]]


def inputs(bench: Bench) -> Iterator[Row]:
    """Contents of the files."""
    for kind, size in INPUTS:
        recipe = bench.input(kind, size)
        found = bench.measured("contents", recipe)
        facts = ", ".join(f"{number} {name}" for name, number in found.items())
        yield Row("Inputs", f"{recipe.name}: {facts}", MEGABYTES, [recipe.size / MB])


def cold(bench: Bench) -> Iterator[Row]:
    """Cold open to heatmap, each beside its floor and the peers, and the growth from 80 MB to 1 GB."""
    small, large = bench.input("typical", 80), bench.input("typical", 1000)
    turns = _turns(bench, (small, large))
    yield from _cold_rows(turns)
    yield from _cold_rows(_turns(bench, [bench.input("typical", size, gzip=True) for size in (80, 1000)]))
    for kind, size in (("few", 80), ("many", 80), ("dwarf", 80), ("machine", 259)):
        yield from _cold_rows(_turns(bench, [bench.input(kind, size, gzip) for gzip in (False, True)]))
    for step, where in WHERE.items():
        pairs = zip(turns[large, step], turns[small, step], strict=True)
        runs = [after / before for after, before in pairs]
        yield Row("Growth", f"speed of 1 GB by that of 80 MB, {where}", RATIO, runs, GROWTH_TARGET)


def _turns(bench: Bench, recipes: Sequence[Recipe]) -> Turns:
    """Read every input in every way once a turn. Return speeds in MB of text per second."""
    speeds: Turns = defaultdict(list)
    for _ in range(bench.runs):
        for recipe in recipes:
            speeds[recipe, FLOOR].append(bench.speed(floor_of(recipe), recipe))
            for peer in _peers(bench, recipe):
                speeds[recipe, peer.name].append(bench.speed(peer, recipe))
            for step in WHERE:
                found = bench.measured(step, recipe)
                speeds[recipe, step].append(recipe.size / MB / found["cold"])
                if step == ONE_CORE:
                    speeds[recipe, PROCESSOR].append(recipe.size / MB / found["processor"])
    return speeds


def _peers(bench: Bench, recipe: Recipe) -> list[Program]:
    """Return the peers that read an input: they take plain text, and an hour for the largest."""
    return [] if recipe.gzip or recipe.size > MOST_PEER_BYTES else peers(bench.peers)


def _cold_rows(turns: Turns) -> Iterator[Row]:
    for recipe in dict.fromkeys(recipe for recipe, _ in turns):
        section = f"Cold open to heatmap, MB of text: {recipe.file_name}"
        tool, floors = floor_of(recipe).name, turns[recipe, FLOOR]
        yield Row(section, f"floor: {tool}", SPEED, floors)
        for step, where in WHERE.items():
            target = _target(recipe, step)
            ratio = GZIP_TARGET if recipe.gzip and step == ALL_CORES and recipe.name == "typical-80" else None
            yield Row(section, where, SPEED, turns[recipe, step], target, floors, tool, ratio)
        yield Row(section, "one core, by processor time", SPEED, turns[recipe, PROCESSOR])
        pairs = zip(turns[recipe, ALL_CORES], turns[recipe, ONE_CORE], strict=True)
        cores = CORES_TARGET if recipe.name in ONE_CORE_TARGETS and not recipe.gzip else None
        yield Row(section, "all cores by one", RATIO, [one / other for one, other in pairs], cores)
        for name in PEERS:
            if (recipe, name) in turns:
                yield Row(section, f"{name}, start to end", SPEED, turns[recipe, name])


def _target(recipe: Recipe, step: str) -> float | None:
    """Return the speed that is wanted, in MB of text a second."""
    if recipe.gzip:
        return None
    if step == ONE_CORE:
        return ONE_CORE_TARGETS.get(recipe.name)
    milliseconds = REQUEST_TARGETS.get(recipe.name)
    return recipe.size / MB / milliseconds * 1000 if milliseconds else None


def huge(bench: Bench) -> Iterator[Row]:
    """A file of 5 GB: its speed beside that of 1 GB, and its peak memory."""
    large, largest = bench.input("typical", 1000), bench.input("typical", 5000)
    speeds: Turns = defaultdict(list)
    for _ in range(min(bench.runs, HUGE_RUNS)):
        for recipe in (large, largest):
            speeds[recipe, ALL_CORES].append(recipe.size / MB / bench.measured(ALL_CORES, recipe)["cold"])
    section = f"Huge: {largest.file_name}"
    yield Row(section, "cold open to heatmap, all cores", SPEED, speeds[largest, ALL_CORES])
    runs = [
        after / before
        for after, before in zip(speeds[largest, ALL_CORES], speeds[large, ALL_CORES], strict=True)
    ]
    yield Row(section, "its speed by that of 1 GB", RATIO, runs, GROWTH_TARGET)
    peak = bench.peak(ALL_CORES, largest)
    yield Row(section, "peak memory of all processes", MEGABYTES, [peak], MEMORY_TARGET)


def parts(bench: Bench) -> Iterator[Row]:
    """Shares of the functions in the time of reading on one core."""
    for kind, size in (("typical", 80), ("many", 80), ("machine", 259)):
        recipe = bench.input(kind, size)
        for name, share in bench.measured("parts", recipe).items():
            yield Row(f"Where reading {recipe.file_name} on one core goes", name, PERCENT, [100 * share])


def peaks(bench: Bench) -> Iterator[Row]:
    """Peak memory of all processes together."""
    inputs = [("typical", 80, False), ("many", 80, False), ("machine", 259, False)]
    inputs += [("typical", 1000, False), ("typical", 1000, True)]
    for recipe in [bench.input(*one) for one in inputs]:
        for step, where in WHERE.items():
            target = MEMORY_TARGET if recipe.is_large and not recipe.gzip else None
            runs = [bench.peak(step, recipe) for _ in range(min(bench.runs, 2))]
            name = f"{recipe.file_name}, {where}"
            yield Row("Peak memory of all processes", name, MEGABYTES, runs, target)
