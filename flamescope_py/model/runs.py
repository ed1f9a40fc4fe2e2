"""Runs: stretches of time in which one thread had one stack, as exact as a file has them.

The samples of such a file are its runs cut at ticks and added up, so that heatmaps and graphs count them like
those of any other file. The order inside a tick is only here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

# 26 bytes each. A file with more has none, and its order is that of its samples.
MAX_RUNS = 5_000_000
# In `through`: the frames that a run shares with the one before went on.
ANY = np.iinfo(np.uint32).max

RUN_TYPES: dict[str, type[np.generic]] = {
    "start": np.float64,
    "length": np.int64,
    "node": np.uint32,
    "through": np.uint32,
    "thread": np.uint32,
    "event": np.uint16,
}


@dataclass(frozen=True, slots=True, eq=False)
class Runs:
    """Columns of equal length, sorted by `start`, which is in seconds as `Samples.time`.

    `length` is in microseconds. `node`, `thread` and `event` are as in `Samples`. `through` is the innermost
    node that stayed open since the run before of the same thread, 0 for none, or ANY where the file does not
    tell calls of one function apart.
    """

    start: npt.NDArray[np.float64]
    length: npt.NDArray[np.int64]
    node: npt.NDArray[np.uint32]
    through: npt.NDArray[np.uint32]
    thread: npt.NDArray[np.uint32]
    event: npt.NDArray[np.uint16]

    def __len__(self) -> int:
        """Count the runs."""
        return len(self.start)

    def columns(self) -> dict[str, npt.NDArray[Any]]:
        """Return the columns by name."""
        return {name: getattr(self, name) for name in RUN_TYPES}

    @property
    def nbytes(self) -> int:
        """Bytes of the columns."""
        return sum(column.nbytes for column in self.columns().values())


class RunTable:
    """The runs of a file while it is read, in any order."""

    def __init__(self) -> None:
        """Start empty."""
        self._batches: list[dict[str, npt.NDArray[Any]]] = []
        self.count = 0

    def add(self, **columns: npt.ArrayLike) -> None:
        """Append runs, with columns as in `Runs`. Past MAX_RUNS they are counted and not kept."""
        batch = {name: np.asarray(columns[name], kind) for name, kind in RUN_TYPES.items()}
        self.count += len(batch["start"])
        if self.count > MAX_RUNS:
            self._batches.clear()
        else:
            self._batches.append(batch)

    def snapshot(self) -> RunTable:
        """Return a table to be finished, while this one takes further runs."""
        made = RunTable()
        made._batches, made.count = list(self._batches), self.count
        return made

    def finish(
        self,
        nodes: npt.NDArray[np.uint32],
        threads: npt.NDArray[np.int64],
        events: npt.NDArray[np.int64],
        samples: dict[str, npt.NDArray[Any]],
    ) -> Runs | None:
        """Return the runs with their final rows, or None without any.

        `nodes`, `threads` and `events` have the final row of each row so far. `samples` are the columns of
        the samples before that: runs of other threads or events are left out with their samples.
        """
        if not self._batches:
            return None
        found = {name: np.concatenate([batch[name] for batch in self._batches]) for name in RUN_TYPES}
        kept = np.isfinite(found["start"])
        for name in ("thread", "event"):
            kept &= np.isin(found[name], np.unique(samples[name]))
        order = np.flatnonzero(kept)
        order = order[np.argsort(found["start"][order], kind="stable")]
        found = {name: column[order] for name, column in found.items()}
        found["node"] = nodes[found["node"]]
        through = found["through"]
        found["through"] = np.where(through == ANY, ANY, nodes[np.where(through == ANY, 0, through)])
        found["thread"] = threads[found["thread"]].astype(np.uint32)
        found["event"] = events[found["event"]].astype(np.uint16)
        return Runs(**found)
