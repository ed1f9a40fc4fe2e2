"""The output of a hostile host over SSH: text, errors, notes and statuses, by a real SSH connection."""

from __future__ import annotations

import asyncio
import gzip
import re
import struct
import threading
from collections.abc import Awaitable
from contextlib import suppress
from pathlib import Path
from random import Random

import asyncssh

from flamescope_py.errors import FlameScopeError, RemoteError
from flamescope_py.incoming import receiving
from flamescope_py.incoming.arriving import Bounds
from flamescope_py.incoming.landing import Landing
from flamescope_py.incoming.placing import ProfileNames, Wish
from flamescope_py.incoming.receiving import Unpacker
from flamescope_py.jobs.job import Job, Progress
from flamescope_py.readers.source import sniff_file
from flamescope_py.recording import failures
from flamescope_py.recording.processes import find
from flamescope_py.recording.recorder import Notes
from flamescope_py.recording.requests import Recording
from flamescope_py.recording.scripts import RECORD
from flamescope_py.remote.shell import Remote
from tests.api.conftest import SMALL
from tools.fuzz.mutation import Mutator

_OUTPUTS = (
    SMALL,
    b"perf\ngzip\n",
    (
        b"clock 1.5 1.8 100 2\n12 1 0 root 1+2 3+4 absent /usr/bin/node node a.js\n"
        b"13 1 0 root 1+2 3+4 0:52:yes - node --inspect\n"
    ),
    gzip.compress(SMALL, 1),
    b"",
    b"\0" * 5000,
)
_ERRORS = (
    b"",
    b"MARK status 0\n",
    b"MARK recording\nMARK reading\nMARK complete\n",
    b"MARK failed record\nno permission: perf_event_paranoid\n",
    b"sudo: a password is required\n",
    b"\x1b[31mred\x1b[0m \xc2\x9b\xe2\x80\xae words\n",
    b"MARK recording\n" * 20,
    b"x" * 9000,
)
_WAYS = ("tools", "find", "stream", "packed")
# Way, exit status (255 for a signal), sizes of the output and of the errors.
_HEAD = struct.Struct("<BBII")
_SIGNAL = 255
_MARK = re.compile(rb"mark=([0-9a-f]+)")
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_MOST_SENTENCE = 2000
_SECONDS = 10


class Inputs:
    """A host that answers to every command with the current input, and one connection to it."""

    def __init__(self, chance: Random, folder: Path) -> None:
        """Start the host and connect."""
        self._chance, self._mutator = chance, Mutator(chance)
        (folder / "profiles").mkdir()
        place = ProfileNames(folder / "profiles")
        self._landing = Landing(place, Bounds(4 << 20, 0), lambda file: sniff_file(file).reason)
        self._input = b""
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._connection = self._call(self._connected())

    def _call(self, work: Awaitable[asyncssh.SSHClientConnection]) -> asyncssh.SSHClientConnection:
        async def run() -> asyncssh.SSHClientConnection:
            return await work

        return asyncio.run_coroutine_threadsafe(run(), self._loop).result(60)

    async def _connected(self) -> asyncssh.SSHClientConnection:
        key = asyncssh.generate_private_key("ssh-ed25519")
        self._host = await asyncssh.create_server(
            _Host, "127.0.0.1", 0, server_host_keys=[key], process_factory=self._answer, encoding=None
        )
        port = self._host.sockets[0].getsockname()[1]
        return await asyncssh.connect(
            "127.0.0.1", port, known_hosts=None, config=None, client_keys=None, agent_path=None, username="a"
        )

    async def _answer(self, process: asyncssh.SSHServerProcess[bytes]) -> None:
        """Send the input, with the mark of the script where the input has MARK."""
        way, status, output, errors = _HEAD.unpack_from(self._input)
        del way
        words = self._input[_HEAD.size + output :][:errors]
        if b"MARK" in words:
            found = _MARK.search(await process.stdin.read(64))
            words = words.replace(b"MARK", found[1] if found else b"")
        with suppress(BrokenPipeError, ConnectionResetError):
            process.stderr.write(words)
            process.stdout.write(self._input[_HEAD.size :][:output])
            if status == _SIGNAL:
                process.exit_with_signal("KILL")
            else:
                process.exit(status)

    def make(self) -> bytes:
        """Return the bytes that the host sends to one command."""
        chance = self._chance
        output, errors = chance.choice(_OUTPUTS), chance.choice(_ERRORS)
        output = self._mutator.damaged(output) if chance.random() < 0.8 else output
        errors = self._mutator.damaged(errors) if chance.random() < 0.5 else errors
        status = chance.choice((0, 0, 0, 1, 127, _SIGNAL))
        return _HEAD.pack(chance.randrange(len(_WAYS)), status, len(output), len(errors)) + output + errors

    def check(self, data: bytes) -> bool:
        """Run one of our scripts there: a result, or an error whose text no terminal obeys."""
        self._input = data
        way = _WAYS[data[0] % len(_WAYS)]
        refused: FlameScopeError | None = None
        try:
            asyncio.run_coroutine_threadsafe(self._run(way), self._loop).result(_SECONDS)
        except FlameScopeError as error:
            refused = error
        if refused is None:
            return True
        told = f"{refused} {getattr(refused, 'details', '')}"
        assert len(str(refused)) < _MOST_SENTENCE
        assert not _UNPRINTABLE.search(told), told
        return False

    async def _run(self, way: str) -> None:
        remote = Remote(self._connection)
        if way == "tools":
            assert set(await remote.tools("perf", "gzip")) <= {"perf", "gzip"}
        elif way == "find":
            await find(remote, Recording(Wish("b"), pgrep="node"))
        else:
            await self._stream(remote, packed=way == "packed")

    async def _stream(self, remote: Remote, packed: bool) -> None:
        """Receive a file as imports do, up to the moment where it would land."""
        job = Job("ssh", "a", "b", _no_work)
        progress = Progress(job, threading.Condition())
        notes = Notes(progress, 1)
        with self._landing.receive() as part:
            async with remote.started(RECORD, "", on_note=notes.take) as running:
                unpacker = Unpacker(packed)
                await receiving.fill(part, running.output(), unpacker, progress)
                status = await running.status()
                if status != 0 or not notes.complete:
                    raise RemoteError(failures.why(remote, notes.failed, running.words))
            unpacker.end()

    def close(self) -> None:
        """Stop the host."""

        def stop() -> None:
            self._connection.abort()
            self._host.close()
            self._loop.call_later(0.2, self._loop.stop)

        self._loop.call_soon_threadsafe(stop)
        self._thread.join(10)
        self._loop.close()


async def _no_work(progress: Progress) -> None:
    """Do nothing: the job is never run."""


class _Host(asyncssh.SSHServer):
    def begin_auth(self, username: str) -> bool:
        """Let everyone in."""
        return False
