"""Numbers paths of a tree by array operations: a hash table with open addressing.

A path's hash is a sum over its frames: a random number of the frame times a random number of the depth. The
hashes of all prefixes of many stacks are then differences of one running sum. In the table, all keys of a
batch move to their next slots together (linear probing), so that a batch of any length takes a few array
operations. Equal hashes only propose equal paths: the caller must check.
"""

from __future__ import annotations

import os

import numpy as np
import numpy.typing as npt

Hashes = npt.NDArray[np.uint64]
Numbers = npt.NDArray[np.int64]

_FIRST_BITS = 4
_FREE = np.uint64(0)


def random_numbers(count: int) -> Hashes:
    """Return numbers that no file can foresee, made by the system: numpy.random is slow to import."""
    return np.frombuffer(os.urandom(8 * count), np.uint64).copy()


class PathTable:
    """Hashes of paths and their numbers."""

    def __init__(self) -> None:
        """Start empty, with random numbers of its own."""
        self._of_frame = np.zeros(0, np.uint64)
        self._of_depth = np.zeros(0, np.uint64)
        self._bits = _FIRST_BITS
        self._keys = np.zeros(1 << self._bits, np.uint64)
        self._numbers = np.zeros(1 << self._bits, np.uint32)
        self._used = 0

    def hashes(self, frames: Numbers, starts: Numbers, lengths: Numbers) -> Hashes:
        """Hash the path from its stack's first frame to every frame; no stack is empty."""
        depths = np.arange(len(frames)) - np.repeat(starts, lengths)
        self._extend(int(frames.max()) + 1, int(lengths.max()))
        terms = self._of_frame[frames] * self._of_depth[depths]
        sums = np.cumsum(terms)
        sums -= np.repeat(sums[starts] - terms[starts], lengths)
        # No path has the key of a free slot.
        sums[sums == _FREE] = 1
        return sums

    def intern(self, hashes: Hashes, first: int) -> tuple[Numbers, npt.NDArray[np.intp]]:
        """Return the number of every path, and the places of the new ones; these get `first`, `first` + 1, …

        `first` is at least 1. Of equal hashes, the first place counts as the new one.
        """
        self._make_room(len(hashes))
        slots = self._slots(hashes)
        found = self._numbers[slots].astype(np.int64)
        unknown = np.flatnonzero(found == 0)
        # Where several places share a slot, the last write stays: that of the first place.
        self._numbers[slots[unknown[::-1]]] = unknown[::-1]
        new = unknown[self._numbers[slots[unknown]] == unknown]
        self._numbers[slots[new]] = np.arange(first, first + len(new))
        found[unknown] = self._numbers[slots[unknown]]
        self._used += len(new)
        return found, new

    def _slots(self, hashes: Hashes) -> Numbers:
        """Return the slot of every key; new keys take free slots."""
        slots = (hashes >> np.uint64(64 - self._bits)).astype(np.int64)
        waiting = np.arange(len(hashes))
        while len(waiting):
            slot, key = slots[waiting], hashes[waiting]
            free = self._keys[slot] == _FREE
            # Of several new keys for one free slot, one gets it.
            self._keys[slot[free]] = key[free]
            waiting = waiting[self._keys[slot] != key]
            slots[waiting] = (slots[waiting] + 1) & ((1 << self._bits) - 1)
        return slots

    def _make_room(self, count: int) -> None:
        """Grow until at most half of the slots would be taken if `count` paths were new."""
        if 2 * (self._used + count) <= 1 << self._bits:
            return
        self._bits = (2 * (self._used + count) - 1).bit_length()
        taken = np.flatnonzero(self._keys)
        keys, numbers = self._keys[taken], self._numbers[taken]
        self._keys = np.zeros(1 << self._bits, np.uint64)
        self._numbers = np.zeros(1 << self._bits, np.uint32)
        self._numbers[self._slots(keys)] = numbers

    def _extend(self, frames: int, depths: int) -> None:
        """Draw the random numbers of new frames and depths."""
        if frames > len(self._of_frame):
            more = random_numbers(frames - len(self._of_frame))
            self._of_frame = np.concatenate((self._of_frame, more))
        if depths > len(self._of_depth):
            more = random_numbers(depths - len(self._of_depth))
            # An odd factor loses no bits of a product.
            self._of_depth = np.concatenate((self._of_depth, more | np.uint64(1)))
