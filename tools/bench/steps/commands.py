"""The step that runs commands from start to end, each beside other programs for the same (`--peers`)."""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

from tools.bench.inputs import SMALL, Recipe
from tools.bench.peers import Program, peers
from tools.bench.rows import MILLISECONDS, Row
from tools.bench.runner import Bench

FLAMESCOPE = str(Path(sys.executable).with_name("flamescope-py"))
FOLDED = Program("flamescope-py folded", (FLAMESCOPE, "folded"))
HELP = Program("flamescope-py folded --help", (FLAMESCOPE, "folded", "--help"))
CLICK = Program('python -c "import click"', (sys.executable, "-c", "import click"))
HELP_RATIO = 2.0


def commands(bench: Bench) -> Iterator[Row]:
    """The command line from start to end, output thrown away."""
    targets: list[tuple[Recipe, float | None]] = [
        (SMALL, 150.0),
        (bench.input("typical", 80), 300.0),
        (bench.input("many", 80), None),
        (bench.input("dwarf", 80), None),
        (bench.input("machine", 259), 700.0),
    ]
    programs = [FOLDED, *peers(bench.peers)]
    for recipe, target in targets:
        times = _times(bench, programs, [str(bench.path(recipe))])
        for program in programs:
            reached = target if program is FOLDED else None
            yield Row(
                f"From start to end: {recipe.file_name}", program.name, MILLISECONDS, times[program], reached
            )
    times = _times(bench, [CLICK, HELP], [])
    section, target = "From start to end: help", HELP_RATIO * min(times[CLICK])
    yield Row(section, CLICK.name, MILLISECONDS, times[CLICK])
    yield Row(section, HELP.name, MILLISECONDS, times[HELP], target)


def _times(bench: Bench, programs: Sequence[Program], arguments: list[str]) -> dict[Program, list[float]]:
    """Run every program once a turn. Return its milliseconds."""
    times = defaultdict(list)
    for _ in range(bench.runs):
        for program in programs:
            times[program].append(1000 * bench.seconds([*program.command, *arguments]))
    return times
