"""The reader of `node --prof-process --preprocess`: a log as JSON, with names of C++ functions.

    {"code":[{"name":"/usr/bin/node","type":"SHARED_LIB"},{"name":"node::Start","type":"CPP"},
             {"name":"fib /srv/app.js:1:13","type":"JS","kind":"Opt","func":3}, …],
     "functions":[…],"ticks":[{"tm":190204,"vm":0,"s":[45987,1064,45971,81,-1,140708899051055]}, …]}

The stack of a tick has pairs of a row of `code`, or -1, and an address in it, the innermost first.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import numpy as np

from flamescope_py.errors import BrokenProfileError
from flamescope_py.model import Profile, ProfileBuilder
from flamescope_py.model.frame import JIT, USER
from flamescope_py.model.profile import UNKNOWN
from flamescope_py.readers.json.text import (
    BLANKS,
    BOM,
    integer,
    items,
    member,
    name,
    number,
    parse,
    skip_value,
    whole,
)
from flamescope_py.readers.limits import MAX_DEPTH, MAX_SPAN_SECONDS
from flamescope_py.readers.v8log.states import GC, GC_FRAME, IDLE

_CODE = re.compile(
    rb'\{\s*"code"\s*:\s*\[\s*\{\s*"name"\s*:\s*"(?:[^"\\]|\\.){0,4000}"\s*,\s*"(?:type|timestamp)"\s*:'
)
TIME_ADVICE = "Record with node --prof, whose ticks have times."
# As in the names of perf's maps, which the flavours of Node know.
TIERS = {"Opt": "*", "Maglev": "+", "Sparkplug": "^", "Baseline": "^", "Unopt": "~"}
NO_CODE = "(unknown)"
UNKNOWN_FRAMES = "callers at addresses without known code"
DAMAGED = "a tick that is damaged"


def recognises(head: bytes) -> bool:
    """Return True for the head of a preprocessed log."""
    return _CODE.match(head.removeprefix(BOM).lstrip(BLANKS)) is not None


def read(chunks: Iterable[bytes]) -> Profile:
    """Read all ticks. Raises BrokenProfileError where there is none, and TooLargeError."""
    document = parse(whole(chunks))
    builder = ProfileBuilder()
    frames = [_frame(builder, code) for code in items(member(document, "code"))]
    collector, unknown = builder.frame(GC_FRAME), builder.frame(NO_CODE)
    time, node, idle = [], [], []
    for tick in items(member(document, "ticks")):
        at, state = number(member(tick, "tm")), integer(member(tick, "vm"))
        rows = items(member(tick, "s"))[: 2 * MAX_DEPTH : 2]
        if np.isnan(at) or state is None:
            skip_value(builder.report, DAMAGED, tick)
            continue
        found = [frames[row] if type(row) is int and 0 <= row < len(frames) else 0 for row in rows]
        lost = found[1:].count(0)
        if lost:
            builder.report.add_other(UNKNOWN_FRAMES, lost)
        stack = [found[0] or unknown] if found else [unknown]
        stack += [collector] * (state == GC) + [frame for frame in found[1:] if frame]
        time.append(at / 1e6)
        node.append(builder.stack(reversed(stack)))
        idle.append(state == IDLE)
    rows_of = len(time)
    builder.add_samples(
        time=time,
        node=node,
        idle=idle,
        thread=[builder.thread(UNKNOWN, UNKNOWN, "")] * rows_of,
        event=[builder.event("tick")] * rows_of,
    )
    builder.drop_strays(MAX_SPAN_SECONDS / 2)
    if not builder.report.samples:
        raise BrokenProfileError("There is no tick in this log of V8: record with node --prof.")
    return builder.finish("v8log", owner_level=False, time_advice=TIME_ADVICE)


def _frame(builder: ProfileBuilder, code: Any) -> int:
    """Intern the frame of a row of `code`."""
    label, kind = name(member(code, "name"), "(anonymous)"), member(code, "type")
    if kind == "SHARED_LIB":
        return builder.frame(label.rpartition("/")[2] or label, label, USER)
    if kind == "CPP":
        return builder.frame(label, "", USER)
    if kind == "JS":
        tier = TIERS.get(name(member(code, "kind")), "")
        label = f"(anonymous){label}" if label.startswith(" ") else label
        return builder.frame(f"JS:{tier}{label}", "", JIT)
    return builder.frame(f"{name(member(code, 'kind'), 'Code')}:{label}", "", JIT)
