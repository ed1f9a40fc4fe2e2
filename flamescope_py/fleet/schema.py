"""The tables of a collection: their columns and their Parquet files.

All columns are signed integers and strings. Spark engines refuse unsigned integers and Arrow dictionaries.
Times are microseconds since 1970, UTC. docs/fleet.md describes each column.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute
import pyarrow.parquet as pq

from flamescope_py.fleet.keys import order

# The stubs of its functions know no numbers.
compute: Any = pyarrow.compute

SAMPLES, MINUTES, NODES, FRAMES, PROFILES = "samples", "minutes", "nodes", "frames", "profiles"
HOURS, FUNCTIONS, STACKS = "hours", "functions", "stacks"
# Tables with a folder for each day and service: those of every profile, and the sums that compactions add.
DAILY = (SAMPLES, MINUTES)
ROLLUPS = (HOURS, FUNCTIONS, STACKS)
IN_FOLDERS = (*DAILY, *ROLLUPS)
# Their columns of time, which fall into the folder's day.
TIME = {SAMPLES: "ts", MINUTES: "minute", HOURS: "minute", FUNCTIONS: "hour", STACKS: "hour"}
# Rows of a row group, which an engine may skip by its statistics. A question reads one function.
ROW_GROUP = 256 << 10
_ROW_GROUPS = {FUNCTIONS: 32 << 10}
# Columns whose values hardly repeat: a dictionary of them makes files larger and slower to write.
_DISTINCT = {SAMPLES: ("ts",), NODES: ("node", "parent"), FRAMES: ("frame", "name")}
# Of sorted times, the distances take a quarter of the space.
_ENCODINGS = {SAMPLES: {"ts": "DELTA_BINARY_PACKED"}}


def _schema(integers: str, strings: str) -> pa.Schema:
    fields = {name: pa.int64() for name in integers.split()} | {name: pa.string() for name in strings.split()}
    return pa.schema([pa.field(name, kind, nullable=False) for name, kind in fields.items()])


_MINUTES = _schema(
    "profile minute main samples idle weight busy_us observed_us windows", "service host version event"
)
SCHEMAS: Mapping[str, pa.Schema] = {
    SAMPLES: _schema("profile ts node cpu main idle weight", "service host thread event"),
    MINUTES: _MINUTES,
    HOURS: _MINUTES,
    FUNCTIONS: _schema("function hour main samples weight", "service host version event"),
    STACKS: _schema("node hour main idle samples weight", "service version event"),
    NODES: _schema("node parent frame depth", ""),
    FRAMES: _schema("frame", "name library kind"),
    PROFILES: _schema(
        "profile placed start length millihertz cpus samples owner_level",
        "sha256 source host service version clock reason format unit units labels report",
    ),
}
# The order of the rows of a file.
ORDER: Mapping[str, Sequence[str]] = {
    SAMPLES: ("host", "ts", "profile"),
    MINUTES: ("host", "minute", "profile", "event"),
    HOURS: ("host", "minute", "profile", "event"),
    FUNCTIONS: ("function", "host", "hour", "version", "event", "main"),
    STACKS: ("hour", "node", "version", "event", "main", "idle"),
    NODES: ("node",),
    FRAMES: ("frame",),
    PROFILES: ("host", "start", "sha256"),
}
Columns = Mapping[str, Any]
# Counts and times that are summed up, of any table, and columns of 0 and 1.
_COUNTS = ("samples", "weight", "busy_us", "observed_us", "start", "length")
_SWITCHES = ("main", "placed", "windows")
_MOST = 1 << 53


def table(name: str, columns: Columns) -> pa.Table:
    """Return a table of some columns, which may be numpy arrays or sequences.

    A dictionary-encoded column stays so in memory. In the file it is one of strings.
    """
    arrays = [_array(columns[field.name], field.type) for field in SCHEMAS[name]]
    fields = [
        pa.field(field.name, array.type, nullable=False)
        for field, array in zip(SCHEMAS[name], arrays, strict=True)
    ]
    return pa.table(arrays, schema=pa.schema(fields))


def _array(column: Any, kind: pa.DataType) -> Any:
    return column if isinstance(column, pa.DictionaryArray) else pa.array(column, kind)


def in_order(name: str, rows: pa.Table) -> pa.Table:
    """Return the rows of a table in the order of its files."""
    return rows.take(order(rows, ORDER[name]))


def parquet(name: str, rows: pa.Table) -> bytes:
    """Return the Parquet file of rows of a table."""
    sink = pa.BufferOutputStream()
    options: Any = {
        "compression": "zstd",
        "row_group_size": _ROW_GROUPS.get(name, ROW_GROUP),
        "use_dictionary": [one for one in rows.column_names if one not in _DISTINCT.get(name, ())],
        "column_encoding": _ENCODINGS.get(name),
        # Without the schema of Arrow, so that all engines see the same plain types.
        "store_schema": False,
    }
    pq.write_table(rows, sink, **options)
    return sink.getvalue().to_pybytes()


def mismatch(name: str, found: pa.Schema) -> str:
    """Return a sentence on why a file is not of a table, or nothing."""
    missing = [field.name for field in SCHEMAS[name] if field.name not in found.names]
    if missing:
        return f"It has no column {missing[0]!r}."
    empty = [field.name for field in SCHEMAS[name] if found.field(field.name).nullable]
    wrong = [field for field in SCHEMAS[name] if found.field(field.name).type != field.type]
    if wrong:
        return f"Its column {wrong[0].name!r} is {found.field(wrong[0].name).type}, not {wrong[0].type}."
    return f"Its column {empty[0]!r} may be empty." if empty else ""


def oddity(name: str, found: pq.FileMetaData, day: tuple[int, int]) -> str:
    """Return a sentence on rows that no file of a table and a day (its start and end) has, or nothing.

    The least and greatest values of its parts tell, where there are any.
    """
    if name in IN_FOLDERS and not found.num_rows:
        return "It has no rows."
    bounds = dict.fromkeys(_COUNTS, (-_MOST, _MOST)) | dict.fromkeys(_SWITCHES, (0, 1))
    if name in TIME:
        bounds[TIME[name]] = (day[0], day[1] - 1)
    names = found.schema.names
    checked = [(names.index(column), *bound) for column, bound in bounds.items() if column in names]
    for part in range(found.num_row_groups):
        group = found.row_group(part)
        for number, least, most in checked:
            values: Any = group.column(number).statistics
            if values is None or not values.has_min_max or least <= values.min <= values.max <= most:
                continue
            return f"Its column {names[number]!r} has values from {values.min} to {values.max}."
    return ""
