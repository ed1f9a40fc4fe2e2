"""Loads settings by click from the command line, the environment, the configuration file and the defaults."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click
import platformdirs
from click.core import ParameterSource

from flamescope_py.errors import ConfigError
from flamescope_py.settings.row import PREFIX, Setting
from flamescope_py.settings.table import PACKAGE, TABLE, Settings
from flamescope_py.settings.types import BOOLEAN, PATH, PLACE

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

_ARGUMENT = "profile_dir"
_SOURCES = {ParameterSource.COMMANDLINE: "command line", ParameterSource.ENVIRONMENT: "environment"}


class SettingsCommand(click.Command):
    """A command with `--config`, the argument DIR, and an option for every other setting."""

    def __init__(self, name: str | None = None, **attributes: Any) -> None:
        """`attributes` are those of `click.Command`, but its parameters and context settings."""
        attributes["params"] = [_config_option(), *map(_parameter, TABLE)]
        attributes["context_settings"] = {"auto_envvar_prefix": PREFIX}
        super().__init__(name, **attributes)

    def make_context(self, *arguments: Any, **extra: Any) -> click.Context:
        """Parse the command line and all other sources. Raises ConfigError for a value that is refused."""
        try:
            return super().make_context(*arguments, **extra)
        except click.BadParameter as error:
            if error.param is None or error.ctx is None:
                raise
            source = _source(error.ctx, error.param.name)
            raise ConfigError(f"{error.param.name} ({source}) {error.message}") from error

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse arguments, in which `--read-only` alone means `--read-only true`."""
        return super().parse_args(ctx, [*_with_values(args)])


def _with_values(args: list[str]) -> Iterator[str]:
    switches = {row.option for row in TABLE if row.type is BOOLEAN}
    for place, argument in enumerate(args):
        if argument == "--":
            yield from args[place:]
            return
        following = args[place + 1] if place + 1 < len(args) else "-"
        # The directory of profiles may follow, which is no value.
        alone = argument in switches and (following.startswith("-") or Path(following).is_dir())
        yield f"{argument}=true" if alone else argument


def load_settings(profile_dir: str | None = None, config: str | None = None) -> Settings:
    """Load the settings of a command that has only these two options. Raises ConfigError."""
    options = [] if config is None else ["--config", config]
    argument = [] if profile_dir is None else ["--", profile_dir]
    return settings_of(SettingsCommand("settings").make_context("settings", [*options, *argument]))


def settings_of(context: click.Context) -> Settings:
    """Return the settings that the context of a SettingsCommand holds."""
    values = {row.name: context.params[row.name] for row in TABLE}
    sources = {name: _source(context, name) for name in values}
    return Settings(**values, config_file=context.params["config"], sources=sources)


def _parameter(row: Setting) -> click.Parameter:
    if row.name == _ARGUMENT:
        return click.Argument(
            [row.name], metavar="[DIR]", type=row.type, default=row.default, envvar=row.variable
        )
    shown = f" [default: {row.shown_default}]" if row.shown_default else ""
    return click.Option(
        [row.option],
        metavar=row.type.name.upper(),
        type=row.type,
        default=row.default,
        help=row.meaning + shown,
    )


def _config_option() -> click.Option:
    return click.Option(
        ["--config"],
        metavar="FILE",
        type=PATH,
        is_eager=True,
        callback=_use_file,
        help="A TOML file with settings; see docs/settings.md.",
    )


def _use_file(context: click.Context, parameter: click.Parameter, path: Path | None) -> Path | None:
    """Make a configuration file the source of defaults: the named one, else the usual one if it exists."""
    path = path or _usual_file()
    if path is not None:
        context.default_map = _read_file(path)
    return path


def _usual_file() -> Path | None:
    """Return the user's configuration file if there is one.

    A service may have the home of another user, into which it cannot look.
    """
    usual = platformdirs.user_config_path(PACKAGE) / "config.toml"
    try:
        return usual if usual.is_file() else None
    except OSError:
        return None


def _source(context: click.Context, name: str | None) -> str:
    source = context.get_parameter_source(name or "")
    if source is ParameterSource.DEFAULT_MAP:
        return f"configuration file {context.params['config']}"
    return _SOURCES.get(source, "default") if source else "default"


def _read_file(path: Path) -> dict[str, Any]:
    """Read a configuration file, with one table per section. Relative paths count from the file's folder."""
    try:
        tables = tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise ConfigError(f"The configuration file {path} cannot be read: {error.strerror}.") from error
    except ValueError as error:
        raise ConfigError(f"The configuration file {path} is not TOML: {error}.") from error
    known = {(row.section, row.name): row for row in TABLE}
    values: dict[str, Any] = {}
    for section, name, value in _entries(tables, path):
        row = known.get((section, name))
        if row is None:
            raise ConfigError(f"The configuration file {path} has an unknown setting: {name} in [{section}].")
        is_path = row.type in (PATH, PLACE) and isinstance(value, str) and "://" not in value
        values[name] = path.parent / Path(value).expanduser() if is_path else value
    return values


def _entries(tables: Mapping[str, Any], path: Path) -> Iterator[tuple[str, str, Any]]:
    for section, table in tables.items():
        if not isinstance(table, dict):
            raise ConfigError(f"The configuration file {path} has {section} outside of a section.")
        for name, value in table.items():
            yield section, name, value
