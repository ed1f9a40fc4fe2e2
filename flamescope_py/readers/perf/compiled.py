"""Reads `perf script` text with the compiled kernel.

The kernel splits the text and interns its parts. Every new part is read here, by the same patterns as in
Python, so the meaning of a line is defined once. Blocks that are not plain come back as odd, for the line
reader.
"""

from __future__ import annotations

import ctypes
from collections import Counter
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from flamescope_py._kernel import Kernel, Meaning, View
from flamescope_py.model import ProfileBuilder
from flamescope_py.model.column import Column
from flamescope_py.model.frame import JIT
from flamescope_py.readers.limits import MAX_DEPTH
from flamescope_py.readers.perf.events import EventLines
from flamescope_py.readers.perf.frames import ODD, SEVERAL, FrameLines, Line
from flamescope_py.readers.perf.idle import is_idle_command, is_idle_stack
from flamescope_py.readers.perf.names import UNNAMED, decode, read_library
from flamescope_py.readers.perf.stacks import CLASS, JAVA, java_frame

# Limits of the kernel's tables, which are caches and are emptied when full.
MAX_TABLE_BYTES = 96 << 20
# Blocks that gather in the kernel: making columns of them costs some calls.
MAX_WAITING = 1 << 15
# The builder bounds the nodes when it gets them.
MAX_WAITING_NODES = 1 << 18

# `fs_block` of the kernel.
_BLOCK = np.dtype(
    [
        ("time", np.float64),
        ("period", np.int64),
        *((name, np.int32) for name in ("head", "end", "line", "thread", "cpu", "trigger", "node", "depth")),
    ]
)
# `fs_thread`, and the `tid` of a thread whose task has all that is known of it.
_THREAD = np.dtype([("task", np.int32), ("pid", np.int32), ("tid", np.int32)])
_NO_NUMBERS = -(2**31)
# The library of a symbol whose line is not plain.
EMPTY = -1

Ints = npt.NDArray[np.integer[Any]]


class Taken(NamedTuple):
    """Blocks, one value a block; where `odd`, the columns mean nothing.

    `head` and `end`: offsets of the event line and behind the blank line in the text that was last read; only
    a block of that one can be odd. `line`: the number of lines of that text before it. `depth`: frames of the
    stack. `node` is a node of the builder. `other_block` and `other_kinds`: block and kind of each line that
    is no frame. `partner` is that of `switches.partner_of`.
    """

    head: Ints
    end: Ints
    line: Ints
    time: npt.NDArray[np.float64]
    node: Ints
    idle: npt.NDArray[np.bool_]
    thread: Ints
    cpu: Ints
    event: Ints
    period: Ints
    partner: Ints
    depth: Ints
    odd: npt.NDArray[np.bool_]
    other_block: Ints
    other_kinds: list[str]

    def others_in(self, run: slice) -> Counter[str]:
        """Count the lines of some blocks that are no frames, by kind."""
        if not self.other_kinds:
            return Counter()
        first, end = np.searchsorted(self.other_block, [run.start, run.stop]).tolist()
        return Counter(self.other_kinds[first:end])


class CompiledReader:
    """Reads text into the tables of a builder; equal to reading it in Python."""

    def __init__(
        self, kernel: Kernel, builder: ProfileBuilder, events: EventLines, frames: FrameLines
    ) -> None:
        """Share the tables of `events` and `frames`, which read new parts."""
        self._kernel = kernel
        self._builder = builder
        self._events = events
        self._frames = frames
        # By task: frame of the command and its number in the table of threads, and two of its properties.
        self._command, self._name = Column(np.int32), Column(np.int64)
        self._java, self._swapper = Column(np.uint8), Column(np.bool_)
        # By task, where the kernel did not split them off: thread and CPU.
        self._pid, self._tid, self._cpu = Column(np.int64), Column(np.int64), Column(np.int64)
        # By thread: its task, and its row in the table of threads.
        self._task, self._thread = Column(np.int32), Column(np.int64)
        # By event text: event, its period if the kernel finds none, its partner, and whether it is an event.
        self._event, self._period, self._good = Column(np.int64), Column(np.int64), Column(np.uint8)
        self._partner = Column(np.int64)
        # By symbol: frames, as FrameLines has them, and as java names them.
        self._code, self._java_code, self._kind = Column(np.int32), Column(np.int32), Column(np.uint8)
        self._several_at, self._several = Column(np.int32), Column(np.int32)
        self._several_at.extend([0])
        # By node of the kernel: the builder's.
        self._nodes = Column(np.int64)
        self._nodes.extend([0])
        self._idle: dict[int, bool] = {}
        # By library of plain lines: its name, the kind of its frames, and whether it is memory.
        self._libraries: list[tuple[str, str, bool]] = []
        # Kinds of lines that are no frames, by their numbers.
        self._kinds = [""]
        self._view: View | None = None

    def read(self, text: memoryview) -> int:
        """Read text that ends in a blank line, and return the number of its lines. Raises MemoryError.

        The blocks wait to be taken. That is due before the next text where one is odd, and where they are
        many.
        """
        view = self._kernel.scan(int(np.frombuffer(text, np.uint8).ctypes.data), len(text))
        if view.new_tasks:
            self._read_tasks(_texts(text, view.task_text, view.new_tasks))
        if view.new_triggers:
            self._read_triggers(_texts(text, view.trigger_text, view.new_triggers))
        if view.new_libraries:
            self._libraries += map(read_library, _texts(text, view.library_text, view.new_libraries))
        if view.new_symbols:
            self._read_symbols(view, text)
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
        self._adopt_threads(_array(view.thread, _THREAD, view.new_threads))
        self._adopt_nodes(view)
        taken = self._taken(view)
        self._kernel.drop()
        if view.bytes > MAX_TABLE_BYTES:
            self._forget()
        return taken

    def _read_tasks(self, texts: Sequence[bytes]) -> None:
        tasks = [self._events.read_task(text) for text in texts]
        names = [task.command if task else "" for task in tasks]
        self._command.extend([self._builder.frame(task.command) if task else ODD for task in tasks])
        self._name.extend([self._builder.threads.command(name) for name in names])
        for column, place in ((self._pid, 1), (self._tid, 2), (self._cpu, 3)):
            column.extend([task[place] if task else 0 for task in tasks])
        java = np.array([name == JAVA for name in names])
        if java.any() and not self._java.values.any():
            self._java_code.clear()
            self._java_code.extend(self._java_codes(self._code.values))
        self._java.extend(java)
        self._swapper.extend([is_idle_command(name) for name in names])

    def _adopt_threads(self, new: npt.NDArray[Any]) -> None:
        """Append new threads to the builder's; the kernel has split the numbers off most of their tasks."""
        task = new["task"]
        whole = new["tid"] == _NO_NUMBERS
        pid, tid = (
            np.where(whole, _look_up(column, task), numbers)
            for column, numbers in ((self._pid, new["pid"]), (self._tid, new["tid"]))
        )
        self._task.extend(task)
        self._thread.extend(self._builder.threads.append(pid, tid, _look_up(self._name, task)))

    def _read_triggers(self, texts: Sequence[bytes]) -> None:
        rows = np.array([self._events.trigger_row(text + b"\n") for text in texts], np.int64)
        self._event.extend(rows[:, 0])
        self._period.extend(rows[:, 1])
        self._partner.extend(rows[:, 3])
        # Where a frame may follow the event, it counts if the stack has no frames.
        self._good.extend(np.where(rows[:, 0] < 0, 0, 1 + rows[:, 2]))

    def _read_symbols(self, view: View, text: memoryview) -> None:
        new = _array(view.symbol, np.int32, 3 * view.new_symbols).reshape(-1, 3)
        library = new[:, 2]
        codes = np.zeros(len(new), np.int32)
        kinds = np.zeros(len(new), np.uint8)
        if view.names_size:
            names = decode(ctypes.string_at(view.names, view.names_size)).split("\n")
            codes[library != EMPTY] = self._plain_frames(names, library[library != EMPTY].tolist())
        for row in np.flatnonzero(library == EMPTY).tolist():
            start, size, _ = new[row].tolist()
            codes[row], kinds[row] = self._code_of(self._frames.read(bytes(text[start : start + size])))
        self._code.extend(codes)
        self._kind.extend(kinds)
        if self._java.values.any():
            self._java_code.extend(self._java_codes(codes))

    def _plain_frames(self, names: list[str], libraries: list[int]) -> list[int]:
        """Return the frames of plain lines; `names` has an empty one more."""
        known = map(self._libraries.__getitem__, libraries)
        return self._builder.intern_frames(
            (name, library, JIT if is_memory and name != UNNAMED else kind)
            for name, (library, kind, is_memory) in zip(names, known, strict=False)
        )

    def _code_of(self, line: Line | None) -> tuple[int, int]:
        """Return the code of a line, and the number of its kind where it is no frame."""
        if line is None:
            return ODD, 0
        if len(line.frames) == 1:
            return line.frames[0], 0
        if line.kind and line.kind not in self._kinds:
            self._kinds.append(line.kind)
        return self._add_several(line.frames), self._kinds.index(line.kind)

    def _add_several(self, frames: Sequence[int]) -> int:
        self._several.extend(frames)
        self._several_at.extend([len(self._several)])
        return SEVERAL - (len(self._several_at) - 2)

    def _java_codes(self, codes: npt.NDArray[np.int32]) -> npt.NDArray[np.int32]:
        """Return the codes of lines as a Java process names their frames: most are the same."""
        found, name_of = codes.copy(), self._builder.name_of
        for row, code in enumerate(codes.tolist()):
            if code < 0 or name_of(code)[:1] == CLASS:
                found[row] = self._java_frame(code)
        return found

    def _java_frame(self, code: int) -> int:
        """Return the code of a line as a Java process names its frames."""
        if code == ODD:
            return ODD
        if code <= SEVERAL:
            start, end = self._several_at.values[SEVERAL - code : SEVERAL - code + 2].tolist()
            return self._add_several(
                [self._java_frame(frame) for frame in self._several.values[start:end].tolist()]
            )
        return java_frame(self._builder, code)

    def _meaning(self) -> Meaning:
        java_code = self._java_code if self._java.values.any() else self._code
        return Meaning(
            command=self._command.address,
            java=self._java.address,
            good=self._good.address,
            code=self._code.address,
            java_code=java_code.address,
            several_at=self._several_at.address,
            several=self._several.address,
            kind=self._kind.address if len(self._kinds) > 1 else None,
            tasks=len(self._command),
            triggers=len(self._event),
            symbols=len(self._code),
            severals=len(self._several_at) - 1,
            max_depth=MAX_DEPTH,
        )

    def _adopt_nodes(self, view: View) -> None:
        """Append the kernel's new nodes to the builder's tree."""
        count = view.new_nodes
        first = self._builder.next_node
        self._nodes.extend(np.arange(first, first + count))
        parent = self._nodes.values[_array(view.parent, np.uint32, count)]
        self._builder.append_nodes(parent, _array(view.frame, np.uint32, count))

    def _read_times(self, view: View, text: memoryview) -> None:
        """Write the times that have more digits than the kernel can read exactly."""
        times = _array(view.block, _BLOCK, view.blocks)["time"]
        for block, start, size in _array(view.slow, np.int32, 3 * view.slows).reshape(-1, 3).tolist():
            times[block] = float(bytes(text[start : start + size]))

    def _taken(self, view: View) -> Taken:
        blocks = _array(view.block, _BLOCK, view.blocks)
        odd = blocks["node"] < 0
        # Odd blocks have any value.
        thread, trigger = np.where(odd, 0, blocks["thread"]), np.where(odd, 0, blocks["trigger"])
        task = _look_up(self._task, thread)
        cpu, period = blocks["cpu"], blocks["period"]
        others = _array(view.others, np.int32, 2 * view.other_lines).reshape(-1, 2).copy()
        nodes = self._nodes.values[np.where(odd, 0, blocks["node"])]
        return Taken(
            head=blocks["head"].copy(),
            end=blocks["end"].copy(),
            line=blocks["line"].copy(),
            time=blocks["time"].copy(),
            node=nodes,
            idle=self._idle_column(task, nodes, odd),
            thread=_look_up(self._thread, thread),
            cpu=np.where(cpu < 0, _look_up(self._cpu, task), cpu),
            event=_look_up(self._event, trigger),
            period=np.where(period < 0, _look_up(self._period, trigger), period),
            partner=_look_up(self._partner, trigger),
            depth=blocks["depth"].copy(),
            odd=odd,
            other_block=others[:, 0],
            other_kinds=[self._kinds[kind] for kind in others[:, 1].tolist()],
        )

    def _idle_column(self, task: Ints, nodes: Ints, odd: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
        """Return which samples are idle: that depends on the node alone, so each is decided once."""
        idle = np.zeros(len(nodes), np.bool_)
        if not self._swapper.values.any():
            return idle
        swapper = ~odd & _look_up(self._swapper, task).astype(np.bool_)
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
        for column in (self._command, self._name, self._java, self._swapper, self._pid, self._tid):
            column.clear()
        for column in (self._cpu, self._task, self._thread, self._partner):
            column.clear()
        for column in (self._event, self._period, self._good, self._code, self._java_code, self._kind):
            column.clear()
        self._libraries.clear()
        self._several.clear()
        self._several_at.clear()
        self._several_at.extend([0])


def _array(address: int | None, dtype: npt.DTypeLike, count: int) -> npt.NDArray[Any]:
    """View memory of the kernel as an array."""
    if not count or address is None:
        return np.empty(0, dtype)
    memory = (ctypes.c_uint8 * (count * np.dtype(dtype).itemsize)).from_address(address)
    # Not numpy.ctypeslib, which takes some milliseconds to import.
    found: npt.NDArray[Any] = np.frombuffer(memoryview(memory), dtype)
    return found


def _texts(text: memoryview, spans: int | None, count: int) -> list[bytes]:
    found = _array(spans, np.int32, 2 * count)
    starts = found[::2]
    return [
        bytes(text[start:end])
        for start, end in zip(starts.tolist(), (starts + found[1::2]).tolist(), strict=True)
    ]


def _look_up(column: Column, rows: Ints) -> npt.NDArray[Any]:
    """Return the column's value of each row, and zeros from an empty one."""
    if not len(column):
        return np.zeros(len(rows), column.values.dtype)
    return np.asarray(column.values[rows])
