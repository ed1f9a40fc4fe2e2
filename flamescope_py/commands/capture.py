"""`flamescope-py capture`: records with perf on a host, over SSH."""

from __future__ import annotations

import re
from typing import Any

import click

from flamescope_py.commands.remote import URL, remote_options, run_job, target_of

# admin@10.0.0.7  beacon  admin@[::1]
_PLACE = re.compile(r"(?:(?P<user>[^@/\s]+)@)?(?:\[(?P<v6>[^\]]+)\]|(?P<host>[^/@\s]+))")
_RECORDING = ("pid", "pgrep", "system", "seconds", "frequency", "event", "sudo")


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
@click.option(
    "--cpu-prof", is_flag=True, help="Let a Node process sample itself, through its inspector, without perf."
)
@remote_options
def capture(place: str, name: str | None, call_graph: str, **options: Any) -> None:
    """Record with perf on a host, over SSH, and bring the result."""
    found = URL.fullmatch(place) or _PLACE.fullmatch(place)
    if found is None:
        raise click.BadParameter("give it as admin@10.0.0.7", param_hint="[USER@]HOST")
    body = {**target_of(found, options), "filename": name, "cpuProf": options["cpu_prof"]}
    body["callGraph"] = None if options["cpu_prof"] else call_graph
    run_job(body | {name: options[name] for name in _RECORDING}, options, "capture")
