"""Merges the small files of ingested profiles into few large ones, and drops old days.

A compaction writes merged files first, then a state that lists them, then removes what it has merged. Files
of the state before stay readable until then. So a killed compaction changes no answer: before the state is
written its own files are ignored, afterwards those that it merged. The next compaction removes them.
"""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec
import numpy as np
import pyarrow as pa

from flamescope_py.errors import BrokenProfileError, ConflictError
from flamescope_py.fleet import layout, schema
from flamescope_py.fleet.asking.stacks import Stacks
from flamescope_py.fleet.checking import read_rows
from flamescope_py.fleet.layout import Place
from flamescope_py.fleet.placing import DAY
from flamescope_py.fleet.schema import compute
from flamescope_py.fleet.snapshot import Files, Snapshot, State
from flamescope_py.fleet.storage import Entry, Storage
from flamescope_py.fleet.writing.rollups import rollups
from flamescope_py.fleet.writing.rows import day_name

# Rows of one merged file, which is sorted in memory.
MAX_ROWS = 20_000_000
# Profiles that end later are still arriving.
FINISHED_AFTER = DAY
LEFT_OUT = (
    "Some files are left out, and merging would lose them for good: look at the collection's list first."
)


# The files of one day and service, by their stems, days and folders.
_Names = Mapping[tuple[str, str, str], str]


class Compacted(NamedTuple):
    """What a compaction did: profiles merged, profiles dropped as too old, files written and removed."""

    merged: int = 0
    dropped: int = 0
    written: int = 0
    removed: int = 0


def compact(files: Files, now: int, keep_days: int | None = None, most_rows: int = MAX_ROWS) -> Compacted:
    """Merge all profiles that ended a day before `now` (microseconds), and drop days older than `keep_days`.

    Raises BrokenProfileError if a live file is damaged or two rows of one hash differ, and ConflictError if
    another compaction has ended meanwhile.
    """
    snapshot = files.snapshot()
    # Sums are made again.
    damaged = [one for one in snapshot.left_out if _table(one.name) in schema.SCHEMAS.keys() - schema.ROLLUPS]
    if damaged:
        raise BrokenProfileError(f"{damaged[0].name}: {damaged[0].reason} {LEFT_OUT}")
    return _Compaction(files.storage, snapshot, now, keep_days, most_rows).run()


class _Compaction:
    def __init__(
        self, storage: Storage, snapshot: Snapshot, now: int, keep_days: int | None, most_rows: int
    ) -> None:
        self._storage, self._snapshot, self._most_rows = storage, snapshot, most_rows
        self._now = now
        self._first_time = None if keep_days is None else (now // DAY - keep_days) * DAY
        self._number = snapshot.state.number + 1
        # Two compactions at the same time write other files.
        self._token = os.urandom(4).hex()
        self._written: list[str] = []

    def run(self) -> Compacted:
        profiles = self._profiles()
        old = self._old(profiles)
        finished = compute.less(
            compute.add(profiles["start"], profiles["length"]), self._now - FINISHED_AFTER
        )
        # A profile without a place in time gets no more files.
        finished = compute.or_(finished, compute.equal(profiles["placed"], 0))
        loose = np.array([place is not None for place in self._stems(profiles)], np.bool_)
        kept = compute.and_not(compute.or_(finished, pa.array(~loose)), old)
        mergeable = profiles.filter(kept)
        merged = int(np.count_nonzero(loose & np.asarray(kept)))
        dropped = int(compute.sum(old).as_py() or 0)
        if not merged and not dropped and not self._expired() and not self._lacks_sums():
            return Compacted(removed=self._sweep(self._snapshot))
        self._merge_profiles(mergeable)
        stems = {stem for stem in self._stems(mergeable) if stem is not None}
        self._merge_stacks(stems)
        self._merge_days(stems)
        self._commit()
        dropped_stems = {stem for stem in self._stems(profiles.filter(old)) if stem is not None}
        after = Files(self._storage).snapshot()
        return Compacted(merged, dropped, len(self._written), self._sweep(after, dropped_stems))

    def _profiles(self) -> pa.Table:
        """Return the rows of all live profiles."""
        names = [entry.name for entry in self._snapshot.files[schema.PROFILES]]
        empty = schema.SCHEMAS[schema.PROFILES].empty_table()
        rows = pa.concat_tables([empty, *(self._read(schema.PROFILES, name) for name in names)])
        return without_doubles(rows)

    def _old(self, profiles: pa.Table) -> Any:
        """Return which profiles ended before the first day to keep."""
        if self._first_time is None:
            return compute.less(profiles["placed"], 0)
        end = compute.add(profiles["start"], profiles["length"])
        return compute.and_(compute.equal(profiles["placed"], 1), compute.less(end, self._first_time))

    def _stems(self, profiles: pa.Table) -> Sequence[str | None]:
        """Return the stem of every profile's own files, None for a merged one."""
        stems = {layout.digest_of(stem): stem for stem in self._snapshot.loose}
        return [stems.get(one[: layout.DIGEST]) for one in _texts(profiles["sha256"])]

    def _expired(self) -> bool:
        return any(
            self._is_old(place.day) for table in schema.DAILY for _, place in self._snapshot.places(table)
        )

    def _lacks_sums(self) -> bool:
        """Return True if a merged day has no sums, or damaged ones."""
        return any(
            place.merged and not self._snapshot.has_rollups(place)
            for _, place in self._snapshot.places(schema.SAMPLES)
        )

    def _is_old(self, day: str) -> bool:
        return self._first_time is not None and day < day_name(self._first_time)

    def _read(self, table: str, name: str) -> pa.Table:
        rows = read_rows(self._storage, name).select(schema.SCHEMAS[table].names)
        return rows.cast(schema.SCHEMAS[table])

    def _write(self, table: str, rows: pa.Table, part: int, day: str = "", folder: str = "") -> None:
        stem = layout.merged_stem(self._number, self._token, part)
        name = f"{table}/date={day}/{folder}/{stem}.parquet" if day else layout.file_name(table, stem)
        self._storage.write(name, schema.parquet(table, schema.in_order(table, rows.combine_chunks())))
        self._written.append(name)

    def _merge_profiles(self, rows: pa.Table) -> None:
        self._write(schema.PROFILES, rows, 0)

    def _merge_stacks(self, stems: set[str]) -> None:
        """Merge the nodes and frames of all merged profiles, each row once."""
        merged = []
        for table in (schema.NODES, schema.FRAMES):
            names = [one.name for one, place in self._snapshot.places(table) if _takes(place, stems)]
            rows: pa.Table = schema.SCHEMAS[table].empty_table()
            for batch in _batches(names, 64):
                rows = distinct(table, pa.concat_tables([rows, *(self._read(table, name) for name in batch)]))
            rows = schema.in_order(table, rows)
            self._write(table, rows, 0)
            merged.append(rows)
        self._stacks = Stacks.of(*merged)

    def _merge_days(self, stems: set[str]) -> None:
        """Merge the files of every day and service."""
        days: dict[tuple[str, str], dict[str, list[tuple[Entry, Place]]]] = defaultdict(
            lambda: defaultdict(list)
        )
        for table in schema.DAILY:
            for entry, place in self._snapshot.places(table):
                if _takes(place, stems) and not self._is_old(place.day):
                    days[place.day, place.folder][table].append((entry, place))
        for (day, folder), tables in sorted(days.items()):
            names = [{place[1:]: entry.name for entry, place in tables[table]} for table in schema.DAILY]
            only = tables[schema.SAMPLES][0][1]
            if len(names[0]) == 1 and only.merged and self._snapshot.has_rollups(only):
                self._written += [
                    f"{table}/date={day}/{folder}/{only.stem}.parquet" for table in schema.IN_FOLDERS
                ]
            else:
                self._merge_day(day, folder, *names)

    def _merge_day(self, day: str, folder: str, samples: _Names, minutes: _Names) -> None:
        """Merge one day of one service, in as many parts as its samples need."""
        part, count = 0, 0
        waiting: list[tuple[pa.Table, pa.Table]] = []
        for place in sorted(samples):
            rows = self._read(schema.SAMPLES, samples[place])
            waiting.append((rows, self._read(schema.MINUTES, minutes[place])))
            count += rows.num_rows
            if count >= self._most_rows:
                self._write_day(waiting, part, day, folder)
                part, waiting, count = part + 1, [], 0
        if waiting:
            self._write_day(waiting, part, day, folder)

    def _write_day(self, rows: list[tuple[pa.Table, pa.Table]], part: int, day: str, folder: str) -> None:
        samples, minutes = (pa.concat_tables(found).combine_chunks() for found in zip(*rows, strict=True))
        daily = ((schema.SAMPLES, samples), (schema.MINUTES, minutes))
        for table, found in (*daily, *rollups(samples, minutes, self._stacks)):
            self._write(table, found, part, day, folder)

    def _commit(self) -> None:
        state = State(self._number, tuple(sorted(self._written)))
        if not self._storage.create(layout.state_name(self._number), msgspec.json.encode(state)):
            raise ConflictError("Another compaction has ended meanwhile: start again.")

    def _sweep(self, live: Snapshot, dropped: Iterable[str] = ()) -> int:
        """Remove the files that a newer state replaces, and those of dropped profiles."""
        gone, removed = set(dropped), 0
        for table in reversed(list(schema.SCHEMAS)):
            # What makes a profile count goes first, so that a killed sweep leaves none in part.
            for entry in self._storage.entries(table):
                place = layout.parse(entry.name)
                if place is not None and self._is_replaced(place, entry.name, live, gone):
                    self._storage.remove(entry.name)
                    removed += 1
        for entry in list(self._storage.entries(layout.STATES)):
            number = layout.state_number(entry.name)
            if number is not None and number < live.state.number:
                self._storage.remove(entry.name)
                removed += 1
        return removed

    def _is_replaced(self, place: Place, name: str, live: Snapshot, gone: set[str]) -> bool:
        if place.merged:
            return name not in live.state.files and place.state <= live.state.number
        if place.stem in gone or (place.day and self._is_old(place.day)):
            return True
        if place.digest in live.merged.placed:
            return True
        return layout.is_listed(place.stem) and place.digest in live.merged.listed


def distinct(table: str, rows: pa.Table) -> pa.Table:
    """Return every row of nodes or frames once. Raises BrokenProfileError if rows of one hash differ."""
    found = rows.group_by(rows.column_names).aggregate([])
    key = schema.ORDER[table][0]
    if len(compute.unique(found[key])) != found.num_rows:
        raise BrokenProfileError(
            f"Two {table} of the collection have the same hash: remove the profile that was ingested last."
        )
    return found


def without_doubles(profiles: pa.Table) -> pa.Table:
    """Leave out the rows of profiles that were only listed and have a place in time now."""
    placed = compute.equal(profiles["placed"], 1)
    elsewhere = compute.is_in(profiles["sha256"], value_set=compute.unique(profiles["sha256"].filter(placed)))
    return profiles.filter(compute.or_(placed, compute.invert(elsewhere)))


def _table(name: str) -> str | None:
    place = layout.parse(name)
    return place.table if place is not None else None


def _texts(column: pa.ChunkedArray[Any]) -> list[str]:
    found: list[str] = column.to_pylist()  # type: ignore[assignment]  # no column has nulls
    return found


def _takes(place: Place, stems: set[str]) -> bool:
    return place.merged or place.stem in stems


def _batches(names: Sequence[str], size: int) -> Iterator[Sequence[str]]:
    for start in range(0, len(names), size):
        yield names[start : start + size]
