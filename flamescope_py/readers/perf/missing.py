"""Why perf script text is refused: which of its fields are missing."""

from __future__ import annotations

import re

from flamescope_py.readers.perf.lines import parse_untimed
from flamescope_py.readers.perf.names import parse_frame

USUAL_FIELDS = "-F comm,pid,tid,cpu,time,event,ip,sym,dso"
MAX_LINES = 2_000
# Two of a kind are no accident.
_ENOUGH = 2
# Frames as perf prints them, a tab first. Anything may be behind blanks.
_FRAME_BEGUN = re.compile(rb"\t[ ]*[0-9a-f]{4,16}(?:[ ]|$)")
_TIME = re.compile(rb"(?:^|[ \t])\d{1,18}\.\d{1,9}:(?:[ \t]|$)")
_NUMBER = re.compile(rb"[ \t]-?\d{1,10}(?:[ \t/]|$)")
_EVENT = re.compile(rb"[^ \t\d]\S*:[ \t]*$")


def missing_fields(head: bytes) -> str:
    """Return a sentence about the fields that a text of perf script lacks; empty if it is none."""
    lines = head.replace(b"\r\n", b"\n").split(b"\n", MAX_LINES)[:MAX_LINES]
    frames = [row for row, line in enumerate(lines) if _FRAME_BEGUN.match(line) and parse_frame(line)]
    if len(frames) >= _ENOUGH:
        return _sentence(_missing(lines[frames[0] - 1] if frames[0] else b""))
    if sum(parse_untimed(line) is not None for line in lines) >= _ENOUGH:
        return _sentence(["time", "ip"])
    return ""


def _missing(beginning: bytes) -> list[str]:
    """Return the fields that an event line lacks; a sample without any begins with a blank line."""
    found = {
        "comm": bool(beginning.strip()),
        "tid": _NUMBER.search(beginning) is not None,
        "time": _TIME.search(beginning) is not None,
        "event": _EVENT.search(beginning) is not None,
    }
    return [field for field, is_there in found.items() if not is_there]


def _sentence(missing: list[str]) -> str:
    if not missing:
        return ""
    *others, last = missing
    names = f"fields {', '.join(others)} and {last}" if others else f"field {last}"
    return f"This is perf script text without the {names}: run perf script with {USUAL_FIELDS}."
