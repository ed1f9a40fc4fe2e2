"""The reader of V8's logs (`isolate-0x…-v8.log` of `node --prof`), which have the time of every sample.

A log names code as it is created, and addresses as they are sampled. C++ functions have no names in it: their
frames are those of their library. A sample of the garbage collector has a frame of it.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterable, Iterator
from ctypes import CDLL

import numpy as np
import numpy.typing as npt

from flamescope_py._kernel import load
from flamescope_py._kernel.v8 import ticks
from flamescope_py.errors import BrokenProfileError
from flamescope_py.model import Profile, ProfileBuilder
from flamescope_py.model.frame import JIT, USER
from flamescope_py.model.profile import UNKNOWN
from flamescope_py.readers.limits import MAX_DEPTH, MAX_SPAN_SECONDS
from flamescope_py.readers.v8log.codemap import CodeMap
from flamescope_py.readers.v8log.lines import creation
from flamescope_py.readers.v8log.states import EXTERNAL, GC, GC_FRAME, IDLE
from flamescope_py.readers.v8log.ticks import Ints, Ticks, stacks_of

_BEGIN = re.compile(
    rb"(?:v8-version,\d|v8-platform,|shared-library,\S|code-creation,\w|profiler,begin|tick,0x)"
)
_LIBRARY = re.compile(
    r'shared-library,"?(?P<path>.*?)"?,(?P<start>0x[0-9a-f]{1,16}),(?P<end>0x[0-9a-f]{1,16})(?:,-?\d{1,20})?'
)
TIME_ADVICE = "Record with node --prof, whose ticks have times."
DAMAGED = "a line of the log that is damaged"
NO_CODE = "(unknown)"
UNKNOWN_FRAMES = "callers at addresses without known code"
MAX_LINE = 1 << 20
# Microseconds of a year: a later tick is damage.
MAX_TIME = 1 << 45
# Stacks that are remembered until the code changes.
MAX_KNOWN = 200_000
# Frames of stacks that wait to be hung into the tree.
MAX_WAITING = 1 << 20
_TICK = b"tick,"
# Fewer ticks between changes of the code are read one by one.
FEW = 16
# Of a tick, behind its time: whether the address is external code, its callback, and the state.
_FIELDS = 3


def recognises(head: bytes) -> bool:
    """Return True for the head of a log of V8."""
    return _BEGIN.match(head) is not None


def read(chunks: Iterable[bytes]) -> Profile:
    """Read a log. Raises BrokenProfileError where it has no tick."""
    builder = ProfileBuilder()
    log = _Log(builder)
    for text in _texts(chunks, builder):
        log.take(text)
    log.add_samples()
    builder.drop_strays(MAX_SPAN_SECONDS / 2)
    if not builder.report.samples:
        raise BrokenProfileError("There is no tick in this log of V8: record with node --prof.")
    return builder.finish("v8log", owner_level=False, time_advice=TIME_ADVICE)


def _texts(chunks: Iterable[bytes], builder: ProfileBuilder) -> Iterator[bytes]:
    """Yield texts of whole lines. A last line without its end is counted as cut off."""
    rest = b""
    for chunk in chunks:
        whole, end, last = chunk.rpartition(b"\n")
        if not end:
            rest += chunk
            if len(rest) > MAX_LINE:
                builder.report.skip(DAMAGED, text=rest[:200].decode("utf-8", "replace"))
                rest = b""
            continue
        yield rest + whole + end
        rest = last
    if rest:
        builder.report.cut_off("a line", None, rest[:200].decode("utf-8", "replace"))


class _Log:
    """Follows a log line by line."""

    def __init__(self, builder: ProfileBuilder) -> None:
        self._builder = builder
        self._code = CodeMap()
        self._time, self._stacks, self._idle = array("d"), array("q"), array("b")
        self._tree = _Stacks(builder)
        self._known: dict[str, tuple[int, bool, int]] = {}
        self._changes = 0
        self._gc = builder.frame(GC_FRAME)
        self._unknown = builder.frame(NO_CODE)

    def take(self, text: bytes) -> None:
        """Take in whole lines. The kernel reads ticks that follow each other in their usual form."""
        functions = load()
        data = np.frombuffer(text, np.uint8)
        at = seen = 0
        while at < len(text):
            if functions and at >= seen and text.startswith(_TICK, at):
                columns, size = ticks(functions, data[at:], MAX_TIME)
                seen = at + size
                if len(columns[0]) >= FEW:
                    self._add_ticks(functions, Ticks(*columns))
                    at = seen
                    continue
            end = text.index(b"\n", at)
            self.see(text[at:end].decode("utf-8", "replace"))
            at = end + 1

    def see(self, line: str) -> None:
        """Take in one line. Lines of other kinds hold neither time nor code."""
        kind = line[:5]
        try:
            if kind == "tick,":
                self._tick(line)
            elif kind == "code-":
                self._change(line)
            elif line.startswith("shared-library,"):
                self._library(line)
            elif line.startswith("v8-version,"):
                self._builder.header["V8"] = ".".join(line[:200].split(",")[1:5])
        except ValueError:
            self._builder.report.skip(DAMAGED, text=line[:200])

    def _change(self, line: str) -> None:
        kind, _, rest = line.partition(",")
        if kind == "code-creation":
            made = creation(line)
            if made is None:
                raise ValueError("no creation of code")
            self._code.add(made.start, made.size, self._builder.frame(made.name, "", JIT))
        elif kind == "code-move":
            start, to = rest.split(",")[:2]
            self._code.move(_address(start), _address(to))
        elif kind == "code-delete":
            self._code.delete(_address(rest.partition(",")[0]))

    def _library(self, line: str) -> None:
        # A path may have commas: start, end and the slide of the address are the last three.
        match = _LIBRARY.fullmatch(line)
        if match is None:
            raise ValueError("no library")
        path, start, end = match["path"], match["start"], match["end"]
        frame = self._builder.frame(path.rpartition("/")[2] or path, path, USER)
        self._code.add_library(_address(start), _address(end), frame)

    def _tick(self, line: str) -> None:
        _, pc, time, rest = line.split(",", 3)
        micros = int(time)
        if not 0 <= micros <= MAX_TIME:
            raise ValueError("an impossible time")
        if self._changes != self._code.changes or len(self._known) > MAX_KNOWN:
            self._known.clear()
            self._changes = self._code.changes
        key = f"{pc},{rest}"
        found = self._known.get(key)
        if found is None:
            if rest.count(",") < _FIELDS - 1:
                raise ValueError("a cut tick")
            found = self._known[key] = self._stack(pc, rest.split(","))
        stack, idle, lost = found
        if lost:
            self._builder.report.add_other(UNKNOWN_FRAMES, lost)
        self._time.append(micros / 1e6)
        self._stacks.append(stack)
        self._idle.append(idle)

    def _add_ticks(self, functions: CDLL, found: Ticks) -> None:
        """Take in ticks that the kernel has read."""
        frames, lengths, lost = stacks_of(functions, found, self._code, self._gc, self._unknown)
        if lost:
            self._builder.report.add_other(UNKNOWN_FRAMES, lost)
        self._time.frombytes((found.time / 1e6).tobytes())
        self._idle.frombytes((found.state == IDLE).tobytes())
        self._stacks.frombytes(self._tree.add_all(frames, lengths).tobytes())

    def _stack(self, pc: str, fields: list[str]) -> tuple[int, bool, int]:
        """Return the number of a stack, whether V8 was idle, and how many callers are unknown."""
        external, callback, state = fields[0], fields[1], int(fields[2])
        leaf = self._frame(pc, _address(pc)) or self._unknown
        frames = [leaf]
        if external == EXTERNAL and callback != "0x0":
            known = self._frame(callback, _address(callback))
            frames += [known] if known and known != leaf else []
        if state == GC:
            frames.append(self._gc)
        callers = self._callers(_address(pc), fields[3:])
        frames += [frame for frame in callers if frame]
        return self._tree.add(frames), state == IDLE, callers.count(0)

    def _callers(self, address: int, stack: list[str]) -> list[int | None]:
        """Return the frames of the callers, 0 for an unknown one and None for what is no address.

        Old logs have addresses as the distance to the one before.
        """
        found = list(map(self._code.known.get, stack))
        return self._completed(address, stack, found) if None in found else found

    def _completed(self, address: int, stack: list[str], found: list[int | None]) -> list[int | None]:
        """Return the frame of every address, 0 for an unknown one; `found` are those that are known."""
        frames: list[int | None] = []
        before = ""
        for text, known in zip(stack, found, strict=True):
            frame = known
            if known is not None:
                before = text
            elif text[:1] in ("+", "-"):
                address = (_address(before) if before else address) + int(text, 16)
                before = ""
                frame = self._frame(hex(address), address)
            elif text.startswith("0x"):
                address, before = _address(text), ""
                frame = self._frame(text, address)
            # "overflow" ends a stack that was too deep.
            frames.append(frame)
        return frames

    def _frame(self, text: str, address: int) -> int:
        known = self._code.known.get(text)
        return self._code.find(text, address) if known is None else known

    def add_samples(self) -> None:
        """Add all ticks."""
        builder = self._builder
        thread = builder.thread(UNKNOWN, UNKNOWN, "")
        builder.add_samples(
            time=self._time,
            node=self._tree.nodes()[np.array(self._stacks, np.int64)],
            idle=self._idle,
            thread=[thread] * len(self._time),
            event=[builder.event("tick")] * len(self._time),
        )


class _Stacks:
    """Stacks that are hung into the tree many at a time."""

    def __init__(self, builder: ProfileBuilder) -> None:
        self._builder = builder
        self._frames, self._lengths = array("q"), array("q")
        self._nodes = array("q")

    def add(self, frames: list[int]) -> int:
        """Number a stack, whose frames run from the leaf to the root."""
        if len(self._frames) > MAX_WAITING:
            self._hang()
        del frames[MAX_DEPTH:]
        self._frames.extend(frames[::-1])
        self._lengths.append(len(frames))
        return len(self._nodes) + len(self._lengths) - 1

    def add_all(self, frames: Ints, lengths: Ints) -> Ints:
        """Number many stacks, whose frames run from the root to the leaf."""
        self._hang()
        first = len(self._nodes)
        self._nodes.frombytes(self._builder.stacks(frames, lengths).tobytes())
        return np.arange(first, len(self._nodes))

    def nodes(self) -> npt.NDArray[np.int64]:
        """Return the node of every stack."""
        self._hang()
        return np.array(self._nodes, np.int64)

    def _hang(self) -> None:
        nodes = self._builder.stacks(np.array(self._frames, np.int64), np.array(self._lengths, np.int64))
        self._nodes.frombytes(nodes.tobytes())
        self._frames, self._lengths = array("q"), array("q")


def _address(text: str) -> int:
    """Return an address. Raises ValueError for another text."""
    if not text.startswith("0x") or len(text) > 18:
        raise ValueError("no address")
    return int(text, 16)
