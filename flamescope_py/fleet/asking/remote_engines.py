"""Engines outside of this process: Spark by Spark Connect, which reads the collection's files itself, and
databases that Ibis connects to, whose tables have the names and columns of a collection.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from contextlib import suppress
from functools import partial, reduce
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import pyarrow as pa

from flamescope_py.errors import BusyError, ConfigError
from flamescope_py.fleet import schema
from flamescope_py.fleet.asking.asked import Asked, as_asked, tables_of, types_of
from flamescope_py.fleet.asking.engines import WANTED, Bounds, Engine, Reading
from flamescope_py.fleet.asking.watching import in_turn
from flamescope_py.fleet.words import words_of

# Spark Connect's own scheme, and Ibis's name of the backend.
SPARK = ("sc", "pyspark")
_EXTRAS = {"pyspark": "pyspark", "clickhouse": "clickhouse", "trino": "trino", "bigquery": "bigquery"}


def open_remote(url: str, bounds: Bounds) -> Engine:
    """Connect to an engine. Raises ConfigError for a URL or a package that is missing, BusyError."""
    scheme = urlsplit(url).scheme
    if scheme in SPARK:
        return SparkEngine(url, bounds)
    if scheme in _EXTRAS:
        return DatabaseEngine(url, bounds)
    raise ConfigError(
        f"fleet_engine is {url[:100]!r}: it must be duckdb, or a URL of sc, {', '.join(_EXTRAS)}."
    )


# In milliseconds.
_RETRIES = {"max_retries": 4, "initial_backoff": 100, "max_backoff": 2000}


class SparkEngine:
    """A Spark Connect server. Questions run one at a time, since their views share names in a session."""

    remote = True
    tables = False

    def __init__(self, url: str, bounds: Bounds) -> None:
        """Connect to sc://host:port (or pyspark://host:port)."""
        try:
            import ibis
            from pyspark.sql import SparkSession
            from pyspark.sql.connect.client.retries import DefaultPolicy
        except ImportError as error:
            raise _missing("pyspark") from error
        self._lock, self._seconds = threading.Lock(), bounds.seconds
        address = "sc://" + url.partition("://")[2]
        try:
            self._spark = SparkSession.builder.remote(address).create()
            # By itself the client tries for ten minutes.
            self._spark.client.set_retry_policies([DefaultPolicy(**_RETRIES)])
            self._backend: Any = ibis.pyspark.connect(self._spark)
        except ImportError as error:
            raise _missing("pyspark") from error
        except Exception as error:
            raise BusyError(f"The engine {address[:100]} cannot be reached.") from error

    def run(self, asked: Asked, reading: Reading) -> pa.Table:
        """Return the rows of a question."""
        question = asked.expression()
        tag = uuid4().hex

        def work() -> pa.Table:
            # Tags are those of a thread.
            self._spark.addTag(tag)
            try:
                self._bind(reading, tables_of(question))
                found = self._backend.to_pyarrow(question)
            except Exception as error:
                raise _failed(error) from error
            return as_asked(found, types_of(question))

        return in_turn(self._lock, work, partial(self._interrupt, tag), self._seconds, reading.gone)

    def tables_of(self, asked: Asked) -> frozenset[str]:
        """Return the names of the tables that a question reads."""
        return tables_of(asked.expression())

    def close(self) -> None:
        """End the session."""
        self._spark.stop()

    def _interrupt(self, tag: str) -> None:
        """Ask the server to end a question. If it is out of reach, the question itself fails."""
        with suppress(Exception):
            self._spark.interruptTag(tag)

    def _bind(self, reading: Reading, tables: frozenset[str]) -> None:
        for table in tables & reading.files.keys():
            parts = []
            if reading.files[table]:
                parts.append(self._rows(table, reading.files[table]))
            if reading.partly.get(table):
                time, span = schema.TIME[table], reading.span
                rows = self._rows(table, reading.partly[table])
                parts.append(rows.where(f"{time} >= {span.start:d} AND {time} < {span.end:d}"))
            empty = self._spark.createDataFrame([], _spark_schema(schema.SCHEMAS[table]))
            reduce(lambda one, other: one.unionAll(other), parts or [empty]).createOrReplaceTempView(table)
        if WANTED in tables and reading.wanted is not None:
            # Spark makes no table of an Arrow table without rows.
            make = self._spark.createDataFrame
            known = pa.table({"node": reading.wanted})
            nodes = make(known) if known.num_rows else make([], "node BIGINT")
            nodes.createOrReplaceTempView(WANTED)

    def _rows(self, table: str, names: Sequence[str]) -> Any:
        return self._spark.read.parquet(*names).select(*schema.SCHEMAS[table].names)


class DatabaseEngine:
    """A database whose tables hold compacted collections. It does not see the files: all their rows count."""

    remote = True
    tables = True

    def __init__(self, url: str, bounds: Bounds) -> None:
        """Connect to a URL of Ibis."""
        scheme = urlsplit(url).scheme
        try:
            import ibis

            self._backend: Any = ibis.connect(url)
        except ImportError as error:
            raise _missing(_EXTRAS[scheme]) from error
        except Exception as error:
            raise BusyError(f"The {scheme} engine cannot be reached.") from error
        self._lock, self._seconds = threading.Lock(), bounds.seconds

    def run(self, asked: Asked, reading: Reading) -> pa.Table:
        """Return the rows of a question."""
        question = asked.expression()

        def work() -> pa.Table:
            try:
                if reading.wanted is not None:
                    nodes = pa.table({"node": reading.wanted})
                    self._backend.create_table(WANTED, nodes, temp=True, overwrite=True)
                found = self._backend.to_pyarrow(question)
            except Exception as error:
                raise _failed(error) from error
            return as_asked(found, types_of(question))

        # Ibis has no way to interrupt a question. The database's own limits end it.
        return in_turn(self._lock, work, lambda: None, self._seconds, reading.gone)

    def tables_of(self, asked: Asked) -> frozenset[str]:
        """Return the names of the tables that a question reads."""
        return tables_of(asked.expression())

    def close(self) -> None:
        """Close the connection."""
        self._backend.disconnect()


def _failed(error: Exception) -> BusyError:
    return BusyError(f"The fleet's engine failed, and may work again soon: {words_of(error)}", retry_after=5)


def _missing(extra: str) -> ConfigError:
    return ConfigError(f"This engine needs its package: pip install 'ibis-framework[{extra}]'.")


def _spark_schema(columns: pa.Schema) -> str:
    kinds = {"int64": "BIGINT", "string": "STRING"}
    return ", ".join(f"`{field.name}` {kinds[str(field.type)]}" for field in columns)
