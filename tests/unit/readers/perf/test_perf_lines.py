"""The lines of perf script text, one table a kind of line."""

from __future__ import annotations

import pytest

from flamescope_py.readers.perf.lines import (
    UNKNOWN,
    What,
    Who,
    decode,
    is_frame_on_event_line,
    is_source_line,
    library_kind,
    parse_frame,
    parse_untimed,
    parse_what,
    parse_who,
)


@pytest.mark.parametrize(
    ("text", "who"),
    [
        ("node  3738", Who("node", UNKNOWN, 3738, UNKNOWN)),
        ("node  3738  ", Who("node", UNKNOWN, 3738, UNKNOWN)),
        ("swapper     0 [000]", Who("swapper", UNKNOWN, 0, 0)),
        ("perf  8382/8383  [001]", Who("perf", 8382, 8383, 1)),
        ("C2 CompilerThre 14341/14350 [016]", Who("C2 CompilerThre", 14341, 14350, 16)),
        ("kworker/0:1-events    12", Who("kworker/0:1-events", UNKNOWN, 12, UNKNOWN)),
        ("   :8440  8440", Who(":8440", UNKNOWN, 8440, UNKNOWN)),
        ("a [b] 7", Who("a [b]", UNKNOWN, 7, UNKNOWN)),
        ("7 7 7/7", Who("7 7", 7, 7, UNKNOWN)),
        ("swapper -1/0", Who("swapper", -1, 0, UNKNOWN)),
        ("two  blanks 7", Who("two  blanks", UNKNOWN, 7, UNKNOWN)),
    ],
)
def test_a_task(text: str, who: Who) -> None:
    assert parse_who(text.encode()) == who


@pytest.mark.parametrize(
    "text", ["", "node", "3738", "  3738", "node x", "# node 3738", "[000]", "node [000]", "a 1/2/3"]
)
def test_no_task(text: str) -> None:
    assert parse_who(text.encode()) is None


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("    1003009 cpu-clock:pppH: ", What("cpu-clock:pppH", 1003009, b"")),
        (" page-faults:", What("page-faults", 0, b"")),
        (" sched:sched_switch: prev_comm=a ==> b", What("sched:sched_switch", 0, b"prev_comm=a ==> b")),
        ("  cycles:  7f36 f (/x)", What("cycles", 0, b"7f36 f (/x)")),
        (" cpu/event=0x3c/u: ", What("cpu/event=0x3c/u", 0, b"")),
        (" PERF_RECORD_LOST lost 13", What("PERF_RECORD_LOST", 0, b"lost 13")),
        (" 250000", What("", 250000, b"")),
        (" 281474976710655 cycles:", What("cycles", 2**48 - 1, b"")),
        ("", What("", 0, b"")),
    ],
)
def test_what_happened(text: str, what: What) -> None:
    assert parse_what(text.encode()) == what


@pytest.mark.parametrize("text", [" no event", " 12 no event", " 281474976710656 cycles:", f" {'e' * 501}:"])
def test_nothing_happened(text: str) -> None:
    assert parse_what(text.encode()) is None


@pytest.mark.parametrize(
    ("line", "who", "what"),
    [
        ("java 23333 cycles: ", Who("java", -1, 23333, -1), What("cycles", 0, b"")),
        ("C2 Comp 3/4 [002]  250000 cycles:ppp: ", Who("C2 Comp", 3, 4, 2), What("cycles:ppp", 250000, b"")),
        ("java 23333 cycles:  7f36 f (/x)", Who("java", -1, 23333, -1), What("cycles", 0, b"7f36 f (/x)")),
    ],
)
def test_an_event_line_without_a_time(line: str, who: Who, what: What) -> None:
    assert parse_untimed(line.encode()) == (who, what)


@pytest.mark.parametrize(
    "line", ["", "java", "java 23333", "java cycles:", "a sentence: with a colon", "x 1 12:"]
)
def test_no_event_line_without_a_time(line: str) -> None:
    assert parse_untimed(line.encode()) is None


@pytest.mark.parametrize(
    ("symbol", "frames"),
    [
        # The name loses a trailing offset, and nothing else.
        ("f+0x5a (/x)", [("f", "/x", "user")]),
        ("operator++0x4 (/x)", [("operator+", "/x", "user")]),
        ("operator+ (/x)", [("operator+", "/x", "user")]),
        ("JS:+f /a.js:1:2+0x7 (/tmp/perf-1.map)", [("JS:+f /a.js:1:2", "/tmp/perf-1.map", "jit")]),
        ("a+0x1+0x2 (/x)", [("a+0x1", "/x", "user")]),
        # The library is the last parenthesis, as far as it is balanced.
        ("nmethod::is_nmethod() const (/x)", [("nmethod::is_nmethod() const", "/x", "user")]),
        ("f (/x (deleted))", [("f", "/x", "user")]),
        ("f (/a b (1)/c)", [("f", "/a b (1)/c", "user")]),
        ("f(int)", [("f(int)", "", "")]),
        ("f", [("f", "", "")]),
        ("f ()", [("f", "", "")]),
        ("f (/x", [("f (/x", "", "")]),
        ("f (inlined)", [("f", "inlined", "inlined")]),
        ("f ([kernel.kallsyms])", [("f", "[kernel.kallsyms]", "kernel")]),
        # Inlined chains, innermost first.
        ("a->b->c+0x20 (/x)", [("c", "/x", "inlined"), ("b", "/x", "inlined"), ("a", "/x", "user")]),
        ("A::operator-> (/x)", [("A::operator->", "/x", "user")]),
        ("A::operator->* (/x)", [("A::operator->*", "/x", "user")]),
        ("F<fn() -> u8>::call (/x)", [("F<fn() -> u8>::call", "/x", "user")]),
        ("A::operator->->b (/x)", [("b", "/x", "inlined"), ("A::operator->", "/x", "user")]),
    ],
)
def test_a_frame(symbol: str, frames: list[tuple[str, str, str]]) -> None:
    assert parse_frame(f"\t    7f12ab {symbol}".encode()) == frames


@pytest.mark.parametrize(
    ("line", "frame"),
    [
        ("\t 7f12", ("[unknown]", "", "")),
        ("\t 7f12 ", ("[unknown]", "", "")),
        ("\t 7f12 (/x)", ("[unknown]", "/x", "user")),
        ("\t 7f12 +0x5 (/x)", ("[unknown]", "/x", "user")),
        ("            7f12 f (/x)", ("f", "/x", "user")),
        ("\t 7f... node::f (/x)", ("node::f", "/x", "user")),
        ("\t ffffffffffffffff f (/x)", ("f", "/x", "user")),
        ("\t 7f12  name with a blank before (/x)", (" name with a blank before", "/x", "user")),
    ],
)
def test_a_frame_line(line: str, frame: tuple[str, str, str]) -> None:
    assert parse_frame(line.encode()) == [frame]


@pytest.mark.parametrize(
    "line", ["", "7f12 f (/x)", "\t", "\tg (/x)", "\t 7F12 f (/x)", "\t 0123456789abcdef0 f (/x)"]
)
def test_no_frame_line(line: str) -> None:
    assert parse_frame(line.encode()) is None


@pytest.mark.parametrize(
    ("library", "kind"),
    [
        ("/tmp/perf-3738.map", "jit"),
        ("/tmp/perf-3738.map.old", "user"),
        ("/srv/tmp/perf-3738.map", "user"),
        ("[kernel.kallsyms]", "kernel"),
        ("[nf_conntrack]", "kernel"),
        ("/boot/vmlinux-6.1", "kernel"),
        ("vmlinux", "user"),
        ("inlined", "inlined"),
        ("", ""),
        ("/usr/bin/node", "user"),
    ],
)
def test_the_kind_of_a_library(library: str, kind: str) -> None:
    assert library_kind(library) == kind


@pytest.mark.parametrize(
    "line",
    ["  file.c:12", "  ??:0", "  a b/server.cc:30 (discriminator 3)", "  libc.so.6[2724a]", "  file.c:?"],
)
def test_a_source_line(line: str) -> None:
    assert is_source_line(line.encode())


@pytest.mark.parametrize("line", ["file.c:12", "  file.c", "  file.c:12 more", "", "  ", "\tnot a frame"])
def test_no_source_line(line: str) -> None:
    assert not is_source_line(line.encode())


def test_a_frame_on_the_event_line_is_not_a_tracepoints_argument() -> None:
    assert is_frame_on_event_line(b"7fd302fc5bee [unknown] (/tmp/perf-8440.map)")
    assert is_frame_on_event_line(b"ffffffff8225f42b f() const ([kernel.kallsyms])")
    assert not is_frame_on_event_line(b"prev_comm=perf prev_pid=8449 (x)")
    assert not is_frame_on_event_line(b'(ffffffff81301533) filename="/etc/passwd"')
    assert not is_frame_on_event_line(b"")


def test_bytes_that_are_no_text_are_shown_as_replacements() -> None:
    assert decode(b"a\0b\xffc\xc3\xa9") == "a�b�cé"
