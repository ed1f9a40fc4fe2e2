"""Ingest beside the reading of the same file, by processor time, and in two processes beside one.

Reading is `read_profile` in the same process right before: from the open file to the columns in memory. Both
are by the processor time (user and system) of the process, all threads included, so that work in a thread
beside is no gain.
"""

from __future__ import annotations

import resource
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from flamescope_py.fleet.ids import content_digest
from flamescope_py.fleet.labels import label_rules
from flamescope_py.fleet.writing.ingest import PLACED, Orders, Task, ingest
from flamescope_py.fleet.writing.running import run
from flamescope_py.fleet.writing.sources import tasks
from flamescope_py.readers.source import read_profile
from flamescope_py.readers.types import UNKNOWN_TYPE
from flamescope_py.service.fleet.collecting import now
from tools.bench import machine
from tools.bench.rows import RATIO, SPEED, Row
from tools.bench.runner import Bench

# Of the speed of reading, and of one process by two.
SHARE, TWICE = 0.8, 1.8
# Enough for the start of a process, half a second, to be a small part.
COPIES = 24
RULES = label_rules(["service=web", "host=web-1", "start=2026-11-16T00:00:00Z"])
Spent = tuple[float, float]


def adding(bench: Bench) -> Iterator[Row]:
    """Yield the rows of ingests of perf text."""
    for kind, gzip in (("typical", False), ("many", False), ("typical", True), ("many", True)):
        yield from _beside_reading(bench, kind, gzip)
    one, two = zip(*_in_processes(bench), strict=True)
    pairs = list(zip(one, two, strict=True))
    name = f"{COPIES} files of typical text"
    section = "Ingest in processes"
    yield Row(section, f"{name}: two processes by one", RATIO, [a[0] / b[0] for a, b in pairs], TWICE)
    yield Row(section, "- processor time of one by that of two", RATIO, [a[1] / b[1] for a, b in pairs])


def _beside_reading(bench: Bench, kind: str, gzip: bool) -> Iterator[Row]:
    recipe = bench.input(kind, 80, gzip)
    path, size = bench.path(recipe), recipe.size / 1e6
    reads, digests, ingests = [], [], []
    with tempfile.TemporaryDirectory(dir=bench.caches) as place:
        _ingest(path, place)
    for _ in range(bench.runs):
        machine.wait_until_quiet(bench.patience)
        reads.append(_busy(partial(_read, path)))
        digests.append(_busy(partial(_digest, path)))
        with tempfile.TemporaryDirectory(dir=bench.caches) as place:
            ingests.append(_busy(partial(_ingest, path, place)))
    speeds = [size / one for one in reads]
    least = [size / sum(pair) for pair in zip(reads, digests, strict=True)]
    section = f"Ingest of {path.name}, by processor time"
    yield Row(section, "reading alone", SPEED, speeds)
    yield Row(section, "- floor: reading, and the SHA-256", SPEED, least, None, speeds)
    yield Row(section, "ingest", SPEED, [size / one for one in ingests], None, speeds, "reading", SHARE)


def _in_processes(bench: Bench) -> Iterator[tuple[Spent, Spent]]:
    """Yield the wall and the processor seconds of one process and of two, their start included."""
    text = bench.path(bench.input("typical", 80))
    with tempfile.TemporaryDirectory(dir=bench.caches) as folder:
        for number in range(COPIES):
            with text.open("rb") as source, (Path(folder) / f"{number}.perf").open("wb") as copy:
                copy.write(f"# copy {number}\n".encode())
                shutil.copyfileobj(source, copy, 1 << 20)
        for _ in range(bench.runs):
            machine.wait_until_quiet(bench.patience)
            one, two = (_spent(partial(_all, folder, bench.caches, count)) for count in (1, 2))
            yield one, two


def _read(path: Path) -> None:
    with path.open("rb") as file:
        read_profile(file, UNKNOWN_TYPE)


def _digest(path: Path) -> None:
    with path.open("rb") as file:
        content_digest(file)


def _ingest(path: Path, place: str) -> None:
    done = ingest(Task(path.name, lambda: path.open("rb")), Orders(place, RULES, now()))
    if done.outcome != PLACED:
        raise SystemExit(f"{path}: {done.outcome}, {done.reason}")


def _all(folder: str, caches: Path, processes: int) -> None:
    with tempfile.TemporaryDirectory(dir=caches) as place:
        found = [one.outcome for one in run(tasks([folder]), Orders(place, RULES, now()), processes)]
    if found != [PLACED] * COPIES:
        raise SystemExit(f"{folder}: {found}")


def _busy(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


def _spent(work: Callable[[], object]) -> Spent:
    """Return the wall seconds of some work, and the processor seconds of its processes."""
    start, busy = time.perf_counter(), _of_children()
    work()
    return time.perf_counter() - start, _of_children() - busy


def _of_children() -> float:
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    return spent.ru_utime + spent.ru_stime
