"""The files of a collection that count at one moment, and those that are left out, each with its reason."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from threading import Lock

import msgspec
import pyarrow as pa

from flamescope_py.errors import BrokenProfileError
from flamescope_py.fleet import counting, layout, schema
from flamescope_py.fleet.checking import Checks, read_rows
from flamescope_py.fleet.counting import Digests, Known, LeftOut, Listing
from flamescope_py.fleet.layout import Place
from flamescope_py.fleet.storage import Entry, Storage


class State(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What compactions have merged: the merged files that count, by name."""

    number: int = 0
    files: tuple[str, ...] = ()


# Made at import: of two threads that decode into a new type at once, one may see it half made.
_STATE = msgspec.json.Decoder(State)


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
        self._checks = Checks(storage)
        self._digests: dict[Entry, Digests] = {}
        self._last: tuple[Listing, Snapshot] | None = None
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
        found = self._checks.damaged(entries)
        if found:
            with self._lock:
                self._checks.note(found)
                self._last = None
        return bool(found)

    def _snapshot(self, state: State, listed: Listing) -> Snapshot:
        listed = {name: listed[name] for name in schema.SCHEMAS}
        left_out = list(counting.foreign(listed))
        known: dict[str, list[Known]] = {
            name: [(entry, place) for entry in entries if (place := layout.parse(entry.name)) is not None]
            for name, entries in listed.items()
        }
        wanted = frozenset(state.files)
        present = {entry.name for entries in listed.values() for entry in entries}
        left_out += [LeftOut(name, counting.missing(name)) for name in sorted(wanted - present)]
        merged = self._merged(known[schema.PROFILES], wanted)
        loose = counting.loose((place for _, place in known[schema.PROFILES]), merged)
        live = {
            name: [one for one in found if one[0].name in wanted or one[1].stem in loose]
            for name, found in known.items()
        }
        sound, faults = self._checks.sound(live)
        whole = list(counting.whole(sound, loose))
        left_out += [*faults, *counting.unpaired(sound, whole)]
        found = {name: tuple(sorted(one)) for name, one in counting.by_table(whole).items()}
        return Snapshot(state, found, tuple(left_out), merged, loose)

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
            if not place.merged or entry.name not in wanted or self._checks.check(schema.PROFILES, entry):
                continue
            if entry not in self._digests:
                self._digests[entry] = _digests(read_rows(self.storage, entry.name, ["sha256", "placed"]))
            found = Digests(*(one | two for one, two in zip(found, self._digests[entry], strict=True)))
        return found


def _digests(rows: pa.Table) -> Digests:
    pairs = [(str(row["sha256"]), row["placed"]) for row in rows.to_pylist()]
    return Digests(
        *(frozenset(one[: layout.DIGEST] for one, placed in pairs if placed == at) for at in (1, 0))
    )
