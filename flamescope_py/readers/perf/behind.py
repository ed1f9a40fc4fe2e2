"""The frame behind an event, on its line: what perf prints where no stack was recorded.

Other fields may stand before it and behind it. A tracepoint's arguments may look like it.
"""

from __future__ import annotations

import re
from typing import NamedTuple

# An address at the start, in a column that is padded to 16 digits, or of 16 digits:
#  cycles:      7f36571947c0 nmethod::is_nmethod() const (/usr/lib/jvm/libjvm.so)
#  cycles:  ffffffff8225f42b do_syscall_64 ([kernel.kallsyms])
#  cycles:      7fc61ad6eb70 leaf                                                  (no dso)
#  cpu/mem-loads/P:     ffff9a05 5080021 |OP LOAD|LVL L1 hit|BLK  N/A       7     7fc61ad67a34 look (/l.so)
_ADDRESS = re.compile(
    rb"(?:(?:^|(?<=[ \t]{2})|(?<=\t))(?:0[xX])?[0-9a-fA-F]{1,15}|(?:^|(?<=[ \t]))[0-9a-fA-F]{16})(?=[ \t]|$)"
)
# What stands behind the frame: phys_addr, data_page_size, code_page_size, cgroup
#  leaf+0x1 (/bin/w)         1f4a3000 4K N/A /user.slice
_BEHIND = re.compile(rb"[ \t]+(?:[0-9a-f]{1,16}|\d{1,4}[KMGT]|N/A|/\S*)(?=[ \t]|$)")
_LATER = (b" => ", b"\t IPC: ", b" ilen: ", b" insn: ", b" ABI:")
_DATA_SOURCE = b"|OP"
# sched:sched_switch, probe:f; not cycles:u, cpu-clock:pppH or cpu/event=0x3c/u
_TRACEPOINT = re.compile(r"[\w.-]+:(?![ukhGHpPSDIWeb]+$)[\w.:@-]+")
# The digits of the shortest address: with a library, with a symbol only, alone, and where arguments may be.
_SURE, _UNSURE, _BARE, _FIRST = 2, 4, 6, 8
_DIGIT = re.compile(rb"\d")
_COLUMN = 17


class Behind(NamedTuple):
    """A frame as a frame line without its tab; `sure` if it is one even where frames stand below it.

    `place` is where it begins.
    """

    frame: bytes
    sure: bool
    place: int


def is_tracepoint(event: str) -> bool:
    """Return True if an event prints arguments."""
    return _TRACEPOINT.fullmatch(event) is not None


def frame_behind(event: str, text: bytes) -> Behind | None:
    """Find the sampled frame in what stands behind an event, else None."""
    if not text:
        return None
    for later in _LATER:
        text = text.partition(later)[0]
    text = text.rstrip()
    places = list(_ADDRESS.finditer(text))[::-1]
    tracepoint = is_tracepoint(event)
    found = [(place, _symbol(text[place.end() :])) for place in places]
    for place, symbol in found:
        has_library = symbol.endswith(b")") and (b" (" in symbol or symbol.startswith(b"("))
        if has_library and (_is_column(text, place, symbol) if tracepoint else len(place[0]) >= _SURE):
            return Behind(place[0] + b" " + symbol, True, place.start())
    if tracepoint:
        return None
    for place, symbol in found:
        if symbol and len(place[0]) >= _UNSURE and _DIGIT.search(place[0]):
            return Behind(place[0] + b" " + symbol, False, place.start())
    bare = [place for place, symbol in found if not symbol and len(place[0]) >= _BARE]
    return Behind(bare[0][0], False, bare[0].start()) if bare else None


def _is_column(text: bytes, place: re.Match[bytes], symbol: bytes) -> bool:
    """Return True if an address cannot be a tracepoint's argument: perf pads it to 16 digits."""
    if not place.start():
        return len(place[0]) >= (_UNSURE if b" (/" in symbol or b" ([" in symbol else _FIRST)
    column = text[max(place.end() - _COLUMN, 0) : place.start()]
    return len(column) + len(place[0]) == _COLUMN and not column.strip()


def _symbol(text: bytes) -> bytes:
    """Return the symbol and the library at the start of what follows an address; empty if it has none."""
    if not text.startswith(b" ") or text.startswith((b"  ", b" " + _DATA_SOURCE)) or _is_behind(text):
        return b""
    symbol = text[1:]
    end = symbol.rfind(b")") + 1
    return symbol[:end] if end and _is_behind(symbol[end:]) else _without_columns(symbol)


def _is_behind(text: bytes) -> bool:
    place = 0
    while place < len(text):
        match = _BEHIND.match(text, place)
        if match is None:
            return False
        place = match.end()
    return True


def _without_columns(symbol: bytes) -> bytes:
    """Cut off the columns behind a symbol without a library: the first is padded."""
    cut = symbol.find(b"  ")
    return symbol[:cut] if cut > 0 and _is_behind(symbol[cut:]) else symbol
