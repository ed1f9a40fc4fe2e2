"""`flamescope-py serve`: loads the settings, prints where everything comes from, and serves."""

from __future__ import annotations

import logging
import os
import sys
import threading
from time import monotonic
from typing import TYPE_CHECKING, Any

import click

from flamescope_py.errors import ConfigError
from flamescope_py.settings import Settings
from flamescope_py.settings.command import SettingsCommand, settings_of

if TYPE_CHECKING:
    from flamescope_py.service import Service

# With shutdown_seconds = 0, pending writes still get so long.
_LEAST_CLOSE_SECONDS = 2.0


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


def run_server(settings: Settings, place: str = "") -> None:
    """Serve until interrupted. `place` is the page to open in a browser. Raises ConfigError."""
    from flamescope_py.server.listening import address, listen, run
    from flamescope_py.web.app import create_app
    from flamescope_py.web.context import service_of
    from flamescope_py.web.middleware import ssh_token
    from flamescope_py.web.middleware.guard import guard_in
    from flamescope_py.web.middleware.logs import configure

    configure(settings)
    _require_directories(settings)
    app = create_app(settings)
    with listen(settings) as listener:
        token = guard_in(app).start_token
        token_file = ssh_token.token_file(settings, listener.getsockname()[1])
        if token:
            ssh_token.write_token(token_file, token)
        click.echo(_start_line(settings, address(listener), token.decode()))
        if place:
            import webbrowser

            # The socket listens already, so the browser waits for the first answer.
            threading.Thread(target=webbrowser.open, args=[address(listener) + place], daemon=True).start()
        service = service_of(app)
        threading.Thread(target=service.warm, name="warm", daemon=True).start()
        seconds = 0.0
        try:
            seconds = run(app, listener)
        finally:
            if token:
                ssh_token.remove_token(token_file, token)
            _close(service, max(seconds, _LEAST_CLOSE_SECONDS))


def _close(service: Service, seconds: float) -> None:
    """Close the service, and end the process after `seconds` if something does not end by itself.

    A host that does not answer, a name server or a disk may hold a thread for longer than that.
    """
    deadline = monotonic() + seconds

    def close() -> None:
        service.imports.jobs.close(max(0.0, deadline - monotonic() - 1))
        service.close()

    closing = threading.Thread(target=close, name="close", daemon=True)
    closing.start()
    closing.join(seconds)
    for thread in threading.enumerate():
        if thread is not threading.current_thread() and not thread.daemon:
            thread.join(max(0.0, deadline - monotonic()))
            if thread.is_alive():
                break
    else:
        if not closing.is_alive():
            return
    logging.getLogger(__name__).warning("Stopped while work was still going on.")
    logging.shutdown()
    sys.stdout.flush()
    os._exit(0)


def _start_line(settings: Settings, url: str, token: str) -> str:
    """Return the address of the page, and the sources of profiles, cache and settings."""
    places = [
        f"FlameScope on {url}" + (f"?token={token}" if token else ""),
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
