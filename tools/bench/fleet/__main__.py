"""`make bench-fleet`, or `python -m tools.bench.fleet`: questions about 100 million samples of 1 000 hosts.

The collection is made once, in the folder of `--keep`: 1.3 GB, five minutes. Each request passes through the
whole application, without a socket, and is about another service, day or function each time. One of its kind
was asked before. It is asked right after its floor, so that the files are in the page cache for both. `--only
ingest` measures ingests, `--only bucket` a bucket (by `.venv-cluster/bin/python`), and `--only billion` asks
a billion samples: 6 GB.
"""

from __future__ import annotations

import resource
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from flask.testing import FlaskClient
from rich.console import Console

from flamescope_py.settings import Settings
from flamescope_py.web import create_app
from tools.bench import machine
from tools.bench.fleet.adding import adding
from tools.bench.fleet.bucket import bucket
from tools.bench.fleet.made import Size, make
from tools.bench.fleet.questions import Floor, Question, questions
from tools.bench.report import report, shared_options
from tools.bench.rows import MEGABYTES, MILLISECONDS, Row
from tools.bench.runner import Bench

QUICK = Size(services=4, hosts=20, days=3, samples=4_000)
THREADS = 2
_MEMORY = 2000.0


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the options, make the collection, ask, print the table."""
    parser = shared_options("tools.bench.fleet", __doc__)
    parser.add_argument("--only", choices=PARTS, default="questions")
    options = parser.parse_args(arguments)
    mark = "make bench-fleet" if options.only == "questions" else f"make bench-fleet, {options.only}"
    report(mark, options, PARTS[options.only])


def billion(bench: Bench, console: Console) -> Iterator[Row]:
    """Yield the rows of questions about ten times as many samples, for whose times there are no targets."""
    for row in measured(bench, console, QUICK if bench.quick else Size(samples=142_860, drawn=1)):
        yield row if row.unit is MEGABYTES else replace(row, target=None)


def measured(bench: Bench, console: Console, size: Size | None = None) -> Iterator[Row]:
    """Yield the rows of questions."""
    size = size or (QUICK if bench.quick else Size())
    place = bench.folder / ("fleet" if size == Size() else f"fleet-{size.total}")
    with console.status("making the collection"):
        make(place, size)
    section = f"Fleet: {size.total // 10**6} million samples of {size.services * size.hosts} hosts"
    yield Row(section, "size of the collection", MEGABYTES, [_bytes(place) / 1e6])
    client, floor = _client(bench, place), Floor(place, THREADS)
    # Of a server that has answered before: the stacks are in memory.
    asked = _ask(client, Question("flamegraph", {"host": "none"}, ""))
    yield Row(section, "the first question, all stacks read", MILLISECONDS, [_spent(asked)[0]])
    for kind, all_runs in questions(size, place, bench.runs):
        runs, floors = [], []
        first, *others = all_runs
        with console.status(kind.name):
            # The expression of a kind is compiled once in a server's life.
            _ask(client, first)()
            for question in others:
                machine.wait_until_quiet(bench.patience)
                floor.prepare(question)
                floor.ask(question)
                floors.append(_spent(partial(floor.ask, question)))
                runs.append(_spent(_ask(client, question)))
        (wall, busy), (floor_wall, floor_busy) = (list(zip(*spent, strict=True)) for spent in (runs, floors))
        yield Row(section, kind.name, MILLISECONDS, wall, kind.target, floor_wall, "DuckDB")
        yield Row(section, "- floor: the plain query", MILLISECONDS, floor_wall)
        yield Row(section, "- processor time of both threads", MILLISECONDS, busy, None, floor_busy)
        yield Row(section, "- the same, of the floor", MILLISECONDS, floor_busy)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
    yield Row(section, "peak memory of all of this, floors included", MEGABYTES, [peak], _MEMORY)


PARTS: Mapping[str, Callable[[Bench, Console], Iterable[Row]]] = {
    "questions": measured,
    "billion": billion,
    "ingest": lambda bench, _: adding(bench),
    "bucket": lambda bench, _: bucket(bench),
}


def _client(bench: Bench, place: Path) -> FlaskClient:
    (bench.caches / "profiles").mkdir()
    settings = Settings(
        profile_dir=bench.caches / "profiles",
        cache_dir=bench.caches / "fleet",
        fleet=str(place),
        workers=THREADS,
        # One client asks all the time.
        max_client_seconds=1_000_000,
    )
    return create_app(settings).test_client()


def _ask(client: FlaskClient, question: Question) -> Callable[[], object]:
    def ask() -> Any:
        answer = client.get(f"/fleet/{question.path}", query_string=dict(question.query))
        if answer.status_code != 200:
            raise SystemExit(f"{question.path} {question.query}: {answer.status_code} {answer.text}")
        return answer.data

    return ask


def _spent(work: Callable[[], object]) -> tuple[float, float]:
    """Return the milliseconds of some work, and those of the processors."""
    start, busy = time.perf_counter(), time.process_time()
    work()
    return 1000 * (time.perf_counter() - start), 1000 * (time.process_time() - busy)


def _bytes(place: Path) -> int:
    return sum(path.stat().st_size for path in place.rglob("*") if path.is_file())


if __name__ == "__main__":
    main()
