"""Turns a Profile into the rows of a collection's tables."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import orjson
import pyarrow as pa

from flamescope_py.analysis.breakdown.rates import Rate, rate
from flamescope_py.analysis.events import main_events
from flamescope_py.fleet import ids, schema
from flamescope_py.fleet.labels import Labels
from flamescope_py.fleet.placing import DAY, MICROSECONDS, MINUTE, Place, microseconds
from flamescope_py.fleet.schema import compute
from flamescope_py.model import Profile
from flamescope_py.model import profile as units

Ints = npt.NDArray[np.int64]
NO_EVENT = ""


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
    tree = profile.tree
    columns = {
        "node": nodes,
        "parent": nodes[tree.parent],
        "frame": frames[tree.frame],
        "depth": tree.depth.astype(np.int64),
    }
    return schema.in_order(schema.NODES, schema.table(schema.NODES, columns))


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
        """Return the samples and the minutes of every day that the profile touches."""
        samples = self._samples(offset)
        minutes = self._minutes(samples, offset)
        tables = ((schema.SAMPLES, samples), (schema.MINUTES, minutes))
        return {(name, day): part for name, rows in tables for day, part in _by_day(name, rows)}

    def _samples(self, offset: int) -> pa.Table:
        samples, meta, count = self._profile.samples, self._profile.meta, len(self._profile.samples)
        threads = [f"{one.pid}/{one.tid} {one.command}" for one in self._profile.threads]
        weight = samples.weight if samples.weight is not None else np.ones(count, np.int64)
        columns = {
            "profile": np.full(count, self._id),
            "ts": np.rint(samples.time * MICROSECONDS).astype(np.int64) + offset,
            "node": self._nodes[samples.node],
            "cpu": samples.cpu.astype(np.int64),
            "main": np.isin(samples.event, self._main_rows()).astype(np.int64),
            "idle": samples.idle.astype(np.int64),
            "weight": weight,
            "service": _same(self._labels.service, count),
            "host": _same(self._labels.host, count),
            "thread": _named(threads, samples.thread),
            "event": _named(meta.events, samples.event),
        }
        return schema.table(schema.SAMPLES, columns)

    def _main_rows(self) -> list[int]:
        events = self._profile.meta.events
        # A profile without named events has one, row 0.
        return [row for row, name in enumerate(events) if name in self._main] if events else [0]

    def _minutes(self, samples: pa.Table, offset: int) -> pa.Table:
        """Count the samples of every minute and event, with a row of the main event in each minute."""
        minute = np.asarray(samples["ts"]) // MINUTE * MINUTE
        busy = compute.multiply(compute.subtract(1, samples["idle"]), samples["main"])
        rows = pa.table(
            {
                "minute": pa.array(minute),
                "main": samples["main"],
                "event": samples["event"],
                "samples": pa.array(np.ones(len(minute), np.int64)),
                "idle": samples["idle"],
                "weight": samples["weight"],
                "busy_us": compute.multiply(self._microseconds(samples["weight"]), busy),
                "windows": pa.array(np.zeros(len(minute), np.int64)),
            }
        )
        sums = ("samples", "idle", "weight", "busy_us", "windows")
        empty = self._every_minute(offset)
        joined = pa.concat_tables([rows, empty.select(rows.column_names)])
        counted = joined.group_by(["minute", "event", "main"]).aggregate([(name, "sum") for name in sums])
        observed = dict(zip(empty["minute"].to_pylist(), empty["observed_us"].to_pylist(), strict=True))
        columns: dict[str, Any] = {name: counted[name] for name in ("minute", "event", "main")}
        columns |= {name: counted[f"{name}_sum"] for name in sums}
        columns["observed_us"] = [observed[one] for one in counted["minute"].to_pylist()]
        labels = self._labels
        columns |= {"profile": np.full(counted.num_rows, self._id)}
        for name, value in (("service", labels.service), ("host", labels.host), ("version", labels.version)):
            columns[name] = [value] * counted.num_rows
        columns = {name: _plain(column) for name, column in columns.items()}
        return schema.in_order(schema.MINUTES, schema.table(schema.MINUTES, columns))

    def _microseconds(self, weight: Any) -> Any:
        """Return the busy time of a sample in microseconds; 0 where the rate is unknown."""
        if self._profile.meta.unit == units.MICROSECONDS:
            return weight
        return pa.scalar(
            round(MICROSECONDS / self._rate.frequency) if self._rate.frequency else 0, pa.int64()
        )

    def _every_minute(self, offset: int) -> pa.Table:
        """Return the minutes that the profile touches, with how much of each it observed."""
        meta = self._profile.meta
        first, last = microseconds(meta.first) + offset, microseconds(meta.last) + offset
        minute = np.arange(first // MINUTE, last // MINUTE + 1, dtype=np.int64) * MINUTE
        seen = np.minimum(minute + MINUTE, last) - np.maximum(minute, first)
        known = meta.unit == units.MICROSECONDS or bool(self._rate.frequency)
        zeros = np.zeros(len(minute), np.int64)
        event = self._main[0] if self._main else NO_EVENT
        return pa.table(
            {
                "minute": minute,
                "main": zeros + 1,
                "event": pa.array([event] * len(minute), pa.string()),
                "samples": zeros,
                "idle": zeros,
                "weight": zeros,
                "busy_us": zeros,
                "windows": zeros + 1,
                # Without a rate nothing is known about busy time, so that the time counts for nothing.
                "observed_us": seen if known else zeros,
            }
        )

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
    """Cut a table at midnight, UTC."""
    day = np.asarray(rows[schema.TIME[name]]) // DAY
    for one in np.unique(day).tolist():
        yield day_name(one * DAY), schema.in_order(name, rows.filter(pa.array(day == one)))


def day_name(time: int) -> str:
    """Return the UTC day of a time in microseconds: 2026-11-29."""
    return datetime.fromtimestamp(time // MICROSECONDS, timezone.utc).strftime("%Y-%m-%d")


def day_start(name: str) -> int:
    """Return the first microsecond of a UTC day. Raises ValueError for a name that is no day."""
    day = datetime.strptime(name, "%Y-%m-%d").replace(tzinfo=timezone.utc)
    return int(day.timestamp()) * MICROSECONDS


def _same(text: str, count: int) -> Any:
    return pa.repeat(pa.scalar(text, pa.string()), count)


def _named(names: Any, rows: npt.NDArray[Any]) -> Any:
    """Return the name of every row's number. A table without names has one that is empty."""
    texts = pa.array(list(names) or [NO_EVENT], pa.string())
    return pa.DictionaryArray.from_arrays(rows.astype(np.int32), texts).cast(pa.string())


def _plain(column: Any) -> Any:
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
