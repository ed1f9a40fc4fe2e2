"""Jobs of several processes: two runners on one folder behave as one."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from flamescope_py.errors import JobNotFoundError, RemoteError
from flamescope_py.jobs.job import CANCELLED, DONE, FAILED, RUNNING, JobView, Progress
from flamescope_py.jobs.runner import JobBounds
from flamescope_py.jobs.shared import SharedJobs

SECONDS = 20.0


@pytest.fixture
def runners(tmp_path: Path) -> Iterator[tuple[SharedJobs, SharedJobs]]:
    both = tuple(SharedJobs(JobBounds(), tmp_path, number) for number in range(2))
    yield both[0], both[1]
    for runner in both:
        runner.close()


async def at_once(job: Progress) -> None:
    job.step("fetching", 60)
    job.expect(10)
    job.at(7)
    job.warn("a warning: ü <b>")
    job.landed("a.perf")


async def for_ever(job: Progress) -> None:
    job.step("waiting")
    await asyncio.Event().wait()


async def refused(job: Progress) -> None:
    raise RemoteError("No such host.", {"hostKey": {"fingerprint": "SHA256:x"}})


def seen(runner: SharedJobs, job_id: str, until: Callable[[JobView], bool]) -> JobView:
    end = time.monotonic() + SECONDS
    while not until(view := runner.job(job_id)):
        assert time.monotonic() < end, view
        time.sleep(0.01)
    return view


def test_a_job_is_the_same_in_both_processes(runners: tuple[SharedJobs, SharedJobs]) -> None:
    one, other = runners
    for work in (at_once, refused):
        started = one.submit("ssh", "host:/x", "me", work)
        assert other.job(started.id).id == started.id
        ended = one.wait(started.id, lambda view: view.over)
        found = seen(other, started.id, lambda view: view.over)
        assert found == ended
        assert [view.id for view in other.jobs()] == [view.id for view in one.jobs()]
    assert [view.state for view in other.jobs()] == [FAILED, DONE]


def test_another_process_cancels_a_job(runners: tuple[SharedJobs, SharedJobs]) -> None:
    one, other = runners
    job = one.submit("ssh", "host:/x", "me", for_ever)
    seen(other, job.id, lambda view: view.step == "waiting")
    assert other.cancel(job.id).state == RUNNING
    assert seen(other, job.id, lambda view: view.over).state == CANCELLED
    assert one.job(job.id).state == CANCELLED


def test_a_job_that_another_process_forgets_is_gone_everywhere(
    runners: tuple[SharedJobs, SharedJobs], tmp_path: Path
) -> None:
    one, other = runners
    job = one.submit("ssh", "host:/x", "me", at_once)
    seen(other, job.id, lambda view: view.over)
    other.cancel(job.id)
    for runner in (other, one):
        assert runner.jobs() == []
        with pytest.raises(JobNotFoundError):
            runner.job(job.id)
        with pytest.raises(JobNotFoundError):
            runner.cancel(job.id)
    assert list(tmp_path.iterdir()) == []


def test_the_jobs_of_a_killed_process_have_failed(
    runners: tuple[SharedJobs, SharedJobs], tmp_path: Path
) -> None:
    one, other = runners
    job = one.submit("ssh", "host:/x", "me", for_ever)
    files = {path: path.read_bytes() for path in tmp_path.glob("*.job")}
    one.close()
    # A killed process writes nothing any more.
    for thread in threading.enumerate():
        if thread.name == "job-files":
            thread.join()
    for path, text in files.items():
        path.write_bytes(text)
    successor = SharedJobs(JobBounds(), tmp_path, 0)
    for runner in (other, successor):
        view = runner.job(job.id)
        assert (view.state, "has ended" in (view.error or "")) == (FAILED, True)
    successor.cancel(job.id)
    assert other.jobs() == successor.jobs() == []


@pytest.mark.parametrize("name", ["", "../../etc/passwd", "0-x", "*", "0" * 16])
def test_an_unknown_job_is_not_found(runners: tuple[SharedJobs, SharedJobs], name: str) -> None:
    for call in (runners[0].job, runners[1].cancel):
        with pytest.raises(JobNotFoundError):
            call(name)


def test_a_job_goes_on_where_its_state_cannot_be_written(
    runners: tuple[SharedJobs, SharedJobs], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    one, other = runners
    tmp_path.rmdir()
    job = one.submit("ssh", "host:/x", "me", at_once)
    assert one.wait(job.id, lambda view: view.over).state == DONE
    assert other.jobs() == []
    assert "cannot be written" in caplog.text
    tmp_path.mkdir()
