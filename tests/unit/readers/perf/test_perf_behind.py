"""The frame behind an event, where no stack was recorded, among other fields and arguments."""

from __future__ import annotations

import pytest

from flamescope_py.readers.perf.behind import frame_behind, is_tracepoint

MEMORY = "5080021 |OP LOAD|LVL L1 or L1 hit|SNP None|TLB L1 or L2 hit|LCK No|BLK  N/A"


@pytest.mark.parametrize(
    ("event", "text", "frame"),
    [
        (
            "cycles",
            "7fd302fc5bee [unknown] (/tmp/perf-8440.map)",
            "7fd302fc5bee [unknown] (/tmp/perf-8440.map)",
        ),
        (
            "cycles",
            "ffffffff8225f42b f() const ([kernel.kallsyms])",
            "ffffffff8225f42b f() const ([kernel.kallsyms])",
        ),
        ("cycles", "7f12 f (/srv/my app (x))", "7f12 f (/srv/my app (x))"),
        ("cycles", "7f12 (/bin/w)", "7f12 (/bin/w)"),
        # addr, phys_addr, weight, data_src, page sizes, cgroup
        (
            "page-faults",
            "7f0012340000     7fc61ad67a34 look+0xc4 (/lib/ld.so)",
            "7fc61ad67a34 look+0xc4 (/lib/ld.so)",
        ),
        (
            "mem",
            f"ffff9a05 {MEMORY}      7     7fc61ad67a34 look (/lib/ld.so)",
            "7fc61ad67a34 look (/lib/ld.so)",
        ),
        ("mem", f"ffff9a05 {MEMORY}      7 ffffffff81234567 look ([k])", "ffffffff81234567 look ([k])"),
        ("cycles", "              43     7fc61ad67a34 look (/lib/ld.so)", "7fc61ad67a34 look (/lib/ld.so)"),
        ("cycles", "7fc61ad67a34 look (/lib/ld.so)         1f4a3000", "7fc61ad67a34 look (/lib/ld.so)"),
        ("cycles", "7fc61ad67a34 look (/lib/ld.so) 4K N/A /user.slice", "7fc61ad67a34 look (/lib/ld.so)"),
        ("cycles", "7fc61ad67a34 look (/lib/ld.so) ilen: 3 insn: 48 89 e5", "7fc61ad67a34 look (/lib/ld.so)"),
        ("cycles", "7f01 var (/bin/w)     7fc61ad67a34 look (/lib/ld.so)", "7fc61ad67a34 look (/lib/ld.so)"),
        (
            "cycles",
            "7f12 f (/bin/w)  0x40117f/0x401160/P/-/-/3  0x401183/0x40117b/P/-/-/1  ",
            "7f12 f (/bin/w)",
        ),
        ("cycles", "7f12 f (/bin/w) main+0x1(/bin/w)/f+0x2(/bin/w)/M/-/-/1/COND/-", "7f12 f (/bin/w)"),
        ("cycles", "7f12 f (/bin/w) ABI:2    SP:0x7f1b    IP:0x4016c7", "7f12 f (/bin/w)"),
        ("cycles", "7f12 f (/bin/w)\t\tpushq  %rbp", "7f12 f (/bin/w)"),
        ("cycles", "7f12 f (/bin/w)\t IPC: 1.25 (10/8) ", "7f12 f (/bin/w)"),
        # Branches: the sample's ip is where they come from.
        ("branches", "401136 main+0x1 (/bin/w) =>           401160 f (/bin/w)", "401136 main+0x1 (/bin/w)"),
        ("branches:u", "jcc          401136 main (/bin/w) =>     401160 f (/bin/w)", "401136 main (/bin/w)"),
        # A tracepoint's, behind its arguments.
        ("sched:sched_wakeup", "comm=w pid=1 ffffffff8225f42b f ([k])", "ffffffff8225f42b f ([k])"),
        ("probe:f", "(401136) a=1            401136 f (/bin/w)", "401136 f (/bin/w)"),
    ],
)
def test_a_frame(event: str, text: str, frame: str) -> None:
    found = frame_behind(event, text.encode())
    assert found is not None
    assert found.sure
    assert found.frame.decode() == frame


@pytest.mark.parametrize(
    ("event", "text", "frame"),
    [
        ("cycles", "7fc61ad6eb70 leaf", "7fc61ad6eb70 leaf"),
        ("cycles", "7fc61ad6eb70 leaf+0x4         1f4a3000 4K", "7fc61ad6eb70 leaf+0x4"),
        ("cycles:pppH", "7fc61ad6eb70 std::f<int>::g", "7fc61ad6eb70 std::f<int>::g"),
        ("cycles", "7fc61ad6eb70", "7fc61ad6eb70"),
        ("page-faults", "7f0012340000     7fc61ad67a34", "7fc61ad67a34"),
    ],
)
def test_a_frame_unless_others_stand_below(event: str, text: str, frame: str) -> None:
    found = frame_behind(event, text.encode())
    assert found is not None
    assert not found.sure
    assert found.frame.decode() == frame


@pytest.mark.parametrize(
    ("event", "text"),
    [
        ("cycles", ""),
        ("cycles", "43"),
        ("cycles", "no frame"),
        ("sched:sched_switch", "prev_comm=perf prev_pid=8449 (x)"),
        ("probe:do_sys_open", '(ffffffff81301533) filename="/etc/passwd"'),
        ("block:block_rq_issue", "253,0 R 4096 () 5 + 8 none,0,0 (w)"),
        ("block:block_rq_complete", "8,0 WS () 1000 + 8 [0]"),
        ("probe:conn", "(ffffffff81) dst=10.0.0.1:443"),
        ("syscalls:sys_enter_write", "fd: 0x00000001"),
        ("sched:x", "ab cd (ef)"),
        ("sched:sched_stat", "comm=a  12 b (c)"),
    ],
)
def test_no_frame(event: str, text: str) -> None:
    assert frame_behind(event, text.encode()) is None


@pytest.mark.parametrize(
    "event", ["sched:sched_switch", "probe:f", "probe_libc:malloc", "syscalls:sys_enter_read"]
)
def test_tracepoints(event: str) -> None:
    assert is_tracepoint(event)


@pytest.mark.parametrize(
    "event", ["cycles", "cycles:u", "cpu-clock:pppH", "cpu/event=0x3c/u", "bpf-output", ""]
)
def test_other_events(event: str) -> None:
    assert not is_tracepoint(event)


@pytest.mark.parametrize("one", [b"  7f12 f  ", b"\t7f36571947c0 leaf", b" 1f4a3000 4K N/A", b" 7f12 (/x)\t"])
def test_a_line_of_nothing_else_takes_no_longer_than_its_length(one: bytes) -> None:
    """Each address used to be looked at with all that follows: a minute for a line of this length."""
    found = frame_behind("", one * ((1 << 20) // len(one)) + b"  7fc61ad6eb70 look (/lib/ld.so)")
    assert found is not None
    assert (found.frame, found.sure) == (b"7fc61ad6eb70 look (/lib/ld.so)", True)
