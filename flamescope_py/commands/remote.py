"""The options and the job of `import` and `capture`.

Exit codes: 0 done, 1 failed, 2 wrong usage, 3 a host key that is not accepted yet, 130 interrupted.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

import click

from flamescope_py.commands.output import FAILED, WRONG_USAGE, fail
from flamescope_py.commands.places import require_profiles
from flamescope_py.errors import ConfigError, FlameScopeError
from flamescope_py.settings import Settings
from flamescope_py.settings.command import load_settings

if TYPE_CHECKING:
    from flamescope_py.service import Importer, JobView

UNKNOWN_KEY, INTERRUPTED = 3, 130
_CLIENT = "command line"
_TIDY_SECONDS = 20
# ssh://admin@10.0.0.7:2222/tmp/perf.out
URL = re.compile(
    r"ssh://(?:(?P<user>[^@/\s]+)@)?(?:\[(?P<v6>[^\]]+)\]|(?P<host>[^:/@\s]+))(?::(?P<port>[0-9]{1,5}))?"
    r"(?P<path>/.*)?",
    re.DOTALL,
)

Command = TypeVar("Command", bound=Callable[..., Any])
Body = dict[str, object]


def remote_options(command: Command) -> Command:
    """Add the options of both commands."""
    options = [
        click.option("-p", "--port", type=click.IntRange(1, 65535), help="The port of SSH on the host."),
        click.option("--host-key", metavar="SHA256:…", help="The fingerprint that the host must show."),
        click.option("--dir", "profile_dir", metavar="DIR", help="The profile directory."),
        click.option("--exact", is_flag=True, help="Fail if the name is taken, instead of adding a number."),
        click.option("--open", "open_it", is_flag=True, help="Show the profile in a browser at the end."),
        click.option("--config", metavar="FILE", help="A TOML file with settings; see docs/settings.md."),
    ]
    for option in reversed(options):
        command = option(command)
    return command


def target_of(found: re.Match[str], options: Mapping[str, Any]) -> Body:
    """Return the part of a job's body that names the host and how to reach it."""
    groups = found.groupdict()
    port = options["port"] or (int(groups["port"]) if groups.get("port") else None)
    exists = "refuse" if options["exact"] else None
    host = groups["v6"] or groups["host"]
    return {
        "host": host,
        "port": port,
        "user": groups["user"],
        "hostKey": options["host_key"],
        "exists": exists,
    }


def run_job(body: Body, options: Mapping[str, Any], kind: str) -> None:
    """Run one job, and end with its exit code."""
    from flamescope_py.service import Service

    try:
        settings = load_settings(options["profile_dir"], options["config"])
        require_profiles(settings)
        service = Service(settings)
        try:
            name = _finish(service.imports, kind, body)
            type_name = service.listed(name).file.type
        finally:
            service.close()
    except FlameScopeError as error:
        fail(str(error), WRONG_USAGE)
    click.echo(name)
    if options["open_it"]:
        from urllib.parse import quote

        _open(settings, f"#/heatmap/{type_name}/{quote(name, safe='')}")


def _finish(imports: Importer, kind: str, body: Body) -> str:
    """Run the job, again for each host key that the user accepts. Return the name of the profile."""
    from flamescope_py.commands.progress import follow

    while True:
        job = _start(imports, kind, body)
        try:
            job = follow(imports.jobs, job)
        except KeyboardInterrupt:
            imports.jobs.cancel(job.id)
            imports.jobs.wait(job.id, lambda view: view.over, _TIDY_SECONDS)
            fail("Interrupted.", INTERRUPTED)
        for warning in job.warnings:
            click.echo(f"Warning: {warning}", err=True)
        if job.filename is not None:
            return job.filename
        key = job.details.get("hostKey")
        if not isinstance(key, dict):
            fail(full_error(job), FAILED)
        if not sys.stdin.isatty():
            fail(f"{job.error} To accept it: --host-key {key['fingerprint']}", UNKNOWN_KEY)
        click.echo(job.error, err=True)
        if not click.confirm("Accept it, remember it and go on?", err=True):
            fail("The host key was not accepted.", UNKNOWN_KEY)
        body = {**body, "hostKey": key["fingerprint"]}


def _start(imports: Importer, kind: str, body: Body) -> JobView:
    if kind == "capture":
        return imports.capture(imports.read_capture(body), _CLIENT)
    return imports.fetch(imports.read_fetch(body), _CLIENT)


def full_error(job: JobView) -> str:
    """Return the error of a job, with all processes that its pattern has matched."""
    found = job.details.get("processes")
    lines = [f"  {one['pid']:>7} {one['command']}" for one in found] if isinstance(found, list) else []
    return "\n".join([job.error or "Cancelled.", *lines])


def _open(settings: Settings, place: str) -> None:
    """Show a profile in a browser, on a server that runs until interrupted or on one that runs already."""
    import webbrowser

    from flamescope_py.commands.serve import run_server

    try:
        run_server(settings, place)
    except ConfigError:
        # The port is taken, most likely by a server of the same directory.
        host = f"[{settings.host}]" if ":" in settings.host else settings.host
        webbrowser.open(f"http://{host}:{settings.port}/{place}")
