"""Opens the engine that a setting names."""

from __future__ import annotations

from flamescope_py.fleet.asking.asked import DUCKDB
from flamescope_py.fleet.asking.engines import Bounds, DuckEngine, Engine
from flamescope_py.fleet.asking.remote_engines import open_remote


def open_engine(url: str, bounds: Bounds) -> Engine:
    """Return the engine of the setting `fleet_engine`. Raises ConfigError."""
    if url == DUCKDB:
        return DuckEngine(bounds)
    return open_remote(url, bounds)
