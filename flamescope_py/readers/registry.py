"""The formats that can be read: for each its name in requests, how it is recognised and its reader.

A new format is one reader file and one row here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

from flamescope_py.model import Profile
from flamescope_py.readers import perf

UNKNOWN_TYPE = "unknown"
# Names that a request may carry, also for formats that have no reader yet.
TYPES = ("perf", "cpuprofile", "trace_event", "nflxprofile")


class Reader(NamedTuple):
    """One format: `recognises` a decompressed head, `read` turns decompressed chunks into a Profile."""

    type: str
    title: str
    recognises: Callable[[bytes], bool]
    read: Callable[[Iterable[bytes]], Profile]


READERS = (Reader("perf", "perf script text", perf.recognises, perf.read),)


def find(type_name: str) -> Reader | None:
    """Give the reader of a type, if there is one."""
    return next((reader for reader in READERS if reader.type == type_name), None)


def recognise(head: bytes) -> Reader | None:
    """Give the first reader that takes a file with this decompressed head."""
    return next((reader for reader in READERS if reader.recognises(head)), None)
