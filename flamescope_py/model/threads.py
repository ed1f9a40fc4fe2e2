"""The threads of a profile while it is read, as columns: a host may have many, and each is seen once."""

from __future__ import annotations

from array import array
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt

from flamescope_py.model.profile import Labels, Thread

Ints = npt.NDArray[np.integer[Any]]


class ThreadTable:
    """Threads and their rows, in the order in which they came.

    A thread has at most one row from `intern`, and those of `append` and `merge`. `ordered` joins them.
    """

    def __init__(self) -> None:
        """Start empty."""
        self._commands: dict[str, int] = {}
        self._labels: dict[Labels, int] = {(): 0}
        self._known: dict[tuple[int, int, str, Labels], int] = {}
        self._pid, self._tid = array("q"), array("q")
        self._command, self._label = array("I"), array("I")

    def __len__(self) -> int:
        """Count the rows."""
        return len(self._pid)

    def intern(self, pid: int, tid: int, command: str, labels: Labels = ()) -> int:
        """Return the row of one thread; `labels` are sorted."""
        thread = (pid, tid, command, labels)
        row = self._known.get(thread)
        if row is None:
            row = self._known[thread] = len(self)
            self._pid.append(pid)
            self._tid.append(tid)
            self._command.append(self.command(command))
            self._label.append(self._labels.setdefault(labels, len(self._labels)))
        return row

    def tids(self) -> npt.NDArray[np.int64]:
        """Return the thread id of every row, -1 for an unknown one, and one more for no thread at all."""
        return np.append(np.array(self._tid, np.int64), -1)

    def name(self, row: int) -> str:
        """Return a thread's command and id: "node 71"."""
        number = self._command[row]
        return (
            f"{next(name for name, one in self._commands.items() if one == number)} {self._tid[row]}".strip()
        )

    def command(self, name: str) -> int:
        """Intern a command and return its number, for `append`."""
        return self._commands.setdefault(name, len(self._commands))

    def append(self, pids: Ints, tids: Ints, commands: Ints) -> npt.NDArray[np.int64]:
        """Append many threads, and return their rows; `commands` are numbers from `command`."""
        first = len(self)
        self._pid.frombytes(pids.astype(np.int64).tobytes())
        self._tid.frombytes(tids.astype(np.int64).tobytes())
        self._command.frombytes(commands.astype(np.uint32).tobytes())
        self._label.frombytes(bytes(self._label.itemsize * len(pids)))
        return np.arange(first, len(self))

    def merge(self, later: ThreadTable) -> npt.NDArray[np.int64]:
        """Append another table, and return the new row of each of its rows."""
        commands = np.array([self.command(name) for name in later._commands], np.uint32)
        rows = self.append(np.array(later._pid), np.array(later._tid), commands[np.array(later._command)])
        labels = [self._labels.setdefault(one, len(self._labels)) for one in later._labels]
        if len(labels) > 1:
            self._label[int(len(self) - len(rows)) :] = array("I", [labels[one] for one in later._label])
        return rows

    def ordered(self, used: Ints) -> tuple[tuple[Thread, ...], npt.NDArray[np.int64], tuple[Labels, ...]]:
        """Return the distinct threads of the used rows, sorted, and the place of every row among them.

        The labels of each thread follow, empty where no thread has any.
        """
        names, sets = sorted(self._commands), sorted(self._labels)
        wanted = np.zeros(max(len(self), int(used.max(initial=0)) + 1), np.bool_)
        wanted[used] = True
        rows = np.flatnonzero(wanted[: len(self)])
        pid, tid = np.array(self._pid, np.int64)[rows], np.array(self._tid, np.int64)[rows]
        command = _ranks(self._commands, names)[np.array(self._command, np.int64)[rows]]
        label = _ranks(self._labels, sets)[np.array(self._label, np.int64)[rows]]
        order = _order([pid, tid, command, label])
        columns = [column[order] for column in (pid, tid, command, label)]
        new = np.ones(len(rows), np.bool_)
        new[1:] = np.logical_or.reduce([column[1:] != column[:-1] for column in columns])
        place = np.zeros(len(wanted), np.int64)
        place[rows[order]] = np.cumsum(new) - 1
        pids, tids, commands, labels = (column[new].tolist() for column in columns)
        found = zip(pids, tids, map(names.__getitem__, commands), strict=True)
        # A tenth of the cost of `Thread._make`.
        threads = tuple(map(partial(tuple.__new__, Thread), found))
        return threads, place, tuple(sets[one] for one in labels) if any(labels) else ()


def _order(columns: Sequence[npt.NDArray[np.int64]]) -> npt.NDArray[np.intp]:
    """Return the order of rows by the first column, then the second and so on; equal rows are in any order.

    Where a row fits into 63 bits, one sort does it: numbers of threads take some 22.
    """
    if not len(columns[0]):
        return np.zeros(0, np.intp)
    bits = [(int(column.max()) - int(column.min())).bit_length() for column in columns]
    if sum(bits) > 63:
        return np.lexsort(columns[::-1])
    key = np.zeros(len(columns[0]), np.int64)
    for column, width in zip(columns, bits, strict=True):
        key = key << width | (column - column.min())
    return np.argsort(key)


def _ranks(numbers: Mapping[Any, int], ordered: Sequence[Any]) -> npt.NDArray[np.int64]:
    """Return the place in order of each number."""
    rank = np.zeros(len(ordered) + 1, np.int64)
    rank[[numbers[one] for one in ordered]] = np.arange(len(ordered))
    return rank
