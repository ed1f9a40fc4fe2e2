"""Collections for tests: small captures at wall times, and the rows that count."""

from __future__ import annotations

import io
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa

from flamescope_py.fleet import schema
from flamescope_py.fleet.ingest import Ingested, Orders, Task, ingest
from flamescope_py.fleet.labels import label_rules
from flamescope_py.fleet.placing import DAY
from flamescope_py.fleet.snapshot import Files, read_rows
from flamescope_py.fleet.storage import LocalStorage
from tests.support.perf_text import sample, script

# 2020-11-02 00:00:00 UTC in seconds, and two weeks later in microseconds.
MIDNIGHT = 1_604_275_200
LATER = MIDNIGHT * 1_000_000 + 14 * DAY


def capture(start: float = MIDNIGHT, *leaves: str, step: float = 0.01, command: str = "web") -> bytes:
    """Return perf script text with a sample for each leaf below `main`, `step` seconds apart."""
    names = leaves or ("read", "parse", "read", "write")
    times = (f"{start + step * at:.6f}" for at in range(len(names)))
    return script(*(_sample(time, leaf, command) for time, leaf in zip(times, names, strict=True)))


def _sample(time: str, leaf: str, command: str) -> str:
    if leaf == "idle":
        return sample(time, "native_safe_halt ([k])", command="swapper", task="0/0", cpu=0)
    return sample(
        time, *(f"{name} (/x)" for name in leaf.split("<")), "main (/x)", command=command, task="7/8", cpu=0
    )


def collect(place: Path, data: bytes, *labels: str, name: str = "a.perf", now: int = LATER) -> Ingested:
    """Ingest one file's bytes."""
    orders = Orders(str(place), label_rules(labels), now, known=files(place).snapshot().collected())
    return ingest(Task(name, partial(io.BytesIO, data)), orders)


def files(place: Path) -> Files:
    """Return the files of a local collection."""
    return Files(LocalStorage(place))


def rows(place: Path, table: str) -> list[dict[str, Any]]:
    """Return the distinct rows of nodes and frames, and all live rows of other tables, in order."""
    snapshot = files(place).snapshot()
    assert snapshot.left_out == ()
    found = pa.concat_tables(
        [
            schema.SCHEMAS[table].empty_table(),
            *(read_rows(LocalStorage(place), one.name) for one in snapshot.files[table]),
        ]
    )
    if table in (schema.NODES, schema.FRAMES):
        found = found.group_by(found.column_names).aggregate([])
    return sorted(found.to_pylist(), key=lambda row: sorted(map(str, row.items())))


def content(place: Path) -> dict[str, list[dict[str, Any]]]:
    """Return the live rows of all tables."""
    return {table: rows(place, table) for table in schema.SCHEMAS}


def names(place: Path) -> list[str]:
    """Return the names of all files of a collection."""
    return sorted(path.relative_to(place).as_posix() for path in place.rglob("*") if path.is_file())


class Killed(BaseException):
    """Ends a writer as SIGKILL would, at the next write."""


class DyingStorage(LocalStorage):
    """A storage whose process is killed after so many changes."""

    def __init__(self, root: Path, changes: int) -> None:
        super().__init__(root)
        self._left = changes

    def _change(self) -> None:
        if not self._left:
            raise Killed
        self._left -= 1

    def write(self, name: str, data: bytes) -> None:
        self._change()
        super().write(name, data)

    def create(self, name: str, data: bytes) -> bool:
        self._change()
        return super().create(name, data)

    def remove(self, name: str) -> None:
        self._change()
        super().remove(name)


def every_death(make: Any) -> Iterator[int]:
    """Yield 0, 1, 2 … until `make` (a function of the number of changes) ends without being killed."""
    changes = 0
    while True:
        try:
            make(changes)
        except Killed:
            yield changes
            changes += 1
            continue
        return
