"""A program that `record -- COMMAND` starts: it waits until perf records, and has the user's terminal."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from flamescope_py.errors import ParameterError
from flamescope_py.service import NODE_OPTIONS, runtime_of

# Stops itself, so that perf finds the process before its first instruction, and becomes the program.
_WAITING = 'kill -STOP $$; exec "$@"'
_NODE_OPTIONS = "NODE_OPTIONS"
# With --perf-basic-prof V8 also writes a log to the working directory. These make it a temporary file without
# a name. NODE_OPTIONS may not hold them, but a Node that a Node forks gets them, too.
_NO_LOG = ("--no-logfile-per-isolate", "--logfile=+")
# Options whose log the user wants.
_LOGS = ("--prof", "--log", "--ll-prof", "--no-log")


def is_node(program: str) -> bool:
    """Return True if a program is Node. Raises ParameterError if there is no such program."""
    place = shutil.which(program)
    if place is None:
        raise ParameterError(f"There is no program {program!r} here: check its name and PATH.")
    # node may be a link to another name, and a link to node may be one, too.
    names = (Path(place).name, Path(place).resolve().name)
    return any(runtime_of(name) == "node" for name in names)


class Started:
    """A program that waits for `go`. `added` are the options that Node gets through NODE_OPTIONS."""

    def __init__(self, command: Sequence[str]) -> None:
        """Start it, waiting. Raises ParameterError if there is no such program."""
        self.command = command
        self.is_node = is_node(command[0])
        present = os.environ.get(_NODE_OPTIONS, "").split()
        self.added = [one for one in NODE_OPTIONS if self.is_node and one not in present]
        environment = {**os.environ, _NODE_OPTIONS: " ".join([*present, *self.added])}
        logs = any(one.startswith(_LOGS) for one in command[1:])
        quiet = _NO_LOG if self.added and not logs else ()
        self._process = subprocess.Popen(
            ["/bin/sh", "-c", _WAITING, "sh", command[0], *quiet, *command[1:]],
            env=environment if self.added else None,
        )
        # Else perf could find it in its first steps.
        os.waitpid(self.pid, os.WUNTRACED)

    @property
    def pid(self) -> int:
        """The process, before and after it becomes the program."""
        return self._process.pid

    def go(self) -> None:
        """Let it run."""
        with suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGCONT)

    def drop(self) -> None:
        """End it before it has run."""
        self._process.kill()
        self._process.wait()

    def wait(self) -> int:
        """Wait for its end, and return its exit code as a shell does: 128 and the number of a signal."""
        code = self._process.wait()
        return code if code >= 0 else 128 - code
