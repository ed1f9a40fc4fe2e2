"""`flamescope-py import`: fetches a profile over SSH."""

from __future__ import annotations

import re
from typing import Any

import click

from flamescope_py.commands.remote import URL, remote_options, run_job, target_of

# admin@10.0.0.7:/tmp/perf.out  beacon:perf.out  admin@[::1]:x
_SCP = re.compile(
    r"(?:(?P<user>[^@/\s]+)@)?(?:\[(?P<v6>[^\]]+)\]|(?P<host>[^:/@\s]+)):(?P<path>.+)", re.DOTALL
)


@click.command("import")
@click.argument("source", metavar="[USER@]HOST:PATH")
@click.argument("name", required=False)
@click.option("--force", is_flag=True, help="Take a file that looks like no profile, too.")
@remote_options
def fetch(source: str, name: str | None, force: bool, **options: Any) -> None:
    """Fetch a profile over SSH; perf.data is turned into text on the host."""
    found = URL.fullmatch(source) or _SCP.fullmatch(source)
    if found is None or not found["path"]:
        raise click.BadParameter("give it as admin@10.0.0.7:/tmp/perf.out", param_hint="[USER@]HOST:PATH")
    body = {**target_of(found, options), "path": found["path"], "filename": name, "force": force}
    run_job(body, options, "fetch")
