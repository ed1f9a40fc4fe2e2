"""The engines that answer questions: DuckDB inside of this process, or any that Ibis connects to.

DuckDB reads the collection's files itself. A Spark Connect server reads them, too, from where its workers see
them. Other engines need tables of the names and columns of a collection.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, Protocol

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from flamescope_py.errors import BrokenProfileError, BusyError, ConfigError, TooLargeError
from flamescope_py.fleet import schema
from flamescope_py.fleet.asking.asked import DUCKDB, TOO_LARGE, Asked, as_asked, quote, template_of
from flamescope_py.fleet.asking.watching import stays, watched
from flamescope_py.fleet.cut import Span
from flamescope_py.fleet.words import words_of

MISSING = "Collections need DuckDB and Ibis: pip install 'flamescope-py[fleet]'."
# The table of the nodes of a function.
WANTED = "wanted"


class UnreadableError(BrokenProfileError):
    """A file of the collection is damaged behind its end, which the engine does not always name."""


class Bounds(NamedTuple):
    """How much one question may take: bytes of memory, seconds, and threads for all questions."""

    memory: int = 1 << 30
    seconds: float = 60
    threads: int = 2


class Reading(NamedTuple):
    """What one question reads: the files of each table, and the nodes of a function if it is about one.

    `gone` returns True once the client has gone. Of the files in `partly`, which are others, only the rows
    within the span are read: to compare the time of every row costs more than most questions.
    """

    files: Mapping[str, Sequence[str]]
    wanted: npt.NDArray[np.int64] | None = None
    gone: Callable[[], bool] = stays
    partly: Mapping[str, Sequence[str]] = {}
    span: Span = Span(0, 0)


class Engine(Protocol):
    """Answers questions. One that is `remote` opens the collection's files elsewhere.

    One that has `tables` reads none of them, but tables with the rows of all files.
    """

    remote: bool
    tables: bool

    def run(self, asked: Asked, reading: Reading) -> pa.Table:
        """Return the rows of a question.

        Raises TooLargeError over a bound, BrokenProfileError for a damaged file, BusyError if the engine
        fails or is out of reach, and ClientGoneError once the client has gone.
        """

    def tables_of(self, asked: Asked) -> frozenset[str]:
        """Return the names of the tables that a question reads."""

    def close(self) -> None:
        """Close all connections."""


class DuckEngine:
    """DuckDB in this process. Each question has a connection with views of its own."""

    remote = False
    tables = False

    def __init__(self, bounds: Bounds) -> None:
        """Raise ConfigError without the extra [fleet]."""
        try:
            import duckdb
            import ibis  # noqa: F401  a clear error at the start
        except ImportError as error:
            raise ConfigError(MISSING) from error
        self._bounds = bounds
        self._errors: Any = duckdb
        config: dict[str, Any] = {
            "memory_limit": f"{max(bounds.memory, 64 << 20) // 1_000_000}MB",
            "threads": max(1, bounds.threads),
            "autoinstall_known_extensions": False,
            "preserve_insertion_order": False,
        }
        self._database = duckdb.connect(":memory:", config=config)
        # To read the end of each file anew is two thirds of a question about a function.
        self._database.execute("SET GLOBAL parquet_metadata_cache = true")

    def run(self, asked: Asked, reading: Reading) -> pa.Table:
        """Return the rows of a question."""
        template = template_of(asked.form(), DUCKDB)
        connection = self._database.cursor()
        try:
            if WANTED in template.tables:
                connection.register(WANTED, pa.table({"node": reading.wanted}))
            sql = _reading(template.filled(asked), reading, template.tables)
            with watched(connection.interrupt, self._bounds.seconds, reading.gone):
                # A result of `execute` is copied, and not in the order of the query.
                found: pa.Table = connection.sql(sql).to_arrow_table()
        except self._errors.OutOfMemoryException as error:
            raise TooLargeError(
                "The question needs more memory than max_fleet_bytes: ask about less time or fewer hosts."
            ) from error
        except self._errors.Error as error:
            raise _failed(error) from error
        finally:
            connection.close()
        return as_asked(found, template.types)

    def tables_of(self, asked: Asked) -> frozenset[str]:
        """Return the names of the tables that a question reads."""
        return template_of(asked.form(), DUCKDB).tables

    def close(self) -> None:
        """Close the database."""
        self._database.close()


def _reading(sql: str, reading: Reading, tables: frozenset[str]) -> str:
    """Return a query whose tables are rows of files.

    Views would be looked up twice, once when they are made and once in the query.
    """
    rows = [
        f"{table} AS NOT MATERIALIZED ({_rows(table, reading)})" for table in tables & reading.files.keys()
    ]
    if not rows:
        return sql
    head, found, rest = sql.partition("WITH ")
    return f"WITH {', '.join(rows)}{f', {rest}' if found and not head else f' {sql}'}"


def _rows(table: str, reading: Reading) -> str:
    parts = []
    if reading.files[table]:
        parts.append(_rows_of(table, reading.files[table]))
    if reading.partly.get(table):
        time, span = schema.TIME[table], reading.span
        rows = _rows_of(table, reading.partly[table])
        parts.append(f"{rows} WHERE {time} >= {span.start:d} AND {time} < {span.end:d}")
    return " UNION ALL ".join(parts) or _no_rows(table)


def _no_rows(table: str) -> str:
    kinds = {"int64": "BIGINT", "string": "VARCHAR"}
    columns = (f'CAST(NULL AS {kinds[str(field.type)]}) AS "{field.name}"' for field in schema.SCHEMAS[table])
    return f"SELECT {', '.join(columns)} WHERE false"


def _rows_of(table: str, paths: Sequence[str]) -> str:
    columns = ", ".join(f'"{name}"' for name in schema.SCHEMAS[table].names)
    quoted = ", ".join(f"'{quote(path)}'" for path in paths)
    return f"SELECT {columns} FROM read_parquet([{quoted}], hive_partitioning = false)"  # noqa: S608


def _failed(error: Exception) -> BrokenProfileError | BusyError:
    """Return our error for one of DuckDB. A file that vanished is one that a compaction replaced, and a sum
    of 128 bits one that 64 do not hold."""
    words = words_of(error)
    if "No files found" in words or "No such file" in words:
        return BusyError("Files of the collection were replaced meanwhile: ask again.", retry_after=1)
    if "INT128" in words:
        return BrokenProfileError(TOO_LARGE)
    return UnreadableError(f"The collection cannot be read: {words}")
