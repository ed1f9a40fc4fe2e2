"""Other programs that fold the stacks of a perf script text, where they are on the machine."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import NamedTuple

# github.com/jonhoo/inferno and github.com/brendangregg/FlameGraph.
NAMES = ("inferno-collapse-perf", "stackcollapse-perf.pl")


class Program(NamedTuple):
    """A program that reads a file, its last argument, and writes to its standard output."""

    name: str
    command: tuple[str, ...]


def peers(folder: Path | None) -> list[Program]:
    """Return the peers of a folder, else those on the PATH."""
    found = ((name, shutil.which(name, path=None if folder is None else str(folder))) for name in NAMES)
    return [Program(name, (path,)) for name, path in found if path]
