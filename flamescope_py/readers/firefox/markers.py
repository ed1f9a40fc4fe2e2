"""The markers of a thread: events of the program with a name and a time, such as paints and collections.

[549, 16.899053, 16.905233, 1, 1]   name, start and end in milliseconds, phase, category

Phases: 0 is a moment, 1 an interval, 2 the begin and 3 the end of one.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from math import isnan

import numpy as np

from flamescope_py.model.profile import Markers
from flamescope_py.readers.firefox.tables import Strings, Table

# As many as other marks may have; the rest are counted.
MAX_MARKERS = 200_000
INTERVAL, BEGIN, END = 1, 2, 3
UNNAMED = "(unnamed)"


class MarkerReader:
    """Collects the markers of all threads."""

    def __init__(self) -> None:
        """Start without markers."""
        self.left_out: Counter[str] = Counter()
        self._start: list[float] = []
        self._end: list[float] = []
        self._name: list[str] = []
        self._text: list[str] = []

    def read(self, table: Table, strings: Strings, begin: float, label: str) -> None:
        """Read the markers of a thread called `label`; `begin` is the document's start in milliseconds."""
        names = [strings.at(row, UNNAMED) for row in table.rows("name", len(strings)).tolist()]
        columns = ((table.numbers(title) + begin) / 1e3 for title in ("startTime", "endTime"))
        starts, ends = (column.tolist() for column in columns)
        phases = table.numbers("phase").tolist()
        waiting: defaultdict[str, list[int]] = defaultdict(list)
        for name, start, end, phase in zip(names, starts, ends, phases, strict=True):
            if phase == END and waiting[name]:
                self._end[waiting[name].pop()] = end
                continue
            # Where a phase has no such time, it is null or 0.
            moment = end if phase == END else start
            if isnan(moment) or len(self._start) >= MAX_MARKERS:
                self.left_out[name] += 1
                continue
            if phase == BEGIN:
                waiting[name].append(len(self._start))
            self._start.append(moment)
            self._end.append(end if phase == INTERVAL and end >= moment else moment)
            self._name.append(name)
            self._text.append(label)

    def markers(self) -> Markers | None:
        """Return all markers in the order of time, None where there are none."""
        if not self._start:
            return None
        start = np.array(self._start)
        order = np.argsort(start, kind="stable")
        rows = order.tolist()
        end = np.maximum(np.nan_to_num(np.array(self._end), nan=-np.inf), start)
        return Markers(
            start[order],
            end[order],
            tuple(self._name[row] for row in rows),
            tuple(self._text[row] for row in rows),
        )
