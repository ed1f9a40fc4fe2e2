"""A profile: immutable sample columns sorted by time, and one calling-context tree.

A sample has one integer for its whole stack: the tree node where the stack ends. All queries are arithmetic
on these columns.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from flamescope_py.model.frame import FrameTable
from flamescope_py.model.report import ParseReport
from flamescope_py.model.runs import Runs
from flamescope_py.model.tree import CallTree

Seconds: TypeAlias = float
UNKNOWN = -1

SAMPLES = "samples"
MICROSECONDS = "microseconds"
# The event of the time that threads were blocked.
OFF_CPU = "off-cpu"


# Names and values that a file has for samples, sorted.
Labels: TypeAlias = tuple[tuple[str, str], ...]


class Thread(NamedTuple):
    """A thread of a sample; `pid` is -1 where the file has none."""

    pid: int
    tid: int
    command: str


@dataclass(frozen=True, slots=True, eq=False)
class Samples:
    """Sample columns of equal length, sorted by time (stable; rows without time last, as NaN).

    `time` float64 seconds as in the file, `node` uint32 (row of the tree), `thread` uint32 (row of
    `Profile.threads`), `cpu` int32 (-1 unknown), `event` uint16 (row of `Meta.events`), `idle` bool;
    `weight` int64, the sample's value in a flame graph, and `heat` int64, its value in a heatmap, are None
    where every sample counts 1. `period` is uint64, or None where the file has none.
    """

    time: npt.NDArray[np.float64]
    node: npt.NDArray[np.uint32]
    thread: npt.NDArray[np.uint32]
    cpu: npt.NDArray[np.int32]
    event: npt.NDArray[np.uint16]
    idle: npt.NDArray[np.bool_]
    weight: npt.NDArray[np.int64] | None = None
    heat: npt.NDArray[np.int64] | None = None
    period: npt.NDArray[np.uint64] | None = None

    def __len__(self) -> int:
        """Count the samples, idle ones included."""
        return len(self.time)

    @property
    def timed(self) -> int:
        """Count the samples with a time: the first ones."""
        return int(np.searchsorted(self.time, np.inf, "right"))

    def columns(self) -> dict[str, npt.NDArray[Any]]:
        """Return the columns that are not None, by name."""
        names = ("time", "node", "thread", "cpu", "event", "idle", "weight", "heat", "period")
        found = {name: getattr(self, name) for name in names}
        return {name: column for name, column in found.items() if column is not None}


@dataclass(frozen=True, slots=True, eq=False)
class Markers:
    """Events that a program wrote into its profile, sorted by `start`.

    `start` and `end` are seconds as `Samples.time`, equal for a moment. `name` is the kind of an event, and
    `text` more about it, such as its thread.
    """

    start: npt.NDArray[np.float64]
    end: npt.NDArray[np.float64]
    name: tuple[str, ...]
    text: tuple[str, ...]

    def __len__(self) -> int:
        """Count the markers."""
        return len(self.start)


@dataclass(frozen=True, slots=True)
class Meta:
    """Facts about a profile as a whole.

    `unit` is the unit of a flame graph's values; `event_units` has that of every event, parallel to `events`,
    where they differ, and is empty where all values are in `unit`. `main_event` is the event that the file or
    its format opens with, empty where counts decide. With `owner_level`, the tree's first level has commands
    or threads, which frame filters never remove. `timed` is False for a file without any timestamp;
    `time_advice` is then one sentence on how to get a file with timestamps.
    `also` are other types that the file can be read as, and `preferred` is the one of them that shows more
    of it, empty where this is it. `derived` are events that the reader made of others: a selection without
    events, and that of all events, leaves them out. `period_unit` is the unit of periods, empty where the
    event has it.
    """

    format: str
    events: tuple[str, ...] = ()
    event_units: tuple[str, ...] = ()
    main_event: str = ""
    header: dict[str, str] = field(default_factory=dict)
    first: Seconds = 0.0
    last: Seconds = 0.0
    timed: bool = True
    time_advice: str = ""
    unit: str = SAMPLES
    owner_level: bool = True
    also: tuple[str, ...] = ()
    preferred: str = ""
    derived: tuple[str, ...] = ()
    period_unit: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Profile:
    """One profile; it never changes after it is read.

    `labels` has those of every row of `threads`, and is empty for a file without labels. A thread whose
    samples have different labels has several rows. `runs` has the true times of files that have stretches of
    time, whose samples are ticks.
    """

    samples: Samples
    tree: CallTree
    frames: FrameTable
    threads: tuple[Thread, ...]
    meta: Meta
    report: ParseReport
    labels: tuple[Labels, ...] = ()
    markers: Markers | None = None
    runs: Runs | None = None

    def label(self, name: str) -> list[str]:
        """Return the value of a label for every row of `threads`, "" where there is none."""
        if not self.labels:
            return [""] * len(self.threads)
        return [next((value for key, value in own if key == name), "") for own in self.labels]

    @property
    def origin(self) -> int:
        """The whole second of the heatmap's first column."""
        return int(np.floor(self.meta.first))

    @property
    def seconds(self) -> int:
        """The number of whole seconds (heatmap columns) that the profile touches; 0 without timestamps."""
        if not self.meta.timed:
            return 0
        return int(np.floor(self.meta.last)) - self.origin + 1

    @property
    def nbytes(self) -> int:
        """Bytes of the columns in memory, names estimated."""
        columns = sum(column.nbytes for column in self.samples.columns().values())
        tree = 4 * self.tree.frame.nbytes
        names = sum(map(len, self.frames.name)) + sum(map(len, self.frames.library))
        runs = 0 if self.runs is None else self.runs.nbytes
        return columns + tree + runs + names + 150 * len(self.frames)
