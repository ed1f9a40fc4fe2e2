"""Named frame filters, from a TOML file of the package and from a user's file.

A filter drops frames and rewrites the names of others. It never changes samples.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from flamescope_py.analysis.filters.patterns import compile_pattern
from flamescope_py.errors import ConfigError, ParameterError


@dataclass(frozen=True, slots=True)
class Rewrite:
    """Replace the first match of an RE2 pattern in a frame's `" " + symbol`."""

    pattern: str
    replacement: str


@dataclass(frozen=True, slots=True)
class FrameFilter:
    """Frames to drop (RE2 patterns on `Frame.text`), then rewrites of the remaining ones, in order.

    `hint` names the profiles that the filter is for in a few words; `description` explains its effect.
    """

    name: str
    title: str
    description: str = ""
    drop: tuple[str, ...] = ()
    rewrite: tuple[Rewrite, ...] = ()
    hint: str = ""


@cache
def builtin_filters() -> dict[str, FrameFilter]:
    """Return the filters of the package by name."""
    return _load(Path(__file__).with_name("filters.toml"))


def load_filters(path: Path) -> dict[str, FrameFilter]:
    """Read a user's filter file, in the form of filters.toml. Raises ConfigError."""
    try:
        return _load(path)
    except (OSError, ValueError, TypeError, KeyError, ParameterError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise ConfigError(f"The filter file {path.name} cannot be used: {reason}") from error


def _load(path: Path) -> dict[str, FrameFilter]:
    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib

    tables: Mapping[str, Mapping[str, Any]] = tomllib.loads(path.read_text("utf-8"))
    return {name: _filter(name, table) for name, table in tables.items()}


def _filter(name: str, table: Mapping[str, Any]) -> FrameFilter:
    unknown = set(table) - {"title", "description", "hint", "drop", "rewrite"}
    if unknown:
        raise ValueError(f"[{name}] has unknown keys: {', '.join(sorted(unknown))}")
    rewrites = tuple(
        Rewrite(str(row["pattern"]), str(row["replacement"])) for row in table.get("rewrite", ())
    )
    drop = tuple(map(str, table.get("drop", ())))
    for pattern in (*drop, *(rewrite.pattern for rewrite in rewrites)):
        compile_pattern(pattern)
    title, description, hint = (
        str(table.get(key, default)) for key, default in (("title", name), ("description", ""), ("hint", ""))
    )
    return FrameFilter(name, title, description, drop, rewrites, hint)
