"""Files whose reading went over a bound: for a while nobody tries them again.

Finding out costs the whole bound (`max_parse_seconds`, `max_decompressed_bytes`), and ends the processes that
read other files. As long as the attempt took, and half a minute at least, the answer is known without one.
"""

from __future__ import annotations

import math
import threading
from collections import OrderedDict
from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from time import monotonic
from typing import NamedTuple

from flamescope_py.errors import TooLargeError

LEAST_SECONDS = 30.0
MOST_FILES = 1000


class _Refusal(NamedTuple):
    sentence: str
    until: float


class Refusals:
    """Safe to use from several threads."""

    def __init__(self) -> None:
        """Start without any."""
        self._lock = threading.Lock()
        self._known: OrderedDict[Hashable, _Refusal] = OrderedDict()

    def check(self, version: Hashable) -> None:
        """Raise TooLargeError where this version of a file was refused a while ago."""
        with self._lock:
            found = self._known.get(version)
        if found is not None and (left := found.until - monotonic()) > 0:
            raise TooLargeError(found.sentence, math.ceil(left))

    @contextmanager
    def remembered(self, version: Hashable) -> Iterator[None]:
        """Read a version of a file in here: TooLargeError is kept, and told how long it holds."""
        began = monotonic()
        try:
            yield
        except TooLargeError as error:
            now = monotonic()
            seconds = max(LEAST_SECONDS, now - began)
            with self._lock:
                self._known[version] = _Refusal(str(error), now + seconds)
                while len(self._known) > MOST_FILES:
                    self._known.popitem(last=False)
            raise TooLargeError(str(error), math.ceil(seconds)) from error
