"""Decides which files of a collection count: complete sets of unmerged profiles, and merged files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from flamescope_py.fleet import layout, schema
from flamescope_py.fleet.layout import Place
from flamescope_py.fleet.storage import Entry

FOREIGN = "Not a file of a collection: move it elsewhere."
GONE = "The file is missing: ingest its profile again."
NO_SUMS = "The file is missing, and rows answer in its place: compact the collection."
ALONE = "Another file of its profile or day is missing or damaged: remove its files and ingest it again."
# The files that every profile has.
_OF_PROFILE = (schema.NODES, schema.FRAMES, schema.PROFILES)

Known = tuple[Entry, Place]
Listing = Mapping[str, list[Entry]]


class LeftOut(NamedTuple):
    """A file that is in no answer."""

    name: str
    reason: str


class Digests(NamedTuple):
    """The first digits of the digests of contents that are placed in time, and of those only listed."""

    placed: frozenset[str] = frozenset()
    listed: frozenset[str] = frozenset()


def whole(sound: Iterable[Known], loose: frozenset[str]) -> Iterator[Known]:
    """Yield the files whose counterparts are there, too.

    A loose profile needs its stacks, and the samples of a day need its minutes. Else answers would disagree.
    Sums need both. Neither of these needs sums.
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


def unpaired(sound: Iterable[Known], paired: Iterable[Known]) -> Iterator[LeftOut]:
    """Yield the files that `whole` leaves out; `paired` are those that it yields."""
    kept = {entry for entry, _ in paired}
    for entry, _ in sound:
        if entry not in kept:
            yield LeftOut(entry.name, ALONE)


def by_table(found: Iterable[Known]) -> dict[str, list[Known]]:
    """Return the files of every table, in their order."""
    tables: dict[str, list[Known]] = {name: [] for name in schema.SCHEMAS}
    for entry, place in found:
        tables[place.table].append((entry, place))
    return tables


def foreign(listed: Listing) -> Iterator[LeftOut]:
    """Yield the files whose names are none of a collection's."""
    for entries in listed.values():
        for entry in entries:
            if layout.parse(entry.name) is None:
                yield LeftOut(entry.name, FOREIGN)


def missing(name: str) -> str:
    """Return the reason that answers show for a missing merged file."""
    place = layout.parse(name)
    return NO_SUMS if place is not None and place.table in schema.ROLLUPS else GONE


def loose(places: Iterable[Place], merged: Digests) -> frozenset[str]:
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
