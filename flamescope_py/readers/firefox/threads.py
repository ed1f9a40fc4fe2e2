"""Reads one thread of a document into a builder: its frames, its stacks, then its samples."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from flamescope_py.model import NodeId, ProfileBuilder
from flamescope_py.model.profile import SAMPLES, UNKNOWN
from flamescope_py.readers.firefox.categories import Categories
from flamescope_py.readers.firefox.documents import Document
from flamescope_py.readers.firefox.frames import (
    Functions,
    Libraries,
    Namer,
    ThreadFrames,
    processed,
    unprocessed,
)
from flamescope_py.readers.firefox.markers import MarkerReader
from flamescope_py.readers.firefox.samples import ThreadSamples, thread_samples
from flamescope_py.readers.firefox.tables import NONE, Table
from flamescope_py.readers.json.text import integer, member, name
from flamescope_py.readers.limits import MAX_DEPTH
from flamescope_py.readers.prefixes import Prefixes
from flamescope_py.readers.spans import Spans

BYTES = "bytes"
# Tables of a thread with a column `stack`, and the event that each becomes.
ALLOCATIONS = {"jsAllocations": "JS allocations", "nativeAllocations": "native allocations"}
TRACING = "tracing-ms"
DEEP = f"samples with stacks deeper than {MAX_DEPTH} frames, cut there"
# Units of the processor time that a thread used between two samples.
NANOSECONDS_A_UNIT = {"ns": 1.0, "µs": 1e3}
MAX_PERIOD = 1e15
# Doubles tell nanoseconds apart up to here: 104 days.
MAX_EXACT_SECONDS = (1 << 53) / 1e9
# 30 years from the start of a document.
MAX_MILLISECONDS = 1e12


class Stacks:
    """The stacks of a thread, or of all threads where they share them."""

    def __init__(self, document: Document, thread: dict[str, Any], namer: Namer) -> None:
        """Intern the frames, and find out which rows are stacks."""
        categories = Categories(document.content.get("meta"))
        frames = _frames(document, thread, categories, namer)
        table = document.table(thread, "stackTable", "frame")
        frame = table.rows("frame", len(frames.frame))
        self.forest = Prefixes(table.rows("prefix", len(table)), _picked(frames.frame, frame, namer))
        self.broken = self.forest.circles | (frame == NONE)
        category = _picked(frames.category, frame, None)
        if table.has("category"):
            own = table.rows("category", len(categories))
            category = np.where(own != NONE, own, category)
        self.idle = categories.idle(self.forest.inherit(category))

    def __len__(self) -> int:
        """Count the rows."""
        return len(self.forest)


def _picked(
    column: npt.NDArray[np.int64], rows: npt.NDArray[np.int64], namer: Namer | None
) -> npt.NDArray[np.int64]:
    """Return the values of some rows; that of NONE is NONE, or an unnamed frame."""
    missing = NONE if namer is None else namer.frame("(unknown)", "", "")
    return np.concatenate((column, [missing]))[np.where(rows == NONE, len(column), rows)]


def _frames(document: Document, thread: dict[str, Any], categories: Categories, namer: Namer) -> ThreadFrames:
    strings, libs = document.strings(thread), document.libs(thread)
    if not document.processed:
        table = document.table(thread, "frameTable", "location")
        return unprocessed(table, Libraries(libs), categories, strings, namer)
    table = document.table(thread, "frameTable", "func")
    functions = Functions(lambda title, key: document.table(thread, title, key), strings, libs)
    return processed(table, functions, categories, strings, namer)


class ThreadReader:
    """Adds the samples of threads to a builder, and their spans to `spans`."""

    def __init__(self, builder: ProfileBuilder, namer: Namer) -> None:
        """Start without threads."""
        self.spans = Spans()
        self.markers = MarkerReader()
        self._builder = builder
        self._namer = namer
        self._shared: tuple[int, Stacks] | None = None

    def read(self, document: Document, thread: dict[str, Any], label: str) -> None:
        """Read one thread; `label` is its name for the first level."""
        stacks = self._stacks(document, thread)
        pid, tid = integer(thread.get("pid")), integer(thread.get("tid"))
        row = self._builder.thread(UNKNOWN if pid is None else pid, UNKNOWN if tid is None else tid, label)
        below = self._builder.child(0, self._builder.frame(label))
        self._samples(document, thread, stacks, row, below)
        for title, event in ALLOCATIONS.items():
            table = document.table(thread, title, "stack")
            found = self._usable(table, stacks)
            if len(found.stack):
                self._add(document, found, stacks, row, below, self._builder.event(event, BYTES), None)
        strings, markers = document.strings(thread), document.table(thread, "markers", "name")
        self.markers.read(markers, strings, document.start, label)

    def _stacks(self, document: Document, thread: dict[str, Any]) -> Stacks:
        """Return the stacks of a thread; those that threads share are read once."""
        if isinstance(thread.get("stackTable"), dict) or isinstance(thread.get("frameTable"), dict):
            return Stacks(document, thread, self._namer)
        if self._shared is None or self._shared[0] != id(document.content):
            self._shared = id(document.content), Stacks(document, thread, self._namer)
        return self._shared[1]

    def _usable(self, table: Table, stacks: Stacks) -> ThreadSamples:
        return thread_samples(table, len(stacks), stacks.broken, self._builder.report)

    def _samples(
        self, document: Document, thread: dict[str, Any], stacks: Stacks, row: int, below: NodeId
    ) -> None:
        table = document.table(thread, "samples", "stack")
        found = self._usable(table, stacks)
        kind = (
            thread.get("samples", {}).get("weightType") if isinstance(thread.get("samples"), dict) else None
        )
        if kind == TRACING and found.weight is not None:
            self._add_spans(document, found, stacks, row, below)
        elif kind == BYTES and found.weight is not None:
            self._add(document, found, stacks, row, below, self._builder.event(BYTES, BYTES), None)
        elif len(found.stack):
            period = _processor_time(document, table, found)
            self._add(document, found, stacks, row, below, self._builder.event(SAMPLES), period)

    def _add(
        self,
        document: Document,
        found: ThreadSamples,
        stacks: Stacks,
        row: int,
        below: NodeId,
        event: int,
        period: npt.NDArray[np.uint64] | None,
    ) -> None:
        columns: dict[str, npt.NDArray[Any]] = {}
        if found.weight is not None:
            columns["weight"] = np.rint(found.weight).astype(np.int64)
        if period is not None:
            columns["period"] = period
        idle = np.concatenate((stacks.idle, [False]))[found.stack]
        self._builder.add_samples(
            time=_seconds(document.start + found.time),
            node=self._nodes(stacks, found, below),
            thread=np.full(len(found.stack), row),
            event=np.full(len(found.stack), event),
            idle=idle,
            **columns,
        )

    def _add_spans(
        self, document: Document, found: ThreadSamples, stacks: Stacks, row: int, below: NodeId
    ) -> None:
        """Take in samples that last: a weight is then a duration, which begins at the time of its sample."""
        assert found.weight is not None  # noqa: S101  the caller has looked
        timed = np.abs(found.time) <= MAX_MILLISECONDS
        start = (document.start + found.time[timed]) * 1e3
        nodes = self._nodes(stacks, found, below)[timed]
        self.spans.current = row
        for at, length, node in zip(
            start.tolist(), found.weight[timed].tolist(), nodes.tolist(), strict=True
        ):
            self.spans.add(at, at + length * 1e3, node)

    def _nodes(self, stacks: Stacks, found: ThreadSamples, below: NodeId) -> npt.NDArray[np.int64]:
        nodes, deep = stacks.forest.nodes(self._builder, found.stack, below)
        if deep:
            self._builder.report.repaired += deep
            self._builder.report.note(DEEP, text=str(deep))
        return nodes


def _seconds(milliseconds: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return times in seconds. Times since a machine's start are whole nanoseconds, dates cannot be."""
    found = milliseconds / 1e3
    exact = np.abs(found) <= MAX_EXACT_SECONDS
    if exact.any():
        found[exact] = np.round(found[exact], 9)
    return found


def _processor_time(document: Document, table: Table, found: ThreadSamples) -> npt.NDArray[Any] | None:
    """Return the nanoseconds that a thread ran since the sample before, None if the file has none."""
    unit = member(document.content, "meta", "sampleUnits", "threadCPUDelta")
    scale = NANOSECONDS_A_UNIT.get(name(unit))
    if scale is None or not table.has("threadCPUDelta"):
        return None
    delta = table.numbers("threadCPUDelta")[found.rows] * scale
    delta[~((delta >= 0) & (delta <= MAX_PERIOD))] = 0
    # Doubles become integers with a sign in half the time.
    return delta.astype(np.int64).view(np.uint64)
