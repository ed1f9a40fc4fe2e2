"""Questions about a collection and their answers, for the web and the command line alike."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import wraps
from typing import Any, Concatenate, Literal, ParamSpec, TypeVar

import numpy as np
import numpy.typing as npt

from flamescope_py.errors import BrokenProfileError
from flamescope_py.fleet.asking.engines import Bounds
from flamescope_py.fleet.asking.moment import DamageFoundError, Moment
from flamescope_py.fleet.asking.opening import open_engine
from flamescope_py.fleet.asking.watching import stays
from flamescope_py.fleet.collection import Collection, Limits
from flamescope_py.fleet.cut import Cut, Span
from flamescope_py.fleet.places import open_storage
from flamescope_py.fleet.placing import DAY, HOUR
from flamescope_py.fleet.snapshot import Files
from flamescope_py.model import Profile
from flamescope_py.objects.copies import Copies
from flamescope_py.service.fleet import wire
from flamescope_py.settings import Settings

MOST_NAMED = 20
DISAGREE = "The samples and the minutes of the collection disagree: its files are damaged."
Integers = npt.NDArray[np.int64]
# How often a question is asked again: each time it reads tables that it did not come to before.
_MOST_DAMAGE = 5
# Seconds of processor time for a byte of the files that a question reads, and for the question itself.
BYTE, QUESTION = 10e-9, 0.05
_MICRO = 1_000_000
_CELLS = ("column", "samples", "idle", "busy_us", "observed_us", "windows")
# The table that a question reads for the most part.
Reads = Literal["hours", "functions", "stacks", "samples"]


P = ParamSpec("P")
T = TypeVar("T")


def _again(
    question: Callable[Concatenate[Fleet, Moment, P], T],
) -> Callable[Concatenate[Fleet, Moment, P], T]:
    """Retry, up to _MOST_DAMAGE times, on a new snapshot that leaves damaged files out and names them."""

    @wraps(question)
    def ask(fleet: Fleet, at: Moment, /, *args: P.args, **kwargs: P.kwargs) -> T:
        for _ in range(_MOST_DAMAGE):
            with suppress(DamageFoundError):
                return question(fleet, at, *args, **kwargs)
            fleet.renew(at)
        return question(fleet, at, *args, **kwargs)

    return ask


class Fleet:
    """A collection that is open for questions; safe to use from several threads."""

    def __init__(
        self, settings: Settings, place: str, on_close: Callable[[Profile], object] = lambda profile: None
    ) -> None:
        """Raise ConfigError for a place, an engine or a package that cannot be used."""
        bounds = Bounds(settings.max_fleet_bytes, settings.max_query_seconds, settings.workers or 2)
        engine = open_engine(settings.fleet_engine, bounds)
        limits = Limits(settings.max_open_bytes)
        copies = Copies(settings.cache_dir / "objects", settings.max_objects_bytes)
        self._collection = Collection(Files(open_storage(place, copies)), engine, limits, on_close)

    def close(self) -> None:
        """Close the engine."""
        self._collection.close()

    def moment(self, gone: Callable[[], bool] = stays) -> Moment:
        """Return the present state of the collection. Questions about it end once `gone` returns True."""
        return replace(self._collection.moment(), gone=gone)

    def renew(self, at: Moment) -> None:
        """Bring a moment up to the present."""
        self._collection.renew(at)

    @_again
    def whole(self, at: Moment) -> Span:
        """Return the minutes from the first sample to the last, of more than a day the hours, of which there
        are sums. Raises RangeError in an empty collection."""
        span = self._collection.span(at)
        return span.whole(HOUR) if span.end - span.start > DAY else span

    def cost(self, at: Moment, cut: Cut, table: Reads, step: int = HOUR) -> float:
        """Estimate the seconds of processor time of a question about a cut, which reads rows of a table.

        Sums of whole hours are read only for a `step` of such, in microseconds.
        """
        return QUESTION + BYTE * self._collection.bytes_of(at, cut, table, step)

    @staticmethod
    def width(cut: Cut, step: int | None, most: int) -> int:
        """Return the microseconds of a column: `step` seconds, or the shortest step with `most` columns."""
        return cut.span.minutes().step(most) if step is None else step * _MICRO

    @_again
    def totals(self, at: Moment, cut: Cut, by: str, function: str | None = None) -> wire.FleetTotals:
        """Sum up a cut by host, service or version."""
        rows = self._collection.totals(at, cut, by).to_pylist()
        matches: Mapping[str, int] | None = None
        if function is not None:
            found = self._collection.function_totals(at, cut, function, by).to_pylist()
            matches = {row["row"]: row["samples"] for row in found}
        sums = [
            wire.FleetRow(
                row=row["row"],
                samples=row["samples"],
                idle=row["idle"],
                busy=_busy(row["busy_us"], row["observed_us"]),
                observed=row["observed_us"] / _MICRO,
                windows=row["windows"],
                **({} if matches is None else {"matches": matches.get(row["row"], 0)}),
            )
            for row in rows
        ]
        return wire.FleetTotals(**_facts(at, cut), by=by, rows=sums)

    @_again
    def matrix(
        self, at: Moment, cut: Cut, by: str, width: int, function: str | None = None
    ) -> wire.FleetMatrix:
        """Count the samples of a cut by row and time, in columns of `width` microseconds."""
        span = cut.span.minutes()
        found = self._collection.matrix(at, cut, by, width)
        columns = -(-(span.end - span.start) // width)
        names, row = _places(found["row"])
        cells = {name: np.asarray(found[name], np.int64) for name in _CELLS}
        place = row * columns + cells["column"]
        if not (np.diff(place) > 0).all():
            order = np.argsort(place)
            row, cells = row[order], {name: values[order] for name, values in cells.items()}
        more: dict[str, Any] = {}
        if function is not None:
            matching = self._collection.function_matrix(at, cut, function, by, width)
            more["matches"] = _matches(matching, names, columns, row, cells["column"])
        return wire.FleetMatrix(
            **_facts(at, cut),
            by=by,
            step=width // _MICRO,
            columns=columns,
            rows=names,
            row=row,
            column=cells["column"],
            samples=cells["samples"],
            idle=cells["idle"],
            busy=_shares(cells["busy_us"], cells["observed_us"]),
            windows=cells["windows"],
            **more,
        )

    @_again
    def functions(self, at: Moment, cut: Cut, by: str, limit: int) -> wire.FleetFunctions:
        """List the functions on top of most stacks of each row."""
        whole = {row["row"]: row["samples"] for row in self._collection.totals(at, cut, by).to_pylist()}
        top = self._collection.top_functions(at, cut, by, limit)
        if not all(whole.get(one["row"]) for one in top):
            raise BrokenProfileError(DISAGREE)
        found = [
            wire.FleetFunction(
                row=one["row"],
                name=one["name"],
                library=one["library"],
                kind=one["kind"],
                samples=one["samples"],
                share=round(one["samples"] / whole[one["row"]], 6),
            )
            for one in top
        ]
        return wire.FleetFunctions(**_facts(at, cut), by=by, functions=found)

    @_again
    def profiles(self, at: Moment, limit: int) -> wire.FleetProfiles:
        """List the ingested files, those without a place in time too."""
        rows = self._collection.profiles(at)
        placed = [row for row in rows if row["placed"]]
        start = min((row["start"] for row in placed), default=0)
        end = max((row["start"] + row["length"] + 1 for row in placed), default=0)
        named = [_profile(row) for row in rows[:limit]]
        return wire.FleetProfiles(**_times(at, Span(start, end)), total=len(rows), profiles=named)

    @_again
    def tree(self, at: Moment, cut: Cut) -> Profile:
        """Return the stacks of a cut as a profile without times. Raises ParameterError for mixed units."""
        return self._collection.tree(at, cut)

    @_again
    def window(self, at: Moment, cut: Cut) -> Profile:
        """Return the samples of a cut of at most an hour as a profile. Raises RangeError."""
        return self._collection.window(at, cut)


def _places(names: Any) -> tuple[list[str], npt.NDArray[np.int64]]:
    """Return the distinct names in order, and the place among them of each name."""
    encoded = names.combine_chunks().dictionary_encode()
    distinct: list[str] = encoded.dictionary.to_pylist()
    ordered = sorted(distinct)
    place = {name: row for row, name in enumerate(ordered)}
    of_code = np.array([place[name] for name in distinct], np.int64)
    return ordered, of_code[np.asarray(encoded.indices)]


def _matches(found: Any, names: Sequence[str], columns: int, row: Integers, column: Integers) -> Integers:
    """Return the samples of a function in each cell. Raises BrokenProfileError for cells without samples."""
    place = {name: number for number, name in enumerate(names)}
    own_row = np.array([place.get(str(name), -1) for name in found["row"].to_pylist()], np.int64)
    own_column = np.asarray(found["column"], np.int64)
    for one, most in ((own_row, len(names)), (own_column, columns), (column, columns)):
        if ((one < 0) | (one >= most)).any():
            raise BrokenProfileError(DISAGREE)
    matches = np.zeros(len(names) * columns, np.int64)
    matches[own_row * columns + own_column] = found["samples"]
    of_cells: Integers = matches[row * columns + column]
    return of_cells


def _busy(busy: int, observed: int) -> float | None:
    return round(busy / observed, 4) if observed else None


def _shares(busy: npt.NDArray[np.int64], observed: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    """Return `_busy` of columns, NaN for None, which JSON has as null."""
    share = np.full(len(busy), np.nan)
    np.divide(busy, observed, out=share, where=observed != 0)
    return np.round(share, 4)


def _facts(at: Moment, cut: Cut) -> dict[str, Any]:
    return _times(at, cut.span.minutes())


def _times(at: Moment, span: Span) -> dict[str, Any]:
    return {
        "start": span.start // _MICRO,
        "end": -(-span.end // _MICRO),
        "left_out": len(at.left_out),
        "left_out_files": [wire.LeftOutFile.of(one) for one in at.left_out[:MOST_NAMED]],
    }


def _profile(row: Mapping[str, Any]) -> wire.FleetProfile:
    return wire.FleetProfile(
        **{
            name: row[name] for name in ("source", "sha256", "service", "host", "version", "format", "reason")
        },
        placed=bool(row["placed"]),
        start=row["start"] / _MICRO if row["placed"] else None,
        length=row["length"] / _MICRO,
        hz=row["millihertz"] / 1000 or None,
        cpus=row["cpus"] or None,
        samples=row["samples"],
    )
