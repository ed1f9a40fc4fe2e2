"""Turns a Profile into the rows of a collection's tables."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import orjson
import pyarrow as pa

from flamescope_py.analysis.breakdown.rates import Rate, rate
from flamescope_py.analysis.events import main_events
from flamescope_py.fleet import ids, schema
from flamescope_py.fleet.labels import Labels
from flamescope_py.fleet.placing import DAY, MICROSECONDS, Place, microseconds
from flamescope_py.fleet.writing.minutes import NO_EVENT, event_is_main, minute_columns
from flamescope_py.model import Profile

Ints = npt.NDArray[np.int64]


class Source(NamedTuple):
    """The file that a profile was read from: the digest of its content and its name."""

    sha256: str
    name: str


@dataclass(frozen=True)
class ProfileRows:
    """The rows of one profile in every table; `daily` has those of each day (2026-11-29) by table."""

    profile: pa.Table
    nodes: pa.Table
    frames: pa.Table
    daily: dict[tuple[str, str], pa.Table]


def rows_of(profile: Profile, source: Source, labels: Labels, place: Place) -> ProfileRows:
    """Return all rows of a profile. Raises BrokenProfileError if two stacks have the same hash."""
    frames = ids.frame_ids(profile.frames)
    nodes = ids.node_ids(profile.tree, frames)
    maker = _Rows(profile, source, labels, place, nodes)
    daily = {} if place.offset is None else maker.daily(place.offset)
    return ProfileRows(maker.profile(), _nodes(profile, nodes, frames), _frames(profile, frames), daily)


def _nodes(profile: Profile, nodes: Ints, frames: Ints) -> pa.Table:
    tree, order = profile.tree, np.argsort(nodes)
    columns = {
        "node": nodes[order],
        "parent": nodes[tree.parent[order]],
        "frame": frames[tree.frame[order]],
        "depth": tree.depth[order].astype(np.int64),
    }
    return schema.table(schema.NODES, columns)


def _frames(profile: Profile, frames: Ints) -> pa.Table:
    table = profile.frames
    columns = {"frame": frames, "name": table.name, "library": table.library, "kind": table.kind}
    return schema.in_order(schema.FRAMES, schema.table(schema.FRAMES, columns))


class _Rows:
    """The rows of one profile that depend on its labels."""

    def __init__(self, profile: Profile, source: Source, labels: Labels, place: Place, nodes: Ints) -> None:
        self._profile, self._source, self._labels, self._place = profile, source, labels, place
        self._nodes = nodes
        self._id = ids.profile_id(source.sha256)
        self._main = main_events(profile)
        self._rate: Rate = rate(profile, self._main)

    def profile(self) -> pa.Table:
        """Return the row of the profile itself."""
        meta, labels, place = self._profile.meta, self._labels, self._place
        placed = place.offset is not None
        row: dict[str, Any] = {
            "profile": self._id,
            "placed": int(placed),
            "start": microseconds(meta.first) + (place.offset or 0),
            "length": microseconds(meta.last - meta.first) if meta.timed else 0,
            "millihertz": round(1000 * (self._rate.frequency or 0)),
            "cpus": self._rate.cpus or 0,
            "samples": len(self._profile.samples),
            "owner_level": int(meta.owner_level),
            "sha256": self._source.sha256,
            "source": self._source.name,
            "host": labels.host,
            "service": labels.service,
            "version": labels.version,
            "clock": place.clock,
            "reason": place.reason,
            "format": meta.format,
            "unit": meta.unit,
            "units": orjson.dumps(dict(zip(meta.events, meta.event_units, strict=False))).decode(),
            "labels": labels.json(),
            "report": self._report(),
        }
        return schema.table(schema.PROFILES, {name: [value] for name, value in row.items()})

    def daily(self, offset: int) -> dict[tuple[str, str], pa.Table]:
        """Return the samples and the minutes of every day that the profile touches.

        Samples without a time are in none of them. They come last in a profile.
        """
        timed = self._profile.samples.time[: self._profile.samples.timed]
        time = np.rint(timed * MICROSECONDS).astype(np.int64) + offset
        tables = ((schema.SAMPLES, self._samples(time)), (schema.MINUTES, self._minutes(time, offset)))
        return {(name, day): part for name, rows in tables for day, part in _by_day(name, rows)}

    def _samples(self, time: Ints) -> pa.Table:
        samples, meta, count = self._profile.samples, self._profile.meta, len(time)
        event, weight = samples.event[:count], samples.weight
        threads = [f"{one.pid}/{one.tid} {one.command}" for one in self._profile.threads]
        columns = {
            "profile": np.full(count, self._id),
            "ts": time,
            "node": self._nodes[samples.node[:count]],
            "cpu": samples.cpu[:count].astype(np.int64),
            "main": event_is_main(self._profile, self._main)[event],
            "idle": samples.idle[:count].astype(np.int64),
            "weight": np.ones(count, np.int64) if weight is None else weight[:count],
            "service": _same(self._labels.service, count),
            "host": _same(self._labels.host, count),
            "thread": _named(threads, samples.thread[:count]),
            "event": _named(meta.events, event),
        }
        # All rows are of one host and one profile, and sorted by time.
        return schema.table(schema.SAMPLES, columns)

    def _minutes(self, time: Ints, offset: int) -> pa.Table:
        counted = minute_columns(self._profile, time, offset, self._main, self._rate.frequency)
        count, labels = len(counted["minute"]), self._labels
        own = (("service", labels.service), ("host", labels.host), ("version", labels.version))
        columns = {**counted, "profile": np.full(count, self._id)}
        columns |= {name: _same(value, count) for name, value in own}
        return schema.in_order(schema.MINUTES, schema.table(schema.MINUTES, columns))

    def _report(self) -> str:
        report = self._profile.report
        counts = {
            "lines": report.lines,
            "skipped": report.skipped,
            "repaired": report.repaired,
            "lost": report.lost_events,
            "notes": [note.reason for note in report.notes],
            "messages": report.messages,
        }
        return orjson.dumps(counts).decode()


def _by_day(name: str, rows: pa.Table) -> Iterator[tuple[str, pa.Table]]:
    """Cut a table in the order of time at midnight, UTC."""
    day = np.asarray(rows[schema.TIME[name]]) // DAY
    first = np.flatnonzero(np.diff(day, prepend=day[0] - 1)).tolist()
    for start, end in pairwise([*first, len(day)]):
        yield day_name(int(day[start]) * DAY), rows.slice(start, end - start)


def day_name(time: int) -> str:
    """Return the UTC day of a time in microseconds: 2026-11-29."""
    return datetime.fromtimestamp(time // MICROSECONDS, timezone.utc).strftime("%Y-%m-%d")


def day_start(name: str) -> int:
    """Return the first microsecond of a UTC day. Raises ValueError for a name that is no day."""
    day = datetime.strptime(name, "%Y-%m-%d").replace(tzinfo=timezone.utc)
    return int(day.timestamp()) * MICROSECONDS


def _same(text: str, count: int) -> Any:
    return _named([text], np.zeros(count, np.int32))


def _named(names: Sequence[str], rows: npt.NDArray[Any]) -> Any:
    """Return the name of every row's number. A table without names has one that is empty."""
    texts = pa.array(list(names) or [NO_EVENT], pa.string())
    return pa.DictionaryArray.from_arrays(rows.astype(np.int32), texts)
