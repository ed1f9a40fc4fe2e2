"""Runs the application with waitress: a production server, also for one developer on a laptop."""

from __future__ import annotations

import logging
import socket
import sys
from typing import Any, cast

from flask import Flask
from waitress.server import create_server

from flamescope_py.errors import ConfigError
from flamescope_py.server.buffers import Buffers
from flamescope_py.server.channel import Channel
from flamescope_py.server.connections import HealthChecks, Sweeper, connection_limit
from flamescope_py.server.parsing import parser_class
from flamescope_py.server.stopping import Interrupted, Stopping
from flamescope_py.settings import Settings
from flamescope_py.web.context import service_of, settings_of
from flamescope_py.web.middleware import security
from flamescope_py.web.routes import health

BACKLOG = 128
# After this time a thread that holds the interpreter, as one that matches patterns does, lets another go on.
# A request needs it a dozen times, and would wait five milliseconds each time by default. Half a millisecond
# costs every request 7 % of its processor time.
SWITCH_SECONDS = 0.002


def listen(settings: Settings) -> socket.socket:
    """Bind the port. Raises ConfigError with the reason when that is impossible."""
    host, port = settings.host, settings.port
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        family, _, _, _, place = found[0]
        # "::" stands for all addresses, those of IPv4 too.
        both = place[0] == "::" and socket.has_dualstack_ipv6()
        return socket.create_server(cast(Any, place), family=family, backlog=BACKLOG, dualstack_ipv6=both)
    except (OSError, UnicodeError) as error:
        why = getattr(error, "strerror", None) or error
        raise ConfigError(f"Cannot listen on {host} port {port}: {why}. Use --host or --port.") from error


def address(listener: socket.socket) -> str:
    """Return the URL at which a browser on this machine finds the server."""
    host, port = listener.getsockname()[:2]
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"


def run(app: Flask, listener: socket.socket, interrupted: Interrupted = lambda: False) -> float:
    """Answer requests until SIGINT (unless `interrupted` takes it) or SIGTERM, then finish running ones.

    Return how many seconds of shutdown_seconds are left.
    """
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    sys.setswitchinterval(SWITCH_SECONDS)
    settings = settings_of(app)
    server: Any = create_server(
        app,
        sockets=[listener],
        threads=settings.threads,
        ident=None,
        max_request_header_size=settings.max_header_bytes,
        max_request_body_size=settings.max_body_bytes,
        connection_limit=connection_limit(settings.max_connections),
        clear_untrusted_proxy_headers=not settings.trusted_proxies,
        asyncore_use_poll=True,
    )
    buffers = Buffers(settings.max_buffered_bytes, settings.min_free_bytes, settings.threads)
    members = {
        "parser_class": parser_class(app, buffers),
        "buffers": buffers,
        "security_headers": security.headers(settings),
        "health": frozenset({health.PATH, settings.base_path + health.PATH.removeprefix("/")}),
    }
    server.channel_class = type("Channel", (Channel,), members)
    sweeper, health_checks = (
        Sweeper(server, settings.idle_seconds, settings.min_bytes_per_second),
        HealthChecks(server),
    )

    def each_turn() -> None:
        health_checks()
        sweeper()

    def stop() -> None:
        health.stop(app)
        # At once, as a host may need seconds to stop perf and to tidy up.
        service_of(app).imports.jobs.stop()

    stopping = Stopping(server, stop, settings.shutdown_seconds, each_turn, interrupted)
    stopping.run()
    return stopping.seconds_left
