"""Runs measured processes: each thing in a process of its own, of the same interpreter."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tools.bench import machine, memory
from tools.bench.inputs import MB, Recipe, prepared, recipes

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Bench:
    """One run of the benchmark: where its files are and how often each process runs.

    `patience`: how many seconds a process waits at most for a machine that has nothing else to do.
    """

    folder: Path
    caches: Path
    quick: bool = False
    runs: int = 5
    patience: float = 0

    def input(self, kind: str, megabytes: int, gzip: bool = False) -> Recipe:
        """Give an input; in a quick run one of a tenth of the size."""
        size = megabytes // 10 if self.quick else megabytes
        return recipes(self.quick)[f"{kind}-{size}.perf.out{'.gz' if gzip else ''}"]

    def path(self, recipe: Recipe) -> Path:
        """Give an input's file, which is written when it is not there."""
        return prepared(recipe, self.folder)

    def cache(self, recipe: Recipe, suffix: str = "") -> Path:
        """Give the cache directory of the servers that read an input."""
        return self.caches / f"{recipe.file_name}{suffix}"

    def has_index(self, recipe: Recipe, suffix: str = "") -> bool:
        """Say whether a server left anything in the cache directory of an input."""
        return any(self.cache(recipe, suffix).rglob("*"))

    def measured(self, step: str, recipe: Recipe, suffix: str = "") -> dict[str, float]:
        """Run a process and give its numbers."""
        command = self._command(step, recipe, suffix)
        machine.wait_until_quiet(self.patience)
        found = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, check=True)
        numbers: dict[str, float] = json.loads(found.stdout)
        return numbers

    def peak(self, step: str, recipe: Recipe) -> float:
        """Run a process and give the most memory that it and its children held, in MB."""
        command = self._command(step, recipe)
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL) as process:
            return memory.peak_bytes(process) / MB

    def floor(self, recipe: Recipe) -> float:
        """Read an input with the least program there is; gives MB of text a second."""
        command = [*floor_tool(recipe), str(self.path(recipe))]
        machine.wait_until_quiet(self.patience)
        start = time.perf_counter()
        subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
        return recipe.size / MB / (time.perf_counter() - start)

    def _command(self, step: str, recipe: Recipe, suffix: str = "") -> list[str]:
        arguments = [step, str(self.path(recipe)), str(self.cache(recipe, suffix))]
        return [sys.executable, "-m", "tools.bench.worker", *arguments]


def floor_tool(recipe: Recipe) -> Sequence[str]:
    """Name the program that an input's reading is compared with."""
    return ("gzip", "-dc") if recipe.gzip else ("cat",)
