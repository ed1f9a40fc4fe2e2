"""Runs the application until it is stopped, in this process or in several, and closes it in bounded time."""

from __future__ import annotations

import logging
import os
import socket
import sys
import tempfile
import threading
import webbrowser
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from time import monotonic

from flask import Flask

from flamescope_py.errors import ConfigError
from flamescope_py.server.listening import run
from flamescope_py.server.processes import WRONG_USAGE, Processes
from flamescope_py.server.stopping import Interrupted
from flamescope_py.settings import Settings
from flamescope_py.settings.member import Member
from flamescope_py.web.app import create_app
from flamescope_py.web.context import service_of

logger = logging.getLogger(__name__)

# With shutdown_seconds = 0, pending writes still get so long.
_LEAST_CLOSE_SECONDS = 2.0
# How long processes may take to end, beyond shutdown_seconds.
_END_SECONDS = 10.0


def run_alone(
    app: Flask, listener: socket.socket, page: str = "", interrupted: Interrupted = lambda: False
) -> None:
    """Answer requests in this process. `page` is the address to open in a browser.

    `interrupted` may take a SIGINT for itself.
    """
    if page:
        # The socket listens already, so the browser waits for the first answer.
        threading.Thread(target=webbrowser.open, args=[page], daemon=True).start()
    threading.Thread(target=service_of(app).warm, name="warm", daemon=True).start()
    seconds = 0.0
    try:
        seconds = run(app, listener, interrupted)
    finally:
        _close(app, max(seconds, _LEAST_CLOSE_SECONDS))


def run_several(settings: Settings, listener: socket.socket, token: bytes, page: str) -> int:
    """Answer requests in `settings.processes` processes, as `run_alone` does. Return the exit code.

    `token` is the SSH token of all of them.
    """
    with _shared_folder(settings.cache_dir) as folder:

        def serve_as(number: int) -> int:
            member = Member(number, settings.processes, folder, token)
            try:
                app = create_app(member.share(settings), member)
            except ConfigError as error:
                sys.stderr.write(f"Error: {error}\n")
                return WRONG_USAGE
            run_alone(app, listener, "" if number else page)
            return 0

        return Processes(settings.processes, serve_as, settings.shutdown_seconds + _END_SECONDS).run()


@contextmanager
def _shared_folder(cache: Path) -> Iterator[Path]:
    """Yield a private folder, in the cache if that can be written: a system may tidy up /tmp meanwhile."""
    with ExitStack() as stack:
        try:
            cache.mkdir(parents=True, exist_ok=True, mode=0o700)
            made = tempfile.TemporaryDirectory(prefix="server-", dir=cache)
        except OSError:
            made = tempfile.TemporaryDirectory(prefix="flamescope-")
        yield Path(stack.enter_context(made))


def _close(app: Flask, seconds: float) -> None:
    """Close the service, and end the process after `seconds` if something does not end by itself.

    A host that does not answer, a name server or a disk may hold a thread for longer than that.
    """
    service, deadline = service_of(app), monotonic() + seconds

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
    logger.warning("Stopped while work was still going on.")
    logging.shutdown()
    sys.stdout.flush()
    os._exit(0)
