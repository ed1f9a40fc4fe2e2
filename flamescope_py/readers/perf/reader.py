"""The perf reader: `perf script` text as a Profile. The parser does the work; here are the judgements
that need the whole file: which samples have a time that can be true, and whether there is any at all.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import pairwise

import numpy as np

from flamescope_py.errors import BrokenProfileError
from flamescope_py.model import Profile, ProfileBuilder
from flamescope_py.readers.limits import MAX_SPAN_SECONDS
from flamescope_py.readers.perf.line_reader import NO_TIME
from flamescope_py.readers.perf.lines import (
    HEAD,
    is_frame_on_event_line,
    parse_frame,
    parse_untimed,
    parse_what,
    parse_who,
)
from flamescope_py.readers.perf.parser import PerfScriptParser

TIME_ADVICE = "Run perf script with -F comm,pid,tid,cpu,time,event,ip,sym,dso."
MAX_HEAD_LINES = 2_000
_BLANK_LINE = re.compile(rb"\n\r?\n")


def recognises(head: bytes) -> bool:
    """Say whether a head is perf script text: an event line in its first lines, or perf's header alone.

    An event line without a timestamp looks like much else (`case 12 name:`), so that it must have a
    frame on it or behind it.
    """
    lines = head.replace(b"\r\n", b"\n").split(b"\n", MAX_HEAD_LINES)[:MAX_HEAD_LINES]
    if head.startswith(b"# ========"):
        return True
    return any(_is_event_line(line, following) for line, following in pairwise([*lines, b""]))


def _is_event_line(line: bytes, following: bytes) -> bool:
    has_frame = parse_frame(following) is not None
    match = HEAD.fullmatch(line)
    if match is None:
        untimed = parse_untimed(line)
        return untimed is not None and (has_frame or is_frame_on_event_line(untimed[1].rest))
    what = parse_what(match.group(3))
    return parse_who(match.group(1)) is not None and what is not None and bool(what.event or has_frame)


def boundary(window: bytes) -> int:
    """Find where the first sample of a window begins: behind a blank line; -1 where there is none."""
    found = _BLANK_LINE.search(window)
    return found.end() if found else -1


def parse(chunks: Iterable[bytes]) -> ProfileBuilder:
    """Read perf script text, or a part of one that begins and ends at a boundary."""
    parser = PerfScriptParser()
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
    if not builder.report.samples:
        raise BrokenProfileError(
            "There is no sample in this perf script text: record again and check what perf script printed."
        )
    return builder.finish("perf", time_advice=TIME_ADVICE)
