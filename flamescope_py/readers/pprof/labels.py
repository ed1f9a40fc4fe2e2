"""Labels of samples: the time, the process and the thread of a sample, and other facts of its writer.

end_timestamp_ns: 1795937000123456789     @datadog/pprof, and profilers that follow it
thread name: Main   thread id: 7   pid: 3738   endpoint: GET /user
"""

from __future__ import annotations

from collections import defaultdict
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from flamescope_py.model import ProfileBuilder
from flamescope_py.model.profile import UNKNOWN
from flamescope_py.readers.pprof.tables import Content, Strings
from flamescope_py.readers.wire.messages import Fields, last_values, scan
from flamescope_py.readers.wire.varints import Ints

# Nanoseconds since 1970 or since the machine's start, by the names that writers use.
NANOSECONDS = ("end_timestamp_ns", "timestamp_ns")
# Here an earlier time than that of 2001 is another number.
TIMES = (*NANOSECONDS, "timestamp")
THREAD_IDS = ("thread id", "thread_id", "tid", "os_tid")
THREAD_NAMES = ("thread name", "thread_name", "thread", "comm")
PROCESS_IDS = ("pid", "process_id", "process id")
# A label of more values names single things, such as a span of a trace: no one selects by it.
MAX_VALUES = 1_000
MAX_TEXT = 500
MIN_TIME = 10**18
# Doubles count nanoseconds exactly up to here.
MAX_EXACT = 1 << 53


class Labels(NamedTuple):
    """Columns of a part of the samples: the time in seconds (NaN for unknown), and the builder's thread."""

    time: npt.NDArray[np.float64]
    thread: Ints


class LabelReader:
    """Reads the labels of samples."""

    def __init__(self, content: Content, strings: Strings, builder: ProfileBuilder) -> None:
        """Intern threads in `builder`."""
        self.dropped: set[str] = set()
        self._content = content
        self._strings = strings
        self._builder = builder
        self._values: defaultdict[str, set[str]] = defaultdict(set)

    def read(self, labels: Fields, count: int) -> Labels:
        """Read the labels of `count` samples."""
        time, thread = np.full(count, np.nan), np.zeros(count, np.int64)
        inner, _ = scan(self._content.data, self._content.array, labels.start, labels.end)
        size = len(labels.row)
        key, text, number = (last_values(inner.of(of), size) for of in (1, 2, 3))
        names = {row: self._strings.at(row) for row in set(key.tolist())}
        of_time = np.isin(key, [row for row, name in names.items() if name in TIMES]) & (number >= MIN_TIME)
        of_time |= np.isin(key, [row for row, name in names.items() if name in NANOSECONDS]) & (number > 0)
        time[labels.row[of_time]] = seconds(number[of_time])
        others = ~np.isin(key, [row for row, name in names.items() if name in TIMES])
        thread[:] = self._thread(())
        sets: dict[tuple[tuple[str, str], ...], int] = {}
        owners = labels.row[others]
        firsts = np.flatnonzero(np.diff(owners, prepend=-1)).tolist()
        rows = list(zip(key[others].tolist(), text[others].tolist(), number[others].tolist(), strict=True))
        for first, behind in pairwise([*firsts, len(rows)]):
            own = tuple(
                (names[name], self._strings.at(value) if value else str(amount))
                for name, value, amount in rows[first:behind]
            )
            if own not in sets:
                sets[own] = self._thread(own)
            thread[owners[first]] = sets[own]
        return Labels(time, thread)

    def _thread(self, labels: tuple[tuple[str, str], ...]) -> int:
        """Return the thread that a set of labels stands for; its command has the labels that are left."""
        known = dict(labels)
        pid, tid = (_first_number(known, names) for names in (PROCESS_IDS, THREAD_IDS))
        name = next((known[one] for one in THREAD_NAMES if known.get(one)), "")
        spent = {*PROCESS_IDS, *THREAD_IDS, *THREAD_NAMES}
        parts = [
            name,
            *(f"{key}={value}" for key, value in labels if key not in spent and self._is_few(key, value)),
        ]
        return self._builder.thread(pid, tid, ", ".join(filter(None, parts))[:MAX_TEXT])

    def _is_few(self, key: str, value: str) -> bool:
        """Return True for a label that has not more than MAX_VALUES values so far."""
        seen = self._values[key]
        if len(seen) < MAX_VALUES or value in seen:
            seen.add(value)
            return True
        self.dropped.add(key)
        return False


def seconds(nanoseconds: Ints) -> npt.NDArray[np.float64]:
    """Return nanoseconds in seconds. Of large ones, seconds and their parts are converted apart."""
    whole = nanoseconds // 1_000_000_000
    apart = whole + (nanoseconds - whole * 1_000_000_000) / 1e9
    return np.where(np.abs(nanoseconds) <= MAX_EXACT, nanoseconds / 1e9, apart)


def _first_number(labels: dict[str, str], names: tuple[str, ...]) -> int:
    text = next((labels[name] for name in names if name in labels), "")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 18 else UNKNOWN
