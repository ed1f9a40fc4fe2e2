"""Keeps stuck connections from blocking others: silent ones, endless heads, answers that are read slowly.

waitress goes by the time of day, which may be set back, closes only connections that the peer makes ready,
and lets the thread of a long answer wait for its reader. This uses the monotonic clock, in the server's loop.
"""

from __future__ import annotations

import logging
import resource
from collections import deque
from contextlib import suppress
from time import monotonic
from typing import Any

logger = logging.getLogger(__name__)

# Interval of the search for silent or slow connections.
SWEEP_SECONDS = 5
# Above the first share of the limit, idle connections are closed until the second is reached.
CROWDED, ROOMY = 0.9, 0.8
# Descriptors for anything but connections: files, pipes to the reading processes, buffers on disk.
RESERVED = 256


class Sweeper:
    """Closes stuck connections of a waitress server; to be called from its loop only."""

    def __init__(self, server: Any, seconds: float, least_rate: int) -> None:
        """`seconds` is how long a peer may be silent.

        `least_rate` is how many bytes a second it must read of an answer, and send of a body. Takes the
        place of waitress's own sweeping.
        """
        self._server = server
        self._seconds = seconds
        self._least_rate = least_rate
        self._every = min(SWEEP_SECONDS, seconds)
        self._next = 0.0
        server.next_channel_cleanup = float("inf")

    def __call__(self) -> None:
        """Look, if it is time to, and always where connections run short."""
        now, channels = monotonic(), self._server.active_channels
        if len(channels) > CROWDED * self._server.adj.connection_limit:
            self._make_room()
        if now < self._next:
            return
        self._next = now + self._every
        for channel in list(channels.values()):
            if channel.is_stuck(now, self._seconds, self._least_rate):
                # Not will_close, which waits until the peer is ready to be written to.
                channel.handle_close()

    def _make_room(self) -> None:
        """Close the connections that have waited longest for a request: a client opens another one."""
        channels = self._server.active_channels.values()
        idle = sorted((one for one in channels if one.is_waiting()), key=lambda one: one.waiting_since)
        surplus = len(channels) - int(ROOMY * self._server.adj.connection_limit)
        for channel in idle[:surplus]:
            channel.handle_close()


class HealthChecks:
    """Answers /healthz in the server's loop, so that it needs no thread; to be called there only."""

    def __init__(self, server: Any) -> None:
        """Take requests of the server's connections before its threads do."""
        self._waiting: deque[Any] = deque()
        self._server = server
        self._to_threads = server.add_task
        server.add_task = self._add

    def _add(self, channel: Any) -> None:
        if channel.is_health(channel.requests[0]) and not channel.total_outbufs_len:
            self._waiting.append(channel)
            self._server.pull_trigger()
        else:
            self._to_threads(channel)

    def __call__(self) -> None:
        """Answer those that have come."""
        while self._waiting:
            self._waiting.popleft().service()


def connection_limit(wanted: int) -> int:
    """Return how many connections may be open, after asking the system for enough descriptors."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    unlimited = resource.RLIM_INFINITY
    if soft != unlimited and soft < wanted + RESERVED:
        more = wanted + RESERVED if hard == unlimited else min(wanted + RESERVED, hard)
        # A hardened unit may forbid to change limits. Then the present one holds.
        with suppress(OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (more, hard))
            soft = more
    if soft == unlimited or soft >= wanted + RESERVED:
        return wanted
    fitting = max(soft // 2, soft - RESERVED)
    logger.warning("Only %d connections, as the system allows %d descriptors (LimitNOFILE).", fitting, soft)
    return fitting
