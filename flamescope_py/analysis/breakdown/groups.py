"""The values of one property of samples, such as their commands, and the value of each sample.

A sample has a number (its thread, CPU, event or node of the tree), and a table maps numbers to values. So
counting is one pass over the samples, and the table is applied to the counts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from flamescope_py.analysis.breakdown.roles import thread_roles
from flamescope_py.analysis.vocabulary import COMM, CPU, EVENT, LABEL, PROCESS, THREAD
from flamescope_py.model import Profile, Thread
from flamescope_py.model.profile import UNKNOWN

Value: TypeAlias = str | int
Column: TypeAlias = npt.NDArray[np.integer[Any]]
Table: TypeAlias = npt.NDArray[np.intp]
Counts: TypeAlias = npt.NDArray[np.int64]

# Numbers below this have a table of their own size, others are sorted.
MAX_TABLE = 1 << 16
_UNKNOWN, _NO_COMMAND, _NO_EVENT = "(unknown)", "(no command)", "(no event)"


@dataclass(frozen=True, slots=True, eq=False)
class Groups:
    """The values of a property, and where each sample belongs.

    `values` and `labels` have one row per value. `column` has a number for every sample of the profile, and
    `table` the row of each number. `frequent` are the rows of the values that have samples, the most frequent
    first. `missing` is a sentence where the profile does not have the property.
    """

    by: str
    values: tuple[Value, ...]
    labels: tuple[str, ...]
    column: Column
    table: Table
    missing: str = ""
    frequent: Table = field(init=False)

    def __post_init__(self) -> None:
        """Count the values in the whole profile."""
        size = self.totals(np.bincount(self.column, minlength=len(self.table)))
        order = np.argsort(-size, kind="stable")
        object.__setattr__(self, "frequent", order[size[order] > 0])

    @property
    def nbytes(self) -> int:
        """Bytes of the arrays, names estimated."""
        own = self.column.nbytes if self.column.base is None else 0
        return own + self.table.nbytes + 150 * len(self.values)

    def own(self, raw: Counts) -> Counts:
        """Add up the samples of each number by value."""
        return np.bincount(self.table, raw, len(self.values)).astype(np.int64)

    def totals(self, raw: Counts) -> Counts:
        """Add up the samples of each number by value, for every value that they have."""
        return self.own(raw)


def sample_groups(profile: Profile, by: str) -> Groups:
    """Group the samples of a profile by COMM, PROCESS, THREAD, CPU, EVENT, or LABEL and a name."""
    if by.startswith(LABEL):
        return _labels(profile, by)
    return _OF_SAMPLES[by](profile)


def distinct(by: str, values: Iterable[Value]) -> tuple[tuple[Value, ...], Table]:
    """Number the distinct values in order. Return them, and the number of every value."""
    place: dict[Value, int] = {}
    table = np.array([place.setdefault(value, len(place)) for value in values] or [0], np.intp)
    return tuple(place) or (UNKNOWN if by in (PROCESS, THREAD, CPU) else "",), table


def _threads(profile: Profile) -> tuple[tuple[Thread, ...], Column]:
    """Return the threads of a profile; one unknown thread if the format has none."""
    return profile.threads or (Thread(UNKNOWN, UNKNOWN, ""),), profile.samples.thread


def _commands(profile: Profile) -> Groups:
    threads, column = _threads(profile)
    values, table = distinct(COMM, [thread.command for thread in threads])
    labels = tuple(str(value) or _NO_COMMAND for value in values)
    missing = "" if any(values) else "The profile names no commands."
    return Groups(COMM, values, labels, column, table, missing)


def _processes(profile: Profile) -> Groups:
    return _numbered(profile, PROCESS, lambda thread: thread.pid, "The profile has no process ids.")


def _tasks(profile: Profile) -> Groups:
    found = _numbered(profile, THREAD, lambda thread: thread.tid, "The profile has no thread ids.")
    pairs = zip(profile.threads, thread_roles(profile), strict=True)
    roles: dict[Value, str] = {thread.tid: role for thread, role in pairs}
    labels = [
        f"{label} ({roles[value]})" if roles.get(value) else label
        for value, label in zip(found.values, found.labels, strict=True)
    ]
    return replace(found, labels=tuple(labels))


def _numbered(profile: Profile, by: str, number_of: Callable[[Thread], int], missing: str) -> Groups:
    threads, column = _threads(profile)
    values, table = distinct(by, map(number_of, threads))
    names = _names(threads, table, np.bincount(column, minlength=len(threads)))
    labels = [
        f"{names[row]} {value}".strip() if value != UNKNOWN else _UNKNOWN for row, value in enumerate(values)
    ]
    return Groups(by, values, tuple(labels), column, table, missing if set(values) == {UNKNOWN} else "")


def _names(threads: tuple[Thread, ...], table: Table, samples: npt.NDArray[np.intp]) -> dict[int, str]:
    """Return the command of each value: that of the main thread, else that of the most samples."""
    best: dict[int, tuple[bool, int]] = {}
    names: dict[int, str] = {}
    rows = zip(threads, table.tolist(), samples.tolist(), strict=False)
    for thread, row, count in rows:
        rank = (thread.tid == thread.pid != UNKNOWN, count)
        if row not in best or rank > best[row]:
            best[row], names[row] = rank, thread.command
    return names


def _labels(profile: Profile, by: str) -> Groups:
    name = by.removeprefix(LABEL)
    column = _threads(profile)[1]
    values, table = distinct(by, profile.label(name))
    labels = tuple(str(value) or f"(no {name})" for value in values)
    missing = "" if any(values) else f"The samples have no label {name[:100]}."
    return Groups(by, values, labels, column, table, missing)


def _cpus(profile: Profile) -> Groups:
    cpu = profile.samples.cpu
    column: Column
    if len(cpu) and int(cpu.min()) >= 0 and int(cpu.max()) < MAX_TABLE:
        used = np.flatnonzero(np.bincount(cpu))
        table = np.zeros(int(used[-1]) + 1, np.intp)
        table[used] = np.arange(len(used))
        column, numbers = cpu, used.tolist()
    else:
        # A damaged line may name any processor, and lines without one have -1.
        found, column = np.unique(cpu, return_inverse=True)
        numbers, column = found.tolist() or [UNKNOWN], column.astype(np.uint32)
        table = np.arange(len(numbers))
    labels = tuple(_UNKNOWN if number == UNKNOWN else f"CPU {number}" for number in numbers)
    missing = "The samples have no CPUs." if numbers == [UNKNOWN] else ""
    return Groups(CPU, tuple(numbers), labels, column, table, missing)


def _events(profile: Profile) -> Groups:
    values, table = distinct(EVENT, profile.meta.events)
    labels = tuple(str(value) or _NO_EVENT for value in values)
    missing = "" if any(values) else "The samples have no events."
    return Groups(EVENT, values, labels, profile.samples.event, table, missing)


_OF_SAMPLES = {COMM: _commands, PROCESS: _processes, THREAD: _tasks, CPU: _cpus, EVENT: _events}
