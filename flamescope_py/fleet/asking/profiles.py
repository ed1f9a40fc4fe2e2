"""Turns the answers of an engine into Profiles, so that today's analysis, filters and exports apply.

A cut has chosen its events already. So its profile has one event, or none where several were chosen.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import msgspec
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from flamescope_py.errors import BrokenProfileError, ParameterError
from flamescope_py.fleet.asking.stacks import Stacks
from flamescope_py.fleet.cut import Span
from flamescope_py.fleet.placing import MICROSECONDS
from flamescope_py.model import Meta, ParseReport, Profile, Samples, Thread
from flamescope_py.model import profile as units

NO_TIME = "Open the window of one host: a tree of many has no times."
COLLECTION = "fleet"
NO_THREAD = Thread(units.UNKNOWN, units.UNKNOWN, "")


class Kind(NamedTuple):
    """What the samples of a cut count: their unit and events. `owner_level` as in `Meta`."""

    unit: str = units.SAMPLES
    events: tuple[str, ...] = ()
    owner_level: bool = True

    @classmethod
    def of(cls, kinds: Sequence[Mapping[str, Any]]) -> Kind:
        """Join the rows of the question `kinds`. Raises ParameterError if their units differ."""
        found: dict[str, str] = {}
        for row in kinds:
            unit = _units(row["units"]).get(row["event"]) or row["unit"]
            found.setdefault(unit, row["service"])
        if len(found) > 1:
            (one, service), (other, _) = sorted(found.items())[:2]
            raise ParameterError(
                f"The profiles count in {one} ({service}) and in {other}: choose services, hosts or an event."
            )
        events = tuple(sorted({row["event"] for row in kinds} - {""}))
        owner_level = all(row["owner_level"] for row in kinds)
        return cls(next(iter(found), units.SAMPLES), events, owner_level)


def tree_profile(rows: pa.Table, stacks: Stacks, kind: Kind) -> Profile:
    """Return the rows of the question `tree` as a profile without times, with a weighted sample for each."""
    count = rows.num_rows
    columns = {
        "time": np.full(count, np.nan),
        "thread": np.zeros(count, np.uint32),
        "cpu": np.full(count, units.UNKNOWN, np.int32),
    }
    meta = _meta(kind, timed=False, time_advice=NO_TIME)
    return _profile(rows, stacks, columns, (NO_THREAD,), meta)


def window_profile(rows: pa.Table, stacks: Stacks, kind: Kind, span: Span) -> Profile:
    """Return the rows of the question `window` as a profile that covers a span, also one without samples."""
    names: Any = rows["thread"].combine_chunks().dictionary_encode()
    threads = [_thread(text) for text in names.dictionary.to_pylist()]
    order = sorted(range(len(threads)), key=threads.__getitem__)
    place = np.empty(len(order), np.uint32)
    place[order] = np.arange(len(order))
    columns = {
        "time": np.asarray(rows["ts"], np.int64) / MICROSECONDS,
        "thread": place[np.asarray(names.indices)] if order else np.zeros(0, np.uint32),
        "cpu": np.asarray(rows["cpu"]).astype(np.int32),
    }
    # The end is exclusive.
    first, last = span.start / MICROSECONDS, (span.end - 1) / MICROSECONDS
    meta = _meta(kind, first=first, last=last, timed=True)
    return _profile(rows, stacks, columns, tuple(threads[row] for row in order) or (NO_THREAD,), meta)


def _profile(
    rows: pa.Table,
    stacks: Stacks,
    columns: dict[str, npt.NDArray[Any]],
    threads: tuple[Thread, ...],
    meta: Meta,
) -> Profile:
    nodes, place = np.unique(np.asarray(rows["node"], np.int64), return_inverse=True)
    tree, frames, moved = stacks.tree(nodes)
    idle = np.asarray(rows["idle"], np.int64) == 1
    samples = Samples(
        **columns,
        node=moved[place].astype(np.uint32),
        event=np.zeros(rows.num_rows, np.uint16),
        idle=idle,
        weight=np.asarray(rows["weight"], np.int64).copy(),
    )
    count = int(np.asarray(rows["samples"]).sum()) if "samples" in rows.column_names else rows.num_rows
    report = ParseReport(samples=count, idle=int(np.count_nonzero(idle)))
    return Profile(samples, tree, frames, threads, meta, report)


def _meta(kind: Kind, **facts: Any) -> Meta:
    events = kind.events if len(kind.events) == 1 else ()
    return Meta(COLLECTION, events, unit=kind.unit, owner_level=kind.owner_level, **facts)


def _units(text: str) -> Mapping[str, str]:
    """Parse the units by event. Raises BrokenProfileError."""
    try:
        return msgspec.json.decode(text, type=dict[str, str])
    except msgspec.DecodeError as error:
        raise BrokenProfileError("The units of a profile are damaged: ingest it again.") from error


def _thread(text: str) -> Thread:
    """Parse `pid/tid command`."""
    ids, _, command = text.partition(" ")
    pid, _, tid = ids.partition("/")
    try:
        return Thread(int(pid), int(tid), command)
    except ValueError:
        return Thread(units.UNKNOWN, units.UNKNOWN, text)
