"""The shell of this machine."""

from __future__ import annotations

import asyncio
import os
import signal
from contextlib import suppress
from typing import cast

from flamescope_py.errors import RemoteError
from flamescope_py.jobs.waiting import to_the_end
from flamescope_py.recording.shell import Shell

_GONE = "The program that records was ended from outside: try again."


class Local(Shell):
    """This machine, with the rights of the server's user."""

    machine = "this machine"
    there = "here"

    async def channel(self, command: str) -> LocalChannel:
        """Start a command line in a session of its own, so that Ctrl-C in a terminal does not reach it."""
        started: list[LocalChannel] = []
        try:
            # A start that is cancelled halfway would leave its pipes open.
            await to_the_end(self._start(command, started))
        except OSError as error:
            raise RemoteError(f"No shell can be started here: {error.strerror}.") from error
        except asyncio.CancelledError:
            for channel in started:
                channel.close()
                await to_the_end(channel.wait_closed())
            raise
        return started[0]

    async def connect(self, host: str, port: int) -> LocalConnection:
        """Connect to an address of this machine. Raises RemoteError."""
        try:
            return LocalConnection(*await asyncio.open_connection(host, port))
        except OSError as error:
            raise RemoteError(f"Port {port} here takes no connection: {error.strerror}.") from error

    async def _start(self, command: str, started: list[LocalChannel]) -> None:
        process = await asyncio.create_subprocess_exec(
            "/bin/sh",
            "-c",
            command,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            start_new_session=True,
        )
        started.append(LocalChannel(process))


class LocalConnection:
    """A `recording.shell.Connection` of a socket."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Take both halves."""
        self._reader = reader
        self._writer = writer

    async def read(self, most: int) -> bytes:
        """Return the next bytes; a reset is the end."""
        with suppress(OSError):
            return await self._reader.read(most)
        return b""

    def write(self, data: bytes) -> None:
        """Send bytes."""
        self._writer.write(data)

    async def close(self) -> None:
        """End it."""
        self._writer.close()
        with suppress(OSError):
            await self._writer.wait_closed()


class LocalChannel:
    """A `recording.shell.Channel` of a child process."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        """`process` has pipes as its three streams."""
        self._process = process
        self._input = cast(asyncio.StreamWriter, process.stdin)
        self._output = cast(asyncio.StreamReader, process.stdout)
        self._errors = cast(asyncio.StreamReader, process.stderr)

    def write(self, data: bytes) -> None:
        """Send bytes, unless it is over already: its status tells that."""
        if not self._input.is_closing():
            self._input.write(data)

    def write_eof(self) -> None:
        """End its standard input."""
        self._input.close()

    async def read_output(self, most: int) -> bytes:
        """Return the next bytes of its standard output."""
        return await self._output.read(most)

    async def read_errors(self, most: int) -> bytes:
        """Return the next bytes of its standard error."""
        return await self._errors.read(most)

    async def status(self) -> int | None:
        """Wait for its end. Raises RemoteError if it was killed."""
        found = await self._process.wait()
        if found == -signal.SIGKILL:
            raise RemoteError(_GONE)
        return found if found >= 0 else None

    def close(self) -> None:
        """End its whole session, which has tidied up if it could."""
        self._input.close()
        if self._process.returncode is None:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGTERM)
        # asyncio has no other way to close pipes that were not read to their ends.
        self._process._transport.close()  # type: ignore[attr-defined]

    async def wait_closed(self) -> None:
        """Wait until it is reaped and its pipes are closed."""
        await self._process.wait()
        # Pipes are closed in the next turn of the loop, which may be its last.
        await asyncio.sleep(0)
