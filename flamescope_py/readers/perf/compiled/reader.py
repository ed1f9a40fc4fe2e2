"""Reads `perf script` text with the compiled kernel.

The kernel splits the text and interns its parts. Every new part is read here, by the same patterns as in
Python, so the meaning of a line is defined once. Blocks that are not plain come back as odd, for the line
reader.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from flamescope_py._kernel import Kernel, Meaning, View
from flamescope_py.model import ProfileBuilder
from flamescope_py.model.column import Column
from flamescope_py.readers.limits import MAX_DEPTH
from flamescope_py.readers.perf.compiled.arrays import BLOCK, THREAD, Ints, Taken, array, look_up, texts
from flamescope_py.readers.perf.compiled.symbols import Symbols
from flamescope_py.readers.perf.compiled.tasks import Tasks, Triggers
from flamescope_py.readers.perf.events import EventLines
from flamescope_py.readers.perf.frames import FrameLines
from flamescope_py.readers.perf.idle import is_idle_stack

# Limits of the kernel's tables, which are caches and are emptied when full.
MAX_TABLE_BYTES = 96 << 20
# Blocks that gather in the kernel: making columns of them costs some calls.
MAX_WAITING = 1 << 15
# The builder bounds the nodes when it gets them.
MAX_WAITING_NODES = 1 << 18


class CompiledReader:
    """Reads text into the tables of a builder; equal to reading it in Python."""

    def __init__(
        self, kernel: Kernel, builder: ProfileBuilder, events: EventLines, frames: FrameLines
    ) -> None:
        """Share the tables of `events` and `frames`, which read new parts."""
        self._kernel = kernel
        self._builder = builder
        self._tasks = Tasks(builder, events)
        self._triggers = Triggers(events)
        self._symbols = Symbols(builder, frames)
        # By node of the kernel: the builder's.
        self._nodes = Column(np.int64)
        self._nodes.extend([0])
        self._idle: dict[int, bool] = {}
        self._view: View | None = None

    def read(self, text: memoryview) -> int:
        """Read text that ends in a blank line, and return the number of its lines. Raises MemoryError.

        The blocks wait to be taken. That is due before the next text where one is odd, and where they are
        many.
        """
        view = self._kernel.scan(int(np.frombuffer(text, np.uint8).ctypes.data), len(text))
        if view.new_tasks:
            self._tasks.read(texts(text, view.task_text, view.new_tasks))
            if self._tasks.java.values.any():
                self._symbols.add_java()
        if view.new_triggers:
            self._triggers.read(texts(text, view.trigger_text, view.new_triggers))
        self._symbols.read(view, text)
        if view.slows:
            self._read_times(view, text)
        self._view = self._kernel.nodes(self._meaning())
        return int(view.lines)

    @property
    def due(self) -> bool:
        """Whether the blocks have to be taken before the next text is read."""
        view = self._view
        if view is None:
            return False
        many = view.blocks >= MAX_WAITING or view.new_nodes >= MAX_WAITING_NODES
        return bool(view.odd or many or view.bytes > MAX_TABLE_BYTES)

    def take(self) -> Taken | None:
        """Take the blocks that wait; None where there are none."""
        view, self._view = self._view, None
        if view is None:
            return None
        self._tasks.adopt_threads(array(view.thread, THREAD, view.new_threads))
        self._adopt_nodes(view)
        taken = self._taken(view)
        self._kernel.drop()
        if view.bytes > MAX_TABLE_BYTES:
            self._forget()
        return taken

    def _meaning(self) -> Meaning:
        tasks, symbols = self._tasks, self._symbols
        return Meaning(
            command=tasks.command.address,
            java=tasks.java.address,
            good=self._triggers.good.address,
            code=symbols.code.address,
            java_code=symbols.java_code.address,
            several_at=symbols.several_at.address,
            several=symbols.several.address,
            kind=symbols.kind.address if len(symbols.kinds) > 1 else None,
            tasks=len(tasks),
            triggers=len(self._triggers),
            symbols=len(symbols.code),
            severals=len(symbols.several_at) - 1,
            max_depth=MAX_DEPTH,
        )

    def _adopt_nodes(self, view: View) -> None:
        """Append the kernel's new nodes to the builder's tree."""
        count = view.new_nodes
        first = self._builder.next_node
        self._nodes.extend(np.arange(first, first + count))
        parent = self._nodes.values[array(view.parent, np.uint32, count)]
        self._builder.append_nodes(parent, array(view.frame, np.uint32, count))

    def _read_times(self, view: View, text: memoryview) -> None:
        """Write the times that have more digits than the kernel can read exactly."""
        times = array(view.block, BLOCK, view.blocks)["time"]
        for block, start, size in array(view.slow, np.int32, 3 * view.slows).reshape(-1, 3).tolist():
            times[block] = float(bytes(text[start : start + size]))

    def _taken(self, view: View) -> Taken:
        blocks = array(view.block, BLOCK, view.blocks)
        odd = blocks["node"] < 0
        # Odd blocks have any value.
        thread, trigger = np.where(odd, 0, blocks["thread"]), np.where(odd, 0, blocks["trigger"])
        task = self._tasks.of_threads(thread)
        others = array(view.others, np.int32, 2 * view.other_lines).reshape(-1, 2).copy()
        nodes = self._nodes.values[np.where(odd, 0, blocks["node"])]
        return Taken(
            head=blocks["head"].copy(),
            end=blocks["end"].copy(),
            line=blocks["line"].copy(),
            time=blocks["time"].copy(),
            node=nodes,
            idle=self._idle_column(task, nodes, odd),
            thread=self._tasks.rows(thread),
            cpu=self._tasks.cpus(blocks["cpu"], task),
            event=self._triggers.events(trigger),
            period=self._triggers.periods(blocks["period"], trigger),
            partner=self._triggers.partners(trigger),
            depth=blocks["depth"].copy(),
            odd=odd,
            other_block=others[:, 0],
            other_kinds=[self._symbols.kinds[kind] for kind in others[:, 1].tolist()],
        )

    def _idle_column(self, task: Ints, nodes: Ints, odd: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
        """Return which samples are idle: that depends on the node alone, so each is decided once."""
        idle = np.zeros(len(nodes), np.bool_)
        if not self._tasks.swapper.values.any():
            return idle
        swapper = ~odd & look_up(self._tasks.swapper, task).astype(np.bool_)
        found, row = np.unique(nodes[swapper], return_inverse=True)
        known = [self._is_idle(node) for node in found.tolist()]
        idle[swapper] = np.array(known, np.bool_)[row] if known else False
        return idle

    def _is_idle(self, node: int) -> bool:
        known = self._idle.get(node)
        if known is None:
            frames = [self._builder.frame_at(frame) for frame in self._builder.path(node)]
            known = self._idle[node] = is_idle_stack(frames[:-1])
        return known

    def _forget(self) -> None:
        self._kernel.forget()
        self._tasks.clear()
        self._triggers.clear()
        self._symbols.clear()
