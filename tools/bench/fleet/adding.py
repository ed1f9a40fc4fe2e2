"""Ingest beside the reading of the same file, by processor time, and in two processes beside one."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

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
COPIES = 8
RULES = label_rules(["service=web", "host=web-1", "start=2026-11-16T00:00:00Z"])


def adding(bench: Bench) -> Iterator[Row]:
    """Yield the rows of ingests of perf text."""
    section = "Ingest of perf text"
    for kind in ("typical", "many"):
        path = bench.path(bench.input(kind, 80))
        size, reads, ingests = path.stat().st_size / 1e6, [], []
        for _ in range(bench.runs):
            machine.wait_until_quiet(bench.patience)
            reads.append(size / _busy(partial(_read, path)))
            with tempfile.TemporaryDirectory(dir=bench.caches) as place:
                ingests.append(size / _busy(partial(_ingest, path, place)))
        name = f"{path.name}: one file, of processor time"
        yield Row(section, name, SPEED, ingests, None, reads, "reading", SHARE)
    yield Row(section, f"{COPIES} files: two processes by one", RATIO, list(_twice(bench)), TWICE)


def _twice(bench: Bench) -> Iterator[float]:
    """Yield how much faster two processes are than one, their start included."""
    text = bench.path(bench.input("typical", 80))
    with tempfile.TemporaryDirectory(dir=bench.caches) as folder:
        for number in range(COPIES):
            with text.open("rb") as source, (Path(folder) / f"{number}.perf").open("wb") as copy:
                copy.write(f"# copy {number}\n".encode())
                shutil.copyfileobj(source, copy, 1 << 20)
        for _ in range(bench.runs):
            machine.wait_until_quiet(bench.patience)
            one, two = (_wall(partial(_all, folder, bench.caches, count)) for count in (1, 2))
            yield one / two


def _read(path: Path) -> None:
    with path.open("rb") as file:
        read_profile(file, UNKNOWN_TYPE)


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


def _wall(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start
