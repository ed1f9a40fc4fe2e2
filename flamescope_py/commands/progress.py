"""Follows a job in the terminal with a bar: its step, the bytes fetched, and the time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

if TYPE_CHECKING:
    from flamescope_py.service import JobRunner, JobView

_LOOK_SECONDS = 0.25


def follow(jobs: JobRunner, job: JobView) -> JobView:
    """Show a job until it is over; without a terminal, print each step once."""
    console = Console(stderr=True)
    if not console.is_terminal:
        return _print_steps(jobs, job, console)
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task(job.step, total=None)
        while not job.over:
            _show(bar, task, job)
            job = _next(jobs, job)
    return job


def _print_steps(jobs: JobRunner, job: JobView, console: Console) -> JobView:
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
