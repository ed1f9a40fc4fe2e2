"""Reading in other processes: the same profile as in one process, whatever fails."""

from __future__ import annotations

import gzip
import os
import signal
import subprocess
import sys
import textwrap
import threading
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import psutil
import pytest

from flamescope_py.errors import BrokenProfileError, BusyError, ProfileChangedError, UnknownFormatError
from flamescope_py.model import Profile
from flamescope_py.readers.perf.parser import PIECE
from flamescope_py.readers.pool import executor
from flamescope_py.readers.pool import pool as pool_module
from flamescope_py.readers.pool.pool import ReadBounds, ReaderPool
from flamescope_py.readers.source import read_profile
from tests.support.processes.readers import ReaderWatch, send, stopped
from tests.support.reading import assert_same

EXAMPLES = Path(__file__).resolve().parents[4] / "examples"


@pytest.fixture(scope="module")
def text() -> bytes:
    return gzip.decompress((EXAMPLES / "node20-http.perf.out.gz").read_bytes())


@pytest.fixture
def large(tmp_path: Path, text: bytes) -> Path:
    """Make a file large enough for several processes."""
    path = tmp_path / "large.perf.out"
    path.write_bytes(text * (1 + 2 * pool_module.SMALL_FILE // len(text)))
    return path


@pytest.fixture(scope="module")
def shared_pool() -> Iterator[ReaderPool]:
    pool = ReaderPool(3)
    yield pool
    pool.close()


@pytest.fixture
def watch() -> ReaderWatch:
    """Follow the processes of the pool that is made next."""
    return ReaderWatch()


@pytest.fixture
def pool(watch: ReaderWatch) -> Iterator[ReaderPool]:
    pool = ReaderPool(2)
    pool.warm()
    yield pool
    pool.close()


def private_bytes(pid: int) -> int:
    """Count the memory that a process shares with no other."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return sum(int(line.split()[1]) << 10 for line in lines if line.startswith("Private_Dirty"))


def in_one_process(path: Path) -> Profile:
    with path.open("rb") as file:
        return read_profile(file, "perf")


def test_parts_join_to_the_whole(shared_pool: ReaderPool, large: Path) -> None:
    told: list[int] = []
    with large.open("rb") as file:
        found = shared_pool.read(file, "perf", told.append)
    assert_same(found, in_one_process(large))
    assert told[-1] == large.stat().st_size
    assert told == sorted(told)


@pytest.mark.parametrize("junk", [b"not a line\n", b"\n\n\n", b"\r\n", b"# a comment\n", b"node 1 7.5: x:"])
def test_parts_join_to_the_whole_around_junk(
    shared_pool: ReaderPool, tmp_path: Path, text: bytes, junk: bytes
) -> None:
    blocks = (text * (1 + 2 * pool_module.SMALL_FILE // len(text))).split(b"\n\n")
    for position in range(0, len(blocks), len(blocks) // 50):
        blocks[position] += b"\n" + junk
    path = tmp_path / "junk.perf.out"
    path.write_bytes(b"\n\n".join(blocks))
    with path.open("rb") as file:
        assert_same(shared_pool.read(file, "perf"), in_one_process(path))


def test_text_without_blank_lines_is_one_part(shared_pool: ReaderPool, tmp_path: Path) -> None:
    symbol = b"f" * 400
    path = tmp_path / "lines.perf.out"
    with path.open("wb") as file:
        file.writelines(
            b"node 1 [000] %d.5: 1 cycles:      7f12 %b (/bin/x)\n" % (second, symbol)
            for second in range(0, 200_000, 8)
        )
    assert path.stat().st_size > pool_module.SMALL_FILE
    with path.open("rb") as file:
        found = shared_pool.read(file, "perf")
    assert len(found.samples) == 21_601  # two days; later samples are counted as skipped
    assert found.report.samples + found.report.skipped == 25_000


def test_a_compressed_file_is_read_in_one_process(
    shared_pool: ReaderPool, tmp_path: Path, text: bytes
) -> None:
    path = tmp_path / "some.gz"
    path.write_bytes(gzip.compress(os.urandom(8)) and gzip.compress(text * 12, 1))
    assert path.stat().st_size > pool_module.SMALL_COMPRESSED_FILE
    told: list[int] = []
    with path.open("rb") as file:
        found = shared_pool.read(file, "perf", told.append)
    assert_same(found, in_one_process(path))
    assert told[-1] == path.stat().st_size


def test_errors_cross_between_processes(
    shared_pool: ReaderPool, tmp_path: Path, text: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pool_module, "SMALL_FILE", 0)
    monkeypatch.setattr(pool_module, "SMALL_COMPRESSED_FILE", 0)
    path = tmp_path / "file"
    cases: list[tuple[bytes, type[Exception]]] = [
        (gzip.compress(text)[:12], BrokenProfileError),
        (b"# ========\n# hostname : x\n", BrokenProfileError),
        (b"nothing that we know\n" * 1000, UnknownFormatError),
    ]
    for content, error in cases:
        path.write_bytes(content)
        with path.open("rb") as file, pytest.raises(error):
            shared_pool.read(file, "perf")


def test_a_file_that_grows_shows_what_it_held(
    pool: ReaderPool, watch: ReaderWatch, large: Path, text: bytes
) -> None:
    before = in_one_process(large)
    send(signal.SIGSTOP, watch.pids())
    grown = threading.Event()

    def grow(_: int) -> None:
        if not grown.is_set():
            with large.open("ab") as file:
                file.write(text)
            grown.set()
            send(signal.SIGCONT, watch.pids())

    with large.open("rb") as file:
        assert_same(pool.read(file, "perf", grow), before)
    assert grown.is_set()
    assert len(in_one_process(large).samples) > len(before.samples)


def test_a_file_that_shrinks_is_an_error_and_the_pool_lives_on(
    pool: ReaderPool, watch: ReaderWatch, large: Path, text: bytes
) -> None:
    send(signal.SIGSTOP, watch.pids())

    def shrink(_: int) -> None:
        os.truncate(large, len(text))
        send(signal.SIGCONT, watch.pids())

    with large.open("rb") as file, pytest.raises(ProfileChangedError):
        pool.read(file, "perf", shrink)
    large.write_bytes(text * (1 + 2 * pool_module.SMALL_FILE // len(text)))
    with large.open("rb") as file:
        assert_same(pool.read(file, "perf"), in_one_process(large))


def test_a_killed_worker_is_replaced_and_its_file_read_again(
    pool: ReaderPool, watch: ReaderWatch, large: Path
) -> None:
    first = watch.pids()
    send(signal.SIGSTOP, first)  # else the other one may read it all before this one is killed
    killed: list[int] = []

    def kill(_: int) -> None:
        if not killed:
            killed.append(first[0])
            send(signal.SIGKILL, first[:1])
            send(signal.SIGCONT, first[1:])

    with large.open("rb") as file:
        found = pool.read(file, "perf", kill)
    assert killed
    assert_same(found, in_one_process(large))
    assert not set(watch.pids()) & set(first)


def test_workers_that_keep_dying_are_an_error_and_the_pool_recovers(
    pool: ReaderPool, watch: ReaderWatch, large: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pool_module, "PROGRESS_SECONDS", 0.001)
    with large.open("rb") as file:
        with pytest.raises(BusyError, match="stopped twice"):
            pool.read(file, "perf", lambda _: send(signal.SIGKILL, watch.pids()))
        file.seek(0)
        assert_same(pool.read(file, "perf"), in_one_process(large))


def test_more_readings_than_places_are_refused(large: Path) -> None:
    pool = ReaderPool(2, ReadBounds(readings=1))
    refused: list[BusyError] = []

    def another(_: int) -> None:
        with large.open("rb") as file:
            try:
                pool.read(file, "perf")
            except BusyError as error:
                refused.append(error)

    try:
        for _ in range(2):  # the place is free again afterwards
            with large.open("rb") as file:
                pool.read(file, "perf", another)
    finally:
        pool.close()
    assert refused
    assert refused[0].retry_after > 0


def test_a_file_of_middling_size_does_not_wait_for_two_huge_ones(
    pool: ReaderPool,
    watch: ReaderWatch,
    large: Path,
    tmp_path: Path,
    text: bytes,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The processes that read the huge files are stopped, so that requests for those files wait for ever."""
    monkeypatch.setattr(pool_module, "MIDDLING_FILE", large.stat().st_size)
    huge = tmp_path / "huge"
    huge.write_bytes(text * (2 + 2 * pool_module.SMALL_FILE // len(text)))
    middling = tmp_path / "middling"
    middling.write_bytes(text * (1 + pool_module.SMALL_FILE // len(text)))
    expected = in_one_process(middling)
    begun = [threading.Event(), threading.Event()]

    def read(path: Path, event: threading.Event) -> Profile:
        with path.open("rb") as file:
            return pool.read(file, "perf", lambda _: event.set())

    first = watch.pids()
    with ThreadPoolExecutor(2) as threads:
        with stopped(first):
            waiting = [threads.submit(read, *each) for each in zip((large, huge), begun, strict=True)]
            for event in begun:
                event.wait()
            assert_same(read(middling, threading.Event()), expected)
            assert not any(one.done() for one in waiting)
        assert [len(one.result().samples) > len(expected.samples) for one in waiting] == [True, True]
    # The first processes are free again, and read files of every size.
    with stopped(set(watch.pids()) - set(first)):
        assert_same(read(middling, threading.Event()), expected)


def test_without_large_ones_all_files_share_the_same_processes(
    pool: ReaderPool, watch: ReaderWatch, large: Path
) -> None:
    first = watch.pids()
    with large.open("rb") as file:
        pool.read(file, "perf")
    assert watch.pids() == first


@pytest.mark.parametrize("failures", [2, 1000])
def test_processes_that_cannot_be_started_are_tried_again_and_then_an_error(
    pool: ReaderPool, large: Path, monkeypatch: pytest.MonkeyPatch, failures: int
) -> None:
    """The process that starts them may be killed as well: its socket then ends, and later refuses."""
    failing = [EOFError("unexpected EOF"), ConnectionRefusedError()] * (failures // 2)
    real = ProcessPoolExecutor.submit

    def submit(*arguments: Any) -> Any:
        if failing:
            raise failing.pop()
        return real(*arguments)

    monkeypatch.setattr(ProcessPoolExecutor, "submit", submit)
    monkeypatch.setattr(executor, "START_PAUSES", (0, 0))
    with large.open("rb") as file:
        if failures > 2:
            with pytest.raises(BusyError, match="No reading process can be started"):
                pool.read(file, "perf")
            failing.clear()
            file.seek(0)
        assert_same(pool.read(file, "perf"), in_one_process(large))


def test_every_process_of_a_warm_pool_has_touched_its_memory(watch: ReaderWatch) -> None:
    pool = ReaderPool(3)
    try:
        pool.warm()
        before = watch.pids()
        assert len(before) == 3
        assert min(map(private_bytes, before)) > PIECE
        # Measuring once is enough.
        pool.warm()
        assert watch.pids() == before
    finally:
        pool.close()


def test_workers_end_with_the_process_that_started_them() -> None:
    code = textwrap.dedent("""
        import sys, time
        from flamescope_py.readers.pool.pool import ReaderPool
        from tests.support.processes.readers import reader_pids
        if __name__ == "__main__":
            pool = ReaderPool(2)
            pool.warm()
            print(*reader_pids(), flush=True)
            time.sleep(600)
    """)
    with subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, cwd=EXAMPLES.parent
    ) as process:
        assert process.stdout is not None
        workers = [psutil.Process(int(pid)) for pid in process.stdout.readline().split()]
        process.kill()
    assert len(workers) == 2
    _, alive = psutil.wait_procs(workers, 60)
    # Without a parent that reaps them, they may stay as zombies.
    assert {one.status() for one in alive} <= {psutil.STATUS_ZOMBIE}


def test_where_processes_share_no_memory_files_are_read_without_them(large: Path) -> None:
    """Shared memory is a file, and the system may refuse it: too large, too full or not there."""
    code = textwrap.dedent("""
        import resource, sys
        from flamescope_py.readers.pool.pool import ReaderPool
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
        pool = ReaderPool(2)
        pool.warm()
        with open(sys.argv[1], "rb") as file:
            print(len(pool.read(file, "perf").samples))
        pool.close()
    """)
    command = [sys.executable, "-c", code, str(large)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=EXAMPLES.parent)
    assert int(done.stdout) == len(in_one_process(large).samples)
    assert "processes need /dev/shm" in done.stderr


def test_memory_does_not_grow_with_the_text(tmp_path: Path, text: bytes) -> None:
    """Read ten times the text. Memory grows by the samples' columns only: 50 bytes for 2 kB of text."""
    code = textwrap.dedent("""
        import re, sys
        from pathlib import Path
        from flamescope_py.readers.source import read_profile
        with open(sys.argv[1], "rb") as file:
            samples = len(read_profile(file, "perf").samples)
        peak = re.search(r"VmHWM:\\s+([0-9]+) kB", Path("/proc/self/status").read_text())
        print(int(peak[1]) << 10, samples)
    """)
    peaks = []
    for times in (4, 40):
        path = tmp_path / f"{times}.perf.out"
        with path.open("wb") as file:
            file.writelines(text for _ in range(times))
        run = subprocess.run([sys.executable, "-c", code, path], capture_output=True, text=True, check=True)
        peaks.append([int(word) for word in run.stdout.split()])
    (small, few), (big, many) = peaks
    assert many == 10 * few
    assert big - small < 36 * len(text) / 6
