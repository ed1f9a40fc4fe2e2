"""A single-flight LRU cache. It is bounded in bytes: one profile may be as large as a thousand others."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class _Making(Generic[V]):
    """A value that one thread makes and others wait for.

    Not a Future of concurrent.futures, whose import takes 4 ms.
    """

    def __init__(self) -> None:
        self._done = threading.Event()
        self._values: list[V] = []
        self._error: BaseException | None = None

    def finish(self, value: V) -> None:
        self._values.append(value)
        self._done.set()

    def fail(self, error: BaseException) -> None:
        self._error = error
        self._done.set()

    def result(self) -> V:
        """Wait for the value. Raises the error of the thread that makes it."""
        self._done.wait()
        if self._error is not None:
            raise self._error
        return self._values[0]


class BoundedCache(Generic[K, V]):
    """Drops the least recently used values. The newest stays even if it alone is over the bound."""

    def __init__(
        self, limit: int, size_of: Callable[[V], int], on_drop: Callable[[V], object] = lambda value: None
    ) -> None:
        """`limit` and `size_of` are in bytes. `on_drop` is called with every value that is dropped."""
        self._limit = limit
        self._size_of = size_of
        self._on_drop = on_drop
        self._lock = threading.Lock()
        self._values: OrderedDict[K, V] = OrderedDict()
        self._making: dict[K, _Making[V]] = {}
        self.changes = 0
        """The number of values added and dropped so far."""

    def get(self, key: K, make: Callable[[], V]) -> V:
        """Return the value of a key, made by `make` if it is missing.

        Simultaneous callers make it once, and get the same value or the same exception. Exceptions are not
        kept.
        """
        with self._lock:
            if key in self._values:
                self._values.move_to_end(key)
                return self._values[key]
            pending = self._making.get(key)
            mine: _Making[V] = _Making()
            if pending is None:
                self._making[key] = mine
        return pending.result() if pending is not None else self._make(key, make, mine)

    def peek(self, key: K) -> V | None:
        """Return the value of a key or None. This does not count as use."""
        # A look-up needs no lock. A list of 100 000 files makes 100 000 look-ups.
        return self._values.get(key)

    def held(self) -> tuple[int, int]:
        """Return the number of values, and their bytes."""
        with self._lock:
            return len(self._values), sum(map(self._size_of, self._values.values()))

    def discard(self, unwanted: Callable[[K], bool]) -> None:
        """Drop the values of all unwanted keys."""
        with self._lock:
            dropped = [self._values.pop(key) for key in list(self._values) if unwanted(key)]
            self.changes += len(dropped)
        self._tell(dropped)

    def _make(self, key: K, make: Callable[[], V], mine: _Making[V]) -> V:
        try:
            value = make()
        except BaseException as error:
            with self._lock:
                del self._making[key]
            mine.fail(error)
            raise
        with self._lock:
            self._values[key] = value
            self.changes += 1
            del self._making[key]
            dropped = self._shrink()
        mine.finish(value)
        self._tell(dropped)
        return value

    def _shrink(self) -> list[V]:
        """Make room, and return the dropped values."""
        dropped = []
        total = sum(map(self._size_of, self._values.values()))
        while total > self._limit and len(self._values) > 1:
            _, value = self._values.popitem(last=False)
            total -= self._size_of(value)
            dropped.append(value)
        return dropped

    def _tell(self, dropped: list[V]) -> None:
        """Call `on_drop`, never under the lock, as it may use another cache."""
        for value in dropped:
            self._on_drop(value)
