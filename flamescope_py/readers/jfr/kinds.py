"""The events that are shown: how much each weighs, and in which unit.

Every event with a stack is one. OpenJDK and async-profiler write these, and a table has the weight of their
stacks: bytes, or the time that the event lasted.
"""

from __future__ import annotations

from typing import NamedTuple

BYTES, NANOSECONDS = "bytes", "nanoseconds"
DURATION = "duration"
STACK = "stackTrace"
THREADS = ("sampledThread", "eventThread")


class Weight(NamedTuple):
    """The field that an event weighs, and its unit; "" for samples."""

    field: str
    unit: str = ""


WEIGHTS = {
    "jdk.ObjectAllocationSample": Weight("weight", BYTES),
    "jdk.ObjectAllocationInNewTLAB": Weight("tlabSize", BYTES),
    "jdk.ObjectAllocationOutsideTLAB": Weight("allocationSize", BYTES),
    "jdk.OldObjectSample": Weight("objectSize", BYTES),
    "profiler.LiveObject": Weight("allocationSize", BYTES),
    "profiler.Malloc": Weight("size", BYTES),
    # Equal samples of a sleeping thread that follow each other are written once.
    "profiler.WallClockSample": Weight("samples"),
}
# Of processor time, in the order in which a recording of several opens.
SAMPLES = (
    "jdk.ExecutionSample",
    "jdk.CPUTimeSample",
    "profiler.WallClockSample",
    "jdk.NativeMethodSample",
)
# async-profiler's names of states are those of OpenJDK.
IDLE_STATES = ("SLEEP", "WAIT", "PARK", "BLOCKED", "STATE_IN_OBJECT_WAIT")


def weight_of(event: str, fields: set[str]) -> Weight | None:
    """Return how an event weighs, None where each counts 1."""
    known = WEIGHTS.get(event)
    if known is not None:
        return known if known.field in fields else None
    return Weight(DURATION, NANOSECONDS) if DURATION in fields and event not in SAMPLES else None


def is_sample(event: str) -> bool:
    """Return True for an event that is a sample, even without a stack."""
    return event in SAMPLES or event in WEIGHTS


def is_idle(state: str) -> bool:
    """Return True for a state in which a thread does not run."""
    return any(part in state for part in IDLE_STATES)
