"""Records about threads that are no samples, such as lost events, kept until the whole file is read."""

from __future__ import annotations

from array import array
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

# 21 bytes each.
MAX_RECORDS = 2_000_000


class RecordColumns(NamedTuple):
    """Columns of equal length, in file order.

    `time` is in seconds, `thread` a row of the builder's threads. `kind` and `value` are the reader's own.
    """

    time: npt.NDArray[np.float64]
    thread: npt.NDArray[np.int64]
    kind: npt.NDArray[np.int64]
    value: npt.NDArray[np.int64]


class Records:
    """The first MAX_RECORDS records of a file or of a part of one; `left_out` counts the others."""

    def __init__(self) -> None:
        """Start empty."""
        self.left_out = 0
        self._time, self._thread = array("d"), array("I")
        self._kind, self._value = array("B"), array("q")

    def __len__(self) -> int:
        """Count the records that are kept."""
        return len(self._time)

    def add(self, time: float, thread: int, kind: int, value: int = 0) -> None:
        """Append a record."""
        if len(self) >= MAX_RECORDS:
            self.left_out += 1
            return
        self._time.append(time)
        self._thread.append(thread)
        self._kind.append(kind)
        self._value.append(value)

    def merge(self, later: Records, threads: npt.NDArray[np.int64]) -> None:
        """Append those of the next part of the file; `threads` has the new row of each of its threads."""
        room = MAX_RECORDS - len(self)
        self.left_out += later.left_out + max(0, len(later) - room)
        self._time.extend(later._time[:room])
        self._kind.extend(later._kind[:room])
        self._value.extend(later._value[:room])
        if later._thread:
            rows = threads[np.array(later._thread[:room], np.int64)]
            self._thread.frombytes(rows.astype(np.uint32).tobytes())

    @property
    def nbytes(self) -> int:
        """The memory of the records."""
        return sum(
            len(column) * column.itemsize for column in (self._time, self._thread, self._kind, self._value)
        )

    def columns(self) -> RecordColumns:
        """Return all records."""
        kept: tuple[array[Any], ...] = (self._thread, self._kind, self._value)
        return RecordColumns(np.array(self._time), *(np.array(column, np.int64) for column in kept))
