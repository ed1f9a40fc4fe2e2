"""Run small POSIX sh scripts on a host.

A script travels over standard input, with its arguments quoted in front of it. So the login shell interprets
one fixed line only, no process list shows the arguments (pgrep -f would find its own pattern), and the end
of the input shows a script that the connection is gone.
"""

from __future__ import annotations

import asyncio
import secrets
import shlex
from collections.abc import AsyncIterator, Collection, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress

import asyncssh

from flamescope_py.errors import RemoteError
from flamescope_py.jobs.waiting import to_the_end, within
from flamescope_py.remote.foreign import Bytes, ErrorStream, OnNote

# dd reads exactly the bytes of the script, and leaves the rest of the input alone.
_COMMAND = "exec sh -c 'eval \"$(dd bs=1 count={count} 2>/dev/null)\"'"
_CHUNK_BYTES = 256 << 10
_MOST_OUTPUT = 1 << 20
_PROBE_SECONDS = 30
_TIDY_SECONDS = 10
# Longer silence than this, while data is expected, counts as a lost connection.
IDLE_SECONDS = 120
NO_PERF = "The host has no perf: install it there (Debian: linux-perf, Ubuntu: linux-tools)."
_TOO_MUCH = "The host answers with more than is expected: ask more precisely."
LOST = "The connection to the host was lost: try again."

# `note` sends a note on standard error. The mark is random, so that no program can imitate one.
_PRELUDE = """mark={mark}
note() {{ printf '%s %s\\n' "$mark" "$1" >&2; }}
set -- {arguments}
"""
_PROBE = 'for tool; do command -v "$tool" >/dev/null 2>&1 && echo "$tool"; done; exit 0'


class Remote:
    """One host, over an open connection."""

    def __init__(self, connection: asyncssh.SSHClientConnection) -> None:
        """`connection` is closed by the caller."""
        self.connection = connection

    async def tools(self, *names: str) -> Collection[str]:
        """Return which of these commands the host has; none where an account may not run any."""
        try:
            status, output, _ = await within(_PROBE_SECONDS, self.run(_PROBE, *names))
        except (RemoteError, asyncio.TimeoutError):
            return frozenset()
        return set(output.decode("utf-8", "replace").split()) & set(names) if status == 0 else frozenset()

    async def run(self, script: str, *arguments: str) -> tuple[int | None, bytes, str]:
        """Run a short script to its end; returns its status, its output and its words."""
        async with self.started(script, *arguments) as running:
            output, count = bytearray(), Bytes(_MOST_OUTPUT, _TOO_MUCH)
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
        text = _PRELUDE.format(mark=mark, arguments=shlex.join(arguments)) + script
        data = text.encode("utf-8", "surrogateescape")
        with translated():
            process = await within(IDLE_SECONDS, self._process(_COMMAND.format(count=len(data))))
        running = Running(process, mark, on_note or (lambda note: None))
        try:
            with translated():  # it may be over before it has got anything
                process.stdin.write(data)
            yield running
        finally:
            await to_the_end(running.close(_TIDY_SECONDS if tidies else 0))

    async def _process(self, command: str) -> asyncssh.SSHClientProcess[bytes]:
        return await self.connection.create_process(command, encoding=None)


class Running:
    """A script that runs."""

    def __init__(self, process: asyncssh.SSHClientProcess[bytes], mark: str, on_note: OnNote) -> None:
        """Read its standard error from the start, so that it never waits for that."""
        self._process = process
        self._errors = ErrorStream(mark, on_note)
        self._trouble: RemoteError | None = None
        self._listener = asyncio.ensure_future(self._listen())

    @property
    def words(self) -> str:
        """Its standard error as one short line."""
        return self._errors.words

    async def output(self, patience: float = IDLE_SECONDS) -> AsyncIterator[bytes]:
        """Yield its output as it comes. Raises RemoteError when nothing comes for `patience` seconds."""
        while True:
            with translated():
                chunk = await within(patience, self._process.stdout.read(_CHUNK_BYTES))
            self._raise_trouble()
            if not chunk:
                return
            yield chunk

    async def status(self) -> int | None:
        """Wait for its end and return its exit status; None if a signal ended it. Raises RemoteError."""
        with translated():
            await within(IDLE_SECONDS, self._process.wait_closed())
        await self._listener
        self._raise_trouble()
        if self._process.exit_status is None and self._process.exit_signal is None:
            raise RemoteError(LOST)
        return self._process.returncode if self._process.exit_signal is None else None

    async def close(self, patience: float) -> None:
        """End its input, wait at most `patience` seconds for its end, and let go of it."""
        with suppress(OSError, asyncssh.Error, asyncio.TimeoutError):
            if patience and not self._process.is_closing():
                self._process.stdin.write_eof()
                await within(patience, self._drained())
        self._process.close()
        self._listener.cancel()
        await asyncio.wait([self._listener])

    def _raise_trouble(self) -> None:
        if self._trouble is not None:
            raise self._trouble

    async def _drained(self) -> None:
        while await self._process.stdout.read(_CHUNK_BYTES):
            pass
        await self._process.wait_closed()

    async def _listen(self) -> None:
        """Read standard error to its end, or to the end of our patience, which ends the script."""
        try:
            with suppress(OSError, asyncssh.Error):
                while chunk := await self._process.stderr.read(_CHUNK_BYTES):
                    self._errors.feed(chunk)
            self._errors.end()
        except RemoteError as error:
            self._trouble = error
            self._process.close()


@contextmanager
def translated() -> Iterator[None]:
    """Turn the end of a connection into our error."""
    try:
        yield
    except asyncssh.ChannelOpenError as error:
        raise RemoteError("The host does not let this account run commands.") from error
    except (OSError, asyncssh.Error, asyncio.TimeoutError) as error:
        raise RemoteError(LOST) from error
