"""Record with perf on a machine and bring the text, as users do by hand with perf and scp.

The script records into a fresh private directory and streams the output of perf script. It ends, kills perf
and removes its directory on a signal, at the end of its input (a lost connection) and after any error.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence

from flamescope_py.errors import RemoteError
from flamescope_py.incoming import receiving
from flamescope_py.incoming.arriving import ArrivingFile
from flamescope_py.incoming.landing import Landing
from flamescope_py.incoming.receiving import Unpacker
from flamescope_py.jobs.job import Progress
from flamescope_py.recording import failures, perf
from flamescope_py.recording.live import LiveText
from flamescope_py.recording.maps import warning_of
from flamescope_py.recording.processes import find
from flamescope_py.recording.requests import Recording
from flamescope_py.recording.scripts import RECORD
from flamescope_py.recording.shell import Shell

# perf may need this long to stop, and perf script to read symbols before its first word.
_PATIENCE = 900
_FAILURES = frozenset({"failed record", "failed script"})
# That of the script's own traps, and of a shell that a signal ended.
_SIGNALLED = frozenset({143, None})
FINISH = "finish"
# That of a machine with a thousand CPUs is smaller.
_MOST_HEADER = 1 << 20
_WARNINGS = {
    "ended": "The process ended before the recording did.",
    "killed": "perf was killed before the recording ended. What it had recorded is kept.",
    "full": "The disk of the temporary directory was full: the end of the recording is missing.",
    "blind": "The program that reads the recording has ended, so the picture stands still. Nothing is lost.",
    "behind": "Reading is slower than recording, so the live picture is late. Nothing is lost.",
}


async def record(shell: Shell, request: Recording, landing: Landing, progress: Progress) -> None:
    """Record as a request asks. Raises FlameScopeError."""
    if request.cpu_prof:
        # The WebSocket's library is imported where it is needed.
        from flamescope_py.recording import cpu_profile

        await cpu_profile.record(shell, request, landing, progress)
        return
    tools = await shell.tools("perf", "gzip")
    if "perf" not in tools and not request.sudo:
        raise RemoteError(failures.no_perf(shell))
    process = None if request.system else await find(shell, request)
    warning = process and warning_of(process.runtime, process.map_state, process.pid)
    if warning:
        progress.warn(warning)
    packed, live = "gzip" in tools, request.live and landing.shows
    arguments = perf.arguments(request, process and process.pid, packed, live)
    with landing.receive() as shown:
        text = LiveText(shown, request.wish, progress) if live else None
        work = _Work(shell, request, progress, text)
        try:
            with landing.receive() as arriving:
                in_turns = await work.run(arguments, arriving, Unpacker(packed))
                whole = shown if in_turns else arriving
                if not has_samples(whole):
                    raise RemoteError(failures.NO_SAMPLES)
                await receiving.land(whole, request.wish, progress, shown)
        except RemoteError as error:
            if text is None or not text.shown:
                raise
            # What came until then is worth more than nothing.
            progress.warn(f"{error} What came before is kept.")
            progress.landed(text.cut(str(error)))
        except BaseException:
            shown.hide()
            raise
        finally:
            if text is not None:
                text.close()
            progress.live(None)


class _Work:
    """One run of the recording script."""

    def __init__(self, shell: Shell, request: Recording, progress: Progress, live: LiveText | None) -> None:
        self._shell = shell
        self._request = request
        self._progress = progress
        self._live = live

    async def run(self, arguments: Sequence[str], arriving: ArrivingFile, unpacker: Unpacker) -> bool:
        """Fill `arriving` with the whole text, and the live text meanwhile.

        Returns True where the machine recorded in turns: then the live text has the whole. Raises
        FlameScopeError.
        """
        # A ring is ended by hand.
        notes = Notes(self._progress, None if self._request.ring else self._request.seconds)
        started = self._shell.started(RECORD, *arguments, on_note=notes.take, tidies=True)
        async with started as running:
            with self._progress.finishing(lambda: running.send(FINISH)):
                chunks = running.output(self._request.seconds + _PATIENCE)
                if self._live is not None:
                    rest = await self._live.take(chunks, running.mark.encode())
                    chunks = _joined(rest, chunks)
                await receiving.fill(arriving, chunks, unpacker, self._progress)
                status = await running.status()
            if status != 0 or not notes.complete:
                signalled = not notes.failed and status in _SIGNALLED
                words = failures.SIGNALLED if signalled else running.words
                raise RemoteError(failures.why(self._shell, notes.failed, words))
        if not notes.in_turns:
            unpacker.end()
        return notes.in_turns


def has_samples(arriving: ArrivingFile) -> bool:
    """Return False for a text of perf script that is empty or a header alone."""
    head = arriving.head(_MOST_HEADER)
    lines = head.split(b"\n")
    return arriving.size > len(head) or any(line.strip() and not line.startswith(b"#") for line in lines)


async def _joined(first: bytes, rest: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    if first:
        yield first
    async for chunk in rest:
        yield chunk


class Notes:
    """The notes of the recording script: its steps, and the one that failed."""

    def __init__(self, progress: Progress, seconds: int | None) -> None:
        self._progress = progress
        self._seconds = seconds
        self.failed = ""
        self.complete = False
        self.in_turns = False

    def take(self, note: str) -> None:
        """Process one note. Unknown notes are ignored."""
        if note == "recording":
            self._progress.step("recording", self._seconds)
        elif note == "reading":
            self._progress.step("reading")
        elif note == "turns":
            self.in_turns = True
        elif note in _WARNINGS:
            self._progress.warn(_WARNINGS[note])
        elif note == "complete":
            self.complete = True
        elif note in _FAILURES:
            self.failed = note.removeprefix("failed ")
