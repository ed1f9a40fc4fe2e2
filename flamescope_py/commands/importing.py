"""`flamescope-py import` and `flamescope-py capture`: the jobs of the web, followed in the terminal.

Exit codes: 0 done, 1 failed, 2 asked wrongly, 3 a host key that nobody has accepted, 130 interrupted.
"""

from __future__ import annotations

import re
import sys
import webbrowser
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar
from urllib.parse import quote

import click

from flamescope_py.commands.serve import run_server
from flamescope_py.errors import ConfigError, FlameScopeError
from flamescope_py.settings import Settings
from flamescope_py.settings.command import load_settings

if TYPE_CHECKING:
    from flamescope_py.service import Importer, JobView

FAILED, ASKED_WRONGLY, UNKNOWN_KEY, INTERRUPTED = 1, 2, 3, 130
_CLIENT = "command line"
_TIDY_SECONDS = 20
# admin@10.0.0.7:/tmp/perf.out  beacon:perf.out  admin@[::1]:x  ssh://admin@10.0.0.7:2222/tmp/perf.out
_SCP = re.compile(
    r"(?:(?P<user>[^@/\s]+)@)?(?:\[(?P<v6>[^\]]+)\]|(?P<host>[^:/@\s]+)):(?P<path>.+)", re.DOTALL
)
_URL = re.compile(
    r"ssh://(?:(?P<user>[^@/\s]+)@)?(?:\[(?P<v6>[^\]]+)\]|(?P<host>[^:/@\s]+))(?::(?P<port>[0-9]{1,5}))?"
    r"(?P<path>/.*)?",
    re.DOTALL,
)
_PLACE = re.compile(r"(?:(?P<user>[^@/\s]+)@)?(?:\[(?P<v6>[^\]]+)\]|(?P<host>[^/@\s]+))")

Command = TypeVar("Command", bound=Callable[..., Any])
Body = dict[str, object]


def _common(command: Command) -> Command:
    """Give a command the options that both share."""
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


@click.command("import")
@click.argument("source", metavar="[USER@]HOST:PATH")
@click.argument("name", required=False)
@click.option("--force", is_flag=True, help="Take a file that looks like no profile, too.")
@_common
def import_command(source: str, name: str | None, force: bool, **options: Any) -> None:
    """Fetch a profile over SSH; perf.data is turned into text on the host."""
    found = _URL.fullmatch(source) or _SCP.fullmatch(source)
    if found is None or not found["path"]:
        raise click.BadParameter("give it as admin@10.0.0.7:/tmp/perf.out", param_hint="[USER@]HOST:PATH")
    body = {**_target(found, options), "path": found["path"], "filename": name, "force": force}
    _run(body, options, "fetch")


@click.command("capture")
@click.argument("place", metavar="[USER@]HOST")
@click.argument("name", required=False)
@click.option("--pid", type=int, help="Record the process of this id.")
@click.option("--pgrep", metavar="PATTERN", help="Record the process whose command line matches.")
@click.option("--system", is_flag=True, help="Record the whole machine.")
@click.option("-s", "--seconds", type=int, default=60, show_default=True, help="How long to record.")
@click.option("-F", "--frequency", type=int, default=99, show_default=True, help="Samples in a second.")
@click.option("-e", "--event", help="The event to sample, as perf list names it.")
@click.option("--call-graph", type=click.Choice(["fp", "dwarf", "lbr"]), default="fp", show_default=True)
@click.option("--sudo", is_flag=True, help="Run perf with sudo -n on the host.")
@_common
def capture_command(place: str, name: str | None, call_graph: str, **options: Any) -> None:
    """Record with perf on a host, over SSH, and bring the result."""
    found = _URL.fullmatch(place) or _PLACE.fullmatch(place)
    if found is None:
        raise click.BadParameter("give it as admin@10.0.0.7", param_hint="[USER@]HOST")
    asked = ("pid", "pgrep", "system", "seconds", "frequency", "event", "sudo")
    body = {**_target(found, options), "filename": name, "callGraph": call_graph}
    _run(body | {field: options[field] for field in asked}, options, "capture")


def _target(found: re.Match[str], options: Mapping[str, Any]) -> Body:
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


def _run(body: Body, options: Mapping[str, Any], kind: str) -> None:
    """Do one job, and end with its exit code."""
    from flamescope_py.service import Service

    try:
        settings = load_settings(options["profile_dir"], options["config"])
        if not settings.profile_dir.is_dir():
            raise ConfigError(
                f"The profile directory {settings.profile_dir} is not there: make it, or use --dir."
            )
        service = Service(settings)
        try:
            name = _brought(service.imports, kind, body)
            type_name = service.listed(name).file.type
        finally:
            service.close()
    except FlameScopeError as error:
        _fail(str(error), ASKED_WRONGLY)
    click.echo(name)
    if options["open_it"]:
        _open(settings, f"#/heatmap/{type_name}/{quote(name, safe='')}")


def _brought(imports: Importer, kind: str, body: Body) -> str:
    """Run the job, again with each host key that the user accepts; gives the name of the profile."""
    from flamescope_py.commands.progress import followed

    while True:
        job = _started(imports, kind, body)
        try:
            job = followed(imports.jobs, job)
        except KeyboardInterrupt:
            imports.jobs.cancel(job.id)
            imports.jobs.wait(job.id, lambda view: view.over, _TIDY_SECONDS)
            _fail("Interrupted.", INTERRUPTED)
        for warning in job.warnings:
            click.echo(f"Warning: {warning}", err=True)
        if job.filename is not None:
            return job.filename
        key = job.details.get("hostKey")
        if not isinstance(key, dict):
            _fail(_in_full(job), FAILED)
        if not sys.stdin.isatty():
            _fail(f"{job.error} To accept it: --host-key {key['fingerprint']}", UNKNOWN_KEY)
        click.echo(job.error, err=True)
        if not click.confirm("Accept it, remember it and go on?", err=True):
            _fail("The host key was not accepted.", UNKNOWN_KEY)
        body = {**body, "hostKey": key["fingerprint"]}


def _started(imports: Importer, kind: str, body: Body) -> JobView:
    if kind == "capture":
        return imports.capture(imports.read_capture(body), _CLIENT)
    return imports.fetch(imports.read_fetch(body), _CLIENT)


def _in_full(job: JobView) -> str:
    """Write a job's error, with all processes that a pattern has matched."""
    found = job.details.get("processes")
    lines = [f"  {one['pid']:>7} {one['command']}" for one in found] if isinstance(found, list) else []
    return "\n".join([job.error or "Cancelled.", *lines])


def _open(settings: Settings, place: str) -> None:
    """Show a profile: by the server that runs already, or by one that runs until it is interrupted."""
    try:
        run_server(settings, place)
    except ConfigError:
        # The port is taken, so most likely by a server that shows the same directory.
        host = f"[{settings.host}]" if ":" in settings.host else settings.host
        webbrowser.open(f"http://{host}:{settings.port}/{place}")


def _fail(sentence: str, code: int) -> NoReturn:
    click.echo(f"Error: {sentence}", err=True)
    raise SystemExit(code)
