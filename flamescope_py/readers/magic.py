"""Names of files in formats that we do not read, and the way to a file that we do.

Magics of binary files are looked at before any reader, so that no archive is taken for the text in it. Signs
of text and JSON are looked at where no reader recognises the file.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

_UNPACK = "unpack it and open the profile in it"
_RECORD = "record with perf record and open the output of perf script"
_PPROF = "run `go tool pprof -proto FILE` and open its output"


class Magic(NamedTuple):
    """A kind of file: its bytes at an offset, its name, and advice."""

    bytes: bytes
    name: str
    advice: str
    offset: int = 0


MAGICS = (
    # Compressions and archives
    Magic(b"7z\xbc\xaf\x27\x1c", "a 7z archive", "unpack it (7z x FILE) and open the profile in it"),
    Magic(b"\x02\x21\x4c\x18", "lz4 of an old form", "unpack it (lz4 -d FILE) and open the profile"),
    Magic(b"Rar!\x1a\x07", "a RAR archive", "unpack it (unrar x FILE) and open the profile in it"),
    Magic(b"\x1f\x9d", "compressed by compress", "unpack it (uncompress FILE) and open the profile"),
    Magic(b"\x1f\xa0", "compressed by an old compress", "unpack it (gzip -d FILE) and open the profile"),
    Magic(b"\x1f\x1e", "compressed by pack", "unpack it (gzip -d FILE) and open the profile"),
    Magic(b"LZIP\1", "lzip", "unpack it (lzip -d FILE) and open the profile"),
    Magic(b"\x89LZO\x00\x0d\x0a\x1a\x0a", "lzop", "unpack it (lzop -d FILE) and open the profile"),
    Magic(b"\xff\x06\x00\x00sNaPpY", "framed Snappy", "unpack it (snzip -d FILE) and open the profile"),
    Magic(b"PK\x07\x08", "a zip archive in several parts", "join and unpack it, and open the profile in it"),
    Magic(b"!<arch>\n", "an ar archive", "unpack it (ar x FILE) and open the profile in it"),
    Magic(b"!<thin>\n", "an ar archive", "open the profile that it names"),
    Magic(b"\xc7\x71", "a cpio archive", "unpack it (cpio -i < FILE) and open the profile in it"),
    Magic(b"\x71\xc7", "a cpio archive", "unpack it (cpio -i < FILE) and open the profile in it"),
    Magic(b"MSCF\0\0\0\0", "a cabinet archive", "unpack it (cabextract FILE) and open the profile in it"),
    Magic(b"xar!\0", "a xar archive", "unpack it (xar -xf FILE) and open the profile in it"),
    Magic(b"CD001", "an ISO image", _UNPACK, 0x8001),
    Magic(b"\xed\xab\xee\xdb", "an RPM package", _UNPACK),
    Magic(b"\x60\xea", "an ARJ archive", _UNPACK),
    # Profiles and traces
    Magic(
        b"Nettrace\x14\0\0\0",
        ".NET's nettrace",
        "run `dotnet-trace convert --format Speedscope FILE` and open that",
    ),
    Magic(b"\x17\x08Dtracing", "trace-cmd's trace.dat", _RECORD),
    Magic(
        b"JAVA PROFILE 1.0",
        "a Java heap dump (hprof)",
        "record the processor with async-profiler (-o collapsed) and open that",
    ),
    Magic(b"gmon\1\0\0\0", "gprof's gmon.out", _RECORD),
    Magic(b"SQLite format 3\0", "an SQLite database, as nsys writes it", _RECORD),
    Magic(
        b"\x04\x08",
        "Ruby's Marshal, as stackprof writes it",
        "run `stackprof --collapsed FILE` and open its output",
    ),
    # Other files
    Magic(b"%PDF-", "a PDF", _RECORD),
    Magic(b"\x89PNG\r\n\x1a\n", "a PNG picture", "open the profile that it was made from"),
    Magic(b"\xff\xd8\xff", "a JPEG picture", "open the profile that it was made from"),
    Magic(b"GIF87a", "a GIF picture", "open the profile that it was made from"),
    Magic(b"GIF89a", "a GIF picture", "open the profile that it was made from"),
    Magic(b"\x7fELF", "an ELF program or library", "open the profile of a run of it"),
    Magic(b"MZ\x90\0", "a Windows program", "open the profile of a run of it"),
    Magic(b"\xcf\xfa\xed\xfe", "a Mach-O program", "open the profile of a run of it"),
    Magic(b"\xca\xfe\xba\xbe", "a Java class or Mach-O program", "open the profile of a run of it"),
    Magic(b"PAR1\x15", "a Parquet table", _RECORD),
    Magic(b"ARROW1\0\0", "an Arrow table", _RECORD),
    Magic(b"\x0a\x0d\x0d\x0a", "a capture of network packets (pcapng)", _RECORD),
    Magic(b"\xd4\xc3\xb2\xa1", "a capture of network packets (pcap)", _RECORD),
)


class Sign(NamedTuple):
    """A kind of text or JSON: a pattern in its head, its name, and advice."""

    pattern: re.Pattern[bytes]
    name: str
    advice: str


def _sign(pattern: bytes, name: str, advice: str) -> Sign:
    return Sign(re.compile(pattern), name, advice)


# Archives without a magic of their own that no text begins with.
ARCHIVES = (
    _sign(rb"\A07070[12][0-9A-Fa-f]{104}|\A070707[0-7]{70}", "a cpio archive", "unpack it (cpio -i < FILE)"),
    _sign(rb"\A[\x10-\xff][\x00-\xff]-l[hz][0-9ds]-", "an LHA archive", _UNPACK),
)
SIGNS = (
    _sign(rb"\Ago 1\.\d+ trace\0", "a Go execution trace", "take a processor profile instead"),
    _sign(rb"\AMOJ[\x01-\x09]", "Austin's binary format", "run `mojo2austin FILE out.austin` and open that"),
    _sign(
        rb'\A\s*\{\s*"snapshot"\s*:\s*\{\s*"meta"',
        "a V8 heap snapshot",
        "take a CPU profile instead (node --cpu-prof)",
    ),
    _sign(rb'"selfSize"\s*:', "a V8 heap profile", "take a CPU profile instead (node --cpu-prof)"),
    _sign(
        rb'\A\s*\{[^{}]{0,2000}"root_frame"\s*:',
        "pyinstrument's JSON",
        "run `pyinstrument -r speedscope` and open that",
    ),
    _sign(rb'\A\s*\{[^{}]{0,2000}"resourceSpans"\s*:', "OTLP traces", "take a profile instead"),
    _sign(
        rb"\A(?:# callgrind format|version: 1\ncreator: callgrind|events: Ir)", "callgrind's output", _RECORD
    ),
    _sign(rb"\A(?:--- \w+\n|heap profile: |goroutine profile: )", "a legacy profile of pprof", _PPROF),
    _sign(
        rb"(?m)^# (?:Overhead|Children) .*(?:Command|Symbol)|^# To display the perf\.data header info",
        "the output of perf report",
        "open that of `perf script` instead",
    ),
    _sign(
        rb"(?m)^ ?Performance counter stats for ",
        "the output of perf stat",
        "open that of `perf script` instead",
    ),
    _sign(rb"\A# tracer: ", "the text of ftrace", _RECORD),
    _sign(
        rb"(?m)^Full thread dump |^\"[^\"\n]{1,200}\" #\d+ ",
        "a thread dump of Java",
        "record with async-profiler (-o collapsed) and open that",
    ),
    _sign(
        rb"(?m)^jdk\.ExecutionSample \{",
        "what `jfr print` writes",
        "run `jfrconv FILE profile.collapsed` of async-profiler on the recording",
    ),
    _sign(
        rb"(?i)\A\s*(?:<\?xml[^>]{0,500}>\s*)?(?:<!DOCTYPE svg[^>]{0,500}>\s*)?(?:<!--.{0,500}-->\s*)?<svg",
        "an SVG picture",
        "open the folded stacks or the profile that it was made from",
    ),
    _sign(rb"(?i)\A\s*<(?:!DOCTYPE html|html)", "a web page", "download the profile itself"),
    _sign(rb"\Aversion https://git-lfs", "a pointer of Git LFS", "run `git lfs pull` and open the file then"),
)
_BINARY = "A binary file in no format that we read."
_ZEROS = "The file begins with zeros alone, so that it was not written or copied to its end: copy it again."


def archive_or_binary(head: bytes) -> str:
    """Return a sentence that names a file with a known binary magic; "" for any other."""
    for magic in MAGICS:
        if head.startswith(magic.bytes, magic.offset):
            return _sentence(magic.name, magic.advice)
    return _signed(ARCHIVES, head)


def unread(head: bytes) -> str:
    """Return a sentence that names a file that no reader recognises; "" for an unknown one."""
    if _is_perfetto(head):
        return _sentence("a Perfetto trace", "run `traceconv json FILE` and open that")
    known = _signed(SIGNS, head)
    if not known and b"\0" in head:
        return _with_zeros(head)
    return known


def _signed(signs: Iterable[Sign], head: bytes) -> str:
    found = (sign for sign in signs if sign.pattern.search(head))
    return next((_sentence(sign.name, sign.advice) for sign in found), "")


def _sentence(name: str, advice: str) -> str:
    return f"This is {name}, which is not read: {advice}."


def _is_perfetto(head: bytes) -> bool:
    """Return True where three packets, field 1 of a message each, follow each other."""
    at = 0
    for _ in range(3):
        if head[at : at + 1] != b"\x0a":
            return False
        length, shift = 0, 0
        for byte in head[at + 1 : at + 5]:
            at += 1
            length |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                break
        at += 1 + length
        if not length or at > len(head):
            return False
    return True


def _with_zeros(head: bytes) -> str:
    """Return a sentence about a file with zeros that begins with no magic."""
    if not head.strip(b"\0"):
        return _ZEROS
    even, odd = (not head[first:200:2].strip(b"\0") for first in (0, 1))
    if len(head) <= 8 or even == odd or head[:200].replace(b"\0", b"").isspace():
        return _BINARY
    name = "utf-16be" if even else "utf-16le"
    return f"This is UTF-16 without a byte order mark: run `iconv -f {name} -t utf-8 FILE` and open that."
