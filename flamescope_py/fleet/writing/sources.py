"""The files to ingest: single ones, and all below folders."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import BinaryIO

from flamescope_py.errors import ParameterError
from flamescope_py.files.names import shown
from flamescope_py.fleet.writing.ingest import Task
from flamescope_py.store.directory import ProfileDirectory


@dataclass(frozen=True)
class _Below:
    """Opens a file below a folder, and never one outside of it."""

    root: Path
    parts: tuple[str, ...]

    def __call__(self) -> BinaryIO:
        return ProfileDirectory(self.root).open_parts(self.parts)


def tasks(sources: Iterable[str]) -> Iterator[Task]:
    """Yield a task for each file. Names are those below the source, the source's last part included.

    Raises ParameterError for a source that does not exist.
    """
    for source in sources:
        path = Path(source)
        if path.is_dir():
            name = path.resolve().name
            for listed in ProfileDirectory(path).files():
                yield Task(f"{name}/{listed.name}", _Below(path.resolve(), listed.parts))
        elif path.is_file():
            yield Task(shown(path.name), partial(_open, path.resolve()))
        else:
            raise ParameterError(f"There is no file or folder {shown(source)!r}.")


def _open(path: Path) -> BinaryIO:
    return path.open("rb")
