"""Makes a collection of 20 services of 50 hosts for a week, as compactions leave it: 100 million samples.

Every host is recorded all the time in profiles of an hour, some ten samples a minute, so that the table of
minutes has ten million rows. The rows are the same every time.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from flamescope_py.fleet import ids, layout, schema
from flamescope_py.fleet.asking import stacks as fleet_stacks
from flamescope_py.fleet.labels import moment
from flamescope_py.fleet.placing import DAY, HOUR, MICROSECONDS, MINUTE
from flamescope_py.fleet.snapshot import State
from flamescope_py.fleet.storage import LocalStorage
from flamescope_py.fleet.writing.rollups import rollups
from flamescope_py.fleet.writing.rows import day_name
from tools.bench.fleet.stacks import Stacks, stacks_of, tables

Ints = npt.NDArray[np.int64]
SEED = 20
START = moment("2026-11-16T00:00:00Z")
EVENT, HERTZ, CPUS, THREADS, IDLE = "cpu-clock", 20, 8, 16, 0.1
HOURS, MINUTES = DAY // HOUR, DAY // MINUTE
# All that is in the folder at the end, so that an interrupted run is made again.
_TOKEN = "5eedf1ee"


class Size(NamedTuple):
    """The numbers of services, hosts of each, days, and samples of a host's day.

    `drawn` days of each service are drawn. Later ones repeat them at other times, with profiles of their own:
    what costs most of the time are the sums, which they take over.
    """

    services: int = 20
    hosts: int = 50
    days: int = 7
    samples: int = 14_286
    drawn: int = 7

    @property
    def total(self) -> int:
        """All samples."""
        return self.services * self.hosts * self.days * self.samples

    def service(self, number: int) -> str:
        """Return the name of a service."""
        return f"service-{number:02}"

    def host(self, service: int, number: int) -> str:
        """Return the name of a host."""
        return f"host-{service:02}-{number:03}"


def make(folder: Path, size: Size) -> None:
    """Write the collection into a folder unless it is there."""
    storage = LocalStorage(folder)
    if (folder / layout.state_name(1)).exists():
        return
    names = []
    for table, rows, day, service in _all(size):
        name = layout.file_name(table, layout.merged_stem(1, _TOKEN, 0), day, service)
        storage.write(name, schema.parquet(table, rows))
        names.append(name)
    storage.write(layout.state_name(1), msgspec.json.encode(State(1, tuple(names))))


def _all(size: Size) -> Iterator[tuple[str, pa.Table, str, str]]:
    stacks = [stacks_of(size.service(number), [SEED, number]) for number in range(size.services)]
    found = {name: schema.table(name, columns) for name, columns in tables(stacks).items()}
    found = {name: schema.in_order(name, rows) for name, rows in found.items()}
    for name, rows in found.items():
        yield name, rows, "", ""
    known = fleet_stacks.Stacks.of(*found.values())
    yield schema.PROFILES, schema.in_order(schema.PROFILES, _profiles(size)), "", ""
    for service, own in enumerate(stacks):
        for drawn in range(min(size.drawn, size.days)):
            first = _Day(size, service, drawn, own)
            tables_ = list(_tables(first, known))
            for day in range(drawn, size.days, size.drawn):
                for table, rows in tables_:
                    yield table, first.moved(table, rows, day - drawn), *_names(size, service, day)


def _names(size: Size, service: int, day: int) -> tuple[str, str]:
    return day_name(START + day * DAY), size.service(service)


def _tables(day: _Day, known: fleet_stacks.Stacks) -> Iterator[tuple[str, pa.Table]]:
    """Yield the tables of a day, in the order of their files."""
    daily = day.samples(), day.minutes()
    for table, rows in (*zip(schema.DAILY, daily, strict=True), *rollups(*daily, known)):
        yield table, schema.in_order(table, rows)


class _Day:
    """The rows of a service's day."""

    def __init__(self, size: Size, service: int, day: int, stacks: Stacks) -> None:
        random = np.random.default_rng([SEED, service, day, 1])
        self.start = START + day * DAY
        self._size, self._service, self._stacks = size, service, stacks
        shape = (size.hosts, size.samples)
        # Of each host, in the order of time.
        self._time = np.sort(random.integers(0, DAY, shape), axis=1).ravel()
        self._host = np.repeat(np.arange(size.hosts), size.samples)
        ends = np.cumsum(stacks.chance)
        drawn = np.searchsorted(ends, random.random(len(self._time)) * ends[-1], side="right")
        self._node = stacks.node[drawn]
        self._cpu = random.integers(0, CPUS, len(self._time))
        self._thread = random.integers(0, THREADS, len(self._time))
        self._idle = (random.random(len(self._time)) < IDLE).astype(np.int64)
        names = [size.host(service, number) for number in range(size.hosts)]
        self._names = pa.array(names, pa.string())
        self._host_names = names
        self._profiles = self._profiles_from(self.start)

    def _profiles_from(self, start: int) -> Ints:
        """Return the profiles of every host and hour of the day that begins then."""
        digests = [_digest(name, start + hour * HOUR) for name in self._host_names for hour in range(HOURS)]
        return np.array([ids.profile_id(one) for one in digests], np.int64)

    def moved(self, table: str, rows: pa.Table, days: int) -> pa.Table:
        """Return the rows of a table at a later day. Their order stays: one profile is of a host's hour."""
        if not days:
            return rows
        columns: dict[str, Any] = {name: rows[name].combine_chunks() for name in rows.column_names}
        columns[schema.TIME[table]] = np.asarray(rows[schema.TIME[table]]) + days * DAY
        if "profile" in columns:
            place = np.argsort(self._profiles)
            at = np.searchsorted(self._profiles, np.asarray(rows["profile"]), sorter=place)
            columns["profile"] = self._profiles_from(self.start + days * DAY)[place[at]]
        return schema.table(table, columns)

    def samples(self) -> pa.Table:
        """Return the samples."""
        count = len(self._time)
        threads = [f"{100 + self._service}/{200 + number} worker-{number}" for number in range(THREADS)]
        return schema.table(
            schema.SAMPLES,
            {
                "profile": self._profiles[self._host * HOURS + self._time // HOUR],
                "ts": self._time + self.start,
                "node": self._node,
                "cpu": self._cpu,
                "main": np.ones(count, np.int64),
                "idle": self._idle,
                "weight": np.ones(count, np.int64),
                "service": _same(self._size.service(self._service), count),
                "host": _named(self._names, self._host),
                "thread": _named(pa.array(threads), self._thread),
                "event": _same(EVENT, count),
            },
        )

    def minutes(self) -> pa.Table:
        """Return a row of every host's minute."""
        count = self._size.hosts * MINUTES
        place = self._host * MINUTES + self._time // MINUTE
        samples = np.bincount(place, minlength=count)
        idle = np.bincount(place, self._idle, count).astype(np.int64)
        host, minute = np.divmod(np.arange(count), MINUTES)
        return schema.table(
            schema.MINUTES,
            {
                "profile": self._profiles[host * HOURS + minute // 60],
                "minute": minute * MINUTE + self.start,
                "main": np.ones(count, np.int64),
                "samples": samples,
                "idle": idle,
                "weight": samples,
                "busy_us": (samples - idle) * (MICROSECONDS // HERTZ),
                "observed_us": np.full(count, MINUTE),
                "windows": np.ones(count, np.int64),
                "service": _same(self._size.service(self._service), count),
                "host": _named(self._names, host),
                "version": _same("1", count),
                "event": _same(EVENT, count),
            },
        )


def _profiles(size: Size) -> pa.Table:
    """Return a row of every host's hour."""
    rows = [
        (size.service(service), name, START + hour * HOUR)
        for service in range(size.services)
        for name in (size.host(service, number) for number in range(size.hosts))
        for hour in range(size.days * HOURS)
    ]
    digests = [_digest(host, start) for _, host, start in rows]
    facts: Mapping[str, Any] = {
        "placed": 1,
        "length": HOUR - 1,
        "millihertz": 1000 * HERTZ,
        "cpus": CPUS,
        "samples": size.samples // HOURS,
        "owner_level": 1,
        "version": "1",
        "clock": "wall",
        "reason": "",
        "format": "perf",
        "unit": "samples",
        "units": '{"cpu-clock":"samples"}',
        "labels": "{}",
        "report": "{}",
    }
    columns: dict[str, Any] = {name: [value] * len(rows) for name, value in facts.items()}
    columns |= {
        "profile": [ids.profile_id(one) for one in digests],
        "sha256": digests,
        "source": [f"{host}/{start}.perf" for _, host, start in rows],
        "service": [service for service, _, _ in rows],
        "host": [host for _, host, _ in rows],
        "start": [start for _, _, start in rows],
    }
    return schema.table(schema.PROFILES, columns)


def _digest(host: str, start: int) -> str:
    return hashlib.sha256(f"{host} {start}".encode()).hexdigest()


def _same(text: str, count: int) -> Any:
    return _named(pa.array([text]), np.zeros(count, np.int64))


def _named(names: Any, rows: Ints) -> Any:
    return pa.DictionaryArray.from_arrays(rows.astype(np.int32), names)


if __name__ == "__main__":
    make(Path(sys.argv[1]), Size())
