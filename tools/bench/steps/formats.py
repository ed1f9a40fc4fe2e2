"""The step that reads a file of every format.

The measured process is `python -m tools.bench.steps.formats FILE`.

The files are made with the same bytes every time, from random walks through a call graph: no recording of
this size can be committed. Speed is by processor time, since readers of these formats use one core.
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import orjson

from flamescope_py.readers.registry import readers
from flamescope_py.readers.source import read_profile
from tests.support import jfr
from tools.bench import machine
from tools.bench.inputs import MB
from tools.bench.rows import MEGABYTES, SPEED, Row, Unit
from tools.bench.runner import ROOT, Bench

SAMPLES = Unit("million samples/s", 2, more=True)
FUNCTIONS, DEPTH, SEED = 5_000, 30, 7


@dataclass(frozen=True, slots=True)
class Subject:
    """A format: how a file of about `size` bytes is made, and the target of the row."""

    make: Callable[[int], bytes]
    target: float
    unit: Unit = SPEED
    size: int = 60 * MB


def formats(bench: Bench) -> Iterator[Row]:
    """Read a file of every format on one core."""
    for title, subject in SUBJECTS.items():
        path = _prepared(bench, title, subject)
        megabytes = path.stat().st_size / MB
        found = [_measured(bench, path) for _ in range(bench.runs)]
        amounts = [one["samples"] / 1e6 if subject.unit is SAMPLES else megabytes for one in found]
        speeds = [amount / one["processor"] for amount, one in zip(amounts, found, strict=True)]
        name = f"{title}, {megabytes:.0f} MB"
        yield Row("Other formats on one core, by processor time", name, subject.unit, speeds, subject.target)
        peaks = [one["peak"] / MB for one in found]
        yield Row("Other formats, peak memory of the reading process", name, MEGABYTES, peaks)


def _prepared(bench: Bench, title: str, subject: Subject) -> Path:
    """Return the file of a format. It is made again whenever this module has changed."""
    size = subject.size // 10 if bench.quick else subject.size
    state = f"{Path(__file__).stat().st_mtime_ns:x}"
    path = bench.folder / f".format-{title.replace(' ', '-')}-{size // MB}-{state}"
    if not path.exists():
        for old in bench.folder.glob(f"{path.name.rpartition('-')[0]}-*"):
            old.unlink()
        path.write_bytes(subject.make(size))
    return path


def _measured(bench: Bench, path: Path) -> dict[str, float]:
    machine.wait_until_quiet(bench.patience)
    command = [sys.executable, "-m", "tools.bench.steps.formats", str(path)]
    found = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, check=True)
    numbers: dict[str, float] = json.loads(found.stdout)
    return numbers


def _stacks(count: int, choose: random.Random) -> list[tuple[int, int]]:
    """Return a forest of stacks as rows of (caller or -1, function), of every depth."""
    rows: list[tuple[int, int]] = [(-1, 0)]
    while len(rows) < count:
        at = choose.randrange(len(rows))
        for _ in range(choose.randrange(1, DEPTH)):
            rows.append((at, choose.randrange(FUNCTIONS)))
            at = len(rows) - 1
    return rows


def _firefox(size: int) -> bytes:
    """A processed document of one thread. Half of it are samples."""
    choose = random.Random(SEED)
    stacks = _stacks(size // 60, choose)
    count = size // 40
    times = [row * 1.0 + choose.randrange(1000) / 1000 for row in range(count)]
    names = [f"module::function_{row}::work" for row in range(FUNCTIONS)]
    none = [-1] * FUNCTIONS
    thread = {
        "name": "main",
        "pid": "1",
        "tid": 1,
        "stringArray": names,
        "funcTable": {"name": list(range(FUNCTIONS)), "resource": none, "length": FUNCTIONS},
        "frameTable": {"func": list(range(FUNCTIONS)), "category": [0] * FUNCTIONS, "length": FUNCTIONS},
        "stackTable": {
            "prefix": [None if prefix < 0 else prefix for prefix, _ in stacks],
            "frame": [function for _, function in stacks],
            "length": len(stacks),
        },
        "samples": {
            "stack": [choose.randrange(len(stacks)) for _ in range(count)],
            "time": times,
            "threadCPUDelta": [choose.randrange(1_000_000) for _ in range(count)],
            "length": count,
        },
    }
    meta = {
        "preprocessedProfileVersion": 50,
        "startTime": 1.7e12,
        "categories": [{"name": "User", "subcategories": ["Other"]}],
        "sampleUnits": {"threadCPUDelta": "ns"},
    }
    return orjson.dumps({"meta": meta, "threads": [thread]})


def _paths(stacks: list[tuple[int, int]]) -> list[list[int]]:
    """Return the functions of every stack, the innermost first."""
    found: list[list[int]] = []
    for prefix, function in stacks:
        found.append([function, *(found[prefix] if prefix >= 0 else ())])
    return found


def _jfr(size: int) -> bytes:
    """A recording of a million samples of 16 threads in 60 MB. Four fifths of it are stacks."""
    choose = random.Random(SEED)
    chunks = []
    for _ in range(max(1, size // (12 * MB))):
        paths = _paths(_stacks(20_000, choose))
        stacks = [[(f"app/Class{frame % 500}.method{frame}", frame % 3) for frame in path] for path in paths]
        constants = jfr.constants(stacks, [f"worker-{row}" for row in range(16)], ["STATE_RUNNABLE"])
        events = [
            jfr.event(
                "jdk.ExecutionSample", row * 10, choose.randrange(1, 17), choose.randrange(1, len(stacks)), 1
            )
            for row in range(200_000)
        ]
        chunks.append(jfr.chunk(*events, constants))
    return b"".join(chunks)


def _length(number: int) -> bytes:
    found = bytearray()
    while number > 0x7F:
        found.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*found, number])


def _field(number: int, data: bytes) -> bytes:
    return _length(number << 3 | 2) + _length(len(data)) + data


def _pprof(size: int) -> bytes:
    """A profile of samples with times, as @datadog/pprof writes them."""
    choose = random.Random(SEED)
    paths = _paths(_stacks(20_000, choose))
    texts = ["", "samples", "count", "end_timestamp_ns", *(f"pkg.function{row}" for row in range(FUNCTIONS))]
    parts = [_field(1, b"\x08\x01\x10\x02")]
    for row in range(FUNCTIONS):
        own = _length(row + 1)
        parts.append(_field(5, b"\x08" + own + b"\x10" + _length(row + 4)))
        parts.append(_field(4, b"\x08" + own + _field(4, b"\x08" + own)))
    parts += [_field(6, text.encode()) for text in texts]
    stacks = [_field(1, b"".join(_length(frame + 1) for frame in path)) for path in paths]
    total, at = 0, 1_700_000_000_000_000_000
    while total < size:
        at += 1_000_000
        label = b"\x08\x03\x18" + _length(at)
        parts.append(_field(2, choose.choice(stacks) + _field(2, b"\x01") + _field(3, label)))
        total += len(parts[-1])
    return b"".join(parts)


def _v8log(size: int) -> bytes:
    """A log of ticks, with eight calls in each function, and code that is created now and then."""
    choose = random.Random(SEED)
    lines = ["v8-version,11,3,244,8,-node.33,0", "shared-library,/usr/bin/node,0x400000,0x2000000,0"]
    creation = "code-creation,JS,10,{at},{start:#x},4096,function{row} /srv/app/file{file}.js:1:1,0x10,*"
    lines += [
        creation.format(at=row, start=(row + 65536) << 12, row=row, file=row % 99) for row in range(FUNCTIONS)
    ]
    stacks = [
        ",".join(hex((frame + 65536) << 12 | choose.randrange(8) * 64) for frame in path)
        for path in _paths(_stacks(20_000, choose))
    ]
    total, at = 0, 1_000
    while total < size:
        at += 1_000
        first, _, rest = choose.choice(stacks).partition(",")
        lines.append(f"tick,{first},{at},0,0x0,0" + (f",{rest}" if rest else ""))
        if at % 500_000 == 0:
            row = choose.randrange(FUNCTIONS)
            lines.append(creation.format(at=at, start=(row + 65536) << 12, row=row, file=row % 99))
        total += len(lines[-1])
    return "\n".join(lines).encode() + b"\n"


def _otlp(size: int) -> bytes:
    """A document of 20 000 stacks, and a sample with one time for every 20 bytes."""
    choose = random.Random(SEED)
    strings = ["", "samples", "count", *(f"pkg.function{row}" for row in range(FUNCTIONS))]
    tables = [_field(1, b"")]
    tables += [_field(2, _field(3, b"\x08" + _length(row))) for row in range(FUNCTIONS)]
    tables += [_field(3, b"\x08" + _length(row + 3)) for row in range(FUNCTIONS)]
    tables += [_field(5, text.encode()) for text in strings]
    paths = _paths(_stacks(20_000, choose))
    tables += [_field(7, _field(1, b"".join(map(_length, path)))) for path in paths]
    samples, at = [], 1_700_000_000_000_000_000
    for _ in range(size // 20):
        at += 100_000
        row = b"\x08" + _length(choose.randrange(len(paths)))
        samples.append(_field(2, row + _field(5, at.to_bytes(8, "little"))))
    profile = _field(1, b"\x08\x01\x10\x02") + b"".join(samples)
    return _field(1, _field(2, _field(2, profile))) + _field(2, b"".join(tables))


SUBJECTS = {
    "Firefox Profiler JSON": Subject(_firefox, 60),
    "JFR": Subject(_jfr, 40),
    "pprof": Subject(_pprof, 80),
    "V8 log": Subject(_v8log, 50),
    "OTLP profiles": Subject(_otlp, 1, SAMPLES, 20 * MB),
}


def main() -> None:
    """Read one file and print the numbers. The readers are imported before, as a server has done."""
    readers()
    with Path(sys.argv[1]).open("rb") as file:
        start = time.process_time()
        profile = read_profile(file, "unknown")
        processor = time.process_time() - start
    print(json.dumps({"processor": processor, "samples": len(profile.samples), "peak": _peak_bytes()}))


def _peak_bytes() -> int:
    """Return the peak memory of this program. `ru_maxrss` would be that of the parent, where it is more."""
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) << 10


if __name__ == "__main__":
    main()
