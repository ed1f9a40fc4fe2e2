"""Admits queries by their estimated cost: per request, per client address, and for all costly ones together.

Each client has a token bucket of seconds of processor time. A query takes its estimate before it works, and
the rest is put back afterwards, so that answers from a cache are nearly free. Costly queries run a few at a
time, so that they leave threads and cores to all others.
"""

from __future__ import annotations

import ipaddress
import math
import os
import threading
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic, thread_time
from typing import NamedTuple

from flamescope_py.errors import BusyError, TooLargeError, TooManyRequestsError

# Estimated seconds from which a query counts as costly, and how long it waits for a turn.
COSTLY_SECONDS = 0.25
WAIT_SECONDS = 10.0
MAX_CLIENTS = 10_000
# One subscriber has 2^64 addresses of IPv6.
_IPV6_PREFIX = 64
_LOOPBACK = "loopback"
REASONS = ("request", "client", "busy")


class AdmissionBounds(NamedTuple):
    """Seconds of one query, and of one client in a row.

    `percent` is that of a core that each client may use over time. `threads` answer requests.
    """

    request: float = math.inf
    client: float = math.inf
    percent: float = 100
    threads: int = 16


class _Bucket(NamedTuple):
    """Seconds that were left at a time of the clock."""

    left: float
    at: float


class Admission:
    """Admits queries; safe to use from several threads."""

    def __init__(self, bounds: AdmissionBounds, clock: Callable[[], float] = monotonic) -> None:
        """`clock` counts seconds."""
        self._bounds, self._clock = bounds, clock
        self._lock = threading.Lock()
        self._buckets: OrderedDict[str, _Bucket] = OrderedDict()
        self._turn = threading.Condition(self._lock)
        self._slots = max(1, min(bounds.threads // 4, (os.cpu_count() or 1) // 2))
        # A page may ask for half a dozen answers at once. The other threads are for cheap queries.
        self._most_waiting = max(1, bounds.threads // 2)
        self._running: Counter[str] = Counter()
        self._waiting = 0
        self._refused = dict.fromkeys(REASONS, 0)

    @property
    def costly(self) -> int:
        """How many costly queries run now."""
        return self._running.total()

    def refused(self) -> dict[str, int]:
        """Return how many queries were refused, by reason."""
        return dict(self._refused)

    @contextmanager
    def spend(self, address: str, seconds: float, user: int | None = None) -> Iterator[None]:
        """Run a query of a client that is about to take so many seconds.

        `user` is the id of a user of this machine, who asks over loopback; None where that is not known.
        Raises TooLargeError for more than one request may take, TooManyRequestsError for more than the client
        has left, and BusyError if other costly queries do not end in time.
        """
        if seconds > self._bounds.request:
            self._refused["request"] += 1
            raise TooLargeError(
                f"This takes about {math.ceil(seconds)} s, and a request may take {self._bounds.request:g} "
                "(max_query_seconds): ask for a shorter range, fewer or shorter patterns, or longer steps."
            )
        client = _client_of(address, user)
        self._take(client, seconds)
        began = thread_time()
        try:
            if seconds < COSTLY_SECONDS:
                yield
            else:
                with self._costly_turn(client):
                    yield
        finally:
            self._put_back(client, seconds - (thread_time() - began))

    def _rate(self, client: str) -> float:
        """Return how many seconds a second a client gets."""
        # All users behind a proxy that is not trusted share the bucket of the proxy's own user.
        cores = (os.cpu_count() or 1) if client.startswith(_LOOPBACK) else 1
        return cores * self._bounds.percent / 100

    def _left(self, client: str) -> float:
        most, now = self._bounds.client, self._clock()
        bucket = self._buckets.get(client)
        return most if bucket is None else min(most, bucket.left + (now - bucket.at) * self._rate(client))

    def _take(self, client: str, seconds: float) -> None:
        if self._bounds.client == math.inf:
            return None
        with self._lock:
            left, needed = self._left(client), min(seconds, self._bounds.client)
            if left >= needed:
                return self._set(client, left - seconds)
            self._refused["client"] += 1
        wait = max(1, math.ceil((needed - left) / self._rate(client)))
        raise TooManyRequestsError(
            "Your address has asked for more work than it may at a time (max_client_seconds): try again in a "
            "moment, or ask for shorter ranges.",
            retry_after=wait,
        )

    def _put_back(self, client: str, seconds: float) -> None:
        if self._bounds.client != math.inf:
            with self._lock:
                self._set(client, min(self._bounds.client, self._left(client) + seconds))

    def _set(self, client: str, left: float) -> None:
        self._buckets[client] = _Bucket(left, self._clock())
        self._buckets.move_to_end(client)
        while len(self._buckets) > MAX_CLIENTS:
            self._buckets.popitem(last=False)

    @contextmanager
    def _costly_turn(self, client: str) -> Iterator[None]:
        """Wait until few enough costly queries run, of all clients and of this one."""
        mine = self._slots if client == _LOOPBACK else max(1, self._slots // 2)
        with self._turn:
            self._waiting += 1
            try:
                if self._waiting > self._most_waiting or not self._turn.wait_for(
                    lambda: self._running.total() < self._slots and self._running[client] < mine,
                    WAIT_SECONDS,
                ):
                    self._refused["busy"] += 1
                    raise BusyError("Too many costly queries are under way: try again in a moment.")
                self._running[client] += 1
            finally:
                self._waiting -= 1
        try:
            yield
        finally:
            with self._turn:
                self._running[client] -= 1
                if not self._running[client]:
                    del self._running[client]
                self._turn.notify_all()


def _client_of(address: str, user: int | None) -> str:
    """Return the name of the bucket of an address. The server's own user has all costly turns."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv6Address):
        found = found.ipv4_mapped or found
    if found.is_loopback:
        return _LOOPBACK if user in (None, os.getuid()) else f"{_LOOPBACK} {user}"
    if isinstance(found, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((found, _IPV6_PREFIX), strict=False))
    return str(found)
