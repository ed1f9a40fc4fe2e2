"""Recordings that are shown while they go on: here and over SSH, with a real perf."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path
from time import sleep

import psutil
import pytest

from flamescope_py.jobs.job import JobView
from flamescope_py.model import Profile
from flamescope_py.readers.pool.growing import GrowingFiles
from flamescope_py.readers.pool.pool import ReadBounds
from flamescope_py.readers.source import read_profile
from tests.ssh.conftest import WAIT, Asker, arrived, kill_recorders, until
from tests.ssh.server import Sshd, public, running, toolbox
from tests.ssh.test_import_capture import EVENT, left_behind, names_in, started
from tests.ssh.test_import_trouble import mounted
from tests.ssh.test_record_here import program, scratch, tools
from tests.support.processes.nodes import computed, pause, small_program, working

__all__ = ["scratch", "tools"]

pytestmark = pytest.mark.perf

Start = Callable[..., JobView]


@pytest.fixture(params=["here", "over SSH"])
def start(request: pytest.FixtureRequest, asker: Asker) -> Start:
    """Start a recording of either transport."""
    if request.param == "here":
        return partial(record, asker)
    return partial(asker.start_capture, event=EVENT, **request.getfixturevalue("place"))


def record(asker: Asker, **body: object) -> JobView:
    return asker.importer.record(asker.importer.read_record({"event": EVENT, **body}), "test")


def shown(asker: Asker, job: JobView) -> JobView:
    """Return a job when its profile is there while it records."""
    job = asker.jobs.wait(job.id, lambda view: view.live is not None, WAIT)
    assert job.live is not None, job
    return job


def grown(asker: Asker, path: Path, more: int) -> list[Profile]:
    """Return versions of a growing profile, until it has so many more samples than at first."""
    files = GrowingFiles(read_profile, ReadBounds())
    versions: list[Profile] = []
    while not versions or versions[-1].report.samples < versions[0].report.samples + more:
        with path.open("rb") as file:
            versions.append(files.read(file, "perf"))
        sleep(0.05)
    return versions


def test_the_profile_grows_while_it_is_recorded(
    start: Start, asker: Asker, profiles: Path, perf: str, paused_node: int
) -> None:
    with working(paused_node) as pid:
        job = shown(asker, start(pid=pid, seconds=600, filename="live.perf"))
        assert (job.live, job.filename) == ("live.perf", None)
        assert (profiles / "live.perf").stat().st_size > 0
        versions = grown(asker, profiles / "live.perf", 20)
        pause(pid)
        asker.jobs.finish(job.id)
        job = asker.ended(job)
    assert (job.state, job.error, job.live, job.filename) == ("done", None, None, "live.perf")
    with (profiles / "live.perf").open("rb") as file:
        whole = read_profile(file, "perf")
    # What was shown is a beginning of the whole, sample by sample.
    last = versions[-1].samples.time
    assert len(last) <= len(whole.samples)
    assert last.tolist() == whole.samples.time[: len(last)].tolist()
    assert "cmdline" in whole.meta.header
    assert any("lodestarBusyWork" in name for name in whole.frames.name)


def test_cancelled_it_is_gone(
    start: Start, asker: Asker, profiles: Path, perf: str, paused_program: int
) -> None:
    with working(paused_program) as pid:
        job = shown(asker, start(pid=pid, seconds=600))
        asker.jobs.cancel(job.id)
        job = asker.ended(job)
    assert job.state == "cancelled"
    assert arrived(profiles) == []


def test_a_lost_connection_keeps_what_came(
    asker: Asker, server: Sshd, place: dict[str, object], profiles: Path, perf: str, paused_program: int
) -> None:
    with working(paused_program) as pid:
        job = shown(
            asker, asker.start_capture(**place, pid=pid, seconds=600, event=EVENT, filename="cut.perf")
        )
        recorders = started(place, "perf")
        server.cut()
        job = asker.ended(job)
        psutil.wait_procs(recorders)
    assert (job.state, job.filename) == ("done", "cut.perf")
    assert ["connection" in warning and "kept" in warning for warning in job.warnings] == [True]
    with (profiles / "cut.perf").open("rb") as file:
        report = read_profile(file, "perf").report
    assert report.samples > 0
    assert any(message.startswith("The recording is cut: The connection") for message in report.messages)
    assert left_behind(server) == []


def test_a_killed_perf_keeps_what_it_recorded(
    asker: Asker, profiles: Path, scratch: Path, perf: str, paused_node: int
) -> None:
    with working(paused_node) as pid:
        job = shown(asker, record(asker, pid=pid, seconds=600, filename="killed.perf"))
        computed(pid)
        kill_recorders()
        job = asker.ended(job)
    assert (job.state, job.error, job.filename) == ("done", None, "killed.perf")
    assert ["perf was killed" in warning for warning in job.warnings] == [True]
    assert any("lodestarBusyWork" in name for name in names_in(profiles / "killed.perf"))
    assert list(scratch.iterdir()) == []


@pytest.fixture
def small_disk(scratch: Path) -> Iterator[Path]:
    """The temporary directory of recordings on a disk of one megabyte."""
    with mounted(scratch, "1m"):
        yield scratch


def test_a_full_disk_keeps_what_was_recorded(
    small_disk: Path, asker: Asker, profiles: Path, perf: str, paused_node: int
) -> None:
    with working(paused_node) as pid:
        job = shown(asker, record(asker, pid=pid, seconds=600, filename="full.perf"))
        computed(pid)
        with (small_disk / "other").open("wb", buffering=0) as other, suppress(OSError):
            while other.write(bytes(1024)):
                pass
        job = asker.ended(job)
    assert (job.state, job.error, job.filename) == ("done", None, "full.perf")
    assert ["disk of the temporary directory was full" in warning for warning in job.warnings] == [True]
    assert any("lodestarBusyWork" in name for name in names_in(profiles / "full.perf"))


def test_a_process_that_ends_meanwhile_is_kept(asker: Asker, profiles: Path, perf: str) -> None:
    with small_program() as pid:
        job = shown(asker, record(asker, pid=pid, seconds=600, filename="one.perf"))
        os.kill(pid, signal.SIGKILL)
        job = asker.ended(job)
    assert (job.state, job.error) == ("done", None)
    assert ["ended before" in warning for warning in job.warnings] == [True]


def commands() -> list[str]:
    """Return the command lines of all processes that these tests have started."""
    found = []
    for process in psutil.Process().children(recursive=True):
        with suppress(psutil.NoSuchProcess):
            found.append(" ".join([Path(process.exe()).name, *process.cmdline()[1:]]))
    return found


def nothing_was_read() -> bool:
    found = commands()
    return "sleep 60" in found and not any(" record " in command for command in found)


def test_a_reader_that_falls_behind_loses_nothing(
    asker: Asker, profiles: Path, tools: Path, perf: str, paused_program: int
) -> None:
    """A perf script that does not read stands in for one that is too slow for its machine."""
    # What is tried before the recording is read from a file.
    slow = 'case "$*" in "script -f -i -"*) [ ! -p /dev/stdin ] || exec sleep 60;; esac'
    program(tools, "perf", f'{slow}; exec {perf} "$@"')
    with working(paused_program) as pid:
        job = record(asker, pid=pid, seconds=1, filename="one.perf", frequency=997)
        # perf record has ended, and nothing of what it wrote has been read.
        until(nothing_was_read)
        for process in psutil.Process().children(recursive=True):
            with suppress(psutil.NoSuchProcess):
                if process.name() == "sleep":
                    process.kill()
        job = asker.ended(job)
    assert (job.state, job.error) == ("done", None)
    with (profiles / "one.perf").open("rb") as file:
        profile = read_profile(file, "perf")
    assert (profile.report.lost_events, profile.report.samples > 0) == (0, True)
    assert not any("in turns" in message for message in profile.report.messages)


def test_a_reader_that_is_killed_is_told_and_loses_nothing(
    asker: Asker, profiles: Path, perf: str, paused_node: int
) -> None:
    """The script looks every other second."""
    with working(paused_node) as pid:
        job = shown(asker, record(asker, pid=pid, seconds=600, filename="one.perf"))
        pause(pid)
        for process in psutil.Process().children(recursive=True):
            with suppress(psutil.NoSuchProcess):
                if process.cmdline()[1:5] == ["script", "-f", "-i", "-"]:
                    process.kill()
        job = asker.jobs.wait(job.id, lambda view: view.warnings != (), WAIT)
        asker.jobs.finish(job.id)
        job = asker.ended(job)
    assert (job.state, job.error) == ("done", None)
    assert ["the picture stands still" in warning for warning in job.warnings] == [True]
    assert any("lodestarBusyWork" in name for name in names_in(profiles / "one.perf"))


def test_a_profile_that_is_removed_meanwhile_comes_back_whole(
    asker: Asker, profiles: Path, perf: str, paused_program: int
) -> None:
    with working(paused_program) as pid:
        job = shown(asker, record(asker, pid=pid, seconds=600, filename="one.perf"))
        (profiles / "one.perf").unlink()
        (profiles / "one.perf").write_text("of another one")
        asker.jobs.finish(job.id)
        job = asker.ended(job)
    assert (job.state, job.filename) == ("done", "one-2.perf")
    assert (profiles / "one.perf").read_text() == "of another one"


def test_a_host_without_stdbuf_and_tail(
    sshd: str, tmp_path: Path, key: Path, asker: Asker, profiles: Path, perf: str, paused_node: int
) -> None:
    """Without tail nothing is shown before the end."""
    server = Sshd(sshd, tmp_path / "other", toolbox(tmp_path / "tools"))
    server.authorize(public(key))
    body = {"pid": paused_node, "seconds": 60, "event": EVENT, "filename": "one.perf"}
    with running(server):
        job = asker.sampled(asker.start_capture(**server.place, **body), paused_node)
    assert (job.state, job.error, job.live) == ("done", None, None)
    assert any("lodestarBusyWork" in name for name in names_in(profiles / "one.perf"))
