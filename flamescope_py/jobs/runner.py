"""A small job runner: coroutines on an asyncio loop in a dedicated thread.

The number of running, queued and remembered jobs is bounded, in total and per client, and so is the time of
a job. One lock guards all jobs, and every change wakes all waiting threads.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import traceback
import weakref
from collections.abc import Callable
from typing import NamedTuple

from flamescope_py.errors import BusyError, FlameScopeError, JobNotFoundError, RemoteError
from flamescope_py.jobs.job import (
    CANCELLED,
    DONE,
    ENDED,
    FAILED,
    QUEUED,
    RUNNING,
    Job,
    JobView,
    Progress,
    Work,
    now,
)

logger = logging.getLogger(__name__)

_BUG = "The server made a mistake: its log says more."
_TASK = "job"
# How long cancelled jobs may tidy up when the server stops.
_STOP_SECONDS = 10.0
# How long the loop may take to end after that.
_END_SECONDS = 1.0
# Interval of repeated cancellations: a library may swallow one, as asyncio.wait_for does before Python 3.12.
REPEAT_SECONDS = 2.0


class JobBounds(NamedTuple):
    """How many jobs run, wait, belong to one client and are remembered; how long one may take."""

    running: int = 4
    queued: int = 16
    per_client: int = 8
    kept: int = 100
    seconds: float = 3600


class JobRunner:
    """Runs jobs; every method is safe to call from any thread."""

    def __init__(self, bounds: JobBounds) -> None:
        """The thread starts with the first job."""
        self._bounds = bounds
        self._jobs: dict[str, Job] = {}
        # Re-entrant: starting, ending and waiting acquire it again.
        self._change = threading.Condition(threading.RLock())
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._stopping = False

    def submit(self, kind: str, source: str, client: str, work: Work) -> JobView:
        """Queue a job; `source` is shown to the user, `client` counts towards its limit. Raises BusyError."""
        job = Job(kind, source, client, work)
        with self._change:
            self._check_bounds(client)
            self._forget_old()
            self._jobs[job.id] = job
            self._start_next()
            return job.view()

    def jobs(self) -> list[JobView]:
        """Return all remembered jobs, newest first."""
        with self._change:
            return [job.view() for job in reversed(self._jobs.values())]

    def job(self, job_id: str) -> JobView:
        """Return one job. Raises JobNotFoundError."""
        with self._change:
            return self._find(job_id).view()

    def cancel(self, job_id: str) -> JobView:
        """Stop a running job, which may take a moment, or forget an ended one. Raises JobNotFoundError."""
        with self._change:
            job = self._find(job_id)
            if job.state in ENDED:
                del self._jobs[job_id]
            elif job.task is None:
                self._end(job, CANCELLED)
            else:
                self._cancel(job)
            return job.view()

    def finish(self, job_id: str) -> JobView:
        """End a recording early and keep it; other jobs and steps go on. Raises JobNotFoundError."""
        with self._change:
            job = self._find(job_id)
            if job.task is not None and job.finish is not None:
                job.task.get_loop().call_soon_threadsafe(_finish, job)
            return job.view()

    def wait(self, job_id: str, until: Callable[[JobView], bool], timeout: float | None = None) -> JobView:
        """Wait until a job fulfils `until` or is over, at most `timeout` seconds, and return it."""
        with self._change:
            job = self._find(job_id)
            self._change.wait_for(lambda: job.state in ENDED or until(job.view()), timeout)
            return job.view()

    def stop(self) -> None:
        """Cancel every job and take no further ones, without waiting for them."""
        with self._change:
            self._stopping = True
            for job in list(self._jobs.values()):
                if job.state not in ENDED:
                    self.cancel(job.id)

    def close(self, seconds: float = _STOP_SECONDS) -> bool:
        """Cancel every job and let it tidy up for at most `seconds`. Return False if something still runs."""
        self.stop()
        loop, thread = self._loop, self._thread
        if loop is None or thread is None:
            return True
        _end_loop(loop, thread, seconds)
        return not thread.is_alive()

    def _find(self, job_id: str) -> Job:
        if job_id not in self._jobs:
            raise JobNotFoundError("There is no such job: it may have been forgotten.")
        return self._jobs[job_id]

    def _check_bounds(self, client: str) -> None:
        if self._stopping:
            raise BusyError("The server is stopping: try again when it runs.", retry_after=10)
        alive = [job for job in self._jobs.values() if job.state not in ENDED]
        if len(alive) >= self._bounds.running + self._bounds.queued:
            raise BusyError("Too many jobs are under way: wait until one has ended.", retry_after=10)
        if sum(job.client == client for job in alive) >= self._bounds.per_client:
            raise BusyError("Too many jobs of yours are under way: wait until one has ended.", retry_after=10)

    def _forget_old(self) -> None:
        ended = [job.id for job in self._jobs.values() if job.state in ENDED]
        for job_id in ended[: max(0, len(ended) + 1 - self._bounds.kept)]:
            del self._jobs[job_id]

    def _start_next(self) -> None:
        """Start jobs in the order in which they came, while there is room."""
        if self._stopping:
            return
        running = sum(job.state == RUNNING for job in self._jobs.values())
        queued = [job for job in self._jobs.values() if job.state == QUEUED]
        for job in queued[: max(0, self._bounds.running - running)]:
            job.state, job.started, job.step = RUNNING, now(), "starting"
            self._started_loop().call_soon_threadsafe(self._spawn, job)

    def _started_loop(self) -> asyncio.AbstractEventLoop:
        if self._loop is None:
            self._loop = asyncio.new_event_loop()
            self._thread = threading.Thread(target=self._loop.run_forever, name="jobs", daemon=True)
            self._thread.start()
            # A finalizer also runs at exit, so that remote machines are left tidy.
            weakref.finalize(self, _end_loop, self._loop, self._thread, _STOP_SECONDS)
        return self._loop

    def _spawn(self, job: Job) -> None:
        with self._change:
            if job.state == RUNNING:
                job.task = asyncio.get_running_loop().create_task(self._run(job), name=_TASK)
                # A task that is cancelled before its first step never enters _run.
                job.task.add_done_callback(lambda _: self._end(job, CANCELLED))

    async def _run(self, job: Job) -> None:
        timer = asyncio.get_running_loop().call_later(self._bounds.seconds, self._expire, job)
        state, error = DONE, None
        try:
            await job.work(Progress(job, self._change))
        except asyncio.CancelledError:
            state = CANCELLED
        except FlameScopeError as failure:
            state, error = FAILED, str(failure)
            job.details = failure.details if isinstance(failure, RemoteError) else {}
        except Exception as failure:  # noqa: BLE001 - a bug of ours must end the job, not the thread
            # Without the message, which may contain text from another machine.
            trace = "".join(traceback.format_tb(failure.__traceback__))
            logger.error("A job of kind %s failed with %s\n%s", job.kind, type(failure).__name__, trace)
            state, error = FAILED, _BUG
        timer.cancel()
        if job.expired and state != DONE:
            state, error = FAILED, f"Stopped after {self._bounds.seconds:g} seconds: raise job_seconds."
        elif job.cancelling and state != DONE:
            # Errors after the connection was closed are expected.
            state, error = CANCELLED, None
        self._end(job, state, error)

    def _expire(self, job: Job) -> None:
        job.expired = True
        self._cancel(job)

    def _cancel(self, job: Job) -> None:
        """Cancel a job repeatedly until it has ended. Calling this twice changes nothing."""
        if job.task is not None and not job.cancelling:
            job.cancelling = True
            loop = job.task.get_loop()
            loop.call_soon_threadsafe(_cancel_until_done, loop, job.task)

    def _end(self, job: Job, state: str, error: str | None = None) -> None:
        with self._change:
            if job.state in ENDED:
                return
            if job.filename is not None:
                state, error = DONE, None
            job.state, job.error, job.ended, job.until = state, error, now(), None
            job.step = DONE if state == DONE else job.step
            job.task = None
            self._start_next()
            self._change.notify_all()


def _finish(job: Job) -> None:
    if job.finish is not None:
        job.finish()


def _cancel_until_done(loop: asyncio.AbstractEventLoop, task: asyncio.Task[None]) -> None:
    if not task.done():
        task.cancel()
        loop.call_later(REPEAT_SECONDS, _cancel_until_done, loop, task)


def _end_loop(loop: asyncio.AbstractEventLoop, thread: threading.Thread, seconds: float) -> None:
    """Cancel all tasks, wait at most `seconds` for them, and end the thread."""
    if not thread.is_alive():
        return
    asyncio.run_coroutine_threadsafe(_cancel_all(loop, seconds), loop)
    thread.join(seconds + _END_SECONDS)
    if not thread.is_alive() and not loop.is_closed():
        loop.close()


async def _cancel_all(loop: asyncio.AbstractEventLoop, seconds: float) -> None:
    tasks = [task for task in asyncio.all_tasks() if task.get_name() == _TASK]
    for task in tasks:
        _cancel_until_done(loop, task)
    if tasks:
        await asyncio.wait(tasks, timeout=seconds)
    loop.stop()
