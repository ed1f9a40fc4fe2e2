"""The lines of perf script text, with a table for each kind of line."""

from __future__ import annotations

import pytest

from flamescope_py.readers.perf.fields import UNKNOWN, Task, read_task
from flamescope_py.readers.perf.lines import Trigger, parse_trigger, parse_untimed, read_event
from flamescope_py.readers.perf.names import decode, library_kind, parse_frame
from flamescope_py.readers.perf.others import SOURCE, other_kind


@pytest.mark.parametrize(
    ("text", "task"),
    [
        ("node  3738", Task("node", UNKNOWN, 3738, UNKNOWN)),
        ("node  3738  ", Task("node", UNKNOWN, 3738, UNKNOWN)),
        ("swapper     0 [000]", Task("swapper", UNKNOWN, 0, 0)),
        ("perf  8382/8383  [001]", Task("perf", 8382, 8383, 1)),
        ("C2 CompilerThre 14341/14350 [016]", Task("C2 CompilerThre", 14341, 14350, 16)),
        ("kworker/0:1-events    12", Task("kworker/0:1-events", UNKNOWN, 12, UNKNOWN)),
        ("   :8440  8440", Task(":8440", UNKNOWN, 8440, UNKNOWN)),
        ("a [b] 7", Task("a [b]", UNKNOWN, 7, UNKNOWN)),
        ("7 7 7/7", Task("7 7", 7, 7, UNKNOWN)),
        ("swapper -1/0", Task("swapper", -1, 0, UNKNOWN)),
        ("two  blanks 7", Task("two  blanks", UNKNOWN, 7, UNKNOWN)),
    ],
)
def test_a_task(text: str, task: Task) -> None:
    assert read_task(text.encode()) == task


@pytest.mark.parametrize(
    "text", ["", "node", "node x", "# cmdline : perf record 3738", "[000]", "node [000]", "a 1/2/3"]
)
def test_no_task(text: str) -> None:
    assert read_task(text.encode()) is None


@pytest.mark.parametrize(
    ("text", "trigger"),
    [
        ("    1003009 cpu-clock:pppH: ", Trigger("cpu-clock:pppH", 1003009, b"")),
        (" page-faults:", Trigger("page-faults", 0, b"")),
        (" sched:sched_switch: prev_comm=a ==> b", Trigger("sched:sched_switch", 0, b"prev_comm=a ==> b")),
        ("  cycles:  7f36 f (/x)", Trigger("cycles", 0, b"7f36 f (/x)")),
        (" cpu/event=0x3c/u: ", Trigger("cpu/event=0x3c/u", 0, b"")),
        (" PERF_RECORD_LOST lost 13", Trigger("PERF_RECORD_LOST", 0, b"lost 13")),
        (" 250000", Trigger("", 250000, b"")),
        (" 281474976710655 cycles:", Trigger("cycles", 2**48 - 1, b"")),
        ("", Trigger("", 0, b"")),
        ("      7f36 leaf", Trigger("", 0, b"7f36 leaf")),
        ("    250000      7f36 leaf (/x)", Trigger("", 250000, b"250000      7f36 leaf (/x)")),
        ("      401136 leaf+0x1 (/x)", Trigger("", 0, b"401136 leaf+0x1 (/x)")),
    ],
)
def test_a_trigger(text: str, trigger: Trigger) -> None:
    assert parse_trigger(text.encode()) == trigger


@pytest.mark.parametrize("text", [" no event", " 12 no event", " 281474976710656 cycles:", f" {'e' * 501}:"])
def test_nothing_happened(text: str) -> None:
    assert parse_trigger(text.encode()) is None


@pytest.mark.parametrize(
    ("line", "task", "trigger"),
    [
        ("java 23333 cycles: ", Task("java", -1, 23333, -1), Trigger("cycles", 0, b"")),
        (
            "C2 Comp 3/4 [002]  250000 cycles:ppp: ",
            Task("C2 Comp", 3, 4, 2),
            Trigger("cycles:ppp", 250000, b""),
        ),
        (
            "java 23333 cycles:  7f36 f (/x)",
            Task("java", -1, 23333, -1),
            Trigger("cycles", 0, b"7f36 f (/x)"),
        ),
    ],
)
def test_an_event_line_without_a_time(line: str, task: Task, trigger: Trigger) -> None:
    assert parse_untimed(line.encode()) == (task, trigger)


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
        ("f(A<int>)->g (/x)", [("g", "/x", "inlined"), ("f(A<int>)", "/x", "user")]),
        (
            "Lorg/A;::<init>->Lorg/B;::f (/x)",
            [("Lorg/B;::f", "/x", "inlined"), ("Lorg/A;::<init>", "/x", "user")],
        ),
        # Arrows inside of brackets, and of regular expressions.
        ("decltype(((A*)0)->f()) g<A>(A) (/x)", [("decltype(((A*)0)->f()) g<A>(A)", "/x", "user")]),
        (
            "std::function<auto(int)->int>::operator() (/x)",
            [("std::function<auto(int)->int>::operator()", "/x", "user")],
        ),
        ("main::{lambda(A*)->f}::g (/x)", [("main::{lambda(A*)->f}::g", "/x", "user")]),
        ("a[i->j] (/x)", [("a[i->j]", "/x", "user")]),
        ("RegExp:a->b (/tmp/perf-1.map)", [("RegExp:a->b", "/tmp/perf-1.map", "jit")]),
        ("RegExp:([(->]b)[^->]+ (/tmp/perf-1.map)", [("RegExp:([(->]b)[^->]+", "/tmp/perf-1.map", "jit")]),
        # perf script -F +dsoff
        ("f+0x1 (/x+0x2044)", [("f", "/x", "user")]),
        ("JS:*f /a.js:1+0x1 (/tmp/perf-1.map+0x10)", [("JS:*f /a.js:1", "/tmp/perf-1.map", "jit")]),
        ("f (/usr/lib/libstdc++.so.6+0x10)", [("f", "/usr/lib/libstdc++.so.6", "user")]),
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
        ("\t 7F12 f (/x)", ("f", "/x", "user")),
        ("\t            7FA1 0x0000000000007FA1 (w)", ("0x0000000000007FA1", "w", "user")),
        ("\t 0x7f12 f (/x)", ("f", "/x", "user")),
        ("  0X7F12 f (/x)", ("f", "/x", "user")),
        ("\t0000000000007f12 f (/x)", ("f", "/x", "user")),
        ("7f12a000 f+0x1 (/bin/w)", ("f", "/bin/w", "user")),
        ("0x7f12a000 f (/bin/w (deleted))", ("f", "/bin/w", "user")),
        ("7F12A000 f (/bin/w)  ", ("f", "/bin/w", "user")),
        ("7f12ab f", ("f", "", "")),
    ],
)
def test_a_frame_line(line: str, frame: tuple[str, str, str]) -> None:
    assert parse_frame(line.encode()) == [frame]


@pytest.mark.parametrize(
    "line", ["", "7f12 f", "add f (/x)", "\t", "\tg (/x)", "\t 7fF12 f (/x)", "\t 0123456789abcdef0 f (/x)"]
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
        ("//anon", "user"),
        ("/home/u/.debug/jit/java-jit-20240101.XXa/jitted-12-34.so", "jit"),
        ("/tmp/jitted-1-2.so", "jit"),
        ("/tmp/notjitted-1-2.so", "user"),
        ("[JIT app cache]", "jit"),
        ("[JIT] tid 12", "jit"),
        ("/memfd:jit-cache", "jit"),
        ("/memfd:jit-zygote-cache", "jit"),
        ("/dev/ashmem/dalvik-jit-code-cache", "jit"),
        ("[anon:dalvik-jit-code-cache]", "jit"),
        ("[vdso]", "kernel"),
    ],
)
def test_the_kind_of_a_library(library: str, kind: str) -> None:
    assert library_kind(library) == kind


@pytest.mark.parametrize("library", ["//anon", "/memfd:doublemapper", "[anon:v8]", "/dev/zero"])
def test_names_in_memory_without_a_file_are_a_jits(library: str) -> None:
    assert library_kind(library, "void [App] N.C::M()") == "jit"
    assert library_kind(library, "[unknown]") == library_kind(library) != "jit"


@pytest.mark.parametrize(
    "line",
    [
        "  :0",
        "  :12",
        "|12       int x = 3;",
        "  file.c:12",
        "  ??:0",
        "  a b/server.cc:30 (discriminator 3)",
        "  libc.so.6[2724a]",
        "  file.c:?",
    ],
)
def test_a_source_line(line: str) -> None:
    assert other_kind(line.encode()) == SOURCE


@pytest.mark.parametrize("line", ["file.c:12", "  file.c", "  file.c:12 more", "", "  ", "\tnot a frame"])
def test_no_source_line(line: str) -> None:
    assert other_kind(line.encode()) is None


def test_bytes_that_are_no_text_are_shown_as_replacements() -> None:
    assert decode(b"a\0b\xffc\xc3\xa9") == "a�b�cé"


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("\t0000000000401136\tinsn: 83 6d fc 01 ", "instructions"),
        ("\t000000000040113a\tinsn: 0f 85 00 00 \t# PRED 3 cycles [3]", "instructions"),
        ("\t0000000000401136\tmovl $1, -4(%rbp)", "instructions"),
        ("\tffffffff81000e86\tcallq  0xffffffff81000f00", "instructions"),
        ("        401136 insn: 83 6d", "instructions"),
        (" insn: 48 89 e5", "instructions"),
        (" ilen: 3 insn: 48 89 e5", "instructions"),
        ("\tmain+0x16:", "instructions"),
        ("\tmain:\tw.c:12", "instructions"),
        ("\t... not reaching sample ...", "instructions"),
        (" 0x40117f/0x401160/P/-/-/3  0x401183/0x40117b/P/-/-/1  ", "branch stacks"),
        (" 0x40117f/0x401160/M/X/A/30/COND/-", "branch stacks"),
        (" main+0x1/f+0x2/P/-/-/3", "branch stacks"),
        (" 0x1(/bin/w)/0x2(/bin/w)/-/-/-/0", "branch stacks"),
        (" ABI:2    AX:0x1    BX:0x2", "registers"),
        ("        1f4a3000", "addresses"),
        ("        1f4a3000 4K N/A /user.slice", "addresses"),
        (" 4K", "addresses"),
        (" N/A 2M /", "addresses"),
        (" /user.slice/a", "addresses"),
        ("\t IPC: 1.25 (10/8)", "addresses"),
        ("      BPF output: 0000: 46 8b  F.", "BPF output"),
        ('      BPF string: "x"', "BPF output"),
        ("                  0008: 00 00                    ..      ", "BPF output"),
        ("FINISHED_ROUND", "PERF_RECORD lines"),
        ("PERF_RECORD_FINISHED_ROUND", "PERF_RECORD lines"),
        (" swapper 0 [000] PERF_RECORD_MMAP2 -1/0: [0x1000]", "PERF_RECORD lines"),
    ],
)
def test_lines_that_perf_prints_and_that_are_no_frames(line: str, kind: str) -> None:
    assert other_kind(line.encode()) == kind


@pytest.mark.parametrize(
    "line", ["Warning:", "Failed to open /tmp/perf-1.map", "\t 7f12 f (/x)", "junk", "\tf"]
)
def test_lines_that_perf_does_not_print_between_frames(line: str) -> None:
    assert other_kind(line.encode()) is None


@pytest.mark.parametrize(
    "line",
    [
        "\t 7f12 RegExp:a 10.000000: b: c (/tmp/perf-1.map)",
        "              7f12 f 12 case: x (/bin/w)",
        "  file.c:12",
        "  vmlinux[ffffffff]",
        "Warning: 12 things",
        "# cmdline : perf record 12 10.000000: cycles:",
        "w 3000.5: cycles:",
        "w 1 10.100000: what is this",
    ],
)
def test_no_event_line(line: str) -> None:
    assert read_event(line.encode()) is None
