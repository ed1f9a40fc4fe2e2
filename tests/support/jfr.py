"""Writes Java Flight Recordings with the events and types of async-profiler and OpenJDK."""

from __future__ import annotations

import struct
from collections.abc import Container, Iterable, Mapping, Sequence

START_NS, START_TICKS, TICKS = 1_700_000_000_000_000_000, 1_000, 1_000_000
LONG, INT, BOOLEAN, STRING, BYTE = 1, 2, 3, 4, 5
CLASS, THREAD, STATE, TRACE, FRAME, METHOD, SYMBOL, FRAME_TYPE = range(20, 28)
# The ids of events, with their fields behind the time: (name, type, whether it is a constant).
EVENTS: dict[str, tuple[int, list[tuple[str, int, bool]]]] = {
    "jdk.ExecutionSample": (
        101,
        [("sampledThread", THREAD, True), ("stackTrace", TRACE, True), ("state", STATE, True)],
    ),
    "profiler.WallClockSample": (
        102,
        [
            ("sampledThread", THREAD, True),
            ("stackTrace", TRACE, True),
            ("state", STATE, True),
            ("samples", INT, False),
        ],
    ),
    "profiler.Malloc": (
        103,
        [
            ("eventThread", THREAD, True),
            ("stackTrace", TRACE, True),
            ("address", LONG, False),
            ("size", LONG, False),
        ],
    ),
    "jdk.JavaMonitorEnter": (
        104,
        [("duration", LONG, False), ("eventThread", THREAD, True), ("stackTrace", TRACE, True)],
    ),
    "jdk.CPUTimeSample": (
        105,
        [("stackTrace", TRACE, True), ("eventThread", THREAD, True), ("failed", BOOLEAN, False)],
    ),
    "jdk.CPULoad": (106, [("jvmUser", INT, False)]),
    "app.Named": (
        107,
        [("title", STRING, False), ("eventThread", THREAD, True), ("stackTrace", TRACE, True)],
    ),
}
# Name, type, whether it is a constant, and whether it is an array.
Field = tuple[str, int, bool, bool]
Types = Mapping[int, tuple[str, Sequence[Field]]]
TYPES: Types = {
    LONG: ("long", []),
    INT: ("int", []),
    BOOLEAN: ("boolean", []),
    STRING: ("java.lang.String", []),
    BYTE: ("byte", []),
    CLASS: ("java.lang.Class", [("name", SYMBOL, True, False)]),
    THREAD: (
        "java.lang.Thread",
        [
            ("osName", STRING, False, False),
            ("osThreadId", LONG, False, False),
            ("javaName", STRING, False, False),
            ("javaThreadId", LONG, False, False),
        ],
    ),
    STATE: ("jdk.types.ThreadState", [("name", STRING, False, False)]),
    TRACE: ("jdk.types.StackTrace", [("truncated", BOOLEAN, False, False), ("frames", FRAME, False, True)]),
    FRAME: (
        "jdk.types.StackFrame",
        [
            ("method", METHOD, True, False),
            ("lineNumber", INT, False, False),
            ("bytecodeIndex", INT, False, False),
            ("type", FRAME_TYPE, True, False),
        ],
    ),
    METHOD: ("jdk.types.Method", [("type", CLASS, True, False), ("name", SYMBOL, True, False)]),
    SYMBOL: ("jdk.types.Symbol", [("string", STRING, False, False)]),
    FRAME_TYPE: ("jdk.types.FrameType", [("description", STRING, False, False)]),
}
FRAME_TYPES = ("Interpreted", "JIT compiled", "Inlined", "Native", "C++", "Kernel", "C1 compiled")


def number(value: int) -> bytes:
    """Return a compressed integer."""
    value &= (1 << 64) - 1
    found = bytearray()
    for _ in range(8):
        if value < 0x80:
            found.append(value)
            return bytes(found)
        found.append(value & 0x7F | 0x80)
        value >>= 7
    found.append(value)
    return bytes(found)


def text(value: str) -> bytes:
    """Return a string."""
    data = value.encode()
    return b"\x03" + number(len(data)) + data


def sized(body: bytes) -> bytes:
    """Return an event with its size before it."""
    size = len(body) + 1
    if size < 0x80:
        return number(size) + body
    size = len(body) + 4
    return bytes([size & 0x7F | 0x80, size >> 7 & 0x7F | 0x80, size >> 14 & 0x7F | 0x80, size >> 21]) + body


def pool(kind: int, values: Iterable[tuple[int, bytes]]) -> bytes:
    """Return a pool of constants."""
    rows = [number(key) + value for key, value in values]
    return number(kind) + number(len(rows)) + b"".join(rows)


def checkpoint(*pools: bytes) -> bytes:
    """Return an event that holds pools."""
    return sized(
        number(1) + number(START_TICKS) + number(0) + number(0) + b"\0" + number(len(pools)) + b"".join(pools)
    )


def metadata() -> bytes:
    """Return the event that describes all types."""
    start = ("startTime", LONG, False, False)
    fields = {name: (kind, [start, *((*one, False) for one in own)]) for name, (kind, own) in EVENTS.items()}
    return description(TYPES, fields)


def description(
    types: Types, events: Mapping[str, tuple[int, Sequence[Field]]], simple: Container[int] = ()
) -> bytes:
    """Return the event that describes types, by their ids, and events, by their names.

    Readers show `simple` types as the value of their only field.
    """
    strings: dict[str, int] = {}

    def at(value: object) -> bytes:
        return number(strings.setdefault(str(value), len(strings)))

    def element(title: str, attributes: dict[str, object], children: Sequence[bytes] = ()) -> bytes:
        pairs = b"".join(at(key) + at(value) for key, value in attributes.items())
        return at(title) + number(len(attributes)) + pairs + number(len(children)) + b"".join(children)

    def field(name: str, kind: int, constant: bool, array: bool) -> bytes:
        more: dict[str, object] = {"constantPool": "true"} if constant else {}
        more |= {"dimension": 1} if array else {}
        return element("field", {"name": name, "class": kind, **more})

    classes = [
        element(
            "class",
            {"id": kind, "name": name} | ({"simpleType": "true"} if kind in simple else {}),
            [field(*one) for one in fields],
        )
        for kind, (name, fields) in types.items()
    ]
    classes += [
        element(
            "class",
            {"id": kind, "name": name, "superType": "jdk.jfr.Event"},
            [field(*one) for one in fields],
        )
        for name, (kind, fields) in events.items()
    ]
    region = element("region", {"locale": "en_US", "gmtOffset": 0})
    root = element("root", {}, [element("metadata", {}, classes), region])
    names = b"".join(map(text, strings))
    return sized(
        number(0) + number(START_TICKS) + number(0) + number(1) + number(len(strings)) + names + root
    )


def event(name: str, ticks: int, *values: int | bytes) -> bytes:
    """Return an event, `ticks` behind the start of its chunk."""
    parts = [value if isinstance(value, bytes) else number(value) for value in values]
    return sized(number(EVENTS[name][0]) + number(START_TICKS + ticks) + b"".join(parts))


def constants(
    stacks: Sequence[Sequence[tuple[str, int]]], threads: Sequence[str], states: Sequence[str]
) -> bytes:
    """Return a checkpoint with stacks of (class.method, row of FRAME_TYPES), the innermost frame first.

    All keys count from 1, in the order given.
    """
    names = list(dict.fromkeys(frame for stack in stacks for frame, _ in stack))
    symbols: dict[str, int] = {}
    classes: dict[str, int] = {}
    methods = []
    for row, name in enumerate(names, 1):
        owner, _, method = name.rpartition(".")
        known = classes.setdefault(owner, len(classes) + 1)
        methods.append((row, number(known) + number(symbols.setdefault(method, len(symbols) + 1))))
    owners = [(key, number(symbols.setdefault(owner, len(symbols) + 1))) for owner, key in classes.items()]
    rows = {name: row for row, name in enumerate(names, 1)}
    traces = [
        (
            key,
            number(0)
            + number(len(stack))
            + b"".join(
                number(rows[name]) + number(7) + number(300) + number(kind + 1) for name, kind in stack
            ),
        )
        for key, stack in enumerate(stacks, 1)
    ]
    return checkpoint(
        pool(TRACE, traces),
        pool(METHOD, methods),
        pool(CLASS, owners),
        pool(SYMBOL, [(key, text(name)) for name, key in symbols.items()]),
        pool(
            THREAD,
            [
                (key, text(f"os {name}") + number(70 + key) + text(name) + number(key))
                for key, name in enumerate(threads, 1)
            ],
        ),
        pool(STATE, [(key, text(name)) for key, name in enumerate(states, 1)]),
        pool(FRAME_TYPE, [(key, text(name)) for key, name in enumerate(FRAME_TYPES, 1)]),
    )


def chunk(
    *events: bytes, size: int | None = None, version: tuple[int, int] = (2, 1), features: int = 1
) -> bytes:
    """Return a chunk of events, the description of the types at its end."""
    body = b"".join((*events, metadata()))
    total = 68 + len(body) if size is None else size
    numbers = (total, 0, 0, START_NS, 10**9, START_TICKS, TICKS)
    return struct.pack(">4sHH7qI", b"FLR\0", *version, *numbers, features) + body
