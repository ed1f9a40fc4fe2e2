"""Runs ingest tasks in processes of this machine, or on a Dask cluster. Whole files are the unit of work."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import replace
from itertools import islice

from flamescope_py.errors import ConfigError, RemoteError
from flamescope_py.fleet.places import open_storage
from flamescope_py.fleet.snapshot import Files
from flamescope_py.fleet.writing.ingest import FAILED, KNOWN, LISTED, PLACED, Ingested, Orders, Task, ingest
from flamescope_py.fleet.writing.processes import executor

# Tasks that wait in the executor, for each process: listing may yield millions.
_AHEAD = 4
_AHEAD_OF_CLUSTER = 256
Submit = Callable[[Task], "Future[Ingested]"]
TWICE = "Another file of this ingest has the same content."
KILLED = "Its process was killed, perhaps for its memory: ingest it alone, or cut it."


def run(
    tasks: Iterable[Task], orders: Orders, processes: int, scheduler: str | None = None
) -> Iterator[Ingested]:
    """Ingest files and yield what became of each, in the order of completion.

    Contents that are collected already are not read. Raises ConfigError without Dask for a scheduler,
    RemoteError if the scheduler is out of reach, and what `ingest` raises for an unusable collection.
    """
    storage = open_storage(orders.into)
    orders = replace(orders, known=Files(storage).snapshot().collected())
    if scheduler is None:
        yield from _without_doubles(_here(iter(tasks), orders, processes))
        return
    with _dask(scheduler, orders) as submit:
        yield from _without_doubles(_results(submit, iter(tasks), _AHEAD_OF_CLUSTER))


def _here(tasks: Iterator[Task], orders: Orders, processes: int) -> Iterator[Ingested]:
    """Run tasks in processes. Where one is killed, those that ran beside it run again, each alone."""
    while True:
        with _processes(processes, orders) as submit:
            broken = yield from _results(submit, tasks, _AHEAD * processes)
        if not broken:
            return
        for task in broken:
            with _processes(1, orders) as submit:
                if (yield from _results(submit, iter([task]), 1)):
                    yield Ingested(task.name, FAILED, KILLED)


def _results(submit: Submit, tasks: Iterator[Task], most: int) -> Generator[Ingested, None, list[Task]]:
    """Yield results as they come, of at most so many tasks at a time.

    Return the tasks without one if a process was killed.
    """
    waiting: dict[Future[Ingested], Task] = {}
    while True:
        for task in islice(tasks, most - len(waiting)):
            waiting[submit(task)] = task
        if not waiting:
            return []
        done, _ = wait(waiting, return_when=FIRST_COMPLETED)
        broken = []
        for future in done:
            task = waiting.pop(future)
            try:
                yield future.result()
            except BrokenProcessPool:
                broken.append(task)
        if broken:
            return [*broken, *waiting.values()]


def _without_doubles(found: Iterable[Ingested]) -> Iterator[Ingested]:
    """Count equal contents of one run once: they have one place in the collection."""
    seen: set[str] = set()
    for one in found:
        collected = one.outcome in (PLACED, LISTED)
        if collected and one.digest in seen:
            yield one._replace(outcome=KNOWN, reason=TWICE)
            continue
        if collected:
            seen.add(one.digest)
        yield one


@contextmanager
def _processes(count: int, orders: Orders) -> Iterator[Submit]:
    # The orders have the digests of all that is collected: each process gets them once, not with each task.
    with executor(count, _begin, orders) as processes:
        try:
            yield lambda task: processes.submit(_ingest, task)
        finally:
            processes.shutdown(cancel_futures=True)


class _Process:
    """The orders of a process that ingests."""

    orders: Orders


def _begin(orders: Orders) -> None:
    _Process.orders = orders


def _ingest(task: Task) -> Ingested:
    return ingest(task, _Process.orders)


@contextmanager
def _dask(scheduler: str, orders: Orders) -> Iterator[Submit]:
    try:
        from distributed import Client
    except ImportError as error:
        raise ConfigError("The scheduler needs Dask: pip install distributed.") from error
    try:
        client = Client(scheduler, timeout="10s")
    except (OSError, ValueError) as error:
        raise RemoteError(f"The Dask scheduler {scheduler[:100]} cannot be reached.") from error
    with client:
        everywhere = client.scatter(orders, broadcast=True)
        cluster = client.get_executor(pure=False)
        yield lambda task: cluster.submit(ingest, task, everywhere)
