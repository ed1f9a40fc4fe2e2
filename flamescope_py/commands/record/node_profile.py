"""`flamescope-py record --cpu-prof -- node …`: V8 samples the program itself, where perf cannot be had."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from flamescope_py.commands.output import FAILED
from flamescope_py.commands.record.started import is_node
from flamescope_py.errors import ParameterError
from flamescope_py.settings import Settings

if TYPE_CHECKING:
    from flamescope_py.service import Landing, Wish

TYPE = "cpuprofile"
MOST_THREADS = 64
_HOOK = Path(__file__).with_name("sampling.cjs")
_CHUNK_BYTES = 1 << 20


def is_wanted(command: Sequence[str], options: Mapping[str, Any]) -> bool:
    """Return True if a Node program is to sample itself: if asked, or without perf. Raises ParameterError."""
    others = [name for name in ("event", "sudo", "ring") if options[name]]
    if not options["cpu_prof"]:
        if not command or others or shutil.which("perf") or not is_node(command[0]):
            return False
        click.echo("There is no perf here, so Node samples itself, as with --cpu-prof.", err=True)
        return True
    if not command:
        # A process that runs already is asked through its inspector.
        return False
    if others:
        raise ParameterError(f"--cpu-prof and --{others[0]} exclude each other: that is an option of perf.")
    return True


def record(settings: Settings, command: Sequence[str], options: Mapping[str, Any]) -> int:
    """Run a Node program that samples itself, save its profiles and show the first. Return its exit code."""
    from flamescope_py.commands.serve import listening
    from flamescope_py.service import Service, Wish

    run = NodeProfile(command, options["frequency"], options["seconds"])
    service = Service(settings)
    try:
        imports = service.imports
        name = options["name"] or imports.recording_name().replace(".perf", f".{TYPE}")
        code, names = run.run(imports.landing, Wish(name))
    finally:
        service.close()
    for name in names:
        click.echo(f"{settings.profile_dir}/{name}")
    if not names:
        click.echo("Error: Node wrote no profile: a signal that it cannot catch ended it.", err=True)
        return code or FAILED
    if not options["save_only"]:
        with listening(settings) as served:
            served.show(names[0], TYPE, not options["no_open"])
            served.run(lambda: False)
    return code


class NodeProfile:
    """One run of a Node program, and the profiles of its threads."""

    def __init__(self, command: Sequence[str], frequency: int, seconds: int | None) -> None:
        """`seconds` ends the sampling, not the program. Raises ParameterError unless it is Node."""
        if not is_node(command[0]):
            raise ParameterError(f"--cpu-prof is for Node, and {command[0]!r} is another program.")
        self._command = command
        self._variables = {"NODE_SAMPLING_MICROSECONDS": str(max(1, round(1e6 / frequency)))}
        if seconds is not None:
            self._variables["NODE_SAMPLING_SECONDS"] = str(seconds)
        self._pid = 0

    def run(self, landing: Landing, wish: Wish) -> tuple[int, list[str]]:
        """Run the program to its end and land its profiles, that of its main thread first.

        Returns the exit code as a shell has it, and the names. Raises as landing does.
        """
        from flamescope_py.service import of_thread

        with tempfile.TemporaryDirectory(prefix="flamescope.") as place:
            code = self._wait(Path(place))
            found = sorted(Path(place).glob("*.cpuprofile"), key=self._order)
            names = [
                land(landing, path, wish._replace(name=of_thread(wish.name, number)))
                for number, path in enumerate(found[:MOST_THREADS])
            ]
        return code, names

    def _wait(self, place: Path) -> int:
        environment = {**os.environ, **self._variables, "NODE_SAMPLING_FOLDER": str(place)}
        first, *rest = self._command
        with subprocess.Popen([first, "--require", str(_HOOK), *rest], env=environment) as process:
            self._pid = process.pid
            previous = signal.signal(signal.SIGINT, lambda number, frame: _pass_on(process))
            try:
                code = process.wait()
            finally:
                signal.signal(signal.SIGINT, previous)
        return code if code >= 0 else 128 - code

    def _order(self, path: Path) -> tuple[bool, int, int]:
        """Order a file `PID.THREAD.cpuprofile`: first those of the program itself."""
        pid, thread, _ = path.name.split(".")
        return int(pid) != self._pid, int(pid), int(thread)


def land(landing: Landing, path: Path, wish: Wish) -> str:
    """Copy a file into the profile directory and return its name. Raises as landing does."""
    with path.open("rb") as file, landing.receive() as arriving:
        while chunk := file.read(_CHUNK_BYTES):
            arriving.write(chunk)
        return arriving.land(wish)


def _pass_on(process: subprocess.Popen[bytes]) -> None:
    """Pass on an interrupt; a terminal sends it to the program, too."""
    if not sys.stdin.isatty():
        process.send_signal(signal.SIGINT)
