"""Writes the samples of a range as processed JSON of the Firefox Profiler, version 57.

https://github.com/firefox-devtools/profiler/blob/main/docs-developer/CHANGELOG-formats.md. The page upgrades
older versions. Strings are shared by all threads since version 56, and each thread has its own stacks. A
thread is a command of a thread: where the tree's first level names commands, these become names of threads.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import orjson

from flamescope_py import __version__
from flamescope_py.analysis.chosen import ChosenSamples
from flamescope_py.errors import NoTimestampsError
from flamescope_py.export.firefox_tables import CATEGORIES, Texts, ThreadTables
from flamescope_py.export.pprof_samples import FIRST_DATE
from flamescope_py.export.stacks import valid
from flamescope_py.model.profile import MICROSECONDS, Thread

VERSION = 57
# Units of weights that are spans of time, in milliseconds.
_MILLISECONDS = {MICROSECONDS: 1e-3, "nanoseconds": 1e-6, "milliseconds": 1.0}
BYTES = "bytes"
NO_PROCESS = "unknown"
UNNAMED = "(unnamed)"
_MARKERS = ("data", "name", "startTime", "endTime", "phase", "category")
_NO_MARKERS: dict[str, Any] = {"length": 0, **{column: [] for column in _MARKERS}}
Rows = npt.NDArray[np.int64]


def firefox(chosen: ChosenSamples, title: str) -> Iterator[bytes]:
    """Yield the file in pieces, a thread at a time. Raises NoTimestampsError where no sample has a time."""
    if not chosen.timed:
        raise NoTimestampsError(
            "The Firefox Profiler shows samples by their times, and these have none: export pprof or "
            "speedscope instead."
        )
    return _pieces(chosen, title)


def _pieces(chosen: ChosenSamples, title: str) -> Iterator[bytes]:
    groups = _groups(chosen)
    # Dates are large: what counts from the start keeps all its digits.
    start = float(np.floor(chosen.time[0])) if chosen.time[0] >= FIRST_DATE else 0.0
    texts = Texts()
    libraries = sorted({*chosen.frames.library} - {""})
    head = {"meta": _meta(chosen, title, start), "libs": [_lib(valid(name)) for name in libraries]}
    places = {library: place for place, library in enumerate(libraries)}
    yield orjson.dumps(head)[:-1] + b',"threads":['
    comma = b""
    for thread in _threads(chosen, groups, places, texts, start):
        yield comma + orjson.dumps(thread, option=orjson.OPT_SERIALIZE_NUMPY)
        comma = b","
    yield b'],"shared":' + orjson.dumps({"stringArray": texts.table()}) + b"}"


def _meta(chosen: ChosenSamples, title: str, start: float) -> dict[str, Any]:
    timed = chosen.timed
    left_out = len(chosen) - timed
    entries = [{"label": "Samples without a time, left out", "format": "integer", "value": left_out}]
    return {
        "version": 31,
        "preprocessedProfileVersion": VERSION,
        "interval": _interval(chosen),
        "startTime": start * 1e3,
        "profilingStartTime": _milliseconds(chosen.time[:1], start)[0].item(),
        "profilingEndTime": _milliseconds(chosen.time[timed - 1 : timed], start)[0].item(),
        "processType": 0,
        "product": valid(title),
        "importedFrom": f"flamescope-py {__version__}",
        "stackwalk": 1,
        "debug": False,
        "symbolicated": True,
        "symbolicationNotSupported": True,
        "sourceCodeIsNotOnSearchfox": True,
        "categories": CATEGORIES,
        "markerSchema": [],
        "extra": [{"label": "flamescope-py", "entries": entries}] if left_out else [],
    }


def _interval(chosen: ChosenSamples) -> float:
    """Return the usual milliseconds between two samples of the busiest thread, 1 for a single sample."""
    busiest = int(np.bincount(chosen.thread[: chosen.timed]).argmax())
    gaps = np.diff(chosen.time[: chosen.timed][chosen.thread[: chosen.timed] == busiest])
    gaps = gaps[gaps > 0]
    return round(float(np.median(gaps)) * 1e3, 6) if len(gaps) else 1.0


def _milliseconds(time: npt.NDArray[np.float64], start: float) -> npt.NDArray[np.float64]:
    """Return milliseconds since `start`, to the nanosecond."""
    return np.round((time - start) * 1e3, 6)


def _lib(name: str) -> dict[str, str | None]:
    paths = dict.fromkeys(("name", "path", "debugName", "debugPath"), name)
    return {"arch": "", **paths, "breakpadId": "", "codeId": None}


def _groups(chosen: ChosenSamples) -> list[tuple[Thread, str, Rows]]:
    """Return the threads of the file: thread, name, and rows of samples; threads of a process are together.

    The main thread of a process is the first of it.
    """
    owner = _owners(chosen)[: chosen.timed]
    key = chosen.thread[: chosen.timed].astype(np.int64) * (len(chosen.tree) + 1) + owner
    order = np.argsort(key, kind="stable")
    firsts = np.flatnonzero(np.diff(key[order], prepend=-1))
    found = []
    for rows in np.split(order, firsts[1:]):
        thread, own = chosen.threads[int(chosen.thread[rows[0]])], int(owner[rows[0]])
        name = chosen.frames.name[int(chosen.tree.frame[own])] if own else thread.command
        found.append((thread, name or UNNAMED, rows))
    return sorted(found, key=lambda row: (row[0].pid, row[0].tid != row[0].pid, row[0].tid, row[1]))


def _owners(chosen: ChosenSamples) -> Rows:
    """Return the node of every sample's first level where that names who ran, else 0."""
    if not chosen.owner_level:
        return np.zeros(len(chosen), np.int64)
    first = np.flatnonzero(chosen.tree.depth == 1)
    place = np.searchsorted(first, chosen.node, "right")
    return np.concatenate(([0], first))[place]


def _threads(
    chosen: ChosenSamples,
    groups: Sequence[tuple[Thread, str, Rows]],
    libraries: dict[str, int],
    texts: Texts,
    start: float,
) -> Iterator[dict[str, Any]]:
    processes: set[int] = set()
    for thread, name, rows in groups:
        is_main = thread.pid not in processes
        processes.add(thread.pid)
        tables = ThreadTables(chosen, rows, libraries, texts)
        time = _milliseconds(chosen.time[rows], start)
        label = valid(name)
        yield {
            "processType": "",
            # The page names a process by its main thread.
            **({"processName": label} if is_main else {}),
            "processStartupTime": 0,
            "processShutdownTime": None,
            "registerTime": 0,
            "unregisterTime": None,
            "pausedRanges": [],
            "name": label,
            "isMainThread": is_main,
            "pid": str(thread.pid) if thread.pid >= 0 else NO_PROCESS,
            "tid": thread.tid if thread.tid >= 0 else NO_PROCESS,
            "samples": {
                "length": len(rows),
                "stack": tables.stacks(chosen.node[rows]),
                "time": time,
                **_weights(chosen, rows),
            },
            "markers": _NO_MARKERS,
            **tables.content(),
        }


def _weights(chosen: ChosenSamples, rows: Rows) -> dict[str, Any]:
    if chosen.weight is None:
        return {"weight": None, "weightType": "samples"}
    weight = chosen.weight[rows]
    if chosen.unit in _MILLISECONDS:
        return {"weight": weight * _MILLISECONDS[chosen.unit], "weightType": "tracing-ms"}
    return {"weight": weight, "weightType": BYTES if chosen.unit == BYTES else "samples"}
