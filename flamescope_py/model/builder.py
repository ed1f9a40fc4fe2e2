"""Collects stacks and samples in file order and turns them into a Profile.

A reader has one builder. A large file has one per part, and `merge` joins them: it interns the names of the
later part again, and equal stacks are merged at the end. The result does not depend on where the file was
cut, since frames and siblings are then brought into name order.
"""

from __future__ import annotations

from array import array
from copy import copy, deepcopy
from typing import Any

import numpy as np
import numpy.typing as npt

from flamescope_py.model import profile_bounds
from flamescope_py.model.path_table import PathTable
from flamescope_py.model.profile import SAMPLES, Labels, Markers, Meta, Profile, Samples, Seconds
from flamescope_py.model.records import Records
from flamescope_py.model.report import ParseReport
from flamescope_py.model.runs import RunTable
from flamescope_py.model.threads import ThreadTable
from flamescope_py.model.trie import StackTrie, ordered

MAX_EVENTS = 10_000
# Of a row of frames or threads: a tuple of texts and its place in a dictionary.
_ROW_BYTES = 400
STRAY = "timestamp more than a day away from the others"
MORE_EVENTS = "(more events)"
# A comment that a recording in turns repeats with newer numbers: its last value counts.
TURNS = "flamescope turns"
_COLUMNS: dict[str, type[np.generic]] = {
    "time": np.float64,
    "node": np.uint32,
    "thread": np.uint32,
    "cpu": np.int32,
    "event": np.uint16,
    "idle": np.bool_,
    "weight": np.int64,
    "heat": np.int64,
    "period": np.uint64,
    # A number of a reader's own, which is not kept.
    "partner": np.int64,
}
_OPTIONAL = {"weight": 1, "heat": 1, "period": 0, "partner": 0}


class ProfileBuilder(StackTrie):
    """A trie of stacks, tables of names, and sample columns in file order."""

    def __init__(self) -> None:
        """Start with the root alone."""
        super().__init__()
        self.report = ParseReport()
        self.header: dict[str, str] = {}
        self.markers: Markers | None = None
        self.records = Records()
        self.runs = RunTable()
        self.threads = ThreadTable()
        self._events: dict[str, int] = {}
        self._units: dict[str, str] = {}
        self._batches: list[dict[str, npt.NDArray[Any]]] = []
        self._start, self._end = float("inf"), float("-inf")

    def __getstate__(self) -> dict[str, Any]:
        """Leave out the tables that merging does not need: parts cross between processes.

        Nodes are sent as columns, which pickle need not copy.
        """
        parent, frame = self.columns()
        tables = {"_nodes": {}, "_paths": PathTable(), "_compiled_paths": None, "_frame_rows": []}
        return {**self.__dict__, **tables, "_parent": parent, "_frame": frame}

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Make the list of frames and the growing columns again."""
        self.__dict__.update(state)
        self._frame_rows = list(self._frames)
        self._parent, self._frame = array("I"), array("I")
        self._append(state["_parent"], state["_frame"])
        self._settled = state["_settled"]

    def thread(self, pid: int, tid: int, command: str, labels: Labels = ()) -> int:
        """Intern a thread and return its row; `labels` are sorted."""
        return self.threads.intern(pid, tid, command, labels)

    def event(self, name: str, unit: str = "") -> int:
        """Intern an event and return its row; after MAX_EVENTS, all new ones share one more row.

        `unit` is that of its weights, where it is not the profile's.
        """
        if len(self._events) >= MAX_EVENTS and name not in self._events:
            name = MORE_EVENTS
        elif unit:
            self._units[name] = unit
        return self._events.setdefault(name, len(self._events))

    def add_samples(self, **columns: npt.ArrayLike) -> None:
        """Append samples in file order; columns as in `Samples`, of equal length.

        `node` is required, the others default to unknown. Raises TooLargeError.
        """
        count = len(np.asarray(columns["node"]))
        self.expect(count)
        defaults = {"time": np.nan, "thread": 0, "cpu": -1, "event": 0, "idle": False}
        batch = {
            name: np.full(count, value, _COLUMNS[name])
            for name, value in defaults.items()
            if name not in columns
        }
        batch |= {name: np.asarray(column, dtype=_COLUMNS[name]) for name, column in columns.items()}
        self._batches.append(batch)
        self.report.samples += count

    def expect(self, samples: int) -> None:
        """Raise TooLargeError if the profile has too many frames, or with so many more samples too many.

        To be called before samples are made, where a small file may lead to many.
        """
        profile_bounds.current().check(0, len(self._frames), self.report.samples + samples)

    @property
    def nbytes(self) -> int:
        """About how many bytes it takes, here or on its way to another process."""
        columns = sum(column.nbytes for batch in self._batches for column in batch.values())
        columns += self.records.nbytes
        return columns + 8 * self.next_node + _ROW_BYTES * (len(self._frames) + len(self.threads))

    def times(self) -> npt.NDArray[np.float64]:
        """Return the times of all samples so far, in file order."""
        return self._column("time")

    def column(self, name: str) -> npt.NDArray[Any]:
        """Return a column of all samples so far, in file order."""
        return self._column(name)

    def keep(self, wanted: npt.NDArray[np.bool_]) -> None:
        """Keep the samples for which `wanted` (one value per sample, in file order) is true."""
        start = 0
        for position, batch in enumerate(self._batches):
            part = wanted[start : start + len(batch["time"])]
            start += len(part)
            self._batches[position] = {name: column[part] for name, column in batch.items()}
        self.report.samples -= int(np.count_nonzero(~wanted))

    def drop_strays(self, most_seconds: Seconds, *, keep_untimed: bool = False) -> None:
        """Leave out samples without a time, and those further than `most_seconds` from the middle one.

        Their time cannot be true. They are counted as skipped, and the first few are named. A profile
        without any time keeps all its samples. With `keep_untimed` every profile keeps those without a time:
        they are in graphs of the whole profile, and a message counts them.
        """
        time = self.times()
        timed = ~np.isnan(time)
        if not timed.any():
            return
        # Not the mean of the two in the middle, which may be far from both.
        count = int(np.count_nonzero(timed))
        middle = float(np.partition(time[timed], (count - 1) // 2)[(count - 1) // 2])
        far = timed & (np.abs(time - middle) > most_seconds)
        for row in np.flatnonzero(far)[:5]:
            self.report.note(STRAY, text=f"sample {row + 1} at {time[row]} s")
        untimed = int(np.count_nonzero(~timed))
        if keep_untimed and untimed:
            self.report.messages.append(
                f"{untimed} of {len(time)} samples have no time: they are in the flame graph of the whole "
                "profile, and not in the heatmap."
            )
        dropped = far if keep_untimed else far | ~timed
        self.report.skipped += int(np.count_nonzero(dropped))
        if dropped.any():
            self.keep(~dropped)

    def cover(self, start: Seconds, end: Seconds) -> None:
        """Widen the profile to the time in which it was recorded; NaN leaves a side as it is."""
        self._start, self._end = min(self._start, start), max(self._end, end)

    def settle(self) -> npt.NDArray[np.uint32]:
        """Bring frames and nodes into order, so that merging is quick; return the new node of each."""
        moved = super().settle()
        self._move(moved)
        return moved

    def _move(self, moved: npt.NDArray[np.uint32]) -> None:
        for batch in self._batches:
            batch["node"] = moved[batch["node"]]

    def merge(self, later: ProfileBuilder) -> None:
        """Add the builder of the next part of the file. Raises TooLargeError."""
        self.expect(later.report.samples)
        own, nodes = self.graft(later)
        if own is not None:
            self._move(own)
        threads = self.threads.merge(later.threads)
        self.records.merge(later.records, threads)
        events = np.array(
            [self.event(name, later._units.get(name, "")) for name in later._events], dtype=np.uint16
        )
        for batch in later._batches:
            moved = dict(batch)
            moved["node"] = nodes[batch["node"]]
            moved["thread"] = threads[batch["thread"]] if len(threads) else batch["thread"]
            moved["event"] = events[batch["event"]] if len(events) else batch["event"]
            self._batches.append(moved)
        newest = {key: value for key, value in later.header.items() if key == TURNS}
        self.header = later.header | self.header | newest
        self.cover(later._start, later._end)
        self.report.absorb(later.report)

    def snapshot(self) -> ProfileBuilder:
        """Return a builder to be finished, while this one takes further parts."""
        made = copy(self)
        made._batches, made.runs = list(self._batches), self.runs.snapshot()
        made.report = deepcopy(self.report)
        return made

    def finish(self, format_name: str, **facts: Any) -> Profile:
        """Sort the samples, bring the tree into pre-order and return the profile; `facts` go into `Meta`."""
        tree, frames, moved = self.freeze()
        columns = self._sorted_columns()
        columns["node"] = moved[columns["node"]]
        threads, thread, labels = self.threads.ordered(columns["thread"])
        events, event = ordered(self._events, columns["event"])
        runs = self.runs.finish(moved, thread, event, columns)
        columns["thread"] = thread[columns["thread"]].astype(np.uint32)
        columns["event"] = event[columns["event"]].astype(np.uint16)
        columns.pop("partner", None)
        samples = Samples(**columns)
        self.report.idle = int(np.count_nonzero(samples.idle))
        # Samples without a time come last.
        count = samples.timed
        timed = count > 0
        meta = Meta(
            format=format_name,
            events=tuple(events),
            event_units=tuple(self._units.get(name, facts.get("unit", SAMPLES)) for name in events)
            if self._units
            else (),
            header=self.header,
            first=min(float(samples.time[0]), self._start) if timed else 0.0,
            last=max(float(samples.time[count - 1]), self._end) if timed else 0.0,
            timed=timed,
            **facts,
        )
        return Profile(samples, tree, frames, threads, meta, self.report, labels, self.markers, runs)

    def _sorted_columns(self) -> dict[str, npt.NDArray[Any]]:
        """Join the batches, sort them by time and count the samples that came out of order."""
        names = {name for batch in self._batches for name in batch} | set(_COLUMNS) - set(_OPTIONAL)
        columns = {name: self._column(name) for name in names}
        time = columns["time"]
        untimed = np.isnan(time)
        earlier = time < np.fmax.accumulate(time) if len(time) else np.zeros(0, np.bool_)
        # Samples that a reader made of others follow those of the file, and are not counted.
        self.report.out_of_order = int(np.count_nonzero(earlier[: self.report.samples]))
        if not earlier.any() and (not untimed.any() or untimed.all()):
            return columns
        order = np.argsort(time, kind="stable")
        return {name: column[order] for name, column in columns.items()}

    def _column(self, name: str) -> npt.NDArray[Any]:
        """Join one column of all batches; a batch without it gets the column's default."""
        parts = [
            batch[name] if name in batch else np.full(len(batch["time"]), _OPTIONAL[name], _COLUMNS[name])
            for batch in self._batches
        ]
        return np.concatenate(parts) if parts else np.empty(0, dtype=_COLUMNS[name])
