"""Writes async_profiler.jfr.gz: `python -m tests.data.jfr.make_async_profiler`.

async-profiler is in no package registry that could be reached, so that its recording is written here after
the types in the metadata of async-profiler 4 (src/jfrMetadata.cpp), as `-e cpu,wall,alloc,nativemem,lock`
leads to. `jfr summary` of OpenJDK reads the file, and its counts are in async_profiler.summary.
"""

from __future__ import annotations

import gzip
import struct
from pathlib import Path

from tests.support.jfr import (
    FRAME_TYPES,
    START_NS,
    START_TICKS,
    TICKS,
    checkpoint,
    description,
    number,
    pool,
    sized,
    text,
)

HERE = Path(__file__).resolve().parent
SECONDS = 2
BOOLEAN, FLOAT, BYTE, INT, LONG, STRING = 4, 6, 8, 10, 11, 20
CLASS, THREAD, LOADER, FRAME_TYPE, STATE, TRACE, FRAME, METHOD, PACKAGE, SYMBOL, LEVEL = range(21, 32)
Field = tuple[str, int, bool, bool]


def plain(name: str, kind: int) -> Field:
    return name, kind, False, False


def constant(name: str, kind: int) -> Field:
    return name, kind, True, False


TYPES: dict[int, tuple[str, list[Field]]] = {
    BOOLEAN: ("boolean", []),
    FLOAT: ("float", []),
    BYTE: ("byte", []),
    INT: ("int", []),
    LONG: ("long", []),
    STRING: ("java.lang.String", []),
    CLASS: (
        "java.lang.Class",
        [
            constant("classLoader", LOADER),
            constant("name", SYMBOL),
            constant("package", PACKAGE),
            plain("modifiers", INT),
        ],
    ),
    THREAD: (
        "java.lang.Thread",
        [
            plain("osName", STRING),
            plain("osThreadId", LONG),
            plain("javaName", STRING),
            plain("javaThreadId", LONG),
        ],
    ),
    LOADER: ("jdk.types.ClassLoader", [constant("type", CLASS), constant("name", SYMBOL)]),
    FRAME_TYPE: ("jdk.types.FrameType", [plain("description", STRING)]),
    STATE: ("jdk.types.ThreadState", [plain("name", STRING)]),
    TRACE: ("jdk.types.StackTrace", [plain("truncated", BOOLEAN), ("frames", FRAME, False, True)]),
    FRAME: (
        "jdk.types.StackFrame",
        [
            constant("method", METHOD),
            plain("lineNumber", INT),
            plain("bytecodeIndex", INT),
            constant("type", FRAME_TYPE),
        ],
    ),
    METHOD: (
        "jdk.types.Method",
        [
            constant("type", CLASS),
            constant("name", SYMBOL),
            constant("descriptor", SYMBOL),
            plain("modifiers", INT),
            plain("hidden", BOOLEAN),
        ],
    ),
    PACKAGE: ("jdk.types.Package", [constant("name", SYMBOL)]),
    SYMBOL: ("jdk.types.Symbol", [plain("string", STRING)]),
    LEVEL: ("profiler.types.LogLevel", [plain("name", STRING)]),
}
OWNER = [constant("eventThread", THREAD), constant("stackTrace", TRACE)]
SAMPLED = [constant("sampledThread", THREAD), constant("stackTrace", TRACE), constant("state", STATE)]
EVENTS: dict[str, tuple[int, list[Field]]] = {
    "jdk.ExecutionSample": (101, SAMPLED),
    "profiler.WallClockSample": (102, [*SAMPLED, plain("samples", INT), plain("timeSpan", LONG)]),
    "jdk.ObjectAllocationInNewTLAB": (
        103,
        [*OWNER, constant("objectClass", CLASS), plain("allocationSize", LONG), plain("tlabSize", LONG)],
    ),
    "jdk.ObjectAllocationOutsideTLAB": (
        104,
        [*OWNER, constant("objectClass", CLASS), plain("allocationSize", LONG)],
    ),
    "profiler.LiveObject": (
        105,
        [
            *OWNER,
            constant("objectClass", CLASS),
            plain("allocationSize", LONG),
            plain("allocationTime", LONG),
        ],
    ),
    "profiler.Malloc": (106, [*OWNER, plain("address", LONG), plain("size", LONG)]),
    "profiler.Free": (107, [*OWNER, plain("address", LONG)]),
    "jdk.JavaMonitorEnter": (
        108,
        [
            plain("duration", LONG),
            *OWNER,
            constant("monitorClass", CLASS),
            constant("previousOwner", THREAD),
            plain("address", LONG),
        ],
    ),
    "jdk.ThreadPark": (
        109,
        [
            plain("duration", LONG),
            *OWNER,
            constant("parkedClass", CLASS),
            plain("timeout", LONG),
            plain("until", LONG),
            plain("address", LONG),
        ],
    ),
    "profiler.NativeLock": (110, [plain("duration", LONG), *OWNER, plain("address", LONG)]),
    "jdk.CPULoad": (
        111,
        [plain("jvmUser", FLOAT), plain("jvmSystem", FLOAT), plain("machineTotal", FLOAT)],
    ),
    # Has a stack by its type, but never in a recording.
    "jdk.ActiveSetting": (
        112,
        [plain("duration", LONG), *OWNER, plain("id", LONG), plain("name", STRING), plain("value", STRING)],
    ),
    "profiler.Log": (113, [constant("level", LEVEL), plain("message", STRING)]),
}
THREADS = (("main", "main"), ("worker-1", "worker-1"), ("GC Thread#0", ""))
STATES = ("STATE_DEFAULT", "STATE_RUNNABLE", "STATE_SLEEPING")
LEVELS = ("TRACE", "DEBUG", "INFO", "WARN", "ERROR", "NONE")
# Stacks of (class, method, row of FRAME_TYPES), the innermost frame first. Native frames have no class.
MAIN = [("app/Main", "compute", 1), ("app/Main", "main", 0)]
STACKS = {
    "compute": [("java/lang/StrictMath", "sin", 2), *MAIN],
    "kernel": [("", "do_syscall_64", 5), ("", "__write", 3), ("java/io/FileOutputStream", "write", 1), *MAIN],
    "allocate": [
        ("java/util/ArrayList", "grow", 6),
        ("app/Worker", "run", 1),
        ("java/lang/Thread", "run", 0),
    ],
    "park": [
        ("jdk/internal/misc/Unsafe", "park", 3),
        ("app/Worker", "run", 1),
        ("java/lang/Thread", "run", 0),
    ],
    "collect": [("", "G1ParScanThreadState::trim_queue", 4), ("", "thread_native_entry", 4)],
    "malloc": [("", "malloc", 3), ("java/util/zip/Inflater", "init", 3), *MAIN],
}
TRACES = {name: key for key, name in enumerate(STACKS, 1)}
CLASSES = sorted({owner for stack in STACKS.values() for owner, _, _ in stack} | {"[B", "java/lang/Object"})
ARRAY, OBJECT = CLASSES.index("[B") + 1, CLASSES.index("java/lang/Object") + 1


def event(name: str, milliseconds: float, *values: int | float | str) -> bytes:
    """Return an event, some milliseconds behind the start."""
    at = START_TICKS + round(milliseconds * TICKS / 1000)
    parts = [
        text(value)
        if isinstance(value, str)
        else struct.pack(">f", value)
        if isinstance(value, float)
        else number(value)
        for value in values
    ]
    return sized(number(EVENTS[name][0]) + number(at) + b"".join(parts))


def ticks(milliseconds: float) -> int:
    return round(milliseconds * TICKS / 1000)


def samples() -> list[bytes]:
    """Return two seconds of processor and wall-clock samples, allocations and locks."""
    found = []
    for row in range(100 * SECONDS):
        stack = ("compute", "compute", "kernel")[row % 3]
        found.append(event("jdk.ExecutionSample", 10 * row + 0.5, 1, TRACES[stack], 1))
        if row % 10 == 0:
            found.append(event("jdk.ExecutionSample", 10 * row + 0.75, 3, TRACES["collect"], 1))
    for row in range(10 * SECONDS):
        at = 100 * row
        found += [
            event("profiler.WallClockSample", at, 2, TRACES["park"], 3, 2, ticks(100)),
            event("profiler.WallClockSample", at + 1, 1, TRACES["compute"], 2, 1, 0),
            event("jdk.ObjectAllocationInNewTLAB", at + 2, 2, TRACES["allocate"], ARRAY, 1 << 10, 1 << 19),
            event("profiler.Malloc", at + 3, 1, TRACES["malloc"], 0x7F0000000000 + 64 * row, 4096),
        ]
    found += [
        event("jdk.ObjectAllocationOutsideTLAB", 400, 2, TRACES["allocate"], ARRAY, 1 << 21),
        event("profiler.LiveObject", 1990, 2, TRACES["allocate"], ARRAY, 1 << 10, START_TICKS + ticks(2)),
        event("profiler.Free", 1500, 1, TRACES["malloc"], 0x7F0000000000),
        event("jdk.JavaMonitorEnter", 600, ticks(150), 2, TRACES["allocate"], OBJECT, 1, 0x7F1),
        event("jdk.ThreadPark", 900, ticks(500), 2, TRACES["park"], OBJECT, 0, 0, 0x7F2),
        event("profiler.NativeLock", 1200, ticks(2), 1, TRACES["malloc"], 0x7F3),
    ]
    return found


def settings() -> list[bytes]:
    """Return what async-profiler says of itself."""
    pairs = {
        "version": "4.0",
        "engine": "perf_events",
        "event": "cpu",
        "interval": "10000000",
        "alloc": "524287",
    }
    return [
        *(event("jdk.ActiveSetting", 0, 0, 1, 0, 101, name, value) for name, value in pairs.items()),
        *(event("jdk.CPULoad", 1000 * row, 0.5, 0.125, 0.75) for row in range(SECONDS)),
        event("profiler.Log", 1, 4, "a message of the profiler"),
    ]


def constants() -> bytes:
    """Return the checkpoint with all constants, which async-profiler writes behind the events."""
    symbols: dict[str, int] = {}

    def symbol(name: str) -> bytes:
        return number(symbols.setdefault(name, len(symbols) + 1))

    methods = sorted({frame[:2] for stack in STACKS.values() for frame in stack})
    rows = {one: key for key, one in enumerate(methods, 1)}
    traces = [
        (
            TRACES[name],
            number(0)
            + number(len(stack))
            + b"".join(
                number(rows[owner, method]) + number(40) + number(0) + number(kind)
                for owner, method, kind in stack
            ),
        )
        for name, stack in STACKS.items()
    ]
    described = [
        (
            rows[one],
            number(CLASSES.index(one[0]) + 1) + symbol(one[1]) + symbol("()V") + number(1) + number(0),
        )
        for one in methods
    ]
    packages = sorted({name.rpartition("/")[0] for name in CLASSES})
    classes = [
        (
            key,
            number(0) + symbol(name) + number(packages.index(name.rpartition("/")[0]) + 1) + number(0),
        )
        for key, name in enumerate(CLASSES, 1)
    ]
    threads = [
        (key, text(os_name) + number(500 + key) + text(java_name) + number(key if java_name else 0))
        for key, (os_name, java_name) in enumerate(THREADS, 1)
    ]
    return checkpoint(
        pool(FRAME_TYPE, [(key, text(name)) for key, name in enumerate(FRAME_TYPES)]),
        pool(STATE, [(key, text(name)) for key, name in enumerate(STATES, 1)]),
        pool(THREAD, threads),
        pool(TRACE, traces),
        pool(METHOD, described),
        pool(CLASS, classes),
        pool(PACKAGE, [(key, symbol(name)) for key, name in enumerate(packages, 1)]),
        pool(SYMBOL, [(key, text(name)) for name, key in symbols.items()]),
        pool(LEVEL, [(key, text(name)) for key, name in enumerate(LEVELS)]),
    )


def recording() -> bytes:
    """Return the recording, of one chunk."""
    events = {name: (kind, [plain("startTime", LONG), *fields]) for name, (kind, fields) in EVENTS.items()}
    body = b"".join([*settings(), *samples()])
    pools, types = constants(), description(TYPES, events, {FRAME_TYPE, STATE, SYMBOL, LEVEL})
    at = 68 + len(body)
    places = (at + len(pools) + len(types), at, at + len(pools))
    head = struct.pack(">4sHH7qI", b"FLR\0", 2, 0, *places, START_NS, SECONDS * 10**9, START_TICKS, TICKS, 1)
    return head + body + pools + types


if __name__ == "__main__":
    (HERE / "async_profiler.jfr.gz").write_bytes(gzip.compress(recording(), mtime=0))
