"""Asks an engine about one moment's files, and chooses the files that a question reads.

A question about whole hours reads the sums that a compaction has added, and of other files the rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from flamescope_py.errors import BusyError, RangeError
from flamescope_py.fleet import schema
from flamescope_py.fleet.asking import questions
from flamescope_py.fleet.asking.asked import Asked
from flamescope_py.fleet.asking.engines import Engine, Reading, UnreadableError
from flamescope_py.fleet.asking.watching import stays
from flamescope_py.fleet.counting import Known, LeftOut
from flamescope_py.fleet.cut import Cut, Span
from flamescope_py.fleet.placing import HOUR, MINUTE
from flamescope_py.fleet.snapshot import Files, Snapshot
from flamescope_py.fleet.storage import Entry

DAMAGE_FOUND = "Files of the collection are damaged, and left out from now on: ask again."
EMPTY = "There are no samples in the collection: ingest profiles with times first."
# About the part of the sums by function that a question about one of them reads.
_OF_FUNCTION = 50


class DamageFoundError(BusyError):
    """Files were found to be damaged while a question read them. They are left out when it is asked again."""


@dataclass(slots=True)
class Moment:
    """A snapshot of the collection, a token that changes with it, and whether the asking client has gone.

    A later snapshot takes the place of one whose files turn out to be damaged.
    """

    snapshot: Snapshot
    version: str
    gone: Callable[[], bool] = stays

    @property
    def left_out(self) -> tuple[LeftOut, ...]:
        """The files that are in no answer."""
        return self.snapshot.left_out


class Asking:
    """Asks questions about the files of a storage."""

    def __init__(self, files: Files, engine: Engine) -> None:
        """Nothing is asked yet."""
        self._files, self._engine = files, engine
        self._span: tuple[str, Span] | None = None
        self._units: tuple[str, Mapping[str, list[dict[str, Any]]]] | None = None

    def ask(
        self,
        at: Moment,
        asked: Asked,
        wanted: npt.NDArray[np.int64] | None = None,
        chosen: Mapping[str, Sequence[Known]] = {},
    ) -> pa.Table:
        """Ask about the files that the cut touches, of a table in `chosen` only about those.

        Raises DamageFoundError if files that the snapshot holds cannot be read.
        """
        cut = asked.cut
        read: list[Entry] = []
        whole: dict[str, list[str]] = {}
        partly: dict[str, list[str]] = {}
        for table in self._engine.tables_of(asked) & schema.SCHEMAS.keys():
            found: Sequence[Known] = chosen.get(table, at.snapshot.places(table))
            folders = cut.folders() if cut is not None and table in schema.IN_FOLDERS else None
            if folders is not None:
                found = [one for one in found if folders.touch(one[1])]
                partly[table] = self._paths(entry for entry, place in found if not folders.cover(place))
            covered = (entry for entry, place in found if folders is None or folders.cover(place))
            whole[table] = self._paths(covered)
            read += [entry for entry, _ in found]
        span = cut.span if cut is not None else Span(0, 0)
        try:
            return self._engine.run(asked, Reading(whole, wanted, at.gone, partly, span))
        except UnreadableError as error:
            if self._files.find_damage(read):
                raise DamageFoundError(DAMAGE_FOUND, retry_after=1) from error
            raise

    def span(self, at: Moment) -> Span:
        """Return the whole minutes from the first to the last sample. Raises RangeError if there is none."""
        known = self._span
        if known is None or known[0] != at.version:
            minutes = at.snapshot.places(schema.MINUTES)
            days = sorted(place.day for _, place in minutes)
            ends = [one for one in minutes if one[1].day in (*days[:1], *days[-1:])]
            row = self.ask(at, Asked(questions.span), chosen={schema.MINUTES: ends}).to_pylist()[0]
            if row["first"] is None:
                raise RangeError(EMPTY)
            self._span = known = at.version, Span(row["first"], row["last"] + MINUTE)
        return known[1]

    def kinds(self, at: Moment, cut: Cut, events: Sequence[str] = ()) -> list[dict[str, Any]]:
        """Return the rows of the question `kinds`.

        The profiles of most services are of one kind. So the table of profiles is read once a version, and
        of one service only the `events` of the samples that were read are needed. Of several, the table of
        minutes tells which service has which events.
        """
        known = self._units
        if known is None or known[0] != at.version:
            found: dict[str, list[dict[str, Any]]] = {}
            for row in self.ask(at, Asked(questions.units)).to_pylist():
                found.setdefault(row["service"], []).append(row)
            self._units = known = at.version, found
        units = known[1]
        if events and len(cut.services) == 1:
            rows = [{"service": cut.services[0], "event": event} for event in events]
        else:
            rows = self.minutes(at, Asked(questions.events, cut)).to_pylist()
        if all(len(units.get(row["service"], ())) == 1 for row in rows):
            return [{**units[row["service"]][0], **row} for row in rows]
        return self.minutes(at, Asked(questions.kinds, cut)).to_pylist()

    def minutes(self, at: Moment, asked: Asked, step: int | None = None) -> pa.Table:
        """Ask about minutes, whose sums by hour do as well for whole hours and a `step` of such."""
        whole = self._in_hours(at, asked.cut, step)
        if whole is None:
            return self.ask(at, asked)
        sums = at.snapshot.rollups[schema.HOURS]
        chosen = [(sums.get(place[1:], entry), place) for entry, place in at.snapshot.places(schema.MINUTES)]
        return self.ask(at, asked._replace(cut=whole), chosen={schema.MINUTES: chosen})

    def function(
        self,
        at: Moment,
        asked: Asked,
        of_sums: Callable[..., Any],
        function: int,
        nodes: Callable[[], npt.NDArray[np.int64]],
        step: int | None = None,
    ) -> pa.Table:
        """Count a function in the sums of whole hours, and by its nodes in samples without sums."""
        whole = self._in_hours(at, asked.cut, step)
        sums, samples = _parted(at, schema.FUNCTIONS, asked.cut, whole)
        parts = []
        if sums:
            summed = Asked(of_sums, whole, asked.words, (*asked.numbers, function))
            parts.append(self.ask(at, summed, chosen={schema.FUNCTIONS: sums}))
        if samples or not sums:
            parts.append(self.ask(at, asked, nodes(), {schema.SAMPLES: samples}))
        return _added(parts)

    def tree(self, at: Moment, cut: Cut) -> pa.Table:
        """Count stacks in the sums of whole hours, which know no hosts, and in samples without sums."""
        whole = None if cut.hosts else self._in_hours(at, cut)
        sums, samples = _parted(at, schema.STACKS, cut, whole)
        parts = []
        if sums:
            parts.append(self.ask(at, Asked(questions.summed_tree, whole), chosen={schema.STACKS: sums}))
        if samples or not sums:
            parts.append(self.ask(at, Asked(questions.tree, cut), chosen={schema.SAMPLES: samples}))
        return _added(parts)

    def bytes_of(self, at: Moment, cut: Cut, table: str, step: int) -> int:
        """Estimate the bytes that a question about a cut reads of a table, or of samples without sums."""
        base = schema.MINUTES if table in (schema.MINUTES, schema.HOURS) else schema.SAMPLES
        sums: Mapping[tuple[str, ...], Entry] = {}
        if table in schema.ROLLUPS and not (table == schema.STACKS and cut.hosts):
            sums = at.snapshot.rollups[table] if self._in_hours(at, cut, step) else {}
        share = _OF_FUNCTION if table == schema.FUNCTIONS else 1
        folders, found = cut.folders(), 0
        for entry, place in at.snapshot.places(base):
            if folders.touch(place):
                summed = sums.get(place[1:])
                found += entry.size if summed is None else summed.size // share
        return found

    def _paths(self, entries: Iterable[Entry]) -> list[str]:
        """Return where the engine finds some files."""
        storage = self._files.storage
        find = storage.urls if self._engine.remote else storage.paths
        return find(list(entries))

    def _in_hours(self, at: Moment, cut: Cut | None, step: int | None = None) -> Cut | None:
        """Return the cut of whole hours that has the same rows, from the same start for a step of time.

        None if there is none, or if the engine sees no files.
        """
        if (
            cut is None
            or self._engine.tables
            or not at.snapshot.rollups[schema.HOURS]
            or (step or HOUR) % HOUR
        ):
            return None
        span, known = cut.span.whole(HOUR), self.span(at)
        starts = span.start == cut.span.start or (step is None and cut.span.start <= known.start)
        ends = span.end == cut.span.end or cut.span.end >= known.end
        return replace(cut, span=span) if starts and ends else None


def _parted(at: Moment, table: str, cut: Cut | None, whole: Cut | None) -> tuple[list[Known], list[Known]]:
    """Return the files of sums that a cut of whole hours touches, and the files of samples without sums."""
    found: Sequence[Known] = at.snapshot.places(schema.SAMPLES)
    if cut is not None:
        folders = cut.folders()
        found = [one for one in found if folders.touch(one[1])]
    sums = at.snapshot.rollups[table] if whole is not None else {}
    summed = [(sums[place[1:]], place) for _, place in found if place[1:] in sums]
    return summed, [one for one in found if one[1][1:] not in sums]


def _added(parts: list[pa.Table]) -> pa.Table:
    """Add up the counts of rows that are equal but for them, in the order of the others."""
    if len(parts) == 1:
        return parts[0]
    names = parts[0].column_names
    keys = [name for name in names if name not in ("samples", "weight")]
    found = pa.concat_tables(parts).group_by(keys).aggregate([("samples", "sum"), ("weight", "sum")])
    found = found.rename_columns([name.removesuffix("_sum") for name in found.column_names])
    return found.select(names).sort_by([(name, "ascending") for name in keys])
