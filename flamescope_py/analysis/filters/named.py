"""Named frame filters, from a TOML file of the package and from a user's file.

A filter drops frames, rewrites the names of others and joins the frames of one job to a group. It never
changes samples.
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
class Group:
    """One frame `name` in place of all frames that match a pattern and of everything below them.

    With `rest` the group takes only the samples that would keep no frame but their command.
    """

    name: str
    patterns: tuple[str, ...]
    rest: bool = False


@dataclass(frozen=True, slots=True)
class FrameFilter:
    """Frames to drop (RE2 patterns on `Frame.text`), then rewrites of the remaining ones, in order.

    With `name_by_library` a frame without a symbol is first named by its library: `[addon.node]`. A frame of
    several groups belongs to the first of them. `hint` names the profiles that the filter is for in a few
    words; `description` explains its effect. The filter suits profiles with a frame of `suits`.
    """

    name: str
    title: str
    description: str = ""
    drop: tuple[str, ...] = ()
    rewrite: tuple[Rewrite, ...] = ()
    hint: str = ""
    groups: tuple[Group, ...] = ()
    name_by_library: bool = False
    suits: tuple[str, ...] = ()


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

    filters: dict[str, FrameFilter] = {}
    tables: Mapping[str, Mapping[str, Any]] = tomllib.loads(path.read_text("utf-8"))
    for name, table in tables.items():
        filters[name] = _filter(name, table, filters)
    return filters


_TEXTS = ("title", "description", "hint")
_LISTS = ("drop", "suits")
_TABLES = ("rewrite", "group")
_KEYS = {*_TEXTS, *_LISTS, *_TABLES, "like", "name_by_library"}


def _filter(name: str, table: Mapping[str, Any], above: Mapping[str, FrameFilter]) -> FrameFilter:
    """Read one table. `like` names a filter of the same file, further up, whose lists it continues."""
    unknown = set(table) - _KEYS
    if unknown:
        raise ValueError(f"[{name}] has unknown keys: {', '.join(sorted(unknown))}")
    like = table.get("like")
    if like is not None and like not in above:
        raise ValueError(f"[{name}] is like {like!r}, which is not a filter further up in the file")
    base = FrameFilter(name, name) if like is None else above[like]
    title, description, hint = (str(table.get(key, "" if key != "title" else name)) for key in _TEXTS)
    drop, suits = (tuple(map(str, table.get(key, ()))) for key in _LISTS)
    rewrite = tuple(Rewrite(str(row["pattern"]), str(row["replacement"])) for row in table.get("rewrite", ()))
    groups = tuple(map(_group, table.get("group", ())))
    grouped = (pattern for group in groups for pattern in group.patterns)
    for pattern in (*drop, *suits, *(row.pattern for row in rewrite), *grouped):
        compile_pattern(pattern)
    return FrameFilter(
        name=name,
        title=title,
        description=description,
        drop=base.drop + drop,
        rewrite=base.rewrite + rewrite,
        hint=hint,
        groups=groups + base.groups,
        name_by_library=bool(table.get("name_by_library", base.name_by_library)),
        suits=suits,
    )


def _group(table: Mapping[str, Any]) -> Group:
    unknown = set(table) - {"name", "patterns", "rest"}
    if unknown:
        raise ValueError(f"a group has unknown keys: {', '.join(sorted(unknown))}")
    return Group(str(table["name"]), tuple(map(str, table["patterns"])), bool(table.get("rest", False)))
