"""Reads perf.data, what `perf record` writes, by running this machine's `perf script` over it.

Its layout is perf's own affair and changes with every version, so that only perf reads it well; what perf
prints goes straight into the parser of perf script text. This is the one reader that needs a file and a
process: the registry's row names `read_file` beside `read`, and `source` calls it with the file itself where
there is one that is not compressed. `read` puts anything else into a temporary file first.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import tempfile
import threading
from collections.abc import Iterable
from contextlib import suppress
from types import TracebackType
from typing import IO, BinaryIO

from flamescope_py.errors import BrokenProfileError
from flamescope_py.model import Profile
from flamescope_py.readers import perf
from flamescope_py.readers.perf_script import PerfScriptParser

# Written by this byte order and by the other one; perf reads both.
MAGICS = (b"PERFILE2", b"2ELIFREP")
COMMAND = "perf script -f -i perf.data > perf.out"

MAX_SECONDS = 1_800.0
CHUNK = 1 << 18
MAX_STDERR = 64 << 10
MAX_MESSAGES = 20
MAX_MESSAGE = 300


def recognises(head: bytes) -> bool:
    """Say whether a head is perf.data."""
    return head.startswith(MAGICS)


def read(chunks: Iterable[bytes]) -> Profile:
    """Read perf.data from its bytes, by way of a temporary file. Raises as `read_file` does."""
    with tempfile.TemporaryFile() as file:
        file.writelines(chunks)
        file.flush()
        return read_file(file)


def read_file(file: BinaryIO) -> Profile:
    """Read perf.data from a file of the system.

    Raises BrokenProfileError, always with the command to run by hand, when there is no perf, when perf
    cannot read the file or takes longer than `MAX_SECONDS`, and when it finds no sample.
    """
    program = shutil.which("perf")
    if program is None:
        raise BrokenProfileError(
            f"Reading perf.data takes perf, which this server does not have: run `{COMMAND}` where the file "
            "was recorded, and open perf.out."
        )
    parser = PerfScriptParser()
    with _PerfScript(program, file, MAX_SECONDS) as running:
        while chunk := running.output.read(CHUNK):
            parser.feed(chunk)
    builder = parser.finish()
    if running.late:
        raise BrokenProfileError(
            f"perf script took longer than {MAX_SECONDS:g} s: run `{COMMAND}` and open perf.out."
        )
    if not builder.report.samples:
        said = next(iter(running.messages), "it says nothing")
        raise BrokenProfileError(
            f"perf script finds no sample in this perf.data ({said}): run `{COMMAND}` where it was recorded, "
            "and open perf.out."
        )
    if running.status:
        builder.report.messages.append(f"perf script stopped with status {running.status}.")
    builder.report.messages.extend(running.messages)
    return perf.finish(builder)


class _PerfScript:
    """A running `perf script`: `output` while inside, `status`, `messages` and `late` (stopped for taking
    too long) behind it. It never outlives the `with`."""

    def __init__(self, program: str, file: BinaryIO, seconds: float) -> None:
        number = file.fileno()
        self._path = f"/proc/self/fd/{number}"  # never the name, which could look like an option
        self._process = subprocess.Popen(
            [program, "script", "-f", "-i", self._path],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            pass_fds=(number,),
            start_new_session=True,
            cwd="/",
            # Reading a file must not ask the network for symbols.
            env={**os.environ, "LC_ALL": "C", "DEBUGINFOD_URLS": ""},
        )
        self.late = False
        self.status = 0
        self.messages: list[str] = []
        self._said = b""
        self._timer = threading.Timer(seconds, self._stop_late)
        self._timer.daemon = True
        self._listener = threading.Thread(target=self._listen, daemon=True)

    @property
    def output(self) -> IO[bytes]:
        """What perf prints."""
        assert self._process.stdout is not None  # noqa: S101  it was asked for
        return self._process.stdout

    def __enter__(self) -> _PerfScript:
        self._timer.start()
        self._listener.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is not None:
            self._stop()
        self.output.close()
        self.status = self._process.wait()
        self._timer.cancel()
        self._listener.join()
        self.messages = self._told()

    def _stop_late(self) -> None:
        self.late = True
        self._stop()

    def _stop(self) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)

    def _listen(self) -> None:
        """Read all that perf says on its standard error, keeping the beginning."""
        assert self._process.stderr is not None  # noqa: S101  it was asked for
        with self._process.stderr as stream:
            while chunk := stream.read1(CHUNK):  # type: ignore[attr-defined]  # buffered
                self._said += chunk[: MAX_STDERR - len(self._said)]

    def _told(self) -> list[str]:
        """Give the first lines that perf said, without paths of this machine."""
        text = self._said.decode("utf-8", "replace").replace(self._path, "perf.data")
        lines = [re.sub(r"(?<!\S)/\S*/", "", line).strip() for line in text.splitlines()]
        return [line[:MAX_MESSAGE] for line in lines if line][:MAX_MESSAGES]
