"""The sums that a compaction adds to the files of a day, so that questions about whole hours read few rows.

`hours` has the rows of `minutes` for each hour. `functions` counts the samples with a function anywhere in
their stacks by host, and `stacks` those of each stack without hosts. All three are sums of `samples` and
`minutes` alone, so that a collection answers alike with and without them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from flamescope_py.fleet import ids, schema
from flamescope_py.fleet.asking.stacks import Stacks, rows_of
from flamescope_py.fleet.keys import Groups, distinct
from flamescope_py.fleet.placing import HOUR
from flamescope_py.fleet.schema import compute

Ints = npt.NDArray[np.int64]
# Pairs of a stack and a function, and counters, in memory at a time.
_BLOCK = 256 << 10
_OF_MINUTES = ("samples", "idle", "weight", "busy_us", "observed_us")
_COUNTS = ("samples", "weight")
# A cell: the samples that a row of `functions` counts, by function.
_CELL = ("service", "host", "version", "hour", "event", "main")


def rollups(samples: pa.Table, minutes: pa.Table, stacks: Stacks) -> Iterator[tuple[str, pa.Table]]:
    """Yield each of ROLLUPS with its rows. Raises BrokenProfileError for a stack that is not known."""
    yield schema.HOURS, _hours(minutes)
    rows = samples.append_column("hour", _hour(samples["ts"]))
    rows = rows.append_column("version", _versions(samples["profile"], minutes))
    rows = rows.append_column("samples", pa.array(np.ones(rows.num_rows, np.int64)))
    # Most stacks repeat within an hour.
    rows = pa.table(_summed(rows, [*_CELL, "idle", "node"]))
    columns = [name for name in schema.SCHEMAS[schema.STACKS].names if name not in _COUNTS]
    yield schema.STACKS, schema.table(schema.STACKS, _summed(rows, columns))
    yield schema.FUNCTIONS, _functions(rows, stacks)


def _hours(minutes: pa.Table) -> pa.Table:
    """Sum up minutes. `windows` marks the event that has a row in each of a profile's minutes."""
    at = minutes.column_names.index("minute")
    rows = minutes.set_column(at, "minute", _hour(minutes["minute"]))
    keys = [name for name in rows.column_names if name not in (*_OF_MINUTES, "windows")]
    groups = Groups.of(rows, keys)
    columns = groups.keys(rows, keys) | {name: groups.summed(rows[name]) for name in _OF_MINUTES}
    return schema.table(schema.HOURS, {**columns, "windows": groups.greatest(rows["windows"])})


def _summed(rows: pa.Table, keys: list[str]) -> dict[str, Any]:
    """Add up the counts of rows of equal keys."""
    groups = Groups.of(rows, keys)
    return groups.keys(rows, keys) | {name: groups.summed(rows[name]) for name in _COUNTS}


def _functions(rows: pa.Table, stacks: Stacks) -> pa.Table:
    """Count the samples with each function, once for each sample however often it is on its stack."""
    groups = Groups.of(rows, _CELL)
    rows = rows.take(groups.order)
    cell = np.repeat(np.arange(len(groups.start)), np.diff(np.append(groups.start, rows.num_rows)))
    node = np.asarray(rows["node"], np.int64)
    paths = _Paths.of(distinct(node), stacks)
    parts = _counted(rows, cell, np.searchsorted(paths.node, node), paths)
    return pa.concat_tables([schema.SCHEMAS[schema.FUNCTIONS].empty_table(), *parts])


def _counted(rows: pa.Table, cell: Ints, place: Ints, paths: _Paths) -> Iterator[pa.Table]:
    """Yield the rows of `functions`, some cells at a time; `place` is that of each row's node in `paths`."""
    counts = {name: np.asarray(rows[name], np.int64) for name in _COUNTS}
    width, first = len(paths.function), np.flatnonzero(np.diff(cell, prepend=-1))
    for cells in _blocks(first, paths.length[place], width):
        start, end = first[cells.start], (first[cells.stop] if cells.stop < len(first) else len(cell))
        some = slice(start, end)
        length = paths.length[place[some]]
        counter = np.repeat(cell[some] - cells.start, length) * width + paths.functions_of(place[some])
        sums = {}
        for name, count in counts.items():
            sums[name] = np.zeros(len(cells) * width, np.int64)
            np.add.at(sums[name], counter, np.repeat(count[some], length))
        used = np.flatnonzero(sums["samples"])
        number, function = np.divmod(used, width)
        keys = rows.select(_CELL).take(first[cells.start + number])
        columns: dict[str, Any] = {name: keys[name].combine_chunks() for name in _CELL}
        columns |= {name: total[used] for name, total in sums.items()}
        yield schema.table(schema.FUNCTIONS, {**columns, "function": paths.function[function]})


def _blocks(first: Ints, lengths: Ints, width: int) -> Iterator[range]:
    """Cut cells, of which `first` has the first rows, into ranges that are counted at a time."""
    pairs = np.append(0, np.cumsum(lengths))[np.append(first, len(lengths))]
    start, most = 0, max(1, _BLOCK // max(1, width))
    while start < len(first):
        fitting = int(np.searchsorted(pairs, pairs[start] + _BLOCK, side="right")) - 1
        end = max(start + 1, min(fitting, start + most, len(first)))
        yield range(start, end)
        start = end


class _Paths(NamedTuple):
    """The distinct functions on the paths of some nodes: of each node, `length` of them from `start` on.

    `functions` has their places in `function`, the identities of the names that are used.
    """

    node: Ints
    start: Ints
    length: Ints
    functions: Ints
    function: Ints

    @classmethod
    def of(cls, node: Ints, stacks: Stacks) -> _Paths:
        """Walk from each node, which are sorted and distinct, up to the root."""
        names = list(dict.fromkeys(stacks.frames.name))
        place = {name: number for number, name in enumerate(names)}
        of_frame = np.array([place[name] for name in stacks.frames.name], np.int64)
        rows, step = rows_of(stacks.node, node), max(1, _BLOCK // 64)
        parts = [
            _distinct_pairs(rows[start : start + step], start, of_frame, stacks)
            for start in range(0, len(rows), step)
        ]
        leaf, function = np.divmod(np.concatenate([np.zeros(0, np.int64), *parts]), max(1, len(of_frame)))
        length = np.bincount(leaf, minlength=len(node)).astype(np.int64)
        used = np.zeros(len(names), np.bool_)
        used[function] = True
        known = ids.function_ids(names)[used]
        return cls(node, np.cumsum(length) - length, length, (np.cumsum(used) - 1)[function], known)

    def functions_of(self, places: Ints) -> Ints:
        """Return the functions of some nodes, one node's after the other's."""
        length = self.length[places]
        ends = np.cumsum(length)
        within = np.arange(int(length.sum())) - np.repeat(ends - length, length)
        found: Ints = self.functions[np.repeat(self.start[places], length) + within]
        return found


def _distinct_pairs(rows: Ints, first: int, of_frame: Ints, stacks: Stacks) -> Ints:
    """Return number * len(of_frame) + function of the nodes first, first + 1, …, sorted, each pair once."""
    number, found = np.arange(first, first + len(rows)), [np.zeros(0, np.int64)]
    while len(rows):
        found.append(number * len(of_frame) + of_frame[stacks.frame[rows]])
        above = stacks.parent[rows]
        below = above != rows
        number, rows = number[below], above[below]
    return distinct(np.concatenate(found))


def _hour(time: Any) -> Any:
    whole = np.asarray(time, np.int64)
    return pa.array(whole - whole % HOUR)


def _versions(profile: Any, minutes: pa.Table) -> Any:
    """Return the version of each sample's profile, which has a row in some minute."""
    known = minutes.group_by(["profile", "version"]).aggregate([])
    place = compute.index_in(profile, value_set=known["profile"].combine_chunks())
    return known["version"].combine_chunks().take(place.combine_chunks())
