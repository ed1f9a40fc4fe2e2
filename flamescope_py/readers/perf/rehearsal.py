"""A made-up `perf script` text, which an idle process reads to warm up.

The first text that a process reads takes half as long again: patterns and array operations are set up, and
every page of memory is touched (2.5 µs each).
"""

from __future__ import annotations

from flamescope_py.readers.perf.parser import PIECE, PerfScriptParser

_STACKS = 400
_DEPTH = 20
# Distinct frame lines and functions, as a piece of a real capture has them.
_LINES = 4_000
_FUNCTIONS = 1_200
_ADDRESS = 0x7F00_0000_0000
_LIBRARY = "/usr/lib/librehearsal.so"


def rehearse() -> None:
    """Read a text that is a little longer than a piece, as a file would be read."""
    parser = PerfScriptParser()
    parser.feed(text())
    parser.finish()


def text() -> bytes:
    """Make the text: event lines and frame lines of the usual shape, as many different ones as usual."""
    tile = "".join(_event_line(stack) + _frame_lines(stack) + "\n" for stack in range(_STACKS)).encode()
    return tile * (PIECE // len(tile) + 1)


def _event_line(stack: int) -> str:
    thread = 4_000 + stack % 8
    return f"rehearsal {thread} [{stack % 4:03}] {thread}.{stack:06}:   10101010 cpu-clock:ppp: \n"


def _frame_lines(stack: int) -> str:
    lines = [stack * (_DEPTH - level) % _LINES for level in range(_DEPTH)]
    return "".join(
        f"\t{_ADDRESS + 16 * line:16x} rehearsal::function_{line % _FUNCTIONS:08}+0x{line:x} ({_LIBRARY})\n"
        for line in lines
    )
