"""Record with perf on a machine and bring the text, as users do by hand with perf and scp.

The script records into a fresh private directory and streams the output of perf script. It ends, kills perf
and removes its directory on a signal, at the end of its input (a lost connection) and after any error.
"""

from __future__ import annotations

from flamescope_py.errors import RemoteError
from flamescope_py.incoming import receiving
from flamescope_py.incoming.landing import Landing
from flamescope_py.incoming.receiving import Unpacker
from flamescope_py.jobs.job import Progress
from flamescope_py.recording import failures, perf
from flamescope_py.recording.maps import warning_of
from flamescope_py.recording.processes import find
from flamescope_py.recording.requests import Recording
from flamescope_py.recording.scripts import RECORD
from flamescope_py.recording.shell import Running, Shell

# perf may need this long to stop, and perf script to read symbols before its first word.
_PATIENCE = 900
_FAILURES = frozenset({"failed record", "failed script"})
FINISH = "finish"
_ENDED = "The process ended before the recording did."


async def record(shell: Shell, request: Recording, landing: Landing, progress: Progress) -> None:
    """Record as a request asks. Raises FlameScopeError."""
    tools = await shell.tools("perf", "gzip")
    if "perf" not in tools and not request.sudo:
        raise RemoteError(failures.no_perf(shell))
    process = None if request.system else await find(shell, request)
    warning = process and warning_of(process.runtime, process.map_state, process.pid)
    if warning:
        progress.warn(warning)
    with landing.receive() as arriving:
        unpacker = Unpacker(packed="gzip" in tools)
        notes = Notes(progress, request.seconds)
        arguments = perf.arguments(request, process and process.pid, packed="gzip" in tools)
        async with shell.started(RECORD, *arguments, on_note=notes.take, tidies=True) as running:
            with progress.finishing(lambda: _finish(running)):
                chunks = running.output(request.seconds + _PATIENCE)
                await receiving.fill(arriving, chunks, unpacker, progress)
                status = await running.status()
            if status != 0 or not notes.complete:
                raise RemoteError(failures.why(shell, notes.failed, running.words))
        unpacker.end()
        if not arriving.size:
            raise RemoteError(failures.NO_SAMPLES)
        await receiving.land(arriving, request.wish, progress)


def _finish(running: Running) -> None:
    running.send(FINISH)


class Notes:
    """The notes of the recording script: its steps, and the one that failed."""

    def __init__(self, progress: Progress, seconds: int) -> None:
        self._progress = progress
        self._seconds = seconds
        self.failed = ""
        self.complete = False

    def take(self, note: str) -> None:
        """Process one note. Unknown notes are ignored."""
        if note == "recording":
            self._progress.step("recording", self._seconds)
        elif note == "reading":
            self._progress.step("reading")
        elif note == "ended":
            self._progress.warn(_ENDED)
        elif note == "complete":
            self.complete = True
        elif note in _FAILURES:
            self.failed = note.removeprefix("failed ")
