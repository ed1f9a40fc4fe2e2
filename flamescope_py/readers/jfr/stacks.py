"""The stacks of a recording in one forest, whatever chunk and thread they are of."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from flamescope_py._kernel import load
from flamescope_py._kernel.arrays import number_keys
from flamescope_py.model import ProfileBuilder, StackTrie
from flamescope_py.model.frame import C1, INLINED, INTERPRETED, JIT, KERNEL, USER
from flamescope_py.model.path_table import PathTable
from flamescope_py.readers.jfr.pools import Pools
from flamescope_py.readers.jfr.traces import MAX_KINDS
from flamescope_py.readers.limits import MAX_DEPTH
from flamescope_py.readers.protobuf.varints import Ints

# OpenJDK's and async-profiler's names for the way in which a frame ran.
KINDS = {
    "Interpreted": INTERPRETED,
    "JIT compiled": JIT,
    "Inlined": INLINED,
    "C1 compiled": C1,
    "Native": USER,
    "C++": USER,
    "Kernel": KERNEL,
}
UNKNOWN = "(unknown method)"
# An odd number: multiplying by it maps no two numbers to one.
SPREAD = np.uint64(0x9E3779B97F4A7C15)
# Frames that are hung into the forest together.
BATCH = 1 << 18
PIECE = 1 << 15
DEEP = f"stacks deeper than {MAX_DEPTH} frames, cut there"


class Stacks:
    """Stacks without their threads: nodes of a trie whose frames are those of the builder."""

    def __init__(self, builder: ProfileBuilder) -> None:
        """Intern frames in `builder`."""
        self.trie = StackTrie()
        self._builder = builder

    def nodes(self, pools: Pools) -> tuple[Ints, Ints]:
        """Return the keys of a chunk's stacks, sorted, and the node of each."""
        keys, lengths, pairs = pools.traces.columns()
        if not len(keys):
            return keys, keys
        frames = self._frames(pools, pairs)
        deep = int(np.count_nonzero(lengths > MAX_DEPTH))
        if deep:
            self._builder.report.repaired += deep
            self._builder.report.note(DEEP, text=str(deep))
        found = np.empty(len(keys), np.int64)
        ends = np.cumsum(lengths)
        row = 0
        while row < len(keys):
            behind = max(row + 1, int(np.searchsorted(ends, ends[row] + BATCH)))
            start = int(ends[row] - lengths[row])
            part = frames[start : int(ends[behind - 1])]
            found[row:behind] = self._hang(part, lengths[row:behind])
            row = behind
        order = np.argsort(keys, kind="stable")
        return keys[order], found[order]

    def _hang(self, frames: Ints, lengths: Ints) -> Ints:
        """Hang stacks, the innermost frame first, into the trie."""
        if lengths.max() <= MAX_DEPTH:
            # All stacks are hung up in the opposite order.
            return self.trie.stacks(frames[::-1], lengths[::-1])[::-1]
        kept = np.minimum(lengths, MAX_DEPTH)
        ends = np.cumsum(lengths)
        before = np.cumsum(kept) - kept
        # From the outermost frame of each stack backwards.
        places = np.repeat(ends - 1 + before, kept) - np.arange(kept.sum())
        return self.trie.stacks(frames[places], kept)

    def _frames(self, pools: Pools, pairs: Ints) -> Ints:
        """Return the builder's frame of every pair of method and kind. Equal ones are looked up once."""
        if not len(pairs):
            return pairs
        numbers, first = _numbered(pairs.astype(np.uint64))
        methods, kinds = np.divmod(pairs[first], MAX_KINDS)
        known = {key: KINDS.get(pools.frame_kind(key), "") for key in set(kinds.tolist())}
        ids = [
            self._builder.frame(name_of(pools, method), "", known[kind])
            for method, kind in zip(methods.tolist(), kinds.tolist(), strict=True)
        ]
        return np.array(ids, np.int64)[numbers]


def _numbered(keys: npt.NDArray[np.uint64]) -> tuple[Ints, Ints]:
    """Number distinct keys from 0. Return the number of every key, and the place where each first stands."""
    functions = load()
    if functions:
        return number_keys(functions, keys)
    table, found, first, count = PathTable(), np.empty(len(keys), np.int64), [], 1
    # The numbers are spread over all bits, one to one, as the table wants them. None is 0.
    keys = (keys + np.uint64(1)) * SPREAD
    # In pieces, so that the table stays small enough for the processor's caches.
    for start in range(0, len(keys), PIECE):
        found[start : start + PIECE], new = table.intern(keys[start : start + PIECE], count)
        first.append(new + start)
        count += len(new)
    return found - 1, np.concatenate(first)


def name_of(pools: Pools, method: int) -> str:
    """Return a method's name as async-profiler writes it: `java/util/TreeMap.put`, `memset`."""
    known = pools.methods.get(method)
    if known is None:
        return UNKNOWN
    of, key = known
    owner = pools.symbol(pools.classes.get(of)) if isinstance(of, int) else ""
    name = pools.symbol(key)
    return f"{owner}.{name}" if owner and name else name or owner or UNKNOWN
