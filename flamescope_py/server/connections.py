"""Connections that nobody should wait for: silent ones, heads that never end, answers that nobody reads.

waitress goes by the time of day, which may be set back, and closes only what the peer makes ready for it: an
answer that is not read would hold its thread for ever. This uses the monotonic clock, in the server's loop.
"""

from __future__ import annotations

import logging
import resource
from time import monotonic
from typing import Any, cast

from waitress.channel import HTTPChannel
from waitress.task import ErrorTask

from flamescope_py.web.errors import error_body
from flamescope_py.web.middleware.logs import FIELDS
from flamescope_py.web.respond import JSON

logger = logging.getLogger(__name__)

# How often connections that are silent for too long are looked for.
SWEEP_SECONDS = 30
# Descriptors for anything but connections: files, pipes to the reading processes, buffers on disk.
RESERVED = 256


class _JsonErrorTask(ErrorTask):
    """Answers what never reaches the application (malformed or oversized requests) in our error shape."""

    def execute(self) -> None:
        error = cast(Any, self.request).error
        body = error_body(f"{error.reason}: {error.body}".rstrip(".") + ".")
        self.status = f"{error.code} {error.reason}"
        self.response_headers = [("Content-Type", JSON), ("X-Content-Type-Options", "nosniff")]
        self.response_headers += getattr(error, "headers", ())
        self.set_close_on_finish()
        self.content_length = len(body)
        self.write(body)
        # The application, which logs requests, never sees this one; a wrong token may be among these.
        fields = {"client": cast(Any, self.channel).addr[0], "status": error.code}
        logger.warning("refused before it came", extra={FIELDS: fields})


class Channel(HTTPChannel):
    """One connection."""

    error_task_class = _JsonErrorTask
    _active = 0.0
    _head: tuple[object, float] = (None, 0.0)

    @property
    def last_activity(self) -> float:
        """When something came or went, in seconds of the monotonic clock."""
        return self._active

    @last_activity.setter
    def last_activity(self, time_of_day: float) -> None:
        self._active = monotonic()

    def is_stuck(self, now: float, seconds: float) -> bool:
        """Say whether the peer has been silent for so long, or at one head, or reads nothing of an answer."""
        me: Any = self
        if now - self._active >= seconds:
            # With a request, somebody works for it, unless the thread waits for the peer to read.
            return not me.requests or me.total_outbufs_len > me.adj.outbuf_high_watermark
        if me.request is None or me.request.headers_finished:
            self._head = (None, 0.0)
        elif self._head[0] is not me.request:
            self._head = (me.request, now)
        else:
            return now - self._head[1] >= seconds
        return False


class Sweeper:
    """Closes connections of a waitress server that are stuck; to be called from its loop only."""

    def __init__(self, server: Any, seconds: float) -> None:
        """`seconds` is how long a peer may be silent; takes the place of waitress's own sweeping."""
        self._server = server
        self._seconds = seconds
        self._every = min(SWEEP_SECONDS, seconds)
        self._next = 0.0
        server.next_channel_cleanup = float("inf")

    def __call__(self) -> None:
        """Look, if it is time to."""
        now = monotonic()
        if now < self._next:
            return
        self._next = now + self._every
        for channel in list(self._server.active_channels.values()):
            if channel.is_stuck(now, self._seconds):
                # Not will_close, which waits until the peer is ready to be written to.
                channel.handle_close()


def connection_limit(wanted: int) -> int:
    """Give how many connections may be open, as the system allows descriptors: more are asked for first."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    unlimited = resource.RLIM_INFINITY
    if soft != unlimited and soft < wanted + RESERVED:
        soft = wanted + RESERVED if hard == unlimited else min(wanted + RESERVED, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    if soft == unlimited or soft >= wanted + RESERVED:
        return wanted
    fitting = max(soft // 2, soft - RESERVED)
    logger.warning("Only %d connections, as the system allows %d descriptors (LimitNOFILE).", fitting, soft)
    return fitting
