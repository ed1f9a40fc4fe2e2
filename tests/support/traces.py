"""Trace events of one thread, after a whole second and tick."""

from __future__ import annotations

from typing import Any

import orjson

from flamescope_py.model import Profile
from tests.support.reading import read

# Event times are microseconds after it.
ORIGIN = 3_000_000_000


def event(phase: object, name: object, ts: float, **more: object) -> dict[str, Any]:
    return {"ph": phase, "name": name, "ts": ORIGIN + ts, "pid": 1, "tid": 1} | more


def whole(name: object, ts: float, dur: object, **more: object) -> dict[str, Any]:
    """Return a complete slice."""
    return event("X", name, ts, dur=dur, **more)


def trace(*events: object) -> Profile:
    return read(orjson.dumps(events), "trace_event")
