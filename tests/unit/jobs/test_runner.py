from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable, Iterator

import pytest

from flamescope_py.errors import BusyError, JobNotFoundError, RemoteError
from flamescope_py.jobs.job import JobView, Progress, Work
from flamescope_py.jobs.runner import JobBounds, JobRunner

WAIT = 30


@pytest.fixture
def runner() -> Iterator[JobRunner]:
    one = JobRunner(JobBounds(running=2, queued=2, per_client=3, kept=3))
    yield one
    one.close()


def over(runner: JobRunner, job: JobView) -> JobView:
    return runner.wait(job.id, lambda view: view.over, WAIT)


async def nothing(_: Progress) -> None:
    return


async def forever(progress: Progress) -> None:
    progress.step("forever")
    await asyncio.Event().wait()


def failing(error: BaseException) -> Work:
    async def work(_: Progress) -> None:
        raise error

    return work


def test_what_a_job_tells_is_seen(runner: JobRunner) -> None:
    async def work(progress: Progress) -> None:
        progress.step("reading", seconds=5)
        progress.expect(10)
        progress.at(7)
        progress.warn("Careful.")
        await asyncio.Event().wait()

    job = runner.submit("ssh", "host:path", "me", work)
    assert (job.kind, job.source, job.state) == ("ssh", "host:path", "running")
    job = runner.wait(job.id, lambda view: bool(view.warnings), WAIT)
    assert (job.step, job.size, job.done, job.warnings) == ("reading", 10, 7, ("Careful.",))
    assert job.seconds_left in {4, 5}
    runner.cancel(job.id)
    assert over(runner, job).state == "cancelled"


def test_a_result_is_named_at_the_end(runner: JobRunner) -> None:
    async def work(progress: Progress) -> None:
        progress.landed("a/b")

    job = over(runner, runner.submit("ssh", "", "me", work))
    assert (job.state, job.step, job.filename, job.error) == ("done", "done", "a/b", None)
    assert job.started is not None
    assert job.ended is not None
    assert job.created <= job.started <= job.ended


def test_what_has_landed_is_done_even_if_it_is_cancelled(runner: JobRunner) -> None:
    async def work(progress: Progress) -> None:
        progress.landed("a")
        progress.step("after")
        await asyncio.Event().wait()

    job = runner.submit("ssh", "", "me", work)
    runner.wait(job.id, lambda view: view.step == "after", WAIT)
    runner.cancel(job.id)
    job = over(runner, job)
    assert (job.state, job.filename, job.error) == ("done", "a", None)


def test_an_error_is_told_with_its_details(runner: JobRunner) -> None:
    job = over(runner, runner.submit("ssh", "", "me", failing(RemoteError("No.", {"hostKey": 1}))))
    assert (job.state, job.error, dict(job.details)) == ("failed", "No.", {"hostKey": 1})


def test_a_bug_is_logged_without_what_the_host_said(
    runner: JobRunner, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        job = over(runner, runner.submit("ssh", "", "me", failing(KeyError("secret of the host"))))
    assert (job.state, job.error) == ("failed", "The server made a mistake: its log says more.")
    assert "KeyError" in caplog.text
    assert "secret" not in caplog.text


def test_a_job_that_takes_too_long() -> None:
    runner = JobRunner(JobBounds(seconds=0.05))
    job = over(runner, runner.submit("ssh", "", "me", forever))
    assert (job.state, job.error) == ("failed", "Stopped after 0.05 seconds: raise job_seconds.")
    runner.close()


def test_so_many_run_so_many_wait_and_no_more(runner: JobRunner) -> None:
    jobs = [runner.submit("ssh", "", f"client {number}", forever) for number in range(4)]
    assert [runner.job(job.id).state for job in jobs] == ["running", "running", "queued", "queued"]
    with pytest.raises(BusyError):
        runner.submit("ssh", "", "another", forever)
    runner.cancel(jobs[0].id)
    over(runner, jobs[0])
    assert [runner.job(job.id).state for job in jobs[1:]] == ["running", "running", "queued"]
    runner.cancel(jobs[3].id)
    assert runner.job(jobs[3].id).state == "cancelled"
    assert [job.id for job in runner.jobs()] == [job.id for job in reversed(jobs)]


def test_one_client_gets_only_its_share(runner: JobRunner) -> None:
    for _ in range(3):
        runner.submit("ssh", "", "greedy", forever)
    with pytest.raises(BusyError, match="yours"):
        runner.submit("ssh", "", "greedy", forever)
    runner.submit("ssh", "", "modest", forever)


def test_old_jobs_are_forgotten_and_ended_ones_may_be(runner: JobRunner) -> None:
    jobs = [over(runner, runner.submit("ssh", "", "me", nothing)) for _ in range(4)]
    assert [job.id for job in runner.jobs()] == [job.id for job in reversed(jobs[1:])]
    runner.cancel(jobs[3].id)
    for job_id in (jobs[0].id, jobs[3].id, "x"):
        for ask in (runner.job, runner.cancel):
            with pytest.raises(JobNotFoundError):
                ask(job_id)


def test_tidying_up_is_not_broken_off_by_a_second_cancel(runner: JobRunner) -> None:
    tidied, may_end = threading.Event(), threading.Event()

    async def work(progress: Progress) -> None:
        progress.step("working")
        try:
            await asyncio.Event().wait()
        finally:
            progress.step("tidying")
            await asyncio.to_thread(may_end.wait, WAIT)
            tidied.set()

    job = runner.submit("ssh", "", "me", work)
    runner.wait(job.id, lambda view: view.step == "working", WAIT)
    runner.cancel(job.id)
    runner.wait(job.id, lambda view: view.step == "tidying", WAIT)
    runner.cancel(job.id)
    may_end.set()
    assert over(runner, job).state == "cancelled"
    assert tidied.is_set()


def test_a_job_that_swallows_a_cancellation_is_cancelled_again(
    runner: JobRunner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("flamescope_py.jobs.runner.REPEAT_SECONDS", 0.05)
    swallowed: list[int] = []

    async def work(progress: Progress) -> None:
        progress.step("working")
        while True:
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                swallowed.append(1)
                if len(swallowed) == 3:
                    raise

    job = runner.submit("ssh", "", "me", work)
    runner.wait(job.id, lambda view: view.step == "working", WAIT)
    runner.cancel(job.id)
    assert over(runner, job).state == "cancelled"
    assert len(swallowed) == 3


def test_an_error_that_a_cancellation_causes_is_not_told(runner: JobRunner) -> None:
    async def work(progress: Progress) -> None:
        progress.step("working")
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError as error:
            raise RemoteError("The connection to the host was lost: try again.") from error

    job = runner.submit("ssh", "", "me", work)
    runner.wait(job.id, lambda view: view.step == "working", WAIT)
    runner.cancel(job.id)
    assert (over(runner, job).state, runner.job(job.id).error) == ("cancelled", None)


def test_a_runner_that_stops_takes_no_job_and_starts_none(runner: JobRunner) -> None:
    jobs = [runner.submit("ssh", "", f"client {number}", forever) for number in range(4)]
    runner.stop()
    assert [over(runner, job).state for job in jobs] == ["cancelled"] * 4
    with pytest.raises(BusyError, match="stopping"):
        runner.submit("ssh", "", "me", nothing)


def test_closing_does_not_wait_for_a_job_that_cannot_be_cancelled() -> None:
    runner, may_end = JobRunner(JobBounds()), threading.Event()

    async def work(progress: Progress) -> None:
        progress.step("working")
        may_end.wait(WAIT)

    job = runner.submit("ssh", "", "me", work)
    runner.wait(job.id, lambda view: view.step == "working", WAIT)
    assert runner.close(0.1) is False
    may_end.set()
    assert runner.close(WAIT) is True


def test_closing_cancels_and_lets_jobs_tidy_up() -> None:
    runner, tidied = JobRunner(JobBounds()), threading.Event()

    async def work(progress: Progress) -> None:
        progress.step("working")
        try:
            await asyncio.Event().wait()
        finally:
            tidied.set()

    job = runner.submit("ssh", "", "me", work)
    runner.wait(job.id, lambda view: view.step == "working", WAIT)
    runner.close()
    assert tidied.is_set()
    assert runner.job(job.id).state == "cancelled"
    assert not any(thread.name == "jobs" and thread.is_alive() for thread in threading.enumerate())


@pytest.mark.parametrize("when", [0, 1, 2])
def test_cancelled_at_once_it_ends_all_the_same(runner: JobRunner, when: int) -> None:
    jobs = [runner.submit("ssh", "", "me", forever) for _ in range(3)]
    runner.cancel(jobs[when].id)
    assert over(runner, jobs[when]).state == "cancelled"


def test_a_waiting_thread_notices_a_change(runner: JobRunner) -> None:
    begin = threading.Event()

    async def work(progress: Progress) -> None:
        await asyncio.to_thread(begin.wait, WAIT)
        progress.at(1)

    job = runner.submit("ssh", "", "me", work)
    seen: list[int] = []
    until: Callable[[JobView], bool] = lambda view: view.done == 1  # noqa: E731
    watcher = threading.Thread(target=lambda: seen.append(runner.wait(job.id, until, WAIT).done))
    watcher.start()
    begin.set()
    watcher.join(WAIT)
    assert seen == [1]
