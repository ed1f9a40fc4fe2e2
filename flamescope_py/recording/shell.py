"""Run small POSIX sh scripts on a machine: this one, or a host.

A script travels over standard input, with its arguments quoted in front of it. So the shell interprets one
fixed line only, no process list shows the arguments (pgrep -f would find its own pattern), and the end of the
input shows a script that the connection or the server is gone.
"""

from __future__ import annotations

import asyncio
import secrets
import shlex
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager, suppress
from typing import Protocol

from flamescope_py.errors import RemoteError
from flamescope_py.jobs.waiting import to_the_end, within
from flamescope_py.recording.foreign import BEGUN, Bytes, ErrorStream, OnNote

# dd reads exactly the bytes of the script, and leaves the rest of the input alone.
_COMMAND = "exec sh -c 'eval \"$(dd bs=1 count={count} 2>/dev/null)\"'"
_CHUNK_BYTES = 256 << 10
_MOST_OUTPUT = 1 << 20
_PROBE_SECONDS = 30
_TIDY_SECONDS = 10
# Longer silence than this, while data is expected, counts as a lost connection.
IDLE_SECONDS = 120
LOST = "The connection to the host was lost: try again."

# `note` sends a note on standard error. The mark is random, so that no program can imitate one.
_PRELUDE = """mark={mark}
note() {{ printf '%s %s\\n' "$mark" "$1" >&2; }}
echo >&2
note {begun}
set -- {arguments}
"""
_PROBE = 'for tool; do command -v "$tool" >/dev/null 2>&1 && echo "$tool"; done; exit 0'


class Channel(Protocol):
    """A running program and its three streams. Every method raises RemoteError if the machine is lost."""

    def write(self, data: bytes) -> None:
        """Send bytes to its standard input."""

    def write_eof(self) -> None:
        """End its standard input."""

    async def read_output(self, most: int) -> bytes:
        """Return the next bytes of its standard output, empty at the end."""

    async def read_errors(self, most: int) -> bytes:
        """Return the next bytes of its standard error, empty at the end."""

    async def status(self) -> int | None:
        """Wait for its end and return its exit status; None if a signal ended it."""

    def close(self) -> None:
        """Let go of it, and end it if possible."""

    async def wait_closed(self) -> None:
        """Wait until this side has let go of it, after `close`."""


class Connection(Protocol):
    """A connection to a port of the machine. Every method raises RemoteError if the machine is lost."""

    async def read(self, most: int) -> bytes:
        """Return the next bytes, empty at the end."""

    def write(self, data: bytes) -> None:
        """Send bytes."""

    async def close(self) -> None:
        """End it."""


class Shell(ABC):
    """A machine that runs scripts. `machine` and `there` name it in sentences."""

    machine: str
    there: str

    @abstractmethod
    async def channel(self, command: str) -> Channel:
        """Start a command line of sh. Raises RemoteError."""

    @abstractmethod
    async def connect(self, host: str, port: int) -> Connection:
        """Connect to an address that the machine has itself. Raises RemoteError."""

    async def tools(self, *names: str) -> Collection[str]:
        """Return which of these commands the machine has; none where an account may not run any."""
        try:
            status, output, _ = await within(_PROBE_SECONDS, self.run(_PROBE, *names))
        except (RemoteError, asyncio.TimeoutError):
            return frozenset()
        return set(output.decode("utf-8", "replace").split()) & set(names) if status == 0 else frozenset()

    async def run(self, script: str, *arguments: str) -> tuple[int | None, bytes, str]:
        """Run a short script to its end; returns its status, its output and its words."""
        problem = f"{self.machine.capitalize()} answers with more than is expected: ask more precisely."
        async with self.started(script, *arguments) as running:
            output, count = bytearray(), Bytes(_MOST_OUTPUT, problem)
            async for chunk in running.output():
                count.add(chunk)
                output += chunk
            return await running.status(), bytes(output), running.words

    @asynccontextmanager
    async def started(
        self, script: str, *arguments: str, on_note: OnNote | None = None, tidies: bool = False
    ) -> AsyncIterator[Running]:
        """Start a script; when the context is left, it is over.

        A script that `tidies` up when its input ends is given time to do so, also after an error.
        """
        mark = secrets.token_hex(8)
        text = _PRELUDE.format(mark=mark, begun=BEGUN, arguments=shlex.join(arguments)) + script
        data = text.encode("utf-8", "surrogateescape")
        channel = await within(IDLE_SECONDS, self._opened(_COMMAND.format(count=len(data))))
        running = Running(channel, mark, on_note or (lambda note: None))
        try:
            channel.write(data)
            yield running
        finally:
            await to_the_end(running.close(_TIDY_SECONDS if tidies else 0))

    async def _opened(self, command: str) -> Channel:
        return await self.channel(command)


class Running:
    """A script that runs."""

    def __init__(self, channel: Channel, mark: str, on_note: OnNote) -> None:
        """Read its standard error from the start, so that it never waits for that."""
        self._channel = channel
        self.mark = mark
        self._errors = ErrorStream(mark, on_note)
        self._trouble: RemoteError | None = None
        self._listener = asyncio.ensure_future(self._listen())
        self._over = False

    @property
    def words(self) -> str:
        """Its standard error as one short line."""
        return self._errors.words

    def send(self, line: str) -> None:
        """Send one line to its standard input. Raises RemoteError."""
        self._channel.write(line.encode() + b"\n")

    async def output(self, patience: float = IDLE_SECONDS) -> AsyncIterator[bytes]:
        """Yield its output as it comes. Raises RemoteError when nothing comes for `patience` seconds."""
        while True:
            try:
                chunk = await within(patience, self._channel.read_output(_CHUNK_BYTES))
            except asyncio.TimeoutError as error:
                raise RemoteError(LOST) from error
            self._raise_trouble()
            if not chunk:
                return
            yield chunk

    async def status(self) -> int | None:
        """Wait for its end and return its exit status; None if a signal ended it. Raises RemoteError."""
        try:
            found = await within(IDLE_SECONDS, self._channel.status())
        except asyncio.TimeoutError as error:
            raise RemoteError(LOST) from error
        self._over = True
        await self._listener
        self._raise_trouble()
        return found

    async def close(self, patience: float) -> None:
        """End its input, wait at most `patience` seconds for its end, and let go of it."""
        with suppress(RemoteError, asyncio.TimeoutError):
            if patience and not self._over:
                self._channel.write_eof()
                await within(patience, self._drained())
        self._channel.close()
        self._listener.cancel()
        await asyncio.wait([self._listener])
        with suppress(asyncio.TimeoutError):
            await within(_TIDY_SECONDS, self._channel.wait_closed())

    def _raise_trouble(self) -> None:
        if self._trouble is not None:
            raise self._trouble

    async def _drained(self) -> None:
        while await self._channel.read_output(_CHUNK_BYTES):
            pass
        await self._channel.status()

    async def _listen(self) -> None:
        """Read standard error to its end, or to the end of our patience, which ends the script."""
        try:
            while chunk := await self._errors_chunk():
                self._errors.feed(chunk)
            self._errors.end()
        except RemoteError as error:
            self._trouble = error
            self._channel.close()

    async def _errors_chunk(self) -> bytes:
        """Return the next bytes of standard error. A lost machine ends it; the other streams tell that."""
        try:
            return await self._channel.read_errors(_CHUNK_BYTES)
        except RemoteError:
            return b""
