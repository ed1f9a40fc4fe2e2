"""The shell of a host, over SSH."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

import asyncssh

from flamescope_py.errors import RemoteError
from flamescope_py.recording.shell import LOST, Shell


class Remote(Shell):
    """One host, over an open connection."""

    machine = "the host"
    there = "there"

    def __init__(self, connection: asyncssh.SSHClientConnection) -> None:
        """`connection` is closed by the caller."""
        self.connection = connection

    async def channel(self, command: str) -> SshChannel:
        """Start a command line in a session of its own. Raises RemoteError."""
        with translated():
            return SshChannel(await self.connection.create_process(command, encoding=None))

    async def connect(self, host: str, port: int) -> SshConnection:
        """Connect from the host to an address of its own. Raises RemoteError."""
        try:
            reader, writer = await self.connection.open_connection(host, port, encoding=None)
        except asyncssh.ChannelOpenError as error:
            raise RemoteError(
                f"The host does not forward a connection to its port {port}: its sshd needs "
                f"AllowTcpForwarding local, and PermitOpen that allows it."
            ) from error
        except (OSError, asyncssh.Error) as error:
            raise RemoteError(LOST) from error
        return SshConnection(reader, writer)


class SshConnection:
    """A `recording.shell.Connection` that the host forwards: no port is opened here."""

    def __init__(self, reader: asyncssh.SSHReader[bytes], writer: asyncssh.SSHWriter[bytes]) -> None:
        """Take both halves."""
        self._reader = reader
        self._writer = writer

    async def read(self, most: int) -> bytes:
        """Return the next bytes, empty at the end. Raises RemoteError."""
        with translated():
            return await self._reader.read(most)

    def write(self, data: bytes) -> None:
        """Send bytes. Raises RemoteError."""
        with translated():
            self._writer.write(data)

    async def close(self) -> None:
        """Close the channel. The host may be gone."""
        self._writer.close()
        await asyncio.sleep(0)


class SshChannel:
    """A `recording.shell.Channel` of asyncssh."""

    def __init__(self, process: asyncssh.SSHClientProcess[bytes]) -> None:
        """`process` has no encoding."""
        self._process = process

    def write(self, data: bytes) -> None:
        """Send bytes, unless it is over already: its status tells that."""
        with translated():
            if not self._process.is_closing():
                self._process.stdin.write(data)

    def write_eof(self) -> None:
        """End its standard input."""
        with translated():
            if not self._process.is_closing():
                self._process.stdin.write_eof()

    async def read_output(self, most: int) -> bytes:
        """Return the next bytes of its standard output."""
        with translated():
            return await self._process.stdout.read(most)

    async def read_errors(self, most: int) -> bytes:
        """Return the next bytes of its standard error."""
        with translated():
            return await self._process.stderr.read(most)

    async def status(self) -> int | None:
        """Wait for its end; a session without a status has lost its host. Raises RemoteError."""
        with translated():
            await self._process.wait_closed()
        if self._process.exit_status is None and self._process.exit_signal is None:
            raise RemoteError(LOST)
        return self._process.returncode if self._process.exit_signal is None else None

    def close(self) -> None:
        """Close the session, which hangs up on the command."""
        self._process.close()

    async def wait_closed(self) -> None:
        """Let the session send its end. Its answer may never come."""
        await asyncio.sleep(0)


@contextmanager
def translated() -> Iterator[None]:
    """Turn the end of a connection into our error."""
    try:
        yield
    except asyncssh.ChannelOpenError as error:
        raise RemoteError("The host does not let this account run commands.") from error
    except (OSError, asyncssh.Error, asyncio.TimeoutError) as error:
        raise RemoteError(LOST) from error
