"""The samples of a recording: the events of its chunks that have a stack, below their threads."""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from flamescope_py.model import ProfileBuilder
from flamescope_py.model.profile import UNKNOWN
from flamescope_py.readers.ids import places_of_ids
from flamescope_py.readers.jfr import kinds
from flamescope_py.readers.jfr.chunks import Chunk
from flamescope_py.readers.jfr.cursor import Cursor
from flamescope_py.readers.jfr.events import CHECKPOINT, METADATA, EventPlaces, columns, places
from flamescope_py.readers.jfr.metadata import Type, Types, read_types
from flamescope_py.readers.jfr.pools import Pools
from flamescope_py.readers.jfr.stacks import Stacks
from flamescope_py.readers.prefixes import Prefixes
from flamescope_py.readers.protobuf.varints import Bytes, Ints, padded

START, STATE = "startTime", "state"
NO_THREAD = "[no thread]"
NO_TYPES = "a chunk without a description of its types"
NO_CLOCK = "a chunk whose clock has no frequency"
NO_EVENT = "bytes of a chunk that are no event"
DAMAGED_POOL = "constants that are damaged"
DAMAGED_EVENT = "events that are damaged"
UNKNOWN_STACK = "events of a stack that is not in the file"
MAX_WEIGHT = 1 << 48
# Kinds of events without a stack that the report names; the rest are counted together.
MAX_OTHERS = 20

Batch: TypeAlias = dict[str, npt.NDArray[np.generic]]


class _Context(NamedTuple):
    """The tables of a chunk that its events refer to: the sorted `keys` of its stacks, and their `nodes`."""

    chunk: Chunk
    array: Bytes
    types: Types
    pools: Pools
    keys: Ints
    nodes: Ints


class Recording:
    """Collects the samples of all chunks, and hangs them below their threads at the end."""

    def __init__(self, builder: ProfileBuilder) -> None:
        """Add to `builder`."""
        self.events: set[str] = set()
        self._builder = builder
        self._stacks = Stacks(builder)
        self._batches: list[Batch] = []
        self._labels: dict[int, str] = {}
        self._others: Counter[str] = Counter()

    def read(self, chunk: Chunk) -> None:
        """Read one chunk."""
        report, array = self._builder.report, padded(chunk.data)
        found = places(chunk.data, array)
        if found.lost:
            report.skip(NO_EVENT, text=f"{found.lost} bytes")
        if chunk.ticks_per_second <= 0:
            report.skip(NO_CLOCK)
            return
        described = np.flatnonzero(found.type == METADATA)
        if not len(described):
            report.skip(NO_TYPES, text=f"{len(chunk.data)} bytes")
            return
        row = described[-1]
        types = read_types(Cursor(chunk.data, int(found.at[row]), int(found.end[row])))
        pools = Pools(types)
        for row in np.flatnonzero(found.type == CHECKPOINT):
            if not pools.checkpoint(chunk.data, array, int(found.at[row]), int(found.end[row])):
                report.skip(DAMAGED_POOL)
        self._events(_Context(chunk, array, types, pools, *self._stacks.nodes(pools)), found)

    def _events(self, context: _Context, found: EventPlaces) -> None:
        """Take in all events, one type after the other."""
        order = np.argsort(found.type, kind="stable")
        bounds = np.flatnonzero(np.diff(found.type[order], prepend=-1)).tolist()
        for start, end in zip(bounds, [*bounds[1:], len(order)], strict=True):
            rows = order[start:end]
            own = int(found.type[rows[0]])
            kind = context.types.by_id.get(own)
            if own in (METADATA, CHECKPOINT):
                continue
            if kind is None or not _has_stack(kind):
                self._others[kind.name if kind else "unknown"] += len(rows)
            else:
                self._take(context, kind, found.at[rows], found.end[rows])

    def _take(self, context: _Context, kind: Type, at: Ints, end: Ints) -> None:
        """Take in the events of one type, which begin and end at some places."""
        chunk, pools = context.chunk, context.pools
        fields = {field.name for field in kind.fields}
        weight = kinds.weight_of(kind.name, fields)
        thread = next((name for name in kinds.THREADS if name in fields), "")
        wanted = {START, kinds.STACK, STATE, thread} | ({weight.field} if weight else set())
        read = columns(context.types, kind, chunk.data, context.array, at, end, wanted)
        values, whole = read.values, read.whole
        node, known = _nodes_of(values[kinds.STACK], context.keys, context.nodes)
        if weight:
            whole = whole & (values[weight.field] >= 0) & (values[weight.field] <= MAX_WEIGHT)
        self._skip(DAMAGED_EVENT, ~whole)
        if not kinds.is_sample(kind.name) and not values[kinds.STACK].any():
            # jdk.ActiveSetting and others have a stack by their type alone.
            self._others[kind.name] += int(np.count_nonzero(whole))
            return
        self._skip(UNKNOWN_STACK, whole & ~known)
        kept = whole & known
        count = int(np.count_nonzero(kept))
        if not count:
            return
        self._builder.report.without_stack += int(np.count_nonzero(values[kinds.STACK][kept] == 0))
        ticks = (values[START][kept] - chunk.start_ticks) / chunk.ticks_per_second
        amount = _amounts(values, weight, kept, chunk)
        event = self._builder.event(kind.name, weight.unit if weight else "")
        self.events.add(kind.name)
        heat = amount if weight is not None and not weight.unit else np.ones(count, np.int64)
        threads = values[thread][kept] if thread else np.zeros(count, np.int64)
        self._batches.append(
            {
                "time": chunk.start_ns / 1e9 + ticks,
                "node": node[kept],
                "thread": self._threads(threads, pools),
                "event": np.full(count, event),
                "idle": _idle(values.get(STATE), kept, pools),
                "weight": amount,
                "heat": heat,
            }
        )

    def _skip(self, reason: str, rows: npt.NDArray[np.bool_]) -> None:
        count = int(np.count_nonzero(rows))
        if count:
            self._builder.report.skip(reason, text=str(count), count=count)

    def _threads(self, keys: Ints, pools: Pools) -> Ints:
        """Return the builder's thread of every key."""
        distinct, place = np.unique(keys, return_inverse=True)
        rows = []
        for key in distinct.tolist():
            known = pools.thread(key)
            label = (known.name if known else "") or NO_THREAD
            row = self._builder.thread(UNKNOWN, known.tid if known else UNKNOWN, label)
            self._labels[row] = label
            rows.append(row)
        return np.array(rows, np.int64)[place]

    def add_samples(self) -> None:
        """Hang the stacks of all samples below their threads, add the samples, and count other events."""
        builder = self._builder
        for name, count in self._others.most_common(MAX_OTHERS):
            builder.report.add_other(name[:100], count)
        rest = self._others.total() - sum(count for _, count in self._others.most_common(MAX_OTHERS))
        if rest:
            builder.report.add_other("other events", rest)
        if not self._batches:
            return
        joined = {key: np.concatenate([batch[key] for batch in self._batches]) for key in self._batches[0]}
        for key in ("weight", "heat"):
            if (joined[key] == 1).all():
                del joined[key]
        joined["node"] = self._below_threads(
            joined["thread"].astype(np.int64), joined["node"].astype(np.int64)
        )
        builder.add_samples(**joined)

    def _below_threads(self, threads: Ints, stacks: Ints) -> Ints:
        """Return the nodes of stacks below the first level, which has the threads' names."""
        parent, frame = self._stacks.trie.columns()
        forest = Prefixes(parent[1:].astype(np.int64) - 1, frame[1:].astype(np.int64))
        found = np.empty(len(threads), np.int64)
        order = np.argsort(threads, kind="stable")
        bounds = np.flatnonzero(np.diff(threads[order], prepend=-1)).tolist()
        for start, end in zip(bounds, [*bounds[1:], len(order)], strict=True):
            rows = order[start:end]
            label = self._builder.frame(self._labels[int(threads[rows[0]])])
            found[rows], _ = forest.nodes(self._builder, stacks[rows] - 1, self._builder.child(0, label))
        return found


def _has_stack(kind: Type) -> bool:
    """Return True for an event with a time and a stack."""
    stack = next((field for field in kind.fields if field.name == kinds.STACK), None)
    return stack is not None and stack.constant and any(field.name == START for field in kind.fields)


def _nodes_of(stacks: Ints, keys: Ints, nodes: Ints) -> tuple[Ints, npt.NDArray[np.bool_]]:
    """Return the node of every stack's key, and whether it is known. Key 0 is the empty stack."""
    place = places_of_ids(keys, stacks)
    known = place >= 0
    if not len(keys):
        return np.zeros(len(stacks), np.int64), stacks == 0
    return np.where(known, nodes[place], 0), known | (stacks == 0)


def _amounts(
    values: dict[str, Ints], weight: kinds.Weight | None, kept: npt.NDArray[np.bool_], chunk: Chunk
) -> Ints:
    """Return the weight of every event that is kept."""
    if weight is None:
        return np.ones(int(np.count_nonzero(kept)), np.int64)
    found = values[weight.field][kept]
    if weight.unit != kinds.NANOSECONDS:
        return found
    nanoseconds: Ints = np.rint(found * (1e9 / chunk.ticks_per_second)).astype(np.int64)
    return nanoseconds


def _idle(states: Ints | None, kept: npt.NDArray[np.bool_], pools: Pools) -> npt.NDArray[np.bool_]:
    """Return which events show a thread that does not run."""
    if states is None:
        return np.zeros(int(np.count_nonzero(kept)), np.bool_)
    found = states[kept]
    resting = [key for key in np.unique(found).tolist() if kinds.is_idle(pools.state(key))]
    return np.isin(found, resting)
