"""Frames: the distinct (name, library, kind) triples of a profile, each held once under an integer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from typing import NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

KERNEL = "kernel"
USER = "user"
JIT = "jit"
INLINED = "inlined"
# Java: run by the interpreter, or by code of the first compiler. `JIT` is then that of the second.
INTERPRETED = "interpreted"
C1 = "c1"
NO_KIND = ""

# The name of a function without one.
ANONYMOUS = "(anonymous)"

FrameId: TypeAlias = int


class Frame(NamedTuple):
    """One line of a stack: the symbol, its file and the kind of its code."""

    name: str
    library: str = ""
    kind: str = NO_KIND

    @property
    def text(self) -> str:
        """The text that patterns match: `" " + symbol + " (" + library + ")"`."""
        return f" {self.name} ({self.library})"


ROOT = Frame("root")


class PlainFrames(NamedTuple):
    """Distinct frames without their libraries, and the row of every frame among them (int64).

    Functions without a name are distinguished by their files, which are their libraries here.
    """

    frames: tuple[tuple[str, str, str], ...]
    row: npt.NDArray[np.int64]


# Without slots, since `plain` is kept.
@dataclass(frozen=True)
class FrameTable:
    """Distinct frames as three columns of equal length; a `FrameId` is a row number."""

    name: tuple[str, ...]
    library: tuple[str, ...]
    kind: tuple[str, ...]

    @classmethod
    def of(cls, frames: Iterable[tuple[str, str, str]]) -> FrameTable:
        """Return a table of `frames`, in their order."""
        columns = tuple(zip(*frames, strict=True)) or ((), (), ())
        return cls(*columns)

    def __len__(self) -> int:
        """Count the rows."""
        return len(self.name)

    def __getitem__(self, frame: FrameId) -> Frame:
        """Return one row."""
        return Frame(self.name[frame], self.library[frame], self.kind[frame])

    def rows(self, frames: Sequence[FrameId]) -> FrameTable:
        """Return a table of some rows, in the order of `frames`."""
        pick = [tuple(map(column.__getitem__, frames)) for column in (self.name, self.library, self.kind)]
        return FrameTable(*pick)

    @cached_property
    def plain(self) -> PlainFrames:
        """The frames without their libraries, found once per table."""
        columns = (getattr(self, column.name) for column in fields(self))
        rows: dict[tuple[str, str, str], int] = {}
        found = [
            rows.setdefault((name, library if name == ANONYMOUS else "", kind), len(rows))
            for name, library, kind in zip(*columns, strict=True)
        ]
        return PlainFrames(tuple(rows), np.array(found, np.int64))

    def texts(self) -> list[str]:
        """Return `Frame.text` of every row."""
        return [f" {name} ({library})" for name, library in zip(self.name, self.library, strict=True)]
