"""Fills collections and keeps them small: the settings of ingests and compactions in one place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from time import time_ns

from flamescope_py.fleet.counting import LeftOut
from flamescope_py.fleet.labels import label_rules
from flamescope_py.fleet.places import open_storage
from flamescope_py.fleet.snapshot import Files
from flamescope_py.fleet.writing.compact import Compacted, compact
from flamescope_py.fleet.writing.ingest import Ingested, Orders
from flamescope_py.fleet.writing.running import run
from flamescope_py.fleet.writing.sources import tasks
from flamescope_py.model.profile_bounds import ProfileBounds
from flamescope_py.settings import Settings


def ingest(
    sources: Iterable[str],
    into: str,
    labels: Iterable[str],
    pattern: str | None,
    settings: Settings,
    processes: int,
    scheduler: str | None = None,
) -> Iterator[Ingested]:
    """Ingest files and folders, and yield what became of each file.

    `labels` are texts as host=web-1, `pattern` has named groups that are labels. Raises ParameterError,
    ConfigError, RemoteError, and OSError if the collection cannot be written.
    """
    bounds = ProfileBounds(
        settings.max_profile_nodes, settings.max_profile_frames, settings.max_profile_samples
    )
    rules = label_rules(labels, pattern)
    orders = Orders(into, rules, now(), bounds, settings.max_decompressed_bytes)
    return run(tasks(sources), orders, processes, scheduler)


def compact_collection(place: str, keep_days: int | None) -> Compacted:
    """Merge the finished days of a collection, and drop the days before the last `keep_days`.

    Raises as `fleet.writing.compact.compact`.
    """
    return compact(Files(open_storage(place)), now(), keep_days)


def left_out(place: str) -> tuple[LeftOut, ...]:
    """Return the files of a collection that are in no answer."""
    return Files(open_storage(place)).snapshot().left_out


def now() -> int:
    """Return the time of the day in microseconds since 1970."""
    return time_ns() // 1000
