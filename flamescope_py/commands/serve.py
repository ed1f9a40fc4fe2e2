"""`flamescope-py serve`: loads the settings, prints where everything comes from, and serves."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import quote

import click

from flamescope_py.commands.places import require_profiles, shown_place
from flamescope_py.errors import ConfigError
from flamescope_py.settings import Settings
from flamescope_py.settings.command import SettingsCommand, settings_of

if TYPE_CHECKING:
    from flamescope_py.service import Service


class _Refused(click.ClickException):
    """A setting that cannot be used: one sentence on standard error, exit code 2."""

    exit_code = 2


class _Serve(SettingsCommand):
    """Ends with a sentence where a setting cannot be used, at parsing and at start."""

    def make_context(self, *arguments: Any, **extra: Any) -> click.Context:
        try:
            return super().make_context(*arguments, **extra)
        except ConfigError as error:
            raise _Refused(str(error)) from error

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except ConfigError as error:
            raise _Refused(str(error)) from error


@click.command(cls=_Serve)
@click.pass_context
def serve(context: click.Context, /, **_: Any) -> None:
    """Serve the profiles below DIR (default: examples) to a browser."""
    run_server(settings_of(context))


class Served(NamedTuple):
    """A server of this process that listens already, for a command that also works itself."""

    app: Any
    listener: socket.socket
    url: str

    @property
    def service(self) -> Service:
        """The service behind it."""
        from flamescope_py.web.context import service_of

        return service_of(self.app)

    def show(self, name: str, type_name: str, opens: bool) -> None:
        """Print the address of a profile's page, and open it in a browser if asked."""
        page = f"{self.url}#/heatmap/{type_name}/{quote(name, safe='')}"
        click.echo(f"FlameScope on {page}, until Ctrl-C")
        if opens:
            import webbrowser

            webbrowser.open(page)

    def run(self, interrupted: Callable[[], bool]) -> None:
        """Answer requests until SIGTERM, or a SIGINT that `interrupted` does not take."""
        from flamescope_py.server.running import run_alone

        run_alone(self.app, self.listener, interrupted=interrupted)


@contextmanager
def listening(settings: Settings) -> Iterator[Served]:
    """Listen on the port of the settings, or on a free one if it is taken. Raises ConfigError."""
    from flamescope_py.server.listening import address, listen
    from flamescope_py.web.app import create_app
    from flamescope_py.web.middleware.guard import guard_in
    from flamescope_py.web.middleware.logs import configure

    configure(settings)
    app = create_app(settings)
    token = guard_in(app).start_token.decode()
    try:
        listener = listen(settings)
    except ConfigError:
        # Most likely another server of ours.
        listener = listen(replace(settings, port=0))
    with listener:
        yield Served(app, listener, address(listener) + (f"?token={token}" if token else ""))


def run_server(settings: Settings, place: str = "") -> None:
    """Serve until interrupted. `place` is the page to open in a browser. Raises ConfigError."""
    from flamescope_py.server.listening import address, listen
    from flamescope_py.server.running import run_alone, run_several
    from flamescope_py.web.app import create_app
    from flamescope_py.web.middleware import ssh_token
    from flamescope_py.web.middleware.guard import guard_in, guard_of
    from flamescope_py.web.middleware.logs import configure

    configure(settings)
    _require_directories(settings)
    alone = create_app(settings) if settings.processes == 1 else None
    token = (guard_of(settings) if alone is None else guard_in(alone)).start_token
    code = 0
    with listen(settings) as listener:
        token_file = ssh_token.token_file(settings, listener.getsockname()[1])
        if token:
            ssh_token.write_token(token_file, token)
        click.echo(_start_line(settings, address(listener), token.decode()))
        page = address(listener) + place if place else ""
        try:
            if alone is None:
                code = run_several(settings, listener, token, page)
            else:
                run_alone(alone, listener, page)
        finally:
            if token:
                ssh_token.remove_token(token_file, token)
    if code:
        raise SystemExit(code)


def _start_line(settings: Settings, url: str, token: str) -> str:
    """Return the address of the page, and the sources of profiles, cache and settings."""
    places = [
        f"FlameScope on {url}" + (f"?token={token}" if token else ""),
        f"profiles: {shown_place(settings)} ({settings.source('profile_dir')})",
        f"cache: {settings.cache_dir} ({settings.source('cache_dir')})",
        f"settings: {settings.config_file or 'no configuration file'}",
    ]
    if settings.fleet is not None:
        places.append(f"fleet: {settings.fleet} on {url}#/fleet")
    if settings.frontend is not None:
        places.append(f"front end: {settings.frontend} ({settings.source('frontend')})")
    return ", ".join(places)


def _require_directories(settings: Settings) -> None:
    require_profiles(settings)
    if settings.frontend is not None and not (settings.frontend / "index.html").is_file():
        raise ConfigError(f"The front end {settings.frontend} has no index.html: name the built bundle.")
