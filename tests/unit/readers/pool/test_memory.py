"""The decompressed size of a file decides where it is read, and how much memory that may take."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from flamescope_py._kernel import load
from flamescope_py.errors import TooLargeError
from flamescope_py.readers.pool import pool as pool_module
from flamescope_py.readers.pool.pool import SMALL_FILE, SMALL_PROFILE, ReadBounds, ReaderPool
from flamescope_py.readers.pool.worker import Bounds
from flamescope_py.readers.source import read_profile
from tests.support.perf_text import sample, script
from tests.support.reading import COMPRESSIONS

SAMPLE = script(sample("3000.110000", "leaf+0x1 (/srv/app)"))


@pytest.fixture
def pools() -> Iterator[Callable[[ReadBounds], ReaderPool]]:
    made: list[ReaderPool] = []

    def make(bounds: ReadBounds) -> ReaderPool:
        made.append(ReaderPool(1, bounds))
        return made[-1]

    yield make
    for pool in made:
        pool.close()


def test_the_rehearsal_of_a_process_is_no_profile(pools: Callable[[ReadBounds], ReaderPool]) -> None:
    pools(ReadBounds(nodes=1000, frames=1000, samples=1000)).warm()
    # Its faults show when a file is read.
    pools(ReadBounds(memory=1 << 20)).warm()


ROOT = {
    "id": 1,
    "callFrame": {"functionName": "(root)", "scriptId": "0", "url": "", "lineNumber": -1, "columnNumber": -1},
}


def nodes(size: int) -> bytes:
    """Make a CPU profile of this many bytes of empty nodes."""
    head = {"startTime": 0, "endTime": 1, "samples": [1], "timeDeltas": [1], "nodes": [ROOT]}
    return json.dumps(head).encode()[:-2] + b",{}" * (size // 3) + b"]}"


@pytest.mark.parametrize("pack", [COMPRESSIONS["gzip"], COMPRESSIONS["zstd"]], ids=["gzip", "zstd"])
def test_a_small_file_that_holds_much_is_read_in_a_process(
    tmp_path: Path,
    pools: Callable[[ReadBounds], ReaderPool],
    monkeypatch: pytest.MonkeyPatch,
    pack: Callable[[bytes], bytes],
) -> None:
    def here(*_: object) -> None:
        raise AssertionError("read in this process")

    monkeypatch.setattr(pool_module, "read_profile", here)
    pool = pools(ReadBounds())
    spread = nodes(SMALL_FILE // 100).replace(b",{}", b"," + b" " * 300 + b"{}")
    assert len(spread) > SMALL_FILE
    for text in (SAMPLE * (SMALL_FILE // len(SAMPLE) + 1), spread):
        path = tmp_path / "packed"
        path.write_bytes(pack(text))
        assert path.stat().st_size < 1 << 20
        with path.open("rb") as file:
            assert len(pool.read(file, "unknown").samples) >= 1
    (tmp_path / "few").write_bytes(pack(SAMPLE))
    with (tmp_path / "few").open("rb") as file, pytest.raises(AssertionError):
        pool.read(file, "unknown")


def test_a_file_that_takes_too_much_memory_is_refused(
    tmp_path: Path, pools: Callable[[ReadBounds], ReaderPool]
) -> None:
    path = tmp_path / "large.cpuprofile"
    path.write_bytes(nodes(60 << 20))
    pool = pools(ReadBounds(memory=256 << 20))
    with path.open("rb") as file, pytest.raises(TooLargeError, match="max_reader_bytes"):
        pool.read(file, "unknown")
    # The process is free for the next file and has released its memory.
    path.write_bytes(SAMPLE * (SMALL_FILE // len(SAMPLE) + 1))
    with path.open("rb") as file:
        assert len(pool.read(file, "perf").samples) > 1000


def test_a_bound_too_tight_for_a_library_is_named(
    tmp_path: Path, pools: Callable[[ReadBounds], ReaderPool]
) -> None:
    """The process imports the decoder of zstd when it needs it, or has it, and it finds no memory."""
    path = tmp_path / "packed"
    path.write_bytes(COMPRESSIONS["zstd"](SAMPLE * (SMALL_FILE // len(SAMPLE) + 1)))
    with path.open("rb") as file, pytest.raises(TooLargeError, match="max_reader_bytes"):
        pools(ReadBounds(memory=1 << 20)).read(file, "unknown")


@pytest.mark.parametrize("name", ["nodes", "frames", "samples"])
def test_what_a_file_holds_is_bounded(
    tmp_path: Path, pools: Callable[[ReadBounds], ReaderPool], name: str
) -> None:
    path = tmp_path / "perf"
    frames = [sample(f"3000.{n:06}", f"leaf{n}+0x1 (/srv/app)") for n in range(50)]
    path.write_bytes(script(*frames))
    with path.open("rb") as file:
        assert len(pools(ReadBounds()).read(file, "perf").samples) == 50
    with path.open("rb") as file, pytest.raises(TooLargeError, match=f"max_profile_{name}"):
        pools(ReadBounds()._replace(**{name: 20})).read(file, "perf")


@pytest.fixture(scope="module")
def long_text(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file of 600 000 samples, about 40 MB."""
    path = tmp_path_factory.mktemp("long") / "perf"
    second = script(*(sample(f"3000.{n:06}", "f+0x1 (/a)") for n in range(2000)))
    with path.open("wb") as file:
        file.writelines(second.replace(b" 3000.", b" %d." % (3000 + at)) for at in range(300))
    return path


def test_a_bound_ends_the_reading_early(long_text: Path, pools: Callable[[ReadBounds], ReaderPool]) -> None:
    done: list[int] = []
    with long_text.open("rb") as file, pytest.raises(TooLargeError, match="max_profile_samples"):
        pools(ReadBounds(samples=5000)).read(file, "perf", done.append)
    assert max(done, default=0) < long_text.stat().st_size


def test_a_small_file_that_lasts_for_days_is_read_in_a_process(
    tmp_path: Path, pools: Callable[[ReadBounds], ReaderPool]
) -> None:
    """A slice of a few bytes becomes a sample every 10 ms."""
    path = tmp_path / "trace.json"
    hours = [
        {"ph": "X", "name": f"f{n}", "pid": 1, "tid": n, "ts": 1e6, "dur": 3.6e9, "tdur": 3.6e9}
        for n in range(12)
    ]
    path.write_text(json.dumps({"traceEvents": hours}))
    before = psutil.Process().memory_info().rss
    with path.open("rb") as file:
        assert len(pools(ReadBounds()).read(file, "trace_event").samples) > SMALL_PROFILE.samples
    # The columns of the result, and their copy on the way here.
    assert psutil.Process().memory_info().rss - before < 600 << 20
    with path.open("rb") as file, pytest.raises(TooLargeError, match="max_profile_samples"):
        pools(ReadBounds(samples=1_000_000)).read(file, "trace_event")


def test_what_processes_send_back_is_bounded(
    long_text: Path, pools: Callable[[ReadBounds], ReaderPool]
) -> None:
    """The server joins the parts that all of them have read, which takes memory three times.

    Without the kernel a process runs out of memory before it has read its part.
    """
    most = "a third of max_reader_bytes" if load() else "max_reader_bytes"
    with long_text.open("rb") as file:
        size = read_profile(file, "perf").nbytes
    for memory in (12 * size, 2 * size):
        pool = pools(ReadBounds(memory=memory))
        with long_text.open("rb") as file:
            if memory > 3 * size:
                assert len(pool.read(file, "perf").samples) == 600_000
            else:
                with pytest.raises(TooLargeError, match=most):
                    pool.read(file, "perf")


def test_a_part_may_take_its_share_of_a_third() -> None:
    bounds = Bounds(memory=30 << 20, workers=2)
    bounds.check_part(10 << 20, 1)
    bounds.check_part(5 << 20, 2)
    for size, parts in ((11 << 20, 1), (6 << 20, 2)):
        with pytest.raises(TooLargeError, match="more than 10 MB of memory, a third of max_reader_bytes"):
            bounds.check_part(size, parts)
