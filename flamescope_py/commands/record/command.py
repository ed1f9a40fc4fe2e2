"""`flamescope-py record`: records with perf on this machine, and shows the result.

Exit codes: that of COMMAND, 1 where the recording failed, 2 wrong usage, 130 interrupted twice.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import click

from flamescope_py.commands.output import ending
from flamescope_py.commands.record import node_profile
from flamescope_py.commands.record.recorder import Recorder
from flamescope_py.errors import ParameterError
from flamescope_py.settings import Settings
from flamescope_py.settings.command import load_settings
from flamescope_py.settings.table import DEFAULT

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
        code = Recorder(settings, command, options).run()
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
