"""Runs the application with waitress: a production server, also for one developer on a laptop."""

from __future__ import annotations

import logging
import signal
import socket
from types import FrameType
from typing import Any, cast

from flask import Flask
from waitress.channel import HTTPChannel
from waitress.server import create_server
from waitress.task import ErrorTask

from flamescope_py.config import Settings
from flamescope_py.errors import ConfigError
from flamescope_py.web.app import MAX_BODY_BYTES
from flamescope_py.web.bodies import parser_class
from flamescope_py.web.errors import error_body
from flamescope_py.web.respond import JSON

# 32 patterns of 500 characters, percent-encoded, come to 48 kB (144 kB where each character is 3 bytes).
MAX_HEADER_BYTES = 256 << 10
BACKLOG = 128


class _JsonErrorTask(ErrorTask):
    """Answers what never reaches the application (malformed or oversized requests) in our error shape."""

    def execute(self) -> None:
        error = cast(Any, self.request).error
        body = error_body(f"{error.reason}: {error.body}".rstrip(".") + ".")
        self.status = f"{error.code} {error.reason}"
        self.response_headers = [("Content-Type", JSON), ("X-Content-Type-Options", "nosniff")]
        self.set_close_on_finish()
        self.content_length = len(body)
        self.write(body)


class _Channel(HTTPChannel):
    error_task_class = _JsonErrorTask


def listen(settings: Settings) -> socket.socket:
    """Take the port. Raises ConfigError when that is impossible, saying why."""
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
    """Give the URL at which a browser on this machine finds the server."""
    host, port = listener.getsockname()[:2]
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"


def run(app: Flask, listener: socket.socket, threads: int) -> None:
    """Answer requests until SIGINT or SIGTERM; then finish those that are being answered."""
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    server = create_server(
        app,
        sockets=[listener],
        threads=threads,
        ident=None,
        max_request_header_size=MAX_HEADER_BYTES,
        max_request_body_size=MAX_BODY_BYTES,
        clear_untrusted_proxy_headers=True,
        asyncore_use_poll=True,
    )
    cast(Any, server).channel_class = type("Channel", (_Channel,), {"parser_class": parser_class(app)})
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _stop)
    server.run()
    server.close()


def _stop(number: int, frame: FrameType | None) -> None:
    raise SystemExit(0)
