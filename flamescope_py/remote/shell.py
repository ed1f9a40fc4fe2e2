"""Runs small POSIX sh scripts on a host.

A script travels over standard input, with its arguments quoted in front of it. So no login shell gets to
interpret anything but one fixed line, no process list shows what is looked for (pgrep -f would find
that), and the end of the input tells a script that the connection is gone.
"""

from __future__ import annotations

import asyncio
import secrets
import shlex
import unicodedata
from collections.abc import AsyncIterator, Callable, Collection, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress

import asyncssh

from flamescope_py.errors import RemoteError

# dd takes exactly as many bytes as the script has: what follows on the input is not touched.
_COMMAND = "exec sh -c 'eval \"$(dd bs=1 count={count} 2>/dev/null)\"'"
_CHUNK_BYTES = 256 << 10
_MOST_OUTPUT = 1 << 20
_MOST_WORDS = 8192
_FIRST_WORDS, _LAST_WORDS = 450, 250
_PROBE_SECONDS = 30
_TIDY_SECONDS = 10
# Longer silence than this, while data is expected, counts as a lost connection.
IDLE_SECONDS = 120
NO_PERF = "The host has no perf: install it there (Debian: linux-perf, Ubuntu: linux-tools)."
LOST = "The connection to the host was lost: try again."

# `note` tells us something on standard error; the mark is random, so that nothing else can.
_PRELUDE = """mark={mark}
note() {{ printf '%s %s\\n' "$mark" "$1" >&2; }}
set -- {arguments}
"""
_PROBE = 'for tool; do command -v "$tool" >/dev/null 2>&1 && echo "$tool"; done; exit 0'

OnNote = Callable[[str], None]


def printable(text: str) -> str:
    """Make one line without control characters out of what a host says."""
    return " ".join("".join(" " if _is_control(letter) else letter for letter in text).split())


def _is_control(letter: str) -> bool:
    # Cf holds what turns the direction of writing around.
    return unicodedata.category(letter) in {"Cc", "Cf"}


class Remote:
    """What can be done on one host."""

    def __init__(self, connection: asyncssh.SSHClientConnection) -> None:
        """Use an open connection."""
        self.connection = connection

    async def tools(self, *names: str) -> Collection[str]:
        """Tell which of these commands the host has; none where an account may not run any."""
        try:
            status, output, _ = await asyncio.wait_for(self.run(_PROBE, *names), _PROBE_SECONDS)
        except (RemoteError, asyncio.TimeoutError):
            return frozenset()
        return set(output.decode("utf-8", "replace").split()) & set(names) if status == 0 else frozenset()

    async def run(self, script: str, *arguments: str) -> tuple[int | None, bytes, str]:
        """Run a short script to its end; returns its status, its output and its words."""
        async with self.started(script, *arguments) as running:
            output = bytearray()
            async for chunk in running.output():
                output += chunk
                if len(output) > _MOST_OUTPUT:
                    raise RemoteError("The host says more than is expected: try again more precisely.")
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
            process: asyncssh.SSHClientProcess[bytes] = await self.connection.create_process(
                _COMMAND.format(count=len(data)), encoding=None
            )
        running = Running(process, mark, on_note or (lambda note: None))
        try:
            with translated():  # it may be over before it has got anything
                process.stdin.write(data)
            yield running
        finally:
            await running.close(_TIDY_SECONDS if tidies else 0)


class Running:
    """A script that runs."""

    def __init__(self, process: asyncssh.SSHClientProcess[bytes], mark: str, on_note: OnNote) -> None:
        """Listen to its words from the start, so that it never waits for that."""
        self._process = process
        self._mark = mark.encode()
        self._on_note = on_note
        self._said = bytearray()
        self._listener = asyncio.ensure_future(self._listen())

    @property
    def words(self) -> str:
        """Give what it has said on standard error as one line, without its middle if that is much."""
        text = printable(self._said.decode("utf-8", "replace"))
        if len(text) <= _FIRST_WORDS + _LAST_WORDS:
            return text
        return f"{text[:_FIRST_WORDS]} … {text[-_LAST_WORDS:]}"

    async def output(self, patience: float = IDLE_SECONDS) -> AsyncIterator[bytes]:
        """Give its output as it comes. Raises RemoteError when nothing comes for `patience` seconds."""
        while True:
            with translated():
                chunk = await asyncio.wait_for(self._process.stdout.read(_CHUNK_BYTES), patience)
            if not chunk:
                return
            yield chunk

    async def status(self) -> int | None:
        """Wait for its end and give its exit status; None if a signal ended it. Raises RemoteError."""
        with translated():
            await asyncio.wait_for(self._process.wait_closed(), IDLE_SECONDS)
        await self._listener
        if self._process.exit_status is None and self._process.exit_signal is None:
            raise RemoteError(LOST)
        return self._process.returncode if self._process.exit_signal is None else None

    async def close(self, patience: float) -> None:
        """End its input, wait at most `patience` seconds for its end, and let go of it."""
        with suppress(OSError, asyncssh.Error, asyncio.TimeoutError):
            if patience and not self._process.is_closing():
                self._process.stdin.write_eof()
                await asyncio.wait_for(self._drained(), patience)
        self._process.close()
        self._listener.cancel()
        await asyncio.wait([self._listener])

    async def _drained(self) -> None:
        while await self._process.stdout.read(_CHUNK_BYTES):
            pass
        await self._process.wait_closed()

    async def _listen(self) -> None:
        """Take notes out of standard error, and keep the end of the rest."""
        rest = b""
        with suppress(OSError, asyncssh.Error):
            while chunk := await self._process.stderr.read(_CHUNK_BYTES):
                *lines, rest = (rest + chunk).split(b"\n")
                for line in lines:
                    self._take(line + b"\n")
                if len(rest) > _MOST_WORDS:
                    self._take(rest)
                    rest = b""
        self._take(rest)

    def _take(self, line: bytes) -> None:
        mark, _, note = line.partition(b" ")
        if mark == self._mark:
            self._on_note(note.strip().decode("utf-8", "replace"))
        else:
            self._said += line
            del self._said[:-_MOST_WORDS]


@contextmanager
def translated() -> Iterator[None]:
    """Turn a connection's end into our error."""
    try:
        yield
    except asyncssh.ChannelOpenError as error:
        raise RemoteError("The host does not let this account run commands.") from error
    except (OSError, asyncssh.Error, asyncio.TimeoutError) as error:
        raise RemoteError(LOST) from error
