"""Runs measured processes: each step in a process of its own, with the same interpreter."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tools.bench import machine, memory
from tools.bench.inputs import MB, Recipe, prepared, recipes
from tools.bench.peers import Program

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Bench:
    """One run of the benchmark: its folders and how often each process runs.

    A process waits at most `patience` seconds for an idle machine. `peers` is the folder of the programs to
    compare with.
    """

    folder: Path
    caches: Path
    quick: bool = False
    runs: int = 5
    patience: float = 0
    peers: Path | None = None

    def input(self, kind: str, megabytes: int, gzip: bool = False) -> Recipe:
        """Return an input; in a quick run, one of a tenth of the size."""
        size = megabytes // 10 if self.quick else megabytes
        return recipes(self.quick)[f"{kind}-{size}.perf.out{'.gz' if gzip else ''}"]

    def path(self, recipe: Recipe) -> Path:
        """Return an input's file. Write it first if it is not there."""
        return prepared(recipe, self.folder)

    def cache(self, recipe: Recipe, suffix: str = "") -> Path:
        """Return the cache directory of the servers that read an input."""
        return self.caches / f"{recipe.file_name}{suffix}"

    def has_index(self, recipe: Recipe, suffix: str = "") -> bool:
        """Return True if a server left anything in the cache directory of an input."""
        return any(self.cache(recipe, suffix).rglob("*"))

    def measured(self, step: str, recipe: Recipe, suffix: str = "") -> dict[str, float]:
        """Run a process and return its numbers."""
        command = self._command(step, recipe, suffix)
        machine.wait_until_quiet(self.patience)
        found = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, check=True)
        numbers: dict[str, float] = json.loads(found.stdout)
        return numbers

    def peak(self, step: str, recipe: Recipe) -> float:
        """Run a process and return its peak memory with that of its children, in MB."""
        command = self._command(step, recipe)
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL) as process:
            return memory.peak_bytes(process) / MB

    def speed(self, program: Program, recipe: Recipe) -> float:
        """Read an input with another program. Return MB of text per second."""
        return recipe.size / MB / self.seconds([*program.command, str(self.path(recipe))])

    def seconds(self, command: Sequence[str]) -> float:
        """Run a command, its output thrown away. Return its seconds."""
        machine.wait_until_quiet(self.patience)
        start = time.perf_counter()
        subprocess.run(command, stdout=subprocess.DEVNULL, check=True, env=_environment())
        return time.perf_counter() - start

    def _command(self, step: str, recipe: Recipe, suffix: str = "") -> list[str]:
        arguments = [step, str(self.path(recipe)), str(self.cache(recipe, suffix))]
        return [sys.executable, "-m", "tools.bench.worker", *arguments]


def _environment() -> dict[str, str]:
    """Return the environment of an installed program, whose modules are compiled once."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def floor_of(recipe: Recipe) -> Program:
    """Return the program that does the least that reading an input needs."""
    if recipe.gzip:
        return Program("igzip -dc", (sys.executable, "-m", "isal.igzip", "-dc"))
    return Program("cat", ("cat",))
