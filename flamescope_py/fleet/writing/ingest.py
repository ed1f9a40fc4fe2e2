"""Reads one profile and writes it into a collection.

A task is stateless, so that any process or machine may run it. It writes the same files however often it
runs, and the file that makes them count comes last. So the files of a killed task are ignored.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO, Final, Literal, NamedTuple

from flamescope_py.errors import FlameScopeError, UnknownFormatError
from flamescope_py.fleet import layout, schema
from flamescope_py.fleet.counting import Digests
from flamescope_py.fleet.ids import content_digest
from flamescope_py.fleet.labels import START, LabelRules
from flamescope_py.fleet.places import open_storage
from flamescope_py.fleet.placing import place
from flamescope_py.fleet.storage import Storage
from flamescope_py.fleet.writing.rows import ProfileRows, Source, rows_of
from flamescope_py.model.profile_bounds import ProfileBounds, bounded_by
from flamescope_py.readers.source import read_profile
from flamescope_py.readers.types import UNKNOWN_TYPE

PLACED: Final = "placed"
LISTED: Final = "listed"
KNOWN: Final = "known"
UNKNOWN: Final = "unknown"
FAILED: Final = "failed"
Outcome = Literal["placed", "listed", "known", "unknown", "failed"]


_BOUNDS, _NONE = ProfileBounds(), Digests()


class Task(NamedTuple):
    """A file to ingest: the name that patterns see, and how to open it."""

    name: str
    open: Callable[[], BinaryIO]


@dataclass(frozen=True)
class Orders:
    """How to ingest files: the place of the collection, labels, bounds, and this moment in microseconds.

    `known` has the digests of contents that are collected already. One that is only listed is read again if a
    label places it.
    """

    into: str
    rules: LabelRules
    now: int
    bounds: ProfileBounds = _BOUNDS
    most_bytes: int = 64 << 30
    known: Digests = _NONE


class Ingested(NamedTuple):
    """The outcome of a file: placed in time, only listed, collected before, of no known format, or failed."""

    name: str
    outcome: Outcome
    reason: str = ""
    digest: str = ""
    samples: int = 0
    size: int = 0
    service: str = ""
    host: str = ""


def ingest(task: Task, orders: Orders) -> Ingested:
    """Ingest one file. A file that cannot be read is an outcome, and so is one that vanished.

    Raises ConfigError, StorageFullError and OSError if the collection cannot be written.
    """
    try:
        file = task.open()
    except (FlameScopeError, OSError) as error:
        return Ingested(task.name, FAILED, _sentence(error))
    with file:
        digest, size = _measured(file)
        if _is_known(digest[: layout.DIGEST], task.name, orders):
            return Ingested(task.name, KNOWN, "Its content is collected already.", digest, size=size)
        try:
            with bounded_by(orders.bounds):
                profile = read_profile(file, UNKNOWN_TYPE, most=orders.most_bytes)
            labels = orders.rules.of(task.name, profile)
            where = place(profile, labels, orders.now)
            rows = rows_of(profile, Source(digest, task.name), labels, where)
        except FlameScopeError as error:
            failed: Outcome = UNKNOWN if isinstance(error, UnknownFormatError) else FAILED
            return Ingested(task.name, failed, str(error), digest, size=size)
    write(
        open_storage(orders.into),
        rows,
        layout.stem(digest, labels.digest(), where.offset is not None),
        labels.service,
    )
    outcome: Outcome = LISTED if where.offset is None else PLACED
    count = len(profile.samples)
    return Ingested(task.name, outcome, where.reason, digest, count, size, labels.service, labels.host)


def write(storage: Storage, rows: ProfileRows, stem: str, service: str) -> None:
    """Write the files of a profile, the one that makes them count last."""
    stacks = ((schema.NODES, rows.nodes), (schema.FRAMES, rows.frames))
    parts = [
        (layout.file_name(table, stem, day, service), table, part)
        for (table, day), part in rows.daily.items()
    ]
    parts += [(layout.file_name(table, stem), table, part) for table, part in stacks]
    storage.write_all({name: schema.parquet(table, part) for name, table, part in parts})
    storage.write(layout.file_name(schema.PROFILES, stem), schema.parquet(schema.PROFILES, rows.profile))


def _is_known(digest: str, name: str, orders: Orders) -> bool:
    if digest in orders.known.placed:
        return True
    return digest in orders.known.listed and START not in {**orders.rules.by_name(name), **orders.rules.fixed}


def _measured(file: BinaryIO) -> tuple[str, int]:
    digest = content_digest(file)
    file.seek(0, 2)
    size = file.tell()
    file.seek(0)
    return digest, size


def _sentence(error: Exception) -> str:
    if isinstance(error, OSError):
        return f"It cannot be opened: {error.strerror}."
    return str(error)
