"""The frame after an event, on the same line, which perf prints if no stack was recorded.

Other fields may stand before it and behind it. A tracepoint's arguments may look like it.
"""

from __future__ import annotations

import re
from collections import deque
from functools import lru_cache
from typing import NamedTuple

# An address at the start, in a column that is padded to 16 digits, or of 16 digits:
#  cycles:      7f36571947c0 nmethod::is_nmethod() const (/usr/lib/jvm/libjvm.so)
#  cycles:  ffffffff8225f42b do_syscall_64 ([kernel.kallsyms])
#  cycles:      7fc61ad6eb70 leaf                                                  (no dso)
#  cpu/mem-loads/P:     ffff9a05 5080021 |OP LOAD|LVL L1 hit|BLK  N/A       7     7fc61ad67a34 look (/l.so)
_ADDRESS = re.compile(rb"[ \t]((?:0[xX])?[0-9a-fA-F]{1,16})(?=[ \t]|$)")
_WIDTH = 16
# Fields after the frame: phys_addr, data_page_size, code_page_size, cgroup
#  leaf+0x1 (/bin/w)         1f4a3000 4K N/A /user.slice
_BEHIND = re.compile(rb"[ \t]+(?:[0-9a-f]{1,16}|\d{1,4}[KMGT]|N/A|/\S*)(?=[ \t]|$)")
#  => 401160 f (/bin/w)    IPC: 1.00 (3/3)    insn: 48 89    ABI:2 AX:0x1
#  0x40117f/0x401160/P/-/-/3    pushq %rbp
_LATER = re.compile(
    rb" => |\t IPC: | (?:ilen|insn|ABI):| \S{1,2000}/[PMN-]{1,2}/[X-]/[A-]/\d|(?<=\))\t+[a-z]"
)
_DATA_SOURCE = b"|OP"
# sched:sched_switch, probe:f; not cycles:u, cpu-clock:pppH or cpu/event=0x3c/u
_TRACEPOINT = re.compile(r"[\w.-]+:(?![ukhGHpPSDIWeb]+$)[\w.:@-]+")
# The digits of the shortest address: with a library, with a symbol only, alone, and where arguments may be.
_SURE, _UNSURE, _BARE, _FIRST = 2, 4, 6, 8
_DIGIT = re.compile(rb"\d")
# perf prints a handful of fields behind the frame. Bounded, since a line may be all fields or all addresses.
_MOST_BEHIND, _MOST_ADDRESSES = 16, 64


class Behind(NamedTuple):
    """A frame as a frame line without its tab; `sure` if it is one even where frames stand below it.

    `place` is where it begins.
    """

    frame: bytes
    sure: bool
    place: int


@lru_cache(maxsize=1_000)
def is_tracepoint(event: str) -> bool:
    """Return True if an event prints arguments."""
    return _TRACEPOINT.fullmatch(event) is not None


def frame_behind(event: str, text: bytes) -> Behind | None:
    """Find the sampled frame in the text after an event, else return None."""
    if not text:
        return None
    tracepoint = is_tracepoint(event)
    if tracepoint and not text.endswith(b")") and b") " not in text:
        return None
    later = _LATER.search(text)
    text = text[: later.start()].rstrip() if later else text
    found = [(start, text[start:end], _symbol(text[end:])) for start, end in _addresses(text)]
    for start, address, symbol in found:
        has_library = symbol.endswith(b")") and (b" (" in symbol or symbol.startswith(b"("))
        if has_library and (
            _is_column(text, start, address, symbol) if tracepoint else len(address) >= _SURE
        ):
            return Behind(address + b" " + symbol, True, start)
    if tracepoint:
        return None
    for start, address, symbol in found:
        if symbol and len(address) >= _UNSURE and _DIGIT.search(address):
            return Behind(address + b" " + symbol, False, start)
    bare = [(start, address) for start, address, symbol in found if not symbol and len(address) >= _BARE]
    return Behind(bare[0][1], False, bare[0][0]) if bare else None


def _addresses(text: bytes) -> list[tuple[int, int]]:
    """Find where the last addresses begin and end, the last one first."""
    text = b"  " + text
    places = (
        (match.start(1) - 2, match.end() - 2)
        for match in _ADDRESS.finditer(text)
        if match.end() - match.start(1) == _WIDTH
        or text[match.start() - 1] in b" \t"
        or text[match.start()] == 9
    )
    return [*deque(places, _MOST_ADDRESSES)][::-1]


def _is_column(text: bytes, start: int, address: bytes, symbol: bytes) -> bool:
    """Return True if an address cannot be a tracepoint's argument: perf pads it to 16 digits."""
    if not start:
        return len(address) >= (_UNSURE if b" (/" in symbol or b" ([" in symbol else _FIRST)
    # A blank, and the column.
    before = text[max(start + len(address) - _WIDTH - 1, 0) : start]
    return len(before) + len(address) == _WIDTH + 1 and not before.strip()


def _symbol(text: bytes) -> bytes:
    """Return symbol and library from the start of the text after an address; empty if there are none."""
    if not text.startswith(b" ") or text.startswith((b"  ", b" " + _DATA_SOURCE)) or _is_behind(text):
        return b""
    symbol = text[1:]
    end = symbol.rfind(b")") + 1
    return symbol[:end] if end and _is_behind(symbol[end:]) else _without_columns(symbol)


def _is_behind(text: bytes) -> bool:
    """Return True if a text is nothing but a few fields behind a frame."""
    place = 0
    for _ in range(_MOST_BEHIND):
        match = _BEHIND.match(text, place)
        if match is None:
            break
        place = match.end()
    return place == len(text)


def _without_columns(symbol: bytes) -> bytes:
    """Cut off the columns behind a symbol without a library: the first is padded."""
    cut = symbol.find(b"  ")
    return symbol[:cut] if cut > 0 and _is_behind(symbol[cut:]) else symbol
