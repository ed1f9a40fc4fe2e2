"""Where a setting comes from: the command line, else the environment, else the file, else the default."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import platformdirs

from flamescope_py.config import PACKAGE, PREFIX, TABLE, Setting, Settings
from flamescope_py.errors import ConfigError
from flamescope_py.setting_kinds import PATH

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

COMMAND_LINE = "command line"


class _Layer(NamedTuple):
    """Raw values by setting name, and what a user calls the place they come from."""

    source: str
    values: Mapping[str, Any]


def load_settings(arguments: Mapping[str, Any], environment: Mapping[str, str]) -> Settings:
    """Find every setting's value.

    `arguments` are by setting name, None where the command line is silent; `config` names the file.
    Raises ConfigError.
    """
    path = _config_path(arguments.get("config"), environment)
    layers = [_Layer(COMMAND_LINE, arguments), _environment_layer(environment)]
    if path is not None:
        layers.append(_Layer(f"configuration file {path}", _read_file(path)))
    values: dict[str, Any] = {}
    sources: dict[str, str] = {}
    for row in TABLE:
        for layer in layers:
            value = layer.values.get(row.name)
            if value is not None:
                values[row.name] = _parsed(row, value, layer.source)
                sources[row.name] = layer.source
                break
    return Settings(**values, config_file=path, sources=sources)


def _environment_layer(environment: Mapping[str, str]) -> _Layer:
    """Take the variables that are set to something: an empty one is how compose files leave a value out."""
    names = {row.name: environment.get(row.variable) or None for row in TABLE}
    return _Layer("environment", names)


def _parsed(row: Setting, value: Any, source: str) -> Any:
    try:
        return row.kind.parse(value)
    except ValueError as wanted:
        raise ConfigError(f"{row.name} ({source}) must be {wanted}, not {str(value)[:100]!r}.") from wanted


def _config_path(argument: Any, environment: Mapping[str, str]) -> Path | None:
    """Find the configuration file: named by the user, or the one in the usual place if it is there."""
    named = argument or environment.get(PREFIX + "CONFIG")
    if named:
        return Path(named).expanduser()
    usual = platformdirs.user_config_path(PACKAGE) / "config.toml"
    return usual if usual.is_file() else None


def _read_file(path: Path) -> dict[str, Any]:
    """Read a configuration file: one table a section. Relative paths count from the file's folder."""
    try:
        tables = tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise ConfigError(f"The configuration file {path} cannot be read: {error.strerror}.") from error
    except ValueError as error:
        raise ConfigError(f"The configuration file {path} is not TOML: {error}.") from error
    known = {(row.section, row.name): row for row in TABLE}
    values: dict[str, Any] = {}
    for section, name, value in _flat(tables, path):
        row = known.get((section, name))
        if row is None:
            raise ConfigError(f"The configuration file {path} has an unknown setting: {name} in [{section}].")
        values[name] = path.parent / Path(value).expanduser() if _is_path(row, value) else value
    return values


def _is_path(row: Setting, value: Any) -> bool:
    return row.kind is PATH and isinstance(value, str)


def _flat(tables: Mapping[str, Any], path: Path) -> Iterator[tuple[str, str, Any]]:
    for section, table in tables.items():
        if not isinstance(table, dict):
            raise ConfigError(f"The configuration file {path} has {section} outside of a section.")
        for name, value in table.items():
            yield section, name, value
