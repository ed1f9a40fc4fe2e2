"""Collections for tests: small captures at wall times, and the rows that count."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa

from flamescope_py.analysis.flamegraph import FlameGraph, flame_graph
from flamescope_py.analysis.selection import Selection
from flamescope_py.fleet import layout, schema
from flamescope_py.fleet.asking.asked import DUCKDB
from flamescope_py.fleet.asking.engines import Bounds
from flamescope_py.fleet.asking.opening import open_engine
from flamescope_py.fleet.checking import read_rows
from flamescope_py.fleet.collection import Collection
from flamescope_py.fleet.cut import BY, Cut, Span
from flamescope_py.fleet.labels import Labels, label_rules
from flamescope_py.fleet.placing import DAY, HOUR, MINUTE, Place
from flamescope_py.fleet.snapshot import Files
from flamescope_py.fleet.storage import LocalStorage
from flamescope_py.fleet.writing.ingest import Ingested, Orders, Task, ingest, write
from flamescope_py.fleet.writing.rows import Source, rows_of
from flamescope_py.model import Profile
from tests.support.perf_text import sample, script
from tests.support.trees import stack_counts
from tests.support.views import select

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
    """Return the live rows of all tables but sums, which compactions add."""
    return {table: rows(place, table) for table in schema.SCHEMAS if table not in schema.ROLLUPS}


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

    def write_all(self, files: Mapping[str, bytes]) -> None:
        for name, data in files.items():
            self._change()
            super().write_all({name: data})

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


def store(place: Path, profile: Profile, number: int, labels: Labels, offset: int) -> None:
    """Write a drawn profile as the ingest of a file would; `number` stands for its content."""
    source = Source(hashlib.sha256(str(number).encode()).hexdigest(), f"{number}.perf")
    stem = layout.stem(source.sha256, labels.digest(), placed=True)
    write(LocalStorage(place), rows_of(profile, source, labels, Place(offset)), stem, labels.service)


def opened(place: Path, engine: str = DUCKDB) -> Collection:
    """Open a collection with an engine."""
    return Collection(files(place), open_engine(engine, Bounds(256 << 20, 60, 1)))


def answers(place: Path, engine: str = DUCKDB, functions: Iterable[str] = ("read",)) -> dict[str, Any]:
    """Return the rows of all questions about the whole of a collection."""
    return answers_of(opened(place, engine), functions)


def cells(matrix: pa.Table) -> list[dict[str, Any]]:
    """Return the rows of a matrix in order."""
    return matrix.sort_by([("row", "ascending"), ("column", "ascending")]).to_pylist()


def answers_of(collection: Collection, functions: Iterable[str] = ("read",)) -> dict[str, Any]:
    """Return the rows of all questions about the whole of an open collection, and close it."""
    at = collection.moment()
    span = collection.span(at)
    found: dict[str, Any] = {"span": span, "profiles": collection.profiles(at)}
    for every, properties in ((True, BY[1:]), (False, BY[:1])):
        cut = Cut(span, all_events=every)
        for by in properties:
            found[f"totals {by} {every}"] = collection.totals(at, cut, by).to_pylist()
            found[f"matrix {by} {every}"] = cells(collection.matrix(at, cut, by, MINUTE))
            found[f"top {by} {every}"] = collection.top_functions(at, cut, by, 3)
            for name in functions:
                totals = collection.function_totals(at, cut, name, by)
                found[f"function {name} {by} {every}"] = totals.to_pylist()
                matrix = collection.function_matrix(at, cut, name, by, MINUTE)
                found[f"function matrix {name} {by} {every}"] = cells(matrix)
        found[f"tree {every}"] = stack_counts(graph(collection.tree(at, cut)))
        hours = replace(cut, span=span.whole(HOUR))
        found[f"hours {every}"] = cells(collection.matrix(at, hours, "host", HOUR))
        for name in functions:
            matrix = collection.function_matrix(at, hours, name, "version", HOUR)
            found[f"hours {name} {every}"] = cells(matrix)
        part = replace(hours, versions=("1",), services=("web", "db"))
        found[f"part {every}"] = stack_counts(graph(collection.tree(at, part)))
    first = Cut(Span(span.start, span.start + MINUTE), all_events=True)
    window = collection.window(at, first)
    found["window"] = sorted(zip(window.samples.time.tolist(), paths(window), strict=True))
    collection.close()
    return found


def graph(profile: Profile) -> FlameGraph:
    """Return the flame graph of a whole profile, idle samples included."""
    return flame_graph(select(profile, Selection(idle=True)))


def paths(profile: Profile) -> list[str]:
    """Return the stack of every sample, from the root."""
    tree, found = profile.tree, []
    for leaf in profile.samples.node.tolist():
        node, names = leaf, []
        while node:
            names.append("|".join(profile.frames[tree.frame[node]]))
            node = int(tree.parent[node])
        found.append(";".join(reversed(names)))
    return found
