"""Text as other systems write it, brought into UTF-8 with one line end per line, while it is read.

PowerShell's `>` writes UTF-16, Windows' editors a byte order mark, old programs CR alone, and text that was
pasted from a page may have a blank line behind every line.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import NamedTuple

_MARKS = {
    # UTF-32 first: its mark begins as that of UTF-16.
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
CR, CR_CR_LF, DOUBLED = "cr", "crcrlf", "doubled"
MIN_PAIRS = 3
# \t    7fb8ac0eadcd JS:*hash /srv/app/server.js:3:6+0x5cd (/tmp/perf-3738.map)
_FRAME = re.compile(rb"[ \t]+(?:0x)?[0-9a-fA-F]{1,16}(?: |$)")
_TIME = re.compile(rb"\d\.\d{1,9}:")


class Encoding(NamedTuple):
    """How a text is written: `charset` is "" for UTF-8, `lines` is "" for one LF or CRLF a line."""

    charset: str = ""
    lines: str = ""


PLAIN = Encoding()


def encoding(head: bytes) -> Encoding:
    """Detect the encoding of a text from its head."""
    charset = next((name for mark, name in _MARKS.items() if head.startswith(mark)), "")
    return Encoding(charset, _line_ends(b"".join(_recoded([head], charset))))


def _line_ends(text: bytes) -> str:
    if b"\n" not in text:
        return CR if b"\r" in text else ""
    if b"\r\r\n" in text:
        return CR_CR_LF
    return DOUBLED if _is_doubled(text) else ""


def _is_doubled(text: bytes) -> bool:
    """Return True if every line is followed by a blank one, also between the frames of a stack."""
    lines = text.split(b"\n")[:-1]
    if len(lines) < 2 * MIN_PAIRS or any(line.strip() for line in lines[1::2]):
        return False
    # A frame that a blank line parts from another one, or from the blank line of its sample.
    kept = lines[::2]
    return any(_is_frame(line) and (not after.strip() or _is_frame(after)) for line, after in pairwise(kept))


def _is_frame(line: bytes) -> bool:
    return _FRAME.match(line) is not None and not _TIME.search(line)


def plain(chunks: Iterable[bytes], how: Encoding) -> Iterator[bytes]:
    """Bring chunks of a text into UTF-8 with one line end per line."""
    text = _recoded(chunks, how.charset)
    if how.lines in (CR, CR_CR_LF):
        text = _with_line_feeds(text)
    return _halved(text) if how.lines == DOUBLED else iter(text)


def plain_head(head: bytes) -> bytes:
    """Convert a head as `plain` converts the whole text."""
    return b"".join(plain([head], encoding(head)))


def _recoded(chunks: Iterable[bytes], charset: str) -> Iterable[bytes]:
    if not charset:
        return chunks
    decoder = codecs.getincrementaldecoder(charset)("replace")
    return (decoder.decode(chunk).encode("utf-8", "replace") for chunk in chunks)


def _with_line_feeds(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Make every CR, and every run of them before a LF, one LF."""
    held = b""
    for chunk in chunks:
        text = held + chunk
        rest = text.rstrip(b"\r")
        # The end of this chunk may be the start of a line end.
        text, held = rest, text[len(rest) :]
        yield re.sub(rb"\r+\n", b"\n", text).replace(b"\r", b"\n")
    yield b"\n" * len(held)


def _halved(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Leave out every second line, up to the first of them that is not blank."""
    rest, doubled = b"", True
    for chunk in chunks:
        if not doubled:
            yield chunk
            continue
        lines = (rest + chunk).split(b"\n")
        # The last one may go on, and a pair needs both.
        pairs = (len(lines) - 1) // 2
        odd = next((row for row in range(pairs) if lines[2 * row + 1].strip()), pairs)
        yield b"".join(line + b"\n" for line in lines[: 2 * odd : 2])
        rest = b"\n".join(lines[2 * odd :])
        if odd < pairs:
            doubled = False
            yield rest
            rest = b""
    if rest:
        yield rest


def bounded_lines(chunks: Iterable[bytes], most: int) -> Iterator[tuple[bytes, bool]]:
    """Yield lines without their ends, each with whether it had one.

    Of a line longer than `most` bytes, chunks in the middle are left out. The rest is longer than that, too.
    """
    parts: list[bytes] = []
    length = 0
    for chunk in chunks:
        *whole, rest = chunk.split(b"\n")
        for line in whole:
            yield b"".join([*parts, line]), True
            parts, length = [], 0
        if length <= most:
            parts.append(rest)
            length += len(rest)
    if length:
        yield b"".join(parts), False
