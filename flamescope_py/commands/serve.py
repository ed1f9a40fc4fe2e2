"""`flamescope-py serve`: settings from everywhere, one line that says what is served, and the server."""

from __future__ import annotations

import os
import threading
import webbrowser
from collections.abc import Callable
from typing import TypeVar

import click

from flamescope_py.config import TABLE, Settings
from flamescope_py.config_sources import load_settings
from flamescope_py.errors import ConfigError

Command = TypeVar("Command", bound=Callable[..., object])


class _Refused(click.ClickException):
    """One sentence on standard error and exit code 2."""

    exit_code = 2


def _settings_options(command: Command) -> Command:
    """Give a command an option for every setting, except the profile directory, which is its argument."""
    for row in reversed(TABLE):
        if row.name != "profile_dir":
            shown = f" [default: {row.shown_default}]" if row.shown_default else ""
            option = click.option(row.option, metavar=row.kind.name.upper(), help=row.meaning + shown)
            command = option(command)
    return command


@click.command()
@click.argument("profile_dir", metavar="[DIR]", required=False)
@click.option("--config", metavar="FILE", help="A TOML file with settings; see docs/settings.md.")
@_settings_options
def serve(**arguments: str | None) -> None:
    """Serve the profiles below DIR (default: examples) to a browser."""
    try:
        run_server(load_settings(arguments, os.environ))
    except ConfigError as error:
        raise _Refused(str(error)) from error


def run_server(settings: Settings, place: str = "") -> None:
    """Serve until interrupted; with a `place` of the page, show that in a browser. Raises ConfigError."""
    from flamescope_py.server.listening import address, listen, run
    from flamescope_py.web.app import create_app
    from flamescope_py.web.context import service_of
    from flamescope_py.web.middleware.logs import configure

    configure(settings)
    _require_directories(settings)
    app = create_app(settings)
    with listen(settings) as listener:
        click.echo(_start_line(settings, address(listener)))
        if place:
            # The port listens already, so that the browser waits for the first answer.
            threading.Thread(target=webbrowser.open, args=[address(listener) + place], daemon=True).start()
        service = service_of(app)
        threading.Thread(target=service.warm, name="warm", daemon=True).start()
        try:
            run(app, listener)
        finally:
            service.close()


def _start_line(settings: Settings, url: str) -> str:
    """Say where the page is, and where profiles, cache and settings come from."""
    places = [
        f"FlameScope on {url}",
        f"profiles: {settings.profile_dir.resolve()} ({settings.source('profile_dir')})",
        f"cache: {settings.cache_dir} ({settings.source('cache_dir')})",
        f"settings: {settings.config_file or 'no configuration file'}",
    ]
    if settings.frontend is not None:
        places.append(f"front end: {settings.frontend} ({settings.source('frontend')})")
    return ", ".join(places)


def _require_directories(settings: Settings) -> None:
    if not settings.profile_dir.is_dir():
        raise ConfigError(
            f"The profile directory {settings.profile_dir} ({settings.source('profile_dir')}) is not there: "
            "make it, or name another one."
        )
    if settings.frontend is not None and not (settings.frontend / "index.html").is_file():
        raise ConfigError(f"The front end {settings.frontend} has no index.html: name the built bundle.")
