from __future__ import annotations

import bz2
import gzip
import io
import os
import stat
import struct
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Literal

import psutil
import pytest

from flamescope_py.analysis.findings.all import find
from flamescope_py.errors import BrokenProfileError, TooLargeError
from flamescope_py.model import Profile
from flamescope_py.readers.perf.binary import data as perf_data
from flamescope_py.readers.perf.binary.data import is_part_of_directory
from flamescope_py.readers.perf.parser import PerfScriptParser
from flamescope_py.readers.pool.pool import ReadBounds, ReaderPool
from flamescope_py.readers.source import read_profile, sniff_file
from tests.support.reading import assert_same, read, stack

FOLDER = Path(__file__).resolve().parents[3] / "data" / "perf_data"
TWO_EVENTS = gzip.decompress((FOLDER / "two-events.perf.data.gz").read_bytes())
# perf script --show-lost-events | grep PERF_RECORD_LOST
LOST = 203
TRACEPOINTS = gzip.decompress((FOLDER / "tracepoints.perf.data.gz").read_bytes())

Program = Callable[[str], None]


def read_from_disk(data: bytes, path: Path) -> Profile:
    path.write_bytes(data)
    with path.open("rb") as file:
        return read_profile(file, "perf")


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Program:
    """Put a shell script in the place of perf."""

    def write(script: str) -> None:
        path = tmp_path / "bin" / "perf"
        path.parent.mkdir()
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(path.stat().st_mode | stat.S_IXUSR)
        monkeypatch.setenv("PATH", f"{path.parent}{os.pathsep}{os.environ['PATH']}")

    return write


@pytest.mark.perf
def test_two_events_are_read_from_disk_from_memory_compressed_and_in_the_pool(tmp_path: Path) -> None:
    path = tmp_path / "-i odd; name $(x) ü.data"
    profile = read_from_disk(TWO_EVENTS, path)
    assert profile.meta.events == ("cpu-clock", "page-faults")
    events = Counter(profile.meta.events[event] for event in profile.samples.event.tolist())
    assert events == {"cpu-clock": 21, "page-faults": 10}
    assert {thread.command for thread in profile.threads} == {"sh", "sleep", "ls"}
    assert profile.meta.timed
    for data in (TWO_EVENTS, gzip.compress(TWO_EVENTS), bz2.compress(TWO_EVENTS)):
        assert sniff_file(io.BytesIO(data)).type == "perf"
        assert_same(read(data), profile)
    pool = ReaderPool(1)
    with path.open("rb") as file:
        assert_same(pool.read(file, "unknown"), profile)
    pool.close()


@pytest.mark.perf
def test_tracepoints_are_read() -> None:
    profile = read(TRACEPOINTS)
    assert profile.meta.events == ("sched:sched_process_exec", "sched:sched_process_fork")
    assert len(profile.samples) == 5
    assert {thread.command for thread in profile.threads} == {"sh", "sleep", "ls"}
    # Kernel frames have names only on a machine that runs the recorder's kernel.
    assert all(frame.endswith("kernel") for row in range(5) for frame in stack(profile, row)[:1])


@pytest.mark.perf
def test_lost_events_are_counted_and_a_finding_tells_of_them() -> None:
    profile = read(gzip.decompress((FOLDER / "lost.perf.data.gz").read_bytes()))
    assert profile.report.lost_events == LOST
    (found,) = (one for one in find(profile) if one.kind == "lost")
    assert found.text.startswith(f"perf lost {LOST} events while {len(profile.samples)} were recorded")


def test_an_old_perf_without_lines_for_lost_events_is_asked_without(program: Program) -> None:
    program(
        """case "$*" in *--show-lost-events*) exit 129;; esac
printf 'node 1 1.5: cycles:\\n\\t7f f (/b)\\n\\n'"""
    )
    profile = read(TWO_EVENTS)
    assert len(profile.samples) == 1
    assert profile.report.messages == []


KERNEL_FRAME = "\\tffffffff81000000 {} ([kernel.kallsyms])\\n"


@pytest.mark.parametrize(
    ("names", "unresolved"),
    [(["[unknown]"], True), (["[unknown]", "vfs_read+0x5"], False), (["vfs_read+0x5"], False), ([], False)],
)
def test_kernel_frames_of_another_kernel_are_reported(
    program: Program, names: list[str], unresolved: bool
) -> None:
    frames = "".join(KERNEL_FRAME.format(name) for name in names)
    program(f"printf 'node 1 1.5: cycles:\\n{frames}\\t7f [unknown] (/b)\\n\\n'")
    assert (perf_data.UNRESOLVED_KERNEL in read(TWO_EVENTS).report.messages) is unresolved


@pytest.mark.perf
@pytest.mark.parametrize(
    "data", [TWO_EVENTS[:500], TWO_EVENTS[:3000], b"PERFILE2", b"PERFILE2" + b"\xff" * 500]
)
def test_a_damaged_file_is_our_error_without_a_path(data: bytes, tmp_path: Path) -> None:
    with pytest.raises(BrokenProfileError, match=r"perf script -f -i perf\.data") as raised:
        read_from_disk(data, tmp_path / "perf.data")
    assert "/proc" not in str(raised.value)
    assert str(tmp_path) not in str(raised.value)


@pytest.mark.perf
@pytest.mark.slow
def test_mutated_files_are_read_or_refused() -> None:
    for position in range(0, len(TWO_EVENTS), len(TWO_EVENTS) // 12):
        mutated = bytearray(TWO_EVENTS)
        mutated[position] ^= 0x55
        with suppress(BrokenProfileError):
            read(b"PERFILE2" + bytes(mutated[8:]))


def test_without_perf_the_error_says_what_to_run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(BrokenProfileError, match=r"`perf script -f -i perf\.data > perf\.out`"):
        read(TWO_EVENTS)


def test_what_perf_says_goes_into_the_report(program: Program, tmp_path: Path) -> None:
    program(
        """test "$1 $2 $3" = "script -f -i" || exit 9
head -c 8 "$4" >&2
printf '\\nin %s: /usr/lib/debug/vmlinux is missing\\n\\n' "$4" >&2
printf 'node 1 1.5: cycles:\\n\\t7f f (/b)\\n\\n'
exit 3"""
    )
    profile = read_from_disk(TWO_EVENTS, tmp_path / "perf.data")
    assert profile.report.messages == [
        "perf script stopped with status 3.",
        "PERFILE2",
        "in perf.data: vmlinux is missing",
    ]
    assert stack(profile, 0) == ["f (/b) user", "node"]


def test_endless_complaints_are_bounded(program: Program) -> None:
    program(
        """i=0; while [ $i -lt 20000 ]; do echo "$i something is wrong with this file" >&2; i=$((i+1)); done
printf 'node 1 1.5: cycles:\\n\\t7f f (/b)\\n\\n'"""
    )
    messages = read(TWO_EVENTS).report.messages
    assert len(messages) == perf_data.MAX_MESSAGES


# Longer than a test may take, so a missing stop shows.
FOR_EVER = "sleep 100000"


def numbers(path: Path) -> list[int]:
    """Wait for the two numbers of processes that a program writes."""
    while True:
        found = path.read_text().split() if path.exists() else []
        if len(found) == 2:
            return [int(number) for number in found]


def wait_until_gone(*processes: int) -> None:
    for number in processes:
        with suppress(psutil.NoSuchProcess):
            while psutil.Process(number).status() != psutil.STATUS_ZOMBIE:
                time.sleep(0.01)


@pytest.mark.parametrize("closed", ["", "exec >&-; "], ids=["silent", "output-closed"])
@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "gzip"])
def test_a_perf_that_takes_too_long_is_stopped_with_its_children(
    program: Program, tmp_path: Path, pack: Callable[[bytes], bytes], closed: str
) -> None:
    """Small files are read in the requesting thread, with the same bound as any other."""
    program(f"{closed}{FOR_EVER} & echo $$ $! > {tmp_path}/numbers; {FOR_EVER}")
    path = tmp_path / "perf.data"
    path.write_bytes(pack(TWO_EVENTS))
    pool = ReaderPool(1, ReadBounds(seconds=0.5))
    with path.open("rb") as file, pytest.raises(TooLargeError, match="max_parse_seconds"):
        pool.read(file, "perf")
    pool.close()
    wait_until_gone(*numbers(tmp_path / "numbers"))


def test_a_perf_that_prints_without_end_is_given_up(program: Program, tmp_path: Path) -> None:
    program(f"echo $$ $$ > {tmp_path}/numbers; while :; do echo; done")
    with pytest.raises(TooLargeError, match="max_decompressed_bytes"):
        read_profile(io.BytesIO(TWO_EVENTS), "perf", most=1 << 20)
    wait_until_gone(*numbers(tmp_path / "numbers"))


def test_perf_is_stopped_when_the_reading_fails(
    program: Program, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def fail(*_: object) -> None:
        raise MemoryError

    before = threading.active_count()
    program(f"echo $$ $$ > {tmp_path}/numbers; while :; do echo; done")
    monkeypatch.setattr(PerfScriptParser, "feed", fail)
    with pytest.raises(MemoryError):
        read(TWO_EVENTS)
    wait_until_gone(*numbers(tmp_path / "numbers"))
    assert threading.active_count() <= before


def test_operators_and_inlined_functions_of_cpp_keep_their_names() -> None:
    profile = read(gzip.decompress((FOLDER / "inlined-operators.perf.gz").read_bytes()))
    frames = {profile.frames[row][:3:2] for row in range(len(profile.frames))}
    assert {
        ("Fraction::operator+", "inlined"),
        ("Fraction::operator++", "user"),
        ("Fraction::operator<", "user"),
        ("Sum::operator()", "inlined"),
        ("Fraction::spread", "inlined"),
        ("main", "user"),
    } <= frames
    assert profile.report.skipped == 0
    assert len(profile.samples) == 120


def of_directory(order: Literal["little", "big"]) -> bytes:
    magic = b"PERFILE2" if order == "little" else b"2ELIFREP"
    return magic + (104).to_bytes(8, order) + bytes(56) + (1 << 24).to_bytes(8, order) + bytes(100)


COMM = struct.Struct("=IHH").pack(3, 0x2000, 40) + bytes(32)


@pytest.mark.parametrize("data", [of_directory("little"), of_directory("big"), COMM * 5, COMM * 4 + b"\x09"])
def test_files_of_a_directory_of_threads_are_explained(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "data.0"
    path.write_bytes(data)
    with (
        path.open("rb") as file,
        pytest.raises(BrokenProfileError, match=r"perf record --threads.*-i DIRECTORY"),
    ):
        read_profile(file, "unknown")


@pytest.mark.parametrize("data", [COMM * 3, COMM * 3 + bytes(8), bytes(400), TWO_EVENTS])
def test_other_files_are_not_of_a_directory(data: bytes) -> None:
    assert not is_part_of_directory(data)
