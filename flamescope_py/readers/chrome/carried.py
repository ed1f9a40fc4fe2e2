"""The CPU profile that a DevTools trace also carries: whether there is one, and how much time it covers.

Another reader shows it. Here its samples are only counted, to know which of the two to open.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from flamescope_py.readers.json.text import NO_ID, integer, integers, items, member, numbers

# Phases of the events that hold profiles.
CARRYING = ("P", "I", "i")
# V8's own nodes. In them no JavaScript runs.
_OUTSIDE = ("(root)", "(idle)", "(program)")


class CarriedProfile:
    """Feed it the events of a trace."""

    def __init__(self) -> None:
        """Start with none."""
        self.samples = 0
        # Microseconds in functions.
        self.busy = 0.0
        self._outside: set[int] = set()

    def see(self, event: dict[str, Any]) -> None:
        """Take in one event."""
        title = event.get("name")
        if title == "CpuProfile":
            profile = member(event, "args", "data", "cpuProfile")
            self._add(profile, member(profile, "timeDeltas"))
        elif title == "ProfileChunk":
            data = member(event, "args", "data")
            self._add(member(data, "cpuProfile"), member(data, "timeDeltas"))

    def _add(self, profile: object, deltas: object) -> None:
        for node in items(member(profile, "nodes")):
            known = integer(member(node, "id"))
            if known is not None and member(node, "callFrame", "functionName") in _OUTSIDE:
                self._outside.add(known)
        ids, times = integers(items(member(profile, "samples"))), numbers(items(deltas))
        self.samples += len(ids)
        count = min(len(ids), len(times))
        outside = np.isin(ids[:count], list(self._outside or {NO_ID}))
        self.busy += float(np.nansum(np.maximum(times[:count][~outside], 0)))

    def preferred(self, sliced: float) -> str:
        """Return the type as which the trace opens, where JavaScript is most of the `sliced` microseconds."""
        return "cpuprofile" if self.busy > sliced / 2 else ""
