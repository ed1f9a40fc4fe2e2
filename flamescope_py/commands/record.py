"""`flamescope-py record`: records with perf on this machine, and shows the result.

Exit codes: that of COMMAND, 1 where the recording failed, 2 wrong usage, 130 interrupted twice.
"""

from __future__ import annotations

import os
import re
import signal
import threading
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from flamescope_py.commands import node_profile
from flamescope_py.commands.output import FAILED, ending
from flamescope_py.commands.remote import full_error
from flamescope_py.errors import ParameterError
from flamescope_py.settings import Settings
from flamescope_py.settings.command import load_settings
from flamescope_py.settings.table import DEFAULT

if TYPE_CHECKING:
    from flamescope_py.commands.serve import Served
    from flamescope_py.commands.started import Started
    from flamescope_py.service import Importer, JobRunner, JobView

_CLIENT = "command line"
_SECONDS = 60
_RECORDING = ("pid", "pgrep", "system", "frequency", "event", "sudo", "ring")
_UNIT_SECONDS = {"": 1, "s": 1, "m": 60, "h": 3600}
# The bound of both settings: a ring may wait for a day.
_LONGEST = 86_400


@click.command("record")
@click.argument("command", nargs=-1, metavar="[-- COMMAND…]", type=click.UNPROCESSED)
@click.option("-p", "--pid", type=int, help="Record the process of this id.")
@click.option("--pgrep", metavar="PATTERN", help="Record the process whose command line matches.")
@click.option("-a", "--system", is_flag=True, help="Record the whole machine.")
@click.option(
    "-s", "--seconds", type=int, help="How long to record: 60, or until COMMAND ends or Ctrl-C is pressed."
)
@click.option("-F", "--frequency", type=int, default=99, show_default=True, help="Samples in a second.")
@click.option("-e", "--event", help="The event to sample, as perf list names it.")
@click.option("--call-graph", type=click.Choice(["fp", "dwarf", "lbr"]), default="fp", show_default=True)
@click.option("--sudo", is_flag=True, help="Run perf with sudo -n.")
@click.option(
    "--ring",
    metavar="TIME",
    help="Record until Ctrl-C and save the last TIME only, as 10m; SIGUSR1 saves it and goes on.",
)
@click.option(
    "--cpu-prof",
    is_flag=True,
    help="Let Node sample itself, without perf: COMMAND, or a process, whose inspector SIGUSR1 opens.",
)
@click.option("-o", "--name", help="The name of the profile; by default after the time.")
@click.option("--dir", "profile_dir", metavar="DIR", help="The directory of the profile, made if missing.")
@click.option("--no-open", is_flag=True, help="Print the address of the page, and open no browser.")
@click.option("--save-only", is_flag=True, help="Save the profile and end, without a page.")
@click.option("--config", metavar="FILE", help="A TOML file with settings; see docs/settings.md.")
@ending
def record(command: tuple[str, ...], **options: Any) -> None:
    """Record with perf on this machine, and show the result in a browser.

    Ctrl-C ends the recording and keeps it; a second one ends the page.
    """
    _require_one_target(command, options)
    options["ring"] = _ring_seconds(options["ring"])
    settings = _settings(options)
    if node_profile.is_wanted(command, options):
        code = node_profile.record(settings, command, options)
    else:
        code = _Recorder(settings, command, options).run()
    if code:
        raise SystemExit(code)


def _require_one_target(command: tuple[str, ...], options: Mapping[str, Any]) -> None:
    """Raise ParameterError unless the command line names one thing to record."""
    named = [options["pid"] is not None, options["pgrep"] is not None, options["system"], bool(command)]
    if sum(named) != 1:
        raise ParameterError(
            "Name one thing to record: --pid PID, --pgrep PATTERN, -a for the whole machine, or -- COMMAND."
        )


def _ring_seconds(text: str | None) -> int | None:
    """Return the seconds of a time such as 90s, 10m or 2h. Raises ParameterError."""
    if text is None:
        return None
    found = re.fullmatch(r"([0-9]{1,6})([smh]?)", text, re.ASCII)
    if found is None:
        raise ParameterError(f"--ring is {text!r}: it must be a time such as 90s, 10m or 2h.")
    return int(found[1]) * _UNIT_SECONDS[found[2]]


def _settings(options: Mapping[str, Any]) -> Settings:
    """Return the settings, with recordings in the user's data directory unless another one is named."""
    import platformdirs

    from flamescope_py.settings.table import PACKAGE
    from flamescope_py.settings.types import BucketURL

    found = load_settings(options["profile_dir"], options["config"])
    if found.source("profile_dir") == DEFAULT:
        found = replace(found, profile_dir=platformdirs.user_data_path(PACKAGE) / "recordings")
    if not isinstance(found.profile_dir, BucketURL):
        found.profile_dir.mkdir(parents=True, exist_ok=True)
    if options["ring"] is not None:
        found = replace(found, max_record_seconds=_LONGEST, job_seconds=_LONGEST)
    return replace(found, processes=1, log_requests=False)


class _Recorder:
    """One recording, and the page that shows it."""

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
        from flamescope_py.commands.started import Started

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
