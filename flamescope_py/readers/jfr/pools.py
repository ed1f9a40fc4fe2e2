"""The constants of a chunk: stacks, methods, classes, symbols, threads and states, by their keys.

Checkpoint events hold them, anywhere in a chunk:

    size, type 1, start, duration, distance to the checkpoint before, kind, number of pools
    pool: id of the type, number of constants, (key, value) …

Constants refer to each other by key, and are looked up at the end: no circle of them is ever followed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, TypeAlias

from flamescope_py.readers.jfr.cursor import Cursor, CutError
from flamescope_py.readers.jfr.metadata import NUMBER, PRIMITIVES, TEXT, Type, Types
from flamescope_py.readers.jfr.traces import TraceLayout, Traces
from flamescope_py.readers.protobuf.varints import JFR, Bytes, decode_all

STACK_TRACE = "jdk.types.StackTrace"
# Numbers are decoded from this many bytes at a time.
WINDOW = 1 << 20
UNKNOWN_THREAD = -1

Value: TypeAlias = int | str | None
Keep: TypeAlias = Callable[[int, dict[str, Value]], None]


class Thread(NamedTuple):
    """A thread of the Java machine: the id of the system's thread, and its name."""

    tid: int
    name: str


class Pools:
    """The constants of a chunk. Feed it checkpoints."""

    def __init__(self, types: Types) -> None:
        """Read constants after the description of the chunk."""
        self.traces = Traces()
        # By key: the keys of a method's class and name, and that of a class's name.
        self.methods: dict[int, tuple[Value, Value]] = {}
        self.classes: dict[int, Value] = {}
        self._types = types
        self._threads: dict[int, tuple[Value, Value]] = {}
        self._texts: dict[str, dict[int, Value]] = {}
        self._keep: dict[str, Keep] = {
            "jdk.types.Method": self._method,
            "java.lang.Class": self._class,
            "java.lang.Thread": self._thread,
        }

    def symbol(self, key: Value) -> str:
        """Return a symbol: a part of a name."""
        return self._shown(self._texts.get("jdk.types.Symbol", {}).get(key)) if isinstance(key, int) else ""

    def state(self, key: int) -> str:
        """Return the name of a thread's state."""
        return self._shown(self._texts.get("jdk.types.ThreadState", {}).get(key))

    def frame_kind(self, key: int) -> str:
        """Return how a frame was run: "Interpreted", "JIT compiled" …"""
        return self._shown(self._texts.get("jdk.types.FrameType", {}).get(key))

    def thread(self, key: int) -> Thread | None:
        """Return a thread."""
        known = self._threads.get(key)
        if known is None:
            return None
        tid, label = known
        return Thread(tid if isinstance(tid, int) else UNKNOWN_THREAD, self._shown(label))

    def _shown(self, text: Value) -> str:
        """Return a text, which may be a reference into the pool of strings."""
        if isinstance(text, int):
            text = self._texts.get("java.lang.String", {}).get(text)
        return text if isinstance(text, str) else ""

    def checkpoint(self, data: bytes, array: Bytes, start: int, end: int) -> bool:
        """Read a checkpoint from behind its size on. Return False where it is damaged."""
        try:
            self._checkpoint(Cursor(data, start, end), array)
        except CutError:
            return False
        return True

    def _checkpoint(self, cursor: Cursor, array: Bytes) -> None:
        for _ in range(4):
            cursor.number()
        cursor.take(1)
        for _ in range(cursor.count()):
            kind = self._types.by_id.get(cursor.number())
            count = cursor.count()
            if kind is None:
                raise CutError
            self._pool(cursor, array, kind, count)

    def _pool(self, cursor: Cursor, array: Bytes, kind: Type, count: int) -> None:
        layout = TraceLayout.of(self._types, kind) if kind.name == STACK_TRACE else None
        if layout is not None:
            self.traces.read(cursor, array, count, layout)
        elif kind.name in PRIMITIVES:
            texts = self._texts.setdefault(kind.name, {})
            for _ in range(count):
                key = cursor.number()
                texts[key] = cursor.text()
        elif self._types.is_flat(kind):
            self._flat(cursor, array, kind, count)
        else:
            self._structures(cursor, kind, count)

    def _structures(self, cursor: Cursor, kind: Type, count: int) -> None:
        keep = self._keep.get(kind.name)
        for _ in range(count):
            key = cursor.number()
            values = {field.name: self._value(cursor, kind, place) for place, field in enumerate(kind.fields)}
            if keep is not None:
                keep(key, values)
            else:
                self._text(kind.name, key, values)

    def _value(self, cursor: Cursor, kind: Type, place: int) -> Value:
        field = kind.fields[place]
        stored = self._types.primitive(field)
        if not field.array and stored == TEXT:
            return cursor.text()
        if not field.array and stored == NUMBER:
            return cursor.number()
        self._types.skip(cursor, field)
        return None

    def _flat(self, cursor: Cursor, array: Bytes, kind: Type, count: int) -> None:
        """Read constants that are numbers alone, many at a time."""
        width = 1 + len(kind.fields)
        names = [field.name for field in kind.fields]
        keep = self._keep.get(kind.name)
        left = count
        while left:
            values, ends = decode_all(array[cursor.at : min(cursor.at + WINDOW, cursor.end)], JFR)
            whole = min(left, len(values) // width)
            if not whole:
                raise CutError
            if keep is not None:
                for key, *rest in values[: whole * width].reshape(whole, width).tolist():
                    keep(key, dict(zip(names, rest, strict=True)))
            cursor.at += int(ends[whole * width - 1])
            left -= whole

    def _method(self, key: int, value: dict[str, Value]) -> None:
        self.methods[key] = value.get("type"), value.get("name")

    def _class(self, key: int, value: dict[str, Value]) -> None:
        self.classes[key] = value.get("name")

    def _thread(self, key: int, value: dict[str, Value]) -> None:
        label = value.get("javaName")
        self._threads[key] = value.get("osThreadId"), value.get("osName") if label in (None, "") else label

    def _text(self, kind: str, key: int, value: dict[str, Value]) -> None:
        text = next((value[name] for name in ("string", "name", "description") if name in value), None)
        self._texts.setdefault(kind, {})[key] = text
