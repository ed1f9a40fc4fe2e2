"""The perf reader: `perf script` text as a Profile.

The parser reads lines and blocks. Here are the judgements that need the whole file: which samples have a time
that can be true, and whether there is any sample at all.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from flamescope_py.errors import BrokenProfileError
from flamescope_py.model import Profile, ProfileBuilder
from flamescope_py.model.builder import TURNS
from flamescope_py.readers.limits import MAX_LINE, MAX_SPAN_SECONDS
from flamescope_py.readers.perf.behind import frame_behind, is_tracepoint
from flamescope_py.readers.perf.fields import FieldSet
from flamescope_py.readers.perf.line_reader import NO_TIME
from flamescope_py.readers.perf.lines import fields_of, read_event
from flamescope_py.readers.perf.missing import USUAL_FIELDS
from flamescope_py.readers.perf.names import parse_frame
from flamescope_py.readers.perf.parser import PerfScriptParser
from flamescope_py.readers.perf.switching.marks import markers_of
from flamescope_py.readers.perf.switching.off_cpu import add_off_cpu
from flamescope_py.readers.perf.unresolved import map_messages

TIME_ADVICE = f"The field time is missing: run perf script with -F +time, or with {USUAL_FIELDS}."
STACK_ADVICE = (
    "No sample has a stack: the field ip is missing, or none was recorded. Record with -g, and run perf "
    f"script with {USUAL_FIELDS}."
)
# perf script --deltatime prints the time since the last event instead of the time.
DELTA_TIMES = (
    "The times look like those between events (perf script --deltatime), so that the heatmap shows nothing "
    "true: run perf script without --deltatime."
)
# The comment `# flamescope cut : why` that an interrupted recording ends with.
CUT = "flamescope cut"
_IN_TURNS = "The recording was made in turns of some seconds, and nothing was sampled between them: {turns}."
_MAX_DELTA_SECONDS = 60
_MIN_DELTAS = 4
MAX_HEAD_LINES = 2_000
_BEHIND_BLANK_LINE = re.compile(rb"\n\r?\n([^\r\n]+)\r?\n")


def recognises(head: bytes) -> bool:
    """Return True if a head is perf script text: an event line in its first lines, or perf's header alone.

    An event line without a timestamp or a thread number looks like much else (`case 12 name:`), so that it
    must have a frame on it or behind it, or be of a tracepoint. A line that is too long to be read counts as
    an empty one.
    """
    lines = head.replace(b"\r\n", b"\n").split(b"\n", MAX_HEAD_LINES)[:MAX_HEAD_LINES]
    lines = [line if len(line) <= MAX_LINE else b"" for line in lines]
    if head.startswith(b"# ========"):
        return True
    fields = fields_of(head)
    return any(_is_event_line(line, following, fields) for line, following in pairwise([*lines, b""]))


def _is_event_line(line: bytes, following: bytes, fields: FieldSet) -> bool:
    event = read_event(line, fields)
    if event is None:
        return False
    task, trigger, _ = event
    if parse_frame(following) is not None or frame_behind(trigger.event, trigger.rest) is not None:
        return True
    return (
        not math.isnan(event.time) and bool(trigger.event) and (task.tid >= 0 or is_tracepoint(trigger.event))
    )


def boundary(window: bytes) -> int:
    """Find where the first sample of a window begins: at an event line behind a blank one, else -1."""
    place = 0
    while found := _BEHIND_BLANK_LINE.search(window, place):
        if read_event(found[1]) is not None:
            return found.start(1)
        place = found.end() - 1
    return -1


def parse(chunks: Iterable[bytes], head: bytes = b"") -> ProfileBuilder:
    """Read perf script text, or a part of one that begins and ends at a boundary.

    `head` is the beginning of the file, which shows the fields that all of its parts have.
    """
    parser = PerfScriptParser(fields=fields_of(head) if head else None)
    for chunk in chunks:
        parser.feed(chunk)
    return parser.finish()


def read(chunks: Iterable[bytes]) -> Profile:
    """Read perf script text. Raises BrokenProfileError when there is no sample in it."""
    return finish(parse(chunks))


def finish(builder: ProfileBuilder) -> Profile:
    """Turn a builder that saw the whole file into a Profile."""
    builder.drop_strays(MAX_SPAN_SECONDS / 2)
    if np.isnan(builder.times()).all():
        builder.report.notes[:] = [note for note in builder.report.notes if note.reason != NO_TIME]
    if are_delta_times(builder.times()):
        builder.report.messages.append(DELTA_TIMES)
    if not builder.report.samples:
        raise BrokenProfileError(
            "There is no sample in this perf script text: record again and check what perf script printed."
        )
    builder.markers = markers_of(builder)
    profile = builder.finish("perf", time_advice=TIME_ADVICE, derived=add_off_cpu(builder))
    if profile.report.without_stack == profile.report.samples and not any(
        map(is_tracepoint, profile.meta.events)
    ):
        profile.report.messages.append(STACK_ADVICE)
    profile.report.messages.extend(map_messages(profile))
    if TURNS in profile.meta.header:
        profile.report.messages.append(_IN_TURNS.format(turns=profile.meta.header[TURNS]))
    if CUT in profile.meta.header:
        profile.report.messages.append(f"The recording is cut: {profile.meta.header[CUT]}")
    return profile


def are_delta_times(time: npt.NDArray[np.float64]) -> bool:
    """Return True if times, in file order, are small and do not grow: those of events are sorted."""
    if len(time) < _MIN_DELTAS or np.isnan(time).any() or time[0] != 0 or time.max() > _MAX_DELTA_SECONDS:
        return False
    back = np.count_nonzero(np.diff(time) < 0)
    return bool(4 * back >= len(time))
