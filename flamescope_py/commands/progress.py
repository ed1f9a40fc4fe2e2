"""Follows a job in the terminal: a bar that says what is done, how much has come, and how long it takes."""

from __future__ import annotations

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from flamescope_py.service import JobRunner, JobView

_LOOK_SECONDS = 0.25


def followed(jobs: JobRunner, job: JobView) -> JobView:
    """Show a job until it is over; without a terminal, say each step once."""
    console = Console(stderr=True)
    if not console.is_terminal:
        return _told(jobs, job, console)
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task(job.step, total=None)
        while not job.over:
            _show(bar, task, job)
            job = _next(jobs, job)
    return job


def _told(jobs: JobRunner, job: JobView, console: Console) -> JobView:
    step = ""
    while not job.over:
        if job.step != step:
            step = job.step
            console.print(f"{step} …", highlight=False, markup=False)
        job = _next(jobs, job)
    return job


def _show(bar: Progress, task: TaskID, job: JobView) -> None:
    left = "" if job.seconds_left is None else f", {job.seconds_left} s left"
    bar.update(task, description=job.step + left, completed=job.done, total=job.size)


def _next(jobs: JobRunner, last: JobView) -> JobView:
    return jobs.wait(last.id, lambda view: view.step != last.step, _LOOK_SECONDS)
