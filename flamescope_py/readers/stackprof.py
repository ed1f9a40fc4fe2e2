"""stackprof's JSON: `stackprof --json FILE`, or `StackProf.results.to_json` in the program.

    {"version": 1.2, "mode": "wall", "interval": 1000, "samples": 4, "gc_samples": 0, "missed_samples": 0,
     "frames": {"7": {"name": "Object#main", "file": "/srv/app.rb", "line": 3, …}, "8": {…}},
     "raw": [2, 7, 8, 3,  1, 7, 1], "raw_timestamp_deltas": [1000, 1001, 999, 1000]}

`raw` has the number of frames, the frames from the outermost on, and how many samples in a row had that
stack. Each sample has a time in `raw_sample_timestamps` (microseconds of a clock that starts anywhere) or a
distance from the one before in `raw_timestamp_deltas`. https://github.com/tmm1/stackprof
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt

from flamescope_py.errors import BrokenProfileError, TooLargeError
from flamescope_py.model import Profile, ProfileBuilder
from flamescope_py.model.profile import UNKNOWN
from flamescope_py.readers.json.text import integer, items, member, name, numbers, parse, skip_value, whole
from flamescope_py.readers.limits import MAX_DEPTH, MAX_SPAN_SECONDS

TIME_ADVICE = "Record with raw: true, and a stackprof that keeps the time of every sample."
NO_RAW = (
    "This stackprof file has no stacks, only counts of functions: record with raw: true "
    "(StackProf.run(raw: true))."
)
NO_FRAME = "samples of a frame that is not in the file"
DAMAGED = "a stack that is cut short or has no count"
NO_MATCH = "The file has another number of times than of samples, so that none of them is used."
_KEYS = (b'"mode"', b'"frames"', b'"interval"')
_OWN = re.compile(rb'"(?:gc_samples|missed_samples)"\s*:')


def recognises(head: bytes) -> bool:
    """Return True for the head of a stackprof file: its first members, in any order."""
    return all(key in head for key in _KEYS[:1]) and _OWN.search(head) is not None and _KEYS[2] in head


def read(chunks: Iterable[bytes]) -> Profile:
    """Read all stacks. Raises BrokenProfileError where there is none, and TooLargeError."""
    document = parse(whole(chunks))
    raw = items(member(document, "raw"))
    if not raw:
        raise BrokenProfileError(NO_RAW)
    builder = ProfileBuilder()
    event = builder.event(name(member(document, "mode"), "samples"))
    nodes, counts = _stacks(builder, raw, member(document, "frames"))
    total = int(counts.sum())
    builder.expect(total)
    time = _times(document, total, builder)
    kept = np.repeat(nodes >= 0, counts)
    node = np.repeat(nodes, counts)[kept]
    builder.add_samples(
        time=time[kept],
        node=node,
        thread=np.full(len(node), builder.thread(UNKNOWN, UNKNOWN, "")),
        event=np.full(len(node), event),
    )
    builder.drop_strays(MAX_SPAN_SECONDS / 2)
    if not builder.report.samples:
        raise BrokenProfileError(
            f"There is no sample in this stackprof file{builder.report.because()}: record it again."
        )
    missed = integer(member(document, "missed_samples"))
    if missed and missed > 0:
        builder.report.lost_events += missed
    return builder.finish("stackprof", owner_level=False, time_advice=TIME_ADVICE)


def _stacks(
    builder: ProfileBuilder, raw: list[Any], frames: object
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Return the node of every run of samples, -1 for one that is damaged, and its count."""
    known: dict[int, int | None] = {}
    nodes, counts = [], []
    at = 0
    while at < len(raw):
        length = integer(raw[at])
        count = None
        if length is not None and 0 <= length <= len(raw) - at - 2:
            count = integer(raw[at + 1 + length])
        if length is None or count is None or not 0 <= count <= 1 << 40:
            # Later values cannot be told from stacks.
            skip_value(builder.report, DAMAGED, raw[at : at + 5])
            break
        path = [_frame(builder, key, frames, known) for key in raw[at + 1 : at + 1 + min(length, MAX_DEPTH)]]
        if None in path:
            builder.report.skip(NO_FRAME, text=str(count), count=count)
            nodes.append(-1)
        else:
            nodes.append(builder.stack([frame for frame in path if frame is not None]))
        counts.append(count)
        at += length + 2
    if sum(counts) > 1 << 40:
        raise TooLargeError("The stackprof file counts more samples than can be read: record fewer.")
    return np.array(nodes, np.int64), np.array(counts, np.int64)


def _frame(builder: ProfileBuilder, key: object, frames: object, known: dict[int, int | None]) -> int | None:
    number = integer(key)
    if number is None:
        return None
    if number not in known:
        entry = member(frames, str(number))
        known[number] = None
        if isinstance(entry, dict):
            known[number] = builder.frame(name(entry.get("name"), "(unnamed)"), name(entry.get("file")))
    return known[number]


def _times(document: object, total: int, builder: ProfileBuilder) -> npt.NDArray[np.float64]:
    """Return the time of every sample in seconds, NaN where the file has none for each."""
    stamps = numbers(items(member(document, "raw_sample_timestamps")))
    if not len(stamps):
        stamps = np.cumsum(numbers(items(member(document, "raw_timestamp_deltas"))))
    if len(stamps) == total:
        return stamps / 1e6
    if len(stamps):
        builder.report.messages.append(NO_MATCH)
    return np.full(total, np.nan)
