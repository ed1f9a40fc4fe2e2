"""Clients that send one request after the other, each over its own connection, and record the times.

Each has an address of its own, as behind a proxy.
"""

from __future__ import annotations

import random
import threading
from collections.abc import Iterator, Mapping
from http.client import HTTPConnection, HTTPException
from itertools import cycle, islice
from time import monotonic
from types import TracebackType
from typing import NamedTuple
from urllib.parse import urlsplit

TIMEOUT = 60


class Sample(NamedTuple):
    """One request: a name of the mix, its status (0 where none came) and its seconds."""

    name: str
    status: int
    seconds: float


def ask(url: str, path: str, timeout: float = TIMEOUT) -> int:
    """Send one request and return its status."""
    connection = HTTPConnection(urlsplit(url).netloc, timeout=timeout)
    try:
        return _ask(connection, path)
    finally:
        connection.close()


def _ask(connection: HTTPConnection, path: str, address: str = "10.0.0.1") -> int:
    connection.request("GET", f"/{path}", headers={"X-Forwarded-For": address})
    answer = connection.getresponse()
    answer.read()
    return answer.status


class Clients:
    """Threads that send requests from entering the context to leaving it."""

    address = "10.1.0.{}"

    def __init__(self, url: str, mix: Mapping[str, str], count: int) -> None:
        """Prepare `count` clients. Each begins at another place of the mix."""
        self._url = url
        self._mix = mix
        self._stop = threading.Event()
        self._lock = threading.Lock()
        self._samples: list[Sample] = []
        self._threads = [threading.Thread(target=self._run, args=(number,)) for number in range(count)]

    def __enter__(self) -> Clients:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join(2 * TIMEOUT)

    def wait(self, seconds: float) -> None:
        """Let the clients run for some seconds."""
        self._stop.wait(seconds)

    def take(self) -> list[Sample]:
        """Return the samples since the last call."""
        with self._lock:
            taken, self._samples = self._samples, []
        return taken

    def _requests(self, number: int) -> Iterator[tuple[str, str]]:
        """Yield names and paths of requests without end."""
        return islice(cycle(self._mix.items()), number % len(self._mix), None)

    def _address(self, number: int) -> str:
        return self.address.format(number)

    def _run(self, number: int) -> None:
        connection = HTTPConnection(urlsplit(self._url).netloc, timeout=TIMEOUT)
        for name, path in self._requests(number):
            if self._stop.is_set():
                break
            began = monotonic()
            try:
                status = _ask(connection, path, self._address(number))
            except (OSError, HTTPException):
                connection.close()
                status = 0
            with self._lock:
                self._samples.append(Sample(name, status, monotonic() - began))
        connection.close()


class Hostile(Clients):
    """Clients that ask for as much work as they can: each over several connections, and nothing twice."""

    CONNECTIONS = 4
    address = "10.66.0.{}"

    def __init__(self, url: str, mix: Mapping[str, str], count: int) -> None:
        """Prepare `count` clients. Each path of the mix has a `{}`, for a pattern that no cache knows."""
        super().__init__(url, mix, count * self.CONNECTIONS)

    def _address(self, number: int) -> str:
        return self.address.format(number // self.CONNECTIONS)

    def _requests(self, number: int) -> Iterator[tuple[str, str]]:
        chance = random.Random(number)
        for name, path in super()._requests(number):
            pattern = f"({chance.randrange(1 << 30)}%7C[a-z]*)*x%7B0,200%7D" * 8
            yield name, path.format(pattern)
