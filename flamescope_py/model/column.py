"""An array that grows at its end, and whose memory has an address."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt


class Column:
    """An array that grows at its end."""

    def __init__(self, dtype: npt.DTypeLike) -> None:
        """Start empty."""
        self._count = 0
        self._hold(np.zeros(1024, dtype))

    def _hold(self, items: npt.NDArray[Any]) -> None:
        self._items = items
        # Where the first value lies in memory: asking an array takes a microsecond.
        self.address = int(items.ctypes.data)

    def extend(self, values: npt.ArrayLike) -> None:
        """Append values."""
        new = np.asarray(values, self._items.dtype)
        if self._count + len(new) > len(self._items):
            room = max(2 * len(self._items), self._count + len(new))
            self._hold(
                np.concatenate((self._items[: self._count], np.zeros(room - self._count, self._items.dtype)))
            )
        self._items[self._count : self._count + len(new)] = new
        self._count += len(new)

    def clear(self) -> None:
        """Drop all values."""
        self._count = 0

    @property
    def values(self) -> npt.NDArray[Any]:
        """All values, without a copy."""
        return self._items[: self._count]

    def __len__(self) -> int:
        """Return the number of values."""
        return self._count
