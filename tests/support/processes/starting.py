"""Starts the program, where it makes no difference by a fork of a process that has imported it (zygote.py).

Only the processes of pytest do so, and only where the interpreter itself would start alike.
"""

from __future__ import annotations

import json
import os
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from time import monotonic
from typing import IO, Protocol

ROOT = Path(__file__).resolve().parents[3]
PROGRAM = [sys.executable, "-m", "flamescope_py"]
# Others may decide about the interpreter itself, about a library, or about places that are known at import.
OURS = ("FLAMESCOPE_", "XDG_CONFIG_HOME", "PYTEST_", "SSH_AUTH_SOCK")


class Started(Protocol):
    """What tests use of a process, as of `subprocess.Popen`."""

    pid: int
    stdout: IO[str] | None

    def poll(self) -> int | None:
        """Return the exit code, or None while the process runs."""

    def wait(self, timeout: float | None = None) -> int:
        """Wait for the end, and return the exit code. Raises TimeoutExpired."""

    def communicate(self, *, timeout: float | None = None) -> tuple[str, str | None]:
        """Return what was written until the end. Raises TimeoutExpired."""

    def send_signal(self, sig: int) -> None:
        """Send a signal, unless the process has ended."""

    def terminate(self) -> None:
        """Send SIGTERM."""

    def kill(self) -> None:
        """Send SIGKILL."""


class Forked:
    """A fork of the zygote."""

    def __init__(self, arguments: Sequence[str], stdout: int, report: int) -> None:
        self._arguments = arguments
        self._report = os.fdopen(report, "rb", buffering=0)
        self._code: int | None = None
        self.pid = int(self._line())
        self.stdout: IO[str] | None = os.fdopen(stdout)

    def _line(self) -> bytes:
        line = self._report.readline()
        assert line.endswith(b"\n"), "the zygote or the parent of its fork has ended"
        return line

    def poll(self) -> int | None:
        """Return the exit code, or None while the process runs."""
        if self._code is None and select.select([self._report], [], [], 0)[0]:
            self._code = int(self._line())
            self._report.close()
        return self._code

    def wait(self, timeout: float | None = None) -> int:
        """Wait for the end, and return the exit code. Raises TimeoutExpired."""
        if self._code is None:
            self._await(self._report.fileno(), timeout)
        code = self.poll()
        assert code is not None
        return code

    def communicate(self, *, timeout: float | None = None) -> tuple[str, None]:
        """Return what was written until the end. Raises TimeoutExpired."""
        assert self.stdout is not None
        deadline, written = None if timeout is None else monotonic() + timeout, b""
        while True:
            self._await(self.stdout.fileno(), None if deadline is None else deadline - monotonic())
            part = os.read(self.stdout.fileno(), 1 << 16)
            written += part
            if not part:
                break
        self.stdout.close()
        self.wait(None if deadline is None else deadline - monotonic())
        return written.decode(), None

    def _await(self, file: int, seconds: float | None) -> None:
        if not select.select([file], [], [], None if seconds is None else max(0, seconds))[0]:
            raise subprocess.TimeoutExpired(list(self._arguments), seconds or 0)

    def send_signal(self, sig: int) -> None:
        """Send a signal, unless the process has ended."""
        if self.poll() is None:
            os.kill(self.pid, sig)

    def terminate(self) -> None:
        """Send SIGTERM."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """Send SIGKILL."""
        self.send_signal(signal.SIGKILL)


class _Zygote:
    """The process that forks, started when it is first needed."""

    def __init__(self) -> None:
        self._variables: dict[str, str] = {}
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None

    def is_like(self, variables: Mapping[str, str]) -> bool:
        """Return True if an interpreter starts with these variables as the zygote did."""
        return _others(variables) == _others(self._variables or os.environ)

    def start(self, arguments: Sequence[str], variables: Mapping[str, str], stderr: int) -> Forked:
        """Fork, with a pipe as standard output."""
        asked = {"arguments": list(arguments), "variables": dict(variables)}
        (stdout, theirs), (report, reporting) = os.pipe(), os.pipe()
        try:
            socket.send_fds(self._ready(), [json.dumps(asked).encode()], [theirs, stderr, reporting])
        finally:
            os.close(theirs)
            os.close(reporting)
        return Forked(arguments, stdout, report)

    def _ready(self) -> socket.socket:
        if self._control is None:
            self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            self._variables = dict(os.environ)
            with theirs:
                command = [sys.executable, "-m", "tests.support.processes.zygote", str(theirs.fileno())]
                self._process = subprocess.Popen(command, cwd=ROOT, pass_fds=[theirs.fileno()])
        return self._control

    def close(self) -> None:
        """End it; its forks go on."""
        if self._process is not None and self._control is not None:
            self._control.close()
            self._process.wait()


_zygote: _Zygote | None = None


@contextmanager
def forking() -> Iterator[None]:
    """Start programs by forks from now on."""
    global _zygote  # noqa: PLW0603
    _zygote = _Zygote()
    try:
        yield
    finally:
        ended, _zygote = _zygote, None
        if ended is not None:
            ended.close()


def start(
    arguments: Sequence[str],
    variables: Mapping[str, str],
    stderr: int,
    *,
    under: Sequence[str] = (),
    fresh: bool = False,
) -> Started:
    """Start `flamescope-py` with arguments; `fresh` by an interpreter of its own, as under a command."""
    if _zygote is not None and not under and not fresh and _zygote.is_like(variables):
        return _zygote.start(arguments, variables, stderr)
    command = [*under, *PROGRAM, *arguments]
    return subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=stderr, text=True, cwd=ROOT, env=variables
    )


def _others(variables: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in variables.items() if not name.startswith(OURS)}
