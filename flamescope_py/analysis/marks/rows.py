"""Rows of a marks file before they are placed: a time, an end or a duration, a text and a series."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timezone
from sys import intern
from typing import NamedTuple

from flamescope_py.errors import ParameterError

MAX_ROWS = 1_000_000
MAX_TEXT = 200
MAX_NOTES = 5
# Names of columns, without their unit: time_ms · Start (ms) · durationMs.
TIME = ("time", "start", "timestamp", "ts", "at", "date", "datetime", "begin", "begins", "started")
END = ("end", "timeend", "stop", "until", "finish", "finished")
DURATION = ("duration", "dur", "length", "took", "latency", "elapsed")
TEXT = ("text", "label", "name", "title", "message", "description", "event", "annotation", "comment")
SERIES = ("series", "kind", "type", "category", "cat", "group", "level", "source", "tag", "tags")
_UNITS = {"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "ms": 1e-3, "s": 1.0, "sec": 1.0, "seconds": 1.0}
_NAME = re.compile(r"([a-z]+)(?:[ _-]?\(?(ns|us|µs|ms|s|sec|seconds)\)?)?")
_LONGEST_TIME, _LARGEST = 64, 1e20
_NOTHING = (math.nan, False)


class Column(NamedTuple):
    """A column that is read: its number or key, and the seconds of its unit, None where none is named."""

    place: int | str
    unit: float | None


class Columns(NamedTuple):
    """The columns of a file."""

    time: Column
    end: Column | None = None
    duration: Column | None = None
    text: Column | None = None
    series: Column | None = None


@dataclass(slots=True)
class Rows:
    """Rows as columns of equal length.

    `time` is a number, of `unit` seconds where the file names it, or where `dated`, seconds since 1970.
    `length` are seconds, or NaN, and `end` is as `time`, or NaN. `skipped` counts the rows that were left
    out, and `notes` name the first few.
    """

    dated: bool = False
    unit: float | None = None
    time: list[float] = field(default_factory=list)
    end: list[float] = field(default_factory=list)
    length: list[float] = field(default_factory=list)
    text: list[str] = field(default_factory=list)
    series: list[str] = field(default_factory=list)
    skipped: int = 0
    notes: list[str] = field(default_factory=list)

    def skip(self, row: int, reason: str) -> None:
        """Leave a row out."""
        self.skipped += 1
        if len(self.notes) < MAX_NOTES:
            self.notes.append(f"row {row}: {reason}")


def columns_of(names: Sequence[object]) -> Columns:
    """Find the columns by their names. Raises ParameterError without one of times."""
    found: dict[tuple[str, ...], Column] = {}
    for place, name in enumerate(names):
        base, unit = _named(name)
        for wanted in (TIME, END, DURATION, TEXT, SERIES):
            if base in wanted and wanted not in found:
                found[wanted] = Column(place, unit)
    if TIME not in found:
        shown = ", ".join(str(name)[:40] for name in names[:10])
        raise ParameterError(f"Marks need a column named time, start, timestamp or date: there are {shown}.")
    return Columns(*(found.get(wanted) for wanted in (TIME, END, DURATION, TEXT, SERIES)))  # type: ignore[arg-type]


def is_time(value: object) -> bool:
    """Check whether a value is a number or a date."""
    return not math.isnan(_moment(value)[0])


def read_rows(rows: Iterable[Sequence[object]], columns: Columns, first: int = 1) -> Rows:
    """Read rows by their columns; `first` is the number of the first. Raises ParameterError for too many."""
    found = Rows(unit=columns.time.unit)
    length_unit = (columns.duration.unit if columns.duration else None) or 1.0
    kind: bool | None = None
    for number, row in enumerate(rows, first):
        if number - first >= MAX_ROWS:
            raise ParameterError(f"There are more than {MAX_ROWS} marks: leave some out.")
        time, dated = _moment(_of(row, columns.time))
        if math.isnan(time):
            found.skip(number, f"{str(_of(row, columns.time))[:40]!r} is no time")
            continue
        if kind is None:
            kind = found.dated = dated
        if dated != kind:
            found.skip(number, "dates and numbers are mixed")
            continue
        end, end_dated = _moment(_of(row, columns.end)) if columns.end else _NOTHING
        found.time.append(time)
        found.end.append(end if end_dated == kind else math.nan)
        found.length.append(
            _moment(_of(row, columns.duration))[0] * length_unit if columns.duration else math.nan
        )
        found.text.append(_text(_of(row, columns.text)))
        # Few texts repeat a million times.
        found.series.append(intern(_text(_of(row, columns.series))))
    return found


def _named(name: object) -> tuple[str, float | None]:
    text = re.sub(r"(?<=[a-z])(Ns|Us|Ms)$", lambda match: "_" + match[1].lower(), str(name).strip()[:60])
    match = _NAME.fullmatch(text.lower())
    if match is None:
        return "", None
    return match[1], None if match[2] is None else _UNITS[match[2]]


def _of(row: Sequence[object], column: Column | None) -> object:
    if column is None or not isinstance(column.place, int) or column.place >= len(row):
        return None
    return row[column.place]


def _moment(value: object) -> tuple[float, bool]:
    """Return a number, or the seconds of a date since 1970 and True; NaN for anything else."""
    if isinstance(value, bool) or value is None:
        return _NOTHING
    if isinstance(value, (int, float)):
        return (float(value), False) if -_LARGEST < value < _LARGEST else _NOTHING
    text = str(value).strip()
    if not text or len(text) > _LONGEST_TIME:
        return _NOTHING
    try:
        number = float(text)
    except ValueError:
        return _date(text)
    # Python alone reads 1_000 and infinity.
    return (number, False) if -_LARGEST < number < _LARGEST and "_" not in text else _NOTHING


def _date(text: str) -> tuple[float, bool]:
    try:
        date = datetime.fromisoformat(text.replace("Z", "+00:00").replace("z", "+00:00"))
    except ValueError:
        return _NOTHING
    # Without a zone it is UTC: the zone of whoever wrote it is not known.
    return (date if date.tzinfo else date.replace(tzinfo=timezone.utc)).timestamp(), True


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, (list, tuple)):
        return ", ".join(map(str, value))[:MAX_TEXT]
    return str(value).strip()[:MAX_TEXT]


def from_objects(objects: Sequence[object]) -> Rows:
    """Read objects that name their values. Raises ParameterError."""
    names = list(dict.fromkeys(name for one in objects[:100] if isinstance(one, Mapping) for name in one))
    if not names:
        raise ParameterError(
            'The JSON holds no objects with a time: write [{"time": 12.5, "text": "deploy"}].'
        )
    columns = columns_of(names)
    return read_rows(
        ([one.get(name) for name in names] if isinstance(one, Mapping) else [] for one in objects), columns
    )
