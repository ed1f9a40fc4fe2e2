"""The lines of a log that a profile is made of.

v8-version,11,3,244,8,-node.33,0
shared-library,/usr/bin/node,0x400000,0x25fe000,0
code-creation,JS,10,50510,0x1c9404e8ad66,120,fib /srv/app.js:1:13,0x1c9404e8abf0,~      Node 20
code-creation,LazyCompile,0,0x2d1a,120,"fib /srv/app.js:1:13",0x1c94,*                  Node 8
code-move,0x148b73cd9ee,0x148b73ce7a6        code-delete,0x148b73cd9ee
tick,0x10fa409,588510,0,0x0,3,0x11dc900,0x11b159371150,+0x24 …     pc, time, is external, its address, state
"""

from __future__ import annotations

import re
from typing import NamedTuple

# A comma, a quote or a line end inside of a name:  \x2C  \u2028
_ESCAPE = re.compile(r"\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|(n)|(\\))")
_CREATION = re.compile(
    r"code-creation,(?P<type>[\w-]*),(?P<kind>-?\d+),(?:(?P<time>\d+),)?(?P<start>0x[0-9a-f]{1,16}),(?P<size>\d{1,18}),"
    r'(?P<name>"(?:[^"\\]|\\.|"")*"|[^,]*)(?P<rest>(?:,[^,]*){0,4})'
)
TIERS = ("*", "+", "^", "~")
MAX_NAME = 2_000
ANONYMOUS = "(anonymous)"


class Creation(NamedTuple):
    """A line that puts code at an address."""

    start: int
    size: int
    name: str


def creation(line: str) -> Creation | None:
    """Return the code that a line creates, None where it is damaged.

    The name is in the form of perf's maps, `JS:*fib /srv/app.js:1:13`, which the flavours of Node know.
    """
    match = _CREATION.match(line)
    if match is None:
        return None
    name = match["name"]
    if name.startswith('"') and name.endswith('"') and len(name) > 1:
        name = name[1:-1].replace('""', '"')
    tier = match["rest"].rpartition(",")[2]
    tier = tier if tier in TIERS else ""
    name = unescaped(name[:MAX_NAME])
    if name.startswith(" ") or not name:
        name = ANONYMOUS + name
    return Creation(int(match["start"], 16), int(match["size"]), f"{match['type']}:{tier}{name}")


def unescaped(name: str) -> str:
    """Return a name without V8's escapes."""
    return _ESCAPE.sub(_character, name) if "\\" in name else name


def _character(match: re.Match[str]) -> str:
    two, four, line, _ = match.groups()
    if line:
        return " "
    return chr(int(two or four, 16)) if two or four else "\\"
