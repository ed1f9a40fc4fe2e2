"""Run a recording with perf on this machine, with the program that it is about and the page that shows it."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import click

from flamescope_py.commands.output import FAILED
from flamescope_py.commands.remote import full_error
from flamescope_py.settings import Settings

if TYPE_CHECKING:
    from flamescope_py.commands.record.started import Started
    from flamescope_py.commands.serve import Served
    from flamescope_py.service import Importer, JobRunner, JobView

_CLIENT = "command line"
_RECORDING = ("pid", "pgrep", "system", "frequency", "event", "sudo", "ring")


class Recorder:
    """One recording with perf, and the page that shows it."""

    def __init__(self, settings: Settings, command: tuple[str, ...], options: Mapping[str, Any]) -> None:
        self._settings = settings
        self._command = command
        self._options = options
        self._started: Started | None = None
        self._releaser: threading.Thread | None = None
        self._code = 0

    def run(self) -> int:
        """Record, and serve the page until it is ended. Return the exit code."""
        if self._options["save_only"] or self._options["ring"]:
            self._save()
        else:
            from flamescope_py.commands.serve import listening

            with listening(self._settings) as served:
                self._serve(served)
        # A program may go on after its recording.
        return self._code or (self._started.wait() if self._started else 0)

    def _save(self) -> None:
        """Record without a page."""
        from flamescope_py.service import Service

        service = Service(self._settings)
        try:
            jobs, job = service.imports.jobs, self._begin(service.imports)
            while self._save_one(jobs, job) and self._options["ring"]:
                job = self._begin(service.imports)
        finally:
            service.close()

    def _save_one(self, jobs: JobRunner, job: JobView) -> bool:
        """Wait for a recording and report it. Return True if SIGUSR1 ended it."""
        goes_on = False

        def keep(number: int, frame: object) -> None:
            nonlocal goes_on
            goes_on = True
            jobs.finish(job.id)

        if self._options["ring"]:
            signal.signal(signal.SIGUSR1, keep)
        try:
            ended = self._follow(jobs, job)
        except KeyboardInterrupt:
            jobs.finish(job.id)
            ended = self._follow(jobs, job)
            goes_on = False
        self._report(ended)
        return goes_on

    def _serve(self, served: Served) -> None:
        """Serve the page while the recording goes on, and after it."""
        service = served.service
        jobs, job = service.imports.jobs, self._begin(service.imports)

        def watch() -> None:
            ended = self._follow(jobs, job)
            self._report(ended)
            if ended.filename is None:
                os.kill(os.getpid(), signal.SIGTERM)

        def show() -> None:
            known = jobs.wait(job.id, lambda view: view.live is not None)
            if name := known.live or known.filename:
                served.show(
                    name, "cpuprofile" if self._options["cpu_prof"] else "perf", not self._options["no_open"]
                )

        def interrupted() -> bool:
            if jobs.job(job.id).over:
                return False
            jobs.finish(job.id)
            return True

        watcher = threading.Thread(target=watch, name="recording", daemon=True)
        threading.Thread(target=show, name="page", daemon=True).start()
        watcher.start()
        served.run(interrupted)
        watcher.join()

    def _begin(self, imports: Importer) -> JobView:
        """Start the recording, and the program that it is about. Raises ParameterError."""
        body: dict[str, object] = {name: self._options[name] for name in _RECORDING}
        seconds = self._options["seconds"]
        if self._command:
            seconds = seconds or imports.max_seconds
            self._started = self._started or self._start()
            body["pid"] = self._started.pid
        body |= {
            "seconds": seconds,
            "callGraph": None if self._options["cpu_prof"] else self._options["call_graph"],
            "filename": self._options["name"],
            "cpuProf": self._options["cpu_prof"],
        }
        try:
            return imports.record(imports.read_record(body), _CLIENT)
        except BaseException:
            if self._started is not None:
                self._started.drop()
            raise

    def _start(self) -> Started:
        """Start the program, which waits. Raises ParameterError."""
        from flamescope_py.commands.record.started import Started

        started = Started(self._command)
        if started.added:
            added = " ".join(started.added)
            click.echo(f"node gets NODE_OPTIONS={added}, so that its functions have names.", err=True)
        return started

    def _follow(self, jobs: JobRunner, job: JobView) -> JobView:
        """Show the recording until it is over, and let the program run when perf listens."""
        from flamescope_py.commands.progress import follow

        if self._started is not None:
            arguments = (jobs, job, self._started)
            self._releaser = threading.Thread(target=_release, args=arguments, name="release", daemon=True)
            self._releaser.start()
        return follow(jobs, job)

    def _report(self, job: JobView) -> None:
        """Print the file, or why there is none."""
        for warning in job.warnings:
            click.echo(f"Warning: {warning}", err=True)
        if job.filename is not None:
            click.echo(f"{self._settings.profile_dir}/{job.filename}")
            return
        click.echo(f"Error: {full_error(job)}", err=True)
        self._code = FAILED
        if self._releaser is not None:
            # A program that still waits would stay stopped for ever, with the caller's streams.
            self._releaser.join()


def _release(jobs: JobRunner, job: JobView, started: Started) -> None:
    """Let the program run once perf records it, and end the recording with it."""
    job = jobs.wait(job.id, lambda view: view.step == "recording")
    if job.step == "recording":
        started.go()
        started.wait()
        jobs.finish(job.id)
    elif job.filename is None:
        started.drop()
