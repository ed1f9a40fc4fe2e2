"""The rows of a stack chart: one block per thread, busiest first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from flamescope_py.model import Profile, Thread
from flamescope_py.model.profile import UNKNOWN

# The kernel's idle task: one thread id for all processors.
_IDLE_TASK = 0


class Block(NamedTuple):
    """A thread of a stack chart.

    `cpu` is UNKNOWN unless the thread is the idle task, which each CPU has one of. `samples` counts those of
    the range, and `spans` its rows among the spans.
    """

    pid: int
    tid: int
    command: str
    role: str
    cpu: int
    samples: int
    spans: int = 0


class Blocks(NamedTuple):
    """The blocks, the samples of the range block by block in time order, and the block of each of these."""

    blocks: tuple[Block, ...]
    order: npt.NDArray[np.intp]
    block: npt.NDArray[np.intp]


def thread_blocks(
    profile: Profile, rows: npt.NDArray[np.intp], roles: Sequence[str], *, by_weight: bool
) -> Blocks:
    """Divide the samples at `rows` of a profile by thread. A thread that renames itself is one block.

    `roles` are those of the profile's threads. The busiest has the most samples, or `by_weight` their largest
    sum.
    """
    threads = profile.threads or (Thread(UNKNOWN, UNKNOWN, ""),)
    thread = profile.samples.thread[rows].astype(np.int64)
    cpu = np.where(_idle_tasks(threads)[thread], profile.samples.cpu[rows].astype(np.int64), UNKNOWN)
    keys, found = np.unique(np.stack((_owners(threads)[thread], cpu)), axis=1, return_inverse=True)
    number = found.reshape(-1)
    counts = np.bincount(number, minlength=keys.shape[1])
    weight = profile.samples.weight
    busy = np.bincount(number, weight[rows]) if by_weight and weight is not None else counts
    busiest = np.argsort(-busy, kind="stable")
    place = np.empty_like(busiest)
    place[busiest] = np.arange(len(busiest))
    block = place[number]
    order = np.argsort(block, kind="stable")
    block = block[order]
    names = _most_frequent(thread[order], block, len(busiest))
    blocks = tuple(
        Block(*threads[name], (roles or [""])[name], int(keys[1, old]), int(counts[old]))
        for name, old in zip(names, busiest.tolist(), strict=True)
    )
    return Blocks(blocks, order, block)


def _owners(threads: Sequence[Thread]) -> npt.NDArray[np.int64]:
    """Number the threads by their ids; those without ids by command."""
    known: dict[tuple[int, int, str], int] = {}
    keys = ((one.pid, one.tid, one.command if one.tid == UNKNOWN else "") for one in threads)
    return np.array([known.setdefault(key, len(known)) for key in keys], np.int64)


def _idle_tasks(threads: Sequence[Thread]) -> npt.NDArray[np.bool_]:
    return np.array([one.tid == _IDLE_TASK for one in threads], np.bool_)


def _most_frequent(thread: npt.NDArray[np.int64], block: npt.NDArray[np.intp], count: int) -> list[int]:
    """Return the row of each block's most frequent thread, which names it."""
    pairs, counts = np.unique(np.stack((block, thread)), axis=1, return_counts=True)
    best = np.full(count, 0)
    # The last write of a block is that of its most samples.
    rising = np.argsort(counts, kind="stable")
    best[pairs[0, rising]] = pairs[1, rising]
    return [int(row) for row in best]
