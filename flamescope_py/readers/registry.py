"""The formats that can be read: for each its name in requests, how it is recognised and its reader.

A new format is one reader file and one row here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import BinaryIO, NamedTuple

from flamescope_py.model import Profile, ProfileBuilder
from flamescope_py.readers import folded
from flamescope_py.readers.chrome import trace_event
from flamescope_py.readers.json import trace
from flamescope_py.readers.nflx import nflxprofile
from flamescope_py.readers.perf import data as perf_data
from flamescope_py.readers.perf import reader as perf
from flamescope_py.readers.perf.rehearsal import rehearse
from flamescope_py.readers.v8 import cpuprofile


class Parallel(NamedTuple):
    """How a format is read in parts.

    `boundary` finds where a sample begins in a window of bytes (-1 where none does), `parse` reads one part,
    given the head of the whole file, and `finish` makes a Profile of the joined parts. `rehearse` reads
    something made up, so that a process has the first time behind it.
    """

    boundary: Callable[[bytes], int]
    parse: Callable[[Iterable[bytes], bytes], ProfileBuilder]
    finish: Callable[[ProfileBuilder], Profile]
    rehearse: Callable[[], None]


class Reader(NamedTuple):
    """One format: `recognises` a decompressed head, `read` turns decompressed chunks into a Profile.

    Where another program does the reading there is `read_file` instead: it takes an uncompressed file of the
    system, what to call while it reads, with the bytes that are done, and the most bytes that may come out.
    `also` takes the heads of files that are another type's unless a request asks for this one.
    """

    type: str
    title: str
    recognises: Callable[[bytes], bool]
    read: Callable[[Iterable[bytes]], Profile] | None
    parallel: Parallel | None = None
    read_file: Callable[[BinaryIO, Callable[[int], None], int], Profile] | None = None
    also: Callable[[bytes], bool] | None = None


READERS = (
    # JSON first: no other text begins as it does. Whether a trace carries a CPU profile may show late in it.
    Reader("cpuprofile", "V8 CPU profile", cpuprofile.recognises, cpuprofile.read, also=trace.is_trace),
    Reader(
        "trace_event",
        "Chrome trace events",
        trace_event.recognises,
        trace_event.read,
        also=trace.is_trace,
    ),
    Reader(
        "perf",
        "perf script text",
        perf.recognises,
        perf.read,
        Parallel(perf.boundary, perf.parse, perf.finish, rehearse),
    ),
    Reader("perf", "perf.data", perf_data.recognises, None, read_file=perf_data.read_file),
    Reader("folded", "folded stacks", folded.recognises, folded.read),
    # Last, since it has no magic.
    Reader("nflxprofile", "nflxprofile", nflxprofile.recognises, nflxprofile.read),
)


def find(type_name: str) -> Reader | None:
    """Give the reader of a type, if there is one."""
    return next((reader for reader in READERS if reader.type == type_name), None)


def recognise(head: bytes) -> Reader | None:
    """Give the first reader that takes a file with this decompressed head."""
    return next((reader for reader in READERS if reader.recognises(head)), None)


def readers_for(head: bytes) -> list[Reader]:
    """Give all readers that may take a file with this decompressed head, the one of `recognise` first."""
    first = recognise(head)
    also = [reader for reader in READERS if reader.also and reader.also(head)]
    return [first, *(reader for reader in also if reader is not first)] if first else also
