"""Lines that perf prints below a sample's event line and that are no frames.

They are part of the recording, so they do not count as skipped, and they add nothing to a graph. The
report counts them by kind.
"""

from __future__ import annotations

import re

SOURCE = "source lines"
INSTRUCTIONS = "instructions"
BRANCHES = "branch stacks"
REGISTERS = "registers"
ADDRESSES = "addresses"
BPF_OUTPUT = "BPF output"
METRICS = "metrics"
RECORDS = "PERF_RECORD lines"

# These begin as frame lines do.
_NO_FRAMES: tuple[tuple[str, re.Pattern[bytes]], ...] = (
    # \t0000000000401136\tinsn: 83 6d fc 01                       -F +brstackinsn
    # \t000000000040113a\tinsn: 0f 85 00 00 \t# PRED 3 cycles [3]
    # \t0000000000401136\tmovl $1, -4(%rbp)                       -F +brstackdisasm
    (
        INSTRUCTIONS,
        re.compile(
            rb"[ \t]*(?:0x)?[0-9a-fA-F]{16}\t.*|[ \t]*(?:0x)?[0-9a-fA-F]{1,16}[ \t]+insn:.*", re.DOTALL
        ),
    ),
    #         1f4a3000 4K N/A /user.slice                          -F +phys_addr, +data_page_size, +cgroup
    # A frame without a symbol is behind a tab.
    (
        ADDRESSES,
        re.compile(
            rb"(?=.{16}(?: |$))[ ]*[0-9a-f]{1,16}(?:[ ]+(?:\d{1,4}[KMGT]|N/A))*(?:[ ]+/.*)?[ ]*", re.DOTALL
        ),
    ),
)
_KINDS: tuple[tuple[str, re.Pattern[bytes]], ...] = (
    #  insn: 48 89 e5      ilen: 3                                -F +insn, +insnlen
    # \tmain+0x16:   \tmain:\tw.c:12                              (a label of brstackinsn)
    # \t... not reaching sample ...
    (
        INSTRUCTIONS,
        re.compile(
            rb"[ \t]*(?:insn|ilen):[ \t].*|"
            rb"\t(?![0-9a-f]+:)[^ \t:][^\t]{0,1000}:(?:\t.*)?|[ \t]*\.\.\. not reaching sample.*|"
            rb"\t+(?:mismatch of LBR data|cannot fetch|failed to fetch|data is truncated|branch|jump).*",
            re.DOTALL,
        ),
    ),
    #  0x40117f/0x401160/P/-/-/3  0x401183/0x40117b/P/-/-/1       -F +brstack
    #  main+0x1(/bin/w)/f+0x2(/bin/w)/M/-/-/1/COND/-              -F +brstacksym, +brstackoff
    (BRANCHES, re.compile(rb"[ \t]*\S[^\n]{0,2000}?/[PMN-]{1,2}/[X-]/[A-]/\d.*", re.DOTALL)),
    #  ABI:2    AX:0x1    BX:0x2                                   -F +iregs, +uregs
    (REGISTERS, re.compile(rb"[ \t]*ABI:\d+(?:[ \t].*)?", re.DOTALL)),
    #       BPF output: 0000: 46 8b 5c 56  F.\V
    #                   0008: 00 00        ..
    #       BPF string: "text"
    (BPF_OUTPUT, re.compile(rb"[ \t]*BPF (?:output|string):.*|[ \t]+[0-9a-f]{4}: [0-9a-f ]{2}.*", re.DOTALL)),
    #  4K    /user.slice    \t IPC: 1.25 (10/8)
    (
        ADDRESSES,
        re.compile(
            rb"[ ]+(?:\d{1,4}[KMGT]|N/A)(?:[ ]+(?:\d{1,4}[KMGT]|N/A))*(?:[ ]+/.*)?[ ]*"
            rb"|[ ]/[^:\n]*|[ \t]*IPC: .*",
            re.DOTALL,
        ),
    ),
    # \t  metric:    13.23  Page_Faults                            -F +metric
    (METRICS, re.compile(rb"[ \t]+(?:\S+[ \t]+\[?\d*\]?[ \t]+)?metric:.*", re.DOTALL)),
    #   file.c:12      ??:0      :0                                -F +srcline
    #   server.cc:30 (discriminator 3)
    #   libc.so.6[2724a]
    # |12       int x = 3;                                         -F +srccode
    (
        SOURCE,
        re.compile(
            rb"[ \t]+(?:\S[^\n]{0,1000}?)?(?::(?:\d+|\?)|(?<=\S)\[[0-9a-f]+\])"
            rb"(?: \(discriminator \d+\))?[ \t]*|\|\d+[ \t].*|\|",
            re.DOTALL,
        ),
    ),
    # FINISHED_ROUND       PERF_RECORD_FINISHED_ROUND              --show-round-events
    # swapper 0 [000] PERF_RECORD_MMAP2 -1/0: [0x1000]             (without a time)
    (
        RECORDS,
        re.compile(
            rb"(?:.{0,300}?[ \t])?(?:PERF_RECORD_[A-Z0-9_]+|FINISHED_(?:ROUND|INIT))(?:[ \t(:].*)?", re.DOTALL
        ),
    ),
)


def other_kind(line: bytes) -> str | None:
    """Return the kind of a line that perf prints and that is no frame, else None."""
    return no_frame_kind(line) or _kind(line, _KINDS)


def no_frame_kind(line: bytes) -> str | None:
    """Return the kind of a line that begins as a frame line and is none, else None."""
    return _kind(line, _NO_FRAMES)


def _kind(line: bytes, kinds: tuple[tuple[str, re.Pattern[bytes]], ...]) -> str | None:
    line = line.rstrip(b"\r")
    return next((kind for kind, pattern in kinds if pattern.fullmatch(line)), None)
