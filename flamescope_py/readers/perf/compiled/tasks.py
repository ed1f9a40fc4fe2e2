"""What event lines name: tasks, their threads, and what stands behind the time ("triggers")."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from flamescope_py.model import ProfileBuilder
from flamescope_py.model.column import Column
from flamescope_py.readers.perf.compiled.arrays import NO_NUMBERS, Ints, look_up
from flamescope_py.readers.perf.events import EventLines
from flamescope_py.readers.perf.frames import ODD
from flamescope_py.readers.perf.idle import is_idle_command
from flamescope_py.readers.perf.stacks import JAVA


class Tasks:
    """Tasks and threads by the kernel's numbers."""

    def __init__(self, builder: ProfileBuilder, events: EventLines) -> None:
        """`events` reads the texts of tasks."""
        self._builder = builder
        self._events = events
        # By task: frame of the command, whether it is Java's, and whether it is the idle task.
        self.command, self.java = Column(np.int32), Column(np.uint8)
        self.swapper = Column(np.bool_)
        # By task: the number of its command in the table of threads.
        self._name = Column(np.int64)
        # By task, where the kernel did not split them off: thread and CPU.
        self._pid, self._tid, self._cpu = Column(np.int64), Column(np.int64), Column(np.int64)
        # By thread: its task, and its row in the table of threads.
        self._task, self._thread = Column(np.int32), Column(np.int64)

    def __len__(self) -> int:
        return len(self.command)

    def read(self, texts: Sequence[bytes]) -> None:
        """Append new tasks."""
        tasks = [self._events.read_task(text) for text in texts]
        names = [task.command if task else "" for task in tasks]
        self.command.extend([self._builder.frame(task.command) if task else ODD for task in tasks])
        self._name.extend([self._builder.threads.command(name) for name in names])
        for column, place in ((self._pid, 1), (self._tid, 2), (self._cpu, 3)):
            column.extend([task[place] if task else 0 for task in tasks])
        self.java.extend([name == JAVA for name in names])
        self.swapper.extend([is_idle_command(name) for name in names])

    def adopt_threads(self, new: npt.NDArray[Any]) -> None:
        """Append new threads to the builder's; the kernel has split the numbers off most of their tasks."""
        task = new["task"]
        whole = new["tid"] == NO_NUMBERS
        pid, tid = (
            np.where(whole, look_up(column, task), numbers)
            for column, numbers in ((self._pid, new["pid"]), (self._tid, new["tid"]))
        )
        self._task.extend(task)
        self._thread.extend(self._builder.threads.append(pid, tid, look_up(self._name, task)))

    def of_threads(self, thread: Ints) -> Ints:
        """Return the task of each thread."""
        return look_up(self._task, thread)

    def rows(self, thread: Ints) -> Ints:
        """Return the row of each thread in the builder's table."""
        return look_up(self._thread, thread)

    def cpus(self, cpu: Ints, task: Ints) -> Ints:
        """Return the CPU of each block, whose own is negative where the text of its task has it."""
        return np.where(cpu < 0, look_up(self._cpu, task), cpu)

    def clear(self) -> None:
        """Forget all, as the kernel does."""
        for column in (self.command, self.java, self.swapper, self._name, self._pid, self._tid, self._cpu):
            column.clear()
        self._task.clear()
        self._thread.clear()


class Triggers:
    """Texts behind the time, by the kernel's numbers."""

    def __init__(self, events: EventLines) -> None:
        """`events` reads them."""
        self._events = events
        # Event, its period if the kernel finds none, its partner, and whether it is an event.
        self._event, self._period = Column(np.int64), Column(np.int64)
        self._partner, self.good = Column(np.int64), Column(np.uint8)

    def __len__(self) -> int:
        return len(self._event)

    def read(self, texts: Sequence[bytes]) -> None:
        """Append new ones."""
        rows = np.array([self._events.trigger_row(text + b"\n") for text in texts], np.int64)
        self._event.extend(rows[:, 0])
        self._period.extend(rows[:, 1])
        self._partner.extend(rows[:, 3])
        # Where a frame may follow the event, it counts if the stack has no frames.
        self.good.extend(np.where(rows[:, 0] < 0, 0, 1 + rows[:, 2]))

    def events(self, trigger: Ints) -> Ints:
        """Return the event of each."""
        return look_up(self._event, trigger)

    def periods(self, period: Ints, trigger: Ints) -> Ints:
        """Return the period of each block, whose own is negative where the kernel found none."""
        return np.where(period < 0, look_up(self._period, trigger), period)

    def partners(self, trigger: Ints) -> Ints:
        """Return the partner of each, as `switches.partner_of`."""
        return look_up(self._partner, trigger)

    def clear(self) -> None:
        """Forget all, as the kernel does."""
        for column in (self._event, self._period, self._partner, self.good):
            column.clear()
