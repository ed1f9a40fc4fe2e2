"""Reads a marks file: CSV, JSON, JSON lines, or the output of `node --trace-gc`."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Sequence
from itertools import chain, islice

from flamescope_py.analysis.marks.rows import (
    Column,
    Columns,
    Rows,
    columns_of,
    from_objects,
    is_time,
    read_rows,
)
from flamescope_py.errors import ParameterError

MAX_BYTES = 64 << 20
# Where objects stand in another one: our own form, Grafana's, Chrome's.
_LISTS = ("marks", "events", "annotations", "traceEvents", "data", "items")
# [13973:0x110008000]       44 ms: Scavenge 2.4 (3.2) -> 2.0 (4.2) MB, 0.5 / 0.0 ms  (average mu = 1.000) …
# [7:0x5f0] 1102 ms: Mark-Compact (reduce) 9.2 (12.0) -> 8.1 (12.0) MB, pooled: 0 MB, 2.51 / 0.00 ms (+ …
TRACE_GC = re.compile(
    r"\[\d{1,10}:0x[0-9a-f]{1,16}\]\s{1,20}(\d{1,15}(?:\.\d{1,9})?) ms: "
    r"([A-Z][\w-]{1,40}(?: \([\w ]{1,40}\))?) .{1,200}?, (\d{1,9}\.\d{1,6}) / \d{1,9}\.\d{1,6} ms(.{0,200}).*"
)
GARBAGE_COLLECTION = "garbage collection"
# Rows that tell what the columns of a table without names are.
_LOOKED_AT = 20


def read_file(data: bytes) -> tuple[Rows, bool]:
    """Return the rows of a file, and whether their times count from the start of a process.

    Raises ParameterError for a file that is none of these.
    """
    if len(data) > MAX_BYTES:
        raise ParameterError(f"The marks have more than {MAX_BYTES >> 20} MiB: leave some out.")
    text = data.decode("utf-8-sig", "replace").replace("\0", "")
    if not text.strip():
        raise ParameterError("The marks file is empty.")
    if text.lstrip()[0] in "[{" and not re.match(r"\s*\[\d+:0x", text):
        return from_objects(_objects(text)), False
    collections = _trace_gc(text)
    if collections is not None:
        return collections, True
    return _table(text), False


def _objects(text: str) -> Sequence[object]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return _lines(text)
    if isinstance(found, dict):
        for name in _LISTS:
            if isinstance(found.get(name), list):
                found = found[name]
                break
        else:
            found = _transposed(found)
    if not isinstance(found, list):
        raise ParameterError("The JSON holds no list of marks.")
    return found


def _lines(text: str) -> Sequence[object]:
    """Read one object a line."""
    try:
        return [json.loads(line) for line in text.splitlines() if line.strip()]
    except (ValueError, RecursionError) as error:
        raise ParameterError(
            "The marks begin like JSON and are none: check their brackets and quotes."
        ) from error


def _transposed(found: dict[str, object]) -> list[object]:
    """Return objects of columns, {"time": [1, 2], "text": ["a", "b"]}, or the one object."""
    columns = {name: value for name, value in found.items() if isinstance(value, list)}
    if not columns:
        return [found]
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=False)]


def _trace_gc(text: str) -> Rows | None:
    """Return the collections of `node --trace-gc`; None if there are none.

    A line is printed at the end of a collection, with the milliseconds since the isolate's start and the
    milliseconds it took.
    """
    found = [match for line in text.splitlines() if (match := TRACE_GC.fullmatch(line.strip()[:600]))]
    if not found:
        return None
    rows = []
    for match in found:
        end, took = float(match[1]) / 1000, float(match[3]) / 1000
        reason = match[4].rpartition(")")[2].strip(" .;") if ")" in match[4] else match[4].strip(" .;")
        rows.append(
            (max(0.0, end - took), took, f"{match[2]}: {reason}" if reason else match[2], GARBAGE_COLLECTION)
        )
    columns = Columns(Column(0, 1.0), None, Column(1, 1.0), Column(2, None), Column(3, None))
    read = read_rows(rows, columns)
    others = sum(1 for line in text.splitlines() if line.strip()) - len(found)
    read.skipped += others
    if others:
        read.notes.append(f"{others} lines are no collections")
    return read


def _table(text: str) -> Rows:
    first = next(line for line in text.splitlines() if line.strip())
    delimiter = max(",;\t", key=first.count)
    rows = (row for row in csv.reader(io.StringIO(text, ""), delimiter=delimiter) if row)
    try:
        head = list(islice(rows, _LOOKED_AT))
        if is_time(head[0][0]):
            return read_rows(chain(head, rows), _unnamed(head))
        return read_rows(chain(head[1:], rows), columns_of(head[0]), 2)
    except csv.Error as error:
        raise ParameterError(f"The marks are no CSV ({error}): check their quotes.") from error


def _unnamed(rows: Sequence[Sequence[str]]) -> Columns:
    """Return the columns of a table without names: a time, perhaps an end, a text."""
    second = [row[1] for row in rows if len(row) > 1]
    has_end = bool(second) and all(map(is_time, second))
    end = Column(1, None) if has_end else None
    return Columns(
        Column(0, None), end, None, Column(2 if has_end else 1, None), Column(3 if has_end else 2, None)
    )
