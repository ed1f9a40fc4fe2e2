"""Checks each version of a collection's files once: that it can be read and fits its table."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

import pyarrow as pa
import pyarrow.parquet as pq

from flamescope_py.errors import BrokenProfileError
from flamescope_py.fleet import layout, schema
from flamescope_py.fleet.counting import GONE, Known, LeftOut
from flamescope_py.fleet.placing import DAY
from flamescope_py.fleet.storage import Entry, Storage
from flamescope_py.fleet.words import words_of
from flamescope_py.fleet.writing.rows import day_start

_MAX_CHECKED = 1_000_000


class Checks:
    """What was found in the files of a storage."""

    def __init__(self, storage: Storage) -> None:
        """Nothing is read yet."""
        self._storage = storage
        self._checked: dict[Entry, str] = {}
        self._sound_pages: set[Entry] = set()

    def sound(self, live: Mapping[str, list[Known]]) -> tuple[list[Known], list[LeftOut]]:
        """Return the files that can be read, and why others cannot."""
        sound, faults = [], []
        for name, found in live.items():
            for entry, place in found:
                reason = self.check(name, entry)
                if reason:
                    faults.append(LeftOut(entry.name, reason))
                else:
                    sound.append((entry, place))
        return sound, faults

    def check(self, name: str, entry: Entry) -> str:
        """Return why a file cannot be part of its table, or an empty string. Each version is checked once."""
        if entry not in self._checked:
            if len(self._checked) >= _MAX_CHECKED:
                self._checked.clear()
            self._checked[entry] = self._fault(name, entry)
        return self._checked[entry]

    def damaged(self, entries: Iterable[Entry]) -> dict[Entry, str]:
        """Read files whole. Return those that cannot be read, and why."""
        damaged = {}
        for entry in entries:
            if self._checked.get(entry) or entry in self._sound_pages:
                continue
            reason = self._reason(entry, _read_pages)
            if reason:
                damaged[entry] = reason
            elif len(self._sound_pages) < _MAX_CHECKED:
                self._sound_pages.add(entry)
        return damaged

    def note(self, damaged: Mapping[Entry, str]) -> None:
        """Have `check` return these reasons from now on."""
        self._checked |= damaged

    def _fault(self, name: str, entry: Entry) -> str:
        def look(found: pq.ParquetFile) -> str:
            reason = schema.mismatch(name, found.schema_arrow)
            return reason or schema.oddity(name, found.metadata, _day_of(entry))

        return self._reason(entry, look)

    def _reason(self, entry: Entry, look: Callable[[pq.ParquetFile], str]) -> str:
        """Return what a look at a file finds, or why it cannot be opened or read."""
        try:
            with self._storage.open(entry.name) as file:
                return look(pq.ParquetFile(file))
        except FileNotFoundError:
            return GONE
        except (pa.ArrowException, OSError) as error:
            return f"It cannot be read as Parquet: {words_of(error)}"


def _read_pages(file: pq.ParquetFile) -> str:
    for _ in file.iter_batches():
        pass
    return ""


def read_rows(storage: Storage, name: str, columns: list[str] | None = None) -> pa.Table:
    """Return the rows of a Parquet file. Raises BrokenProfileError."""
    try:
        with storage.open(name) as file:
            return pq.read_table(file, columns=columns)
    except (pa.ArrowException, OSError) as error:
        raise BrokenProfileError(f"{name} cannot be read: {words_of(error)}") from error


def _day_of(entry: Entry) -> tuple[int, int]:
    """Return the start and the end of the day that a file is of."""
    place = layout.parse(entry.name)
    start = day_start(place.day) if place is not None and place.day else 0
    return start, start + DAY
