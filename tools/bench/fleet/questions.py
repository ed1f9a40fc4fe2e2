"""The questions as requests, each with its floor: a plain query of DuckDB for the same numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from flamescope_py.fleet.placing import DAY, HOUR, MICROSECONDS
from flamescope_py.fleet.writing.rows import day_name
from tools.bench.fleet.made import START, Size

_OF_FUNCTION = """
WITH RECURSIVE below AS (
    SELECT node FROM nodes JOIN frames USING (frame) WHERE name = ?
    UNION SELECT nodes.node FROM nodes JOIN below ON nodes.parent = below.node
) SELECT node FROM below
"""


_COUNTED = "event, idle, count(*), sum(weight)"


class Question(NamedTuple):
    """A request and its floor, in which the table `wanted` has the nodes of `function`."""

    path: str
    query: Mapping[str, Any]
    floor: str
    function: str = ""


class Kind(NamedTuple):
    """A kind of question, the most milliseconds it may take, and the question of each run."""

    name: str
    target: float
    make: Callable[[Size, Path, int], Question]


def _service_day(size: Size, place: Path, run: int) -> Question:
    service, start = _of(size, run)
    return Question(
        "matrix",
        {"service": service, **_span(start, start + DAY), "step": 60},
        "SELECT host, minute, sum(samples), sum(busy_us), sum(observed_us), count(DISTINCT profile) "
        f"FROM {_files(place, 'minutes', service, start)} GROUP BY ALL",
    )


def _function_hours(size: Size, place: Path, run: int) -> Question:
    service, function = size.service(run % size.services), f"shared_{run}"
    return Question(
        "matrix",
        {"service": service, "function": function, "step": 3600},
        f"SELECT host, ts // {HOUR}, count(*) FROM {_files(place, 'samples', service)} "
        "WHERE node IN (SELECT node FROM wanted) GROUP BY ALL",
        function,
    )


def _function_hosts(size: Size, place: Path, run: int) -> Question:
    function = f"shared_{100 + run}"
    return Question(
        "",
        {"function": function},
        f"SELECT host, count(*) FROM {_files(place, 'samples')} "
        "WHERE node IN (SELECT node FROM wanted) GROUP BY ALL",
        function,
    )


def _tree(size: Size, place: Path, run: int) -> Question:
    service = size.service(run % size.services)
    return Question(
        "flamegraph",
        {"service": service, "format": "columns"},
        f"SELECT node, {_COUNTED} FROM {_files(place, 'samples', service)} GROUP BY ALL",
    )


def _window(size: Size, place: Path, run: int) -> Question:
    service, start = _of(size, run)
    host, start = size.host(run % size.services, run % size.hosts), start + 10 * HOUR
    return Question(
        "heatmap",
        {"service": service, "host": host, **_span(start, start + HOUR)},
        f"SELECT ts, node, thread, cpu, event, idle, weight FROM {_files(place, 'samples', service, start)} "
        f"WHERE host = '{host}' AND ts BETWEEN {start} AND {start + HOUR - 1} ORDER BY ts",
    )


def _days(size: Size, place: Path, run: int) -> Question:
    service, start = _of(size, run)
    other = START + (run + 1) % size.days * DAY
    compared = {f"compare{name.title()}": text for name, text in _span(other, other + DAY).items()}
    parts = (
        f"SELECT {day}, node, {_COUNTED} FROM {_files(place, 'samples', service, day)} GROUP BY ALL"
        for day in (start, other)
    )
    query = {"service": service, "compareService": service, **_span(start, start + DAY), **compared}
    return Question("differential", query, " UNION ALL ".join(parts))


KINDS = (
    Kind("host × minute of a service's day", 40, _service_day),
    Kind("hosts × hour of a function, a service's week", 100, _function_hours),
    Kind("all hosts of a function, the fleet's week", 400, _function_hosts),
    Kind("tree of a service's week, to columns", 800, _tree),
    Kind("one host's hour, to its heatmap", 30, _window),
    Kind("difference of two days of a service", 150, _days),
)


class Floor:
    """DuckDB with the threads of the server, and no more."""

    def __init__(self, place: Path, threads: int) -> None:
        """Read the nodes and frames, which a server keeps, too."""
        import duckdb

        self._connection: Any = duckdb.connect(":memory:", config={"threads": threads})
        for table in ("nodes", "frames"):
            self._connection.execute(f"CREATE TABLE {table} AS SELECT * FROM {_files(place, table)}")

    def prepare(self, question: Question) -> None:
        """Find the nodes of the question's function, which are not timed."""
        made = f"CREATE OR REPLACE TEMP TABLE wanted AS {_OF_FUNCTION}"
        self._connection.execute(made, [question.function])

    def ask(self, question: Question) -> int:
        """Return the number of rows."""
        rows: int = self._connection.sql(question.floor).to_arrow_table().num_rows
        return rows


def _of(size: Size, run: int) -> tuple[str, int]:
    return size.service(run % size.services), START + run % size.days * DAY


def _span(start: int, end: int) -> dict[str, str]:
    return {"from": str(start // MICROSECONDS), "to": str(end // MICROSECONDS)}


def _files(place: Path, table: str, service: str = "*", day: int | None = None) -> str:
    folder = place / table
    if table in ("samples", "minutes"):
        folder = folder / f"date={day_name(day) if day is not None else '*'}" / f"service={service}"
    return f"read_parquet('{folder}/*.parquet', hive_partitioning = false)"


def questions(size: Size, place: Path, runs: int) -> Iterator[tuple[Kind, list[Question]]]:
    """Yield the questions of all runs by kind, after one that is not timed."""
    for kind in KINDS:
        yield kind, [kind.make(size, place, run) for run in range(runs + 1)]
