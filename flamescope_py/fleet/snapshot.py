"""The files of a collection that count at one moment, and those that are left out, each with its reason."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from threading import Lock
from typing import NamedTuple

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

from flamescope_py.errors import BrokenProfileError
from flamescope_py.fleet import layout, schema
from flamescope_py.fleet.layout import Place
from flamescope_py.fleet.placing import DAY
from flamescope_py.fleet.storage import Entry, Storage
from flamescope_py.fleet.writing.rows import day_start

FOREIGN = "Not a file of a collection: move it elsewhere."
GONE = "The file is missing: ingest its profile again."
NO_SUMS = "The file is missing, and rows answer in its place: compact the collection."
ALONE = "Another file of its profile or day is missing or damaged: remove its files and ingest it again."
# The files that every profile has.
_OF_PROFILE = (schema.NODES, schema.FRAMES, schema.PROFILES)
_MAX_CHECKED = 1_000_000


Known = tuple[Entry, Place]
_Listing = Mapping[str, list[Entry]]


class State(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What compactions have merged: the merged files that count, by name."""

    number: int = 0
    files: tuple[str, ...] = ()


# Made at import: two threads that are the first to decode into a type read it half made.
_STATE = msgspec.json.Decoder(State)


class LeftOut(NamedTuple):
    """A file that is in no answer."""

    name: str
    reason: str


class Digests(NamedTuple):
    """The first digits of the digests of contents that are placed in time, and of those only listed."""

    placed: frozenset[str] = frozenset()
    listed: frozenset[str] = frozenset()


_NONE = Digests()


@dataclass(frozen=True)
class Snapshot:
    """The Parquet files that count by table, and the digests of the collected profiles."""

    state: State
    found: Mapping[str, tuple[Known, ...]]
    left_out: tuple[LeftOut, ...] = ()
    merged: Digests = _NONE
    loose: frozenset[str] = frozenset()

    @cached_property
    def files(self) -> Mapping[str, tuple[Entry, ...]]:
        """The files of each table."""
        return {name: tuple(entry for entry, _ in found) for name, found in self.found.items()}

    @cached_property
    def version(self) -> str:
        """A token that changes with the files and with those that are left out."""
        text = repr(sorted(self.files.items())) + repr(self.left_out)
        return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()

    @cached_property
    def rollups(self) -> Mapping[str, Mapping[tuple[str, ...], Entry]]:
        """The files of sums by table, each by the stem, day and folder that samples and minutes have, too."""
        return {name: {place[1:]: entry for entry, place in self.found[name]} for name in schema.ROLLUPS}

    def collected(self) -> Digests:
        """Return the digests of all contents: those that are placed in time, and those only listed."""
        own = {
            placed: {layout.digest_of(one) for one in self.loose if layout.is_listed(one) != placed}
            for placed in (True, False)
        }
        return Digests(self.merged.placed | own[True], self.merged.listed | own[False])

    def places(self, table: str) -> tuple[Known, ...]:
        """Return the files of a table with the places that their names stand for."""
        return self.found[table]

    def has_rollups(self, samples: Place) -> bool:
        """Return True if all sums of a file of samples are there."""
        return all(samples[1:] in found for found in self.rollups.values())


class Files:
    """Takes snapshots of a storage; remembers which files it has checked."""

    def __init__(self, storage: Storage) -> None:
        """Nothing is read yet."""
        self.storage = storage
        self._checked: dict[Entry, str] = {}
        self._digests: dict[Entry, Digests] = {}
        self._sound_pages: set[Entry] = set()
        self._last: tuple[_Listing, Snapshot] | None = None
        self._lock = Lock()

    def snapshot(self) -> Snapshot:
        """Return the present files, the same object as before if nothing has changed.

        Raises BrokenProfileError for a damaged state.
        """
        # The state first: a compaction removes the files that it merged after it has written its state.
        names = (layout.STATES, *schema.SCHEMAS)
        listed = {name: sorted(self.storage.entries(name)) for name in names}
        with self._lock:
            if self._last is None or self._last[0] != listed:
                self._last = listed, self._snapshot(self._state(listed[layout.STATES]), listed)
            return self._last[1]

    def find_damage(self, entries: Iterable[Entry]) -> bool:
        """Read files whole. Return True if one cannot be read, which the next snapshot leaves out.

        A snapshot looks at the end of each file only: to read them all would take as long as the questions.
        """
        damaged = {}
        for entry in entries:
            if self._checked.get(entry) or entry in self._sound_pages:
                continue
            reason = self._reason(entry, _read_pages)
            if reason:
                damaged[entry] = reason
            elif len(self._sound_pages) < _MAX_CHECKED:
                self._sound_pages.add(entry)
        with self._lock:
            self._checked |= damaged
            if damaged:
                self._last = None
        return bool(damaged)

    def _snapshot(self, state: State, listed: _Listing) -> Snapshot:
        listed = {name: listed[name] for name in schema.SCHEMAS}
        left_out = list(_foreign(listed))
        known: dict[str, list[Known]] = {
            name: [(entry, place) for entry in entries if (place := layout.parse(entry.name)) is not None]
            for name, entries in listed.items()
        }
        wanted = frozenset(state.files)
        present = {entry.name for entries in listed.values() for entry in entries}
        left_out += [LeftOut(name, _missing(name)) for name in sorted(wanted - present)]
        merged = self._merged(known[schema.PROFILES], wanted)
        loose = _loose((place for _, place in known[schema.PROFILES]), merged)
        live = {
            name: [one for one in found if one[0].name in wanted or one[1].stem in loose]
            for name, found in known.items()
        }
        sound, faults = self._sound(live)
        whole = list(_whole(sound, loose))
        left_out += [*faults, *(LeftOut(name, reason) for name, reason in _unpaired(sound, whole))]
        found = {name: tuple(sorted(one)) for name, one in _by_table(whole).items()}
        return Snapshot(state, found, tuple(left_out), merged, loose)

    def _sound(self, live: Mapping[str, list[Known]]) -> tuple[list[Known], list[LeftOut]]:
        """Return the files that can be read, and why others cannot."""
        sound, faults = [], []
        for name, found in live.items():
            for entry, place in found:
                reason = self._check(name, entry)
                if reason:
                    faults.append(LeftOut(entry.name, reason))
                else:
                    sound.append((entry, place))
        return sound, faults

    def _state(self, listed: Iterable[Entry]) -> State:
        numbers = (layout.state_number(entry.name) for entry in listed)
        newest = max((number for number in numbers if number is not None), default=None)
        if newest is None:
            return State()
        try:
            return _STATE.decode(self.storage.read(layout.state_name(newest)))
        except (ValueError, FileNotFoundError) as error:
            sentence = f"{layout.state_name(newest)} is damaged: remove it, and the one before counts."
            raise BrokenProfileError(sentence) from error

    def _merged(self, profiles: Iterable[Known], wanted: frozenset[str]) -> Digests:
        """Return the digests of all merged profiles."""
        found = Digests()
        for entry, place in profiles:
            if not place.merged or entry.name not in wanted or self._check(schema.PROFILES, entry):
                continue
            if entry not in self._digests:
                self._digests[entry] = _digests(read_rows(self.storage, entry.name, ["sha256", "placed"]))
            found = Digests(*(one | two for one, two in zip(found, self._digests[entry], strict=True)))
        return found

    def _check(self, name: str, entry: Entry) -> str:
        """Return why a file cannot be a part of its table, or nothing. Each version is looked at once."""
        if entry not in self._checked:
            if len(self._checked) >= _MAX_CHECKED:
                self._checked.clear()
            self._checked[entry] = self._fault(name, entry)
        return self._checked[entry]

    def _fault(self, name: str, entry: Entry) -> str:
        def look(found: pq.ParquetFile) -> str:
            reason = schema.mismatch(name, found.schema_arrow)
            return reason or schema.oddity(name, found.metadata, _day_of(entry))

        return self._reason(entry, look)

    def _reason(self, entry: Entry, look: Callable[[pq.ParquetFile], str]) -> str:
        """Return what a look at a file finds, or why it cannot be opened or read."""
        try:
            with self.storage.open(entry.name) as file:
                return look(pq.ParquetFile(file))
        except FileNotFoundError:
            return GONE
        except (pa.ArrowException, OSError) as error:
            return f"It cannot be read as Parquet: {str(error).splitlines()[0][:200]}"


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
        raise BrokenProfileError(f"{name} cannot be read: {str(error).splitlines()[0][:200]}") from error


def _whole(sound: Iterable[Known], loose: frozenset[str]) -> Iterator[Known]:
    """Yield the files whose counterparts are there, too.

    A loose profile needs its stacks, and the samples of a day need its minutes. Else answers would disagree.
    Sums need both, which do without sums.
    """
    found = list(sound)
    stacks = [{place.stem for _, place in found if place.table == name} for name in _OF_PROFILE]
    complete = set[str].intersection(*stacks)
    days = [{place[1:] for _, place in found if place.table == name} for name in schema.DAILY]
    both = set.intersection(*days)
    for entry, place in found:
        if place.stem in loose and place.stem not in complete:
            continue
        if place.table not in schema.IN_FOLDERS or place[1:] in both:
            yield entry, place


def _unpaired(sound: Iterable[Known], whole: Iterable[Known]) -> Iterator[tuple[str, str]]:
    kept = {entry for entry, _ in whole}
    for entry, _ in sound:
        if entry not in kept:
            yield entry.name, ALONE


def _by_table(found: Iterable[Known]) -> dict[str, list[Known]]:
    tables: dict[str, list[Known]] = {name: [] for name in schema.SCHEMAS}
    for entry, place in found:
        tables[place.table].append((entry, place))
    return tables


def _foreign(listed: Mapping[str, Iterable[Entry]]) -> Iterator[LeftOut]:
    for entries in listed.values():
        for entry in entries:
            if layout.parse(entry.name) is None:
                yield LeftOut(entry.name, FOREIGN)


def _day_of(entry: Entry) -> tuple[int, int]:
    """Return the start and the end of the day that a file is of."""
    place = layout.parse(entry.name)
    start = day_start(place.day) if place is not None and place.day else 0
    return start, start + DAY


def _missing(name: str) -> str:
    place = layout.parse(name)
    return NO_SUMS if place is not None and place.table in schema.ROLLUPS else GONE


def _digests(rows: pa.Table) -> Digests:
    pairs = [(str(row["sha256"]), row["placed"]) for row in rows.to_pylist()]
    return Digests(
        *(frozenset(one[: layout.DIGEST] for one, placed in pairs if placed == at) for at in (1, 0))
    )


def _loose(places: Iterable[Place], merged: Digests) -> frozenset[str]:
    """Return the stems of the profiles that no compaction has merged.

    A content that was only listed may be placed later, by a label. Two writers may collect one content under
    other labels at the same time. The first by name counts.
    """
    found: dict[str, tuple[bool, str]] = {}
    for place in places:
        listed = layout.is_listed(place.stem)
        if place.digest and place.digest not in merged.placed | (merged.listed if listed else frozenset()):
            rank = (listed, place.stem)
            found[place.digest] = min(rank, found.get(place.digest, rank))
    return frozenset(stem for _, stem in found.values())
