"""Labels of samples: the time, the process, the thread and the processor of a sample, and other facts.

end_timestamp_ns: 1795937000123456789     @datadog/pprof, and profilers that follow it
thread name: Main   thread id: 7   pid: 3738   cpu: 1   endpoint: GET /user
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from flamescope_py.model import ProfileBuilder
from flamescope_py.model.profile import UNKNOWN
from flamescope_py.readers.labels import TOO_MANY, LabelTable, label_sets, numbered
from flamescope_py.readers.pprof.tables import Content, Strings
from flamescope_py.readers.protobuf.messages import Fields, scan
from flamescope_py.readers.protobuf.values import last_values
from flamescope_py.readers.protobuf.varints import Ints

# Nanoseconds since 1970 or since the machine's start, by the names that writers use.
NANOSECONDS = ("end_timestamp_ns", "timestamp_ns")
# Here an earlier time than that of 2001 is another number.
TIMES = (*NANOSECONDS, "timestamp")
THREAD_IDS = ("thread id", "thread_id", "tid", "os_tid")
THREAD_NAMES = ("thread name", "thread_name", "thread", "comm")
PROCESS_IDS = ("pid", "process_id", "process id")
CPUS = ("cpu",)
MAX_COMMAND = 500
MAX_CPU = 1 << 31
MIN_TIME = 10**18
# Doubles count nanoseconds exactly up to here.
MAX_EXACT = 1 << 53


class Labels(NamedTuple):
    """Columns of a part of the samples: the time in seconds (NaN for unknown), the builder's thread, and the
    processor or -1."""

    time: npt.NDArray[np.float64]
    thread: Ints
    cpu: Ints


class LabelReader:
    """Reads the labels of samples."""

    def __init__(self, content: Content, strings: Strings, builder: ProfileBuilder) -> None:
        """Intern threads in `builder`."""
        self.table = LabelTable()
        self._content = content
        self._strings = strings
        self._builder = builder
        self._known: dict[tuple[tuple[str, str], ...], tuple[int, int, tuple[str, ...]]] = {}

    def read(self, labels: Fields, count: int) -> Labels:
        """Read the labels of `count` samples."""
        time = np.full(count, np.nan)
        inner, _ = scan(self._content.data, self._content.array, labels.start, labels.end)
        size = len(labels.row)
        key, text, number = (last_values(inner, of, size) for of in (1, 2, 3))
        names = {row: self._strings.at(row) for row in np.unique(key).tolist()}
        is_time = np.isin(key, [row for row, name in names.items() if name in TIMES])
        of_time = is_time & (number >= MIN_TIME)
        # A number of 0 is written as none: its unit tells that there is one.
        has_unit = last_values(inner, 4, size) > 0
        of_time |= np.isin(key, [row for row, name in names.items() if name in NANOSECONDS]) & (
            (number > 0) | (number == 0) & has_unit
        )
        time[labels.row[of_time]] = seconds(number[of_time])
        thread, cpu = self._owners(
            labels.row[~is_time], key[~is_time], text[~is_time], number[~is_time], count
        )
        return Labels(time, thread, cpu)

    def _owners(self, owner: Ints, key: Ints, text: Ints, number: Ints, count: int) -> tuple[Ints, Ints]:
        """Return thread and processor of every sample; samples of equal labels are looked at once."""
        equal = numbered(number)
        for column in (text, key):
            equal = numbered(equal * (int(column.max(initial=0)) + 1) + np.maximum(column, 0))
        sets = label_sets(owner, equal, count)
        if sets.cut:
            self._builder.report.add_other(TOO_MANY, sets.cut)
        rows = []
        for first, last, several in sets.spans(owner):
            triples = (column[first:last].tolist() for column in (key, text, number))
            found = self._owner(tuple(self._pair(*one) for one in zip(*triples, strict=True)))
            self.table.count(found[2], several)
            rows.append(found[:2])
        table = np.array(rows, np.int64).reshape(-1, 2)[sets.number]
        return table[:, 0], table[:, 1]

    def _pair(self, key: int, text: int, number: int) -> tuple[str, str]:
        return self._strings.at(key), self._strings.at(text) if text else str(number)

    def _owner(self, labels: tuple[tuple[str, str], ...]) -> tuple[int, int, tuple[str, ...]]:
        """Return the thread and the processor that a set of labels stands for, and the labels not kept."""
        if labels not in self._known:
            known = dict(labels)
            pid, tid, cpu = (_first_number(known, names) for names in (PROCESS_IDS, THREAD_IDS, CPUS))
            name = next((known[one] for one in THREAD_NAMES if known.get(one)), "")
            spent = {*PROCESS_IDS, *THREAD_IDS, *THREAD_NAMES, *CPUS}
            kept, dropped = self.table.kept({key: value for key, value in labels if key not in spent})
            thread = self._builder.thread(pid, tid, name[:MAX_COMMAND], kept)
            self._known[labels] = thread, cpu if cpu < MAX_CPU else UNKNOWN, dropped
        return self._known[labels]


def seconds(nanoseconds: Ints) -> npt.NDArray[np.float64]:
    """Return nanoseconds in seconds. Of large ones, seconds and their parts are converted apart."""
    whole = nanoseconds // 1_000_000_000
    apart = whole + (nanoseconds - whole * 1_000_000_000) / 1e9
    return np.where(np.abs(nanoseconds) <= MAX_EXACT, nanoseconds / 1e9, apart)


def _first_number(labels: dict[str, str], names: tuple[str, ...]) -> int:
    text = next((labels[name] for name in names if name in labels), "")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 18 else UNKNOWN
