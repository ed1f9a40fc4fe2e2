from __future__ import annotations

import gzip
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import pytest

from flamescope_py.errors import RemoteError
from flamescope_py.incoming import receiving
from flamescope_py.incoming.arriving import Bounds
from flamescope_py.incoming.landing import Landing
from flamescope_py.incoming.placing import ProfileNames, Wish
from flamescope_py.incoming.receiving import Unpacker
from flamescope_py.jobs.job import Progress
from flamescope_py.jobs.runner import JobBounds, JobRunner
from flamescope_py.recording.foreign import printable

WAIT = 30


@pytest.fixture
def runner() -> Iterator[JobRunner]:
    one = JobRunner(JobBounds())
    yield one
    one.close()


def test_landing_is_not_broken_off(runner: JobRunner, tmp_path: Path) -> None:
    looking, may_end = threading.Event(), threading.Event()

    def slow(_: BinaryIO) -> str:
        looking.set()
        may_end.wait(WAIT)
        return ""

    landing = Landing(ProfileNames(tmp_path), Bounds(100, 0), slow)

    async def work(progress: Progress) -> None:
        with landing.receive() as arriving:
            arriving.write(b"perf")
            await receiving.land(arriving, Wish("x"), progress)

    job = runner.submit("ssh", "", "me", work)
    assert looking.wait(WAIT)
    runner.cancel(job.id)
    may_end.set()
    job = runner.wait(job.id, lambda view: view.over, WAIT)
    assert (job.state, job.filename) == ("done", "x")
    assert (tmp_path / "x").read_bytes() == b"perf"


@pytest.mark.parametrize("step", [1, 7, 1 << 20])
def test_gzip_is_unpacked_however_it_comes(step: int) -> None:
    text = bytes(range(256)) * 20_000
    packed, unpacker = gzip.compress(text), Unpacker(packed=True)
    pieces = (packed[start : start + step] for start in range(0, len(packed), step))
    found = [data for piece in pieces for data in unpacker.feed(piece)]
    unpacker.end()
    assert b"".join(found) == text
    assert max(map(len, found)) <= 1 << 20


def test_gzip_that_is_cut_or_none() -> None:
    unpacker = Unpacker(packed=True)
    list(unpacker.feed(gzip.compress(b"x" * 1000)[:-9]))
    with pytest.raises(RemoteError):
        unpacker.end()
    with pytest.raises(RemoteError):
        list(Unpacker(packed=True).feed(b"no gzip at all"))


def test_what_a_host_says_becomes_one_plain_line() -> None:
    assert printable("a\r\n\tb\x1b[31mc\u202ed\x00 ") == "a b [31mc d"
