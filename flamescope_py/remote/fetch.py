"""Fetch one file of a host: packed on the way where the host has gzip, by SFTP where it has not.

perf.data, which only the machine that recorded it can resolve, is turned into text there by perf script;
the text streams here and is never stored there.
"""

from __future__ import annotations

import asyncio
import stat
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import NamedTuple, cast

import asyncssh

from flamescope_py.errors import ProfileChangedError, RemoteError
from flamescope_py.incoming import receiving
from flamescope_py.incoming.arriving import ArrivingFile
from flamescope_py.incoming.landing import Landing
from flamescope_py.incoming.receiving import Unpacker
from flamescope_py.jobs.job import Progress
from flamescope_py.jobs.waiting import within
from flamescope_py.recording import failures
from flamescope_py.recording.recorder import has_samples
from flamescope_py.recording.scripts import TEXT
from flamescope_py.recording.shell import IDLE_SECONDS, LOST
from flamescope_py.remote.connection import Connector
from flamescope_py.remote.requests import Fetch
from flamescope_py.remote.shell import Remote

_PERF_DATA = b"PERFILE2"
# gzip, bzip2, xz, zstd: packing again would only cost time.
_PACKED = (b"\x1f\x8b", b"BZh", b"\xfd7zXZ", b"\x28\xb5\x2f\xfd")
_BLOCK_BYTES = 4 << 20
# perf script is silent for minutes while it reads symbols.
_PATIENCE = 900
_CHANGED = "The file changed while it was copied: try again when it is complete."

# Redirected, so that a name with a leading dash is no option and a link is followed.
_PACK = 'exec gzip -1 -c <"$1"'
# A pipeline has the status of its last command, so perf's own travels as a note.
_PERF = rf"""
{TEXT}
sudo= words=$(mktemp "${{TMPDIR:-/tmp}}/flamescope.XXXXXXXX" 2>/dev/null) || words=/dev/null
trap '[ "$words" = /dev/null ] || rm -f "$words"' EXIT
trap 'exit 143' HUP INT TERM PIPE
{{ header "$1"; text "$1"; note "status $?"; }} | $2
packed=$?
cat "$words" >&2
exit "$packed"
"""


class _Stamp(NamedTuple):
    size: int
    mtime: int


class Fetcher:
    """Fetches files of hosts into the profile directory."""

    def __init__(self, connector: Connector, landing: Landing) -> None:
        """`connector` reaches hosts, `landing` takes files."""
        self._connector = connector
        self._landing = landing

    async def fetch(self, request: Fetch, progress: Progress) -> None:
        """Fetch the file of a request. Raises FlameScopeError."""
        progress.step("connecting")
        async with self._connector.connected(request.target) as connection, _sftp(connection) as sftp:
            progress.step("reading")
            with self._landing.receive() as arriving:
                path = request.path.removeprefix("~/")
                await _Transfer(Remote(connection), sftp, path, arriving, progress).run()
                await receiving.land(arriving, request.wish, progress)


class _Transfer(NamedTuple):
    """One file on its way."""

    remote: Remote
    sftp: asyncssh.SFTPClient
    path: str
    arriving: ArrivingFile
    progress: Progress

    @property
    def _raw_path(self) -> bytes:
        return self.path.encode("utf-8", "surrogateescape")

    async def run(self) -> None:
        """Transfer the file, and check that it did not change meanwhile."""
        with _translated():
            before = await self._stamp()
            async with self.sftp.open(self._raw_path, "rb") as file:
                head = await _read(file, len(_PERF_DATA), 0)
                if head == _PERF_DATA:
                    await self._convert()
                else:
                    await self._copy(file, head, before)
            if await self._stamp() != before:
                raise ProfileChangedError(_CHANGED)

    async def _stamp(self) -> _Stamp:
        found = await within(IDLE_SECONDS, self.sftp.stat(self._raw_path))
        mode = found.permissions or 0
        if stat.S_ISDIR(mode):
            raise RemoteError("The path names a directory on the host: name a file in it.")
        if not stat.S_ISREG(mode):
            raise RemoteError("The path names no regular file on the host.")
        return _Stamp(found.size or 0, found.mtime or 0)

    async def _copy(self, file: asyncssh.SFTPClientFile, head: bytes, before: _Stamp) -> None:
        """Transfer the bytes as they are."""
        self.arriving.expect(before.size)
        self.progress.expect(before.size)
        if head.startswith(_PACKED) or "gzip" not in await self.remote.tools("gzip"):
            await receiving.fill(
                self.arriving, _blocks(file, before.size), Unpacker(packed=False), self.progress
            )
        else:
            await self._stream(_PACK, packed=True)
        if self.arriving.size != before.size:
            raise ProfileChangedError(_CHANGED)

    async def _convert(self) -> None:
        """Transfer the text that perf script makes of perf.data."""
        tools = await self.remote.tools("perf", "gzip")
        if "perf" not in tools:
            raise RemoteError(failures.no_perf(self.remote))
        pack = "gzip -1 -c" if "gzip" in tools else "cat"
        await self._stream(_PERF, pack, packed=pack != "cat")
        if not has_samples(self.arriving):
            raise RemoteError("perf script found no samples in the file: record again.")

    async def _stream(self, script: str, *arguments: str, packed: bool) -> None:
        notes: list[str] = []
        # A leading dash would make an option of the name.
        path = f"./{self.path}" if self.path.startswith("-") else self.path
        async with self.remote.started(script, path, *arguments, on_note=notes.append) as running:
            unpacker = Unpacker(packed)
            await receiving.fill(self.arriving, running.output(_PATIENCE), unpacker, self.progress)
            status = await running.status()
            if status != 0 or notes not in ([], ["status 0"]):
                raise RemoteError(
                    f"The host could not read the file: {running.words or 'it did not say why'}"
                )
            unpacker.end()


async def _blocks(file: asyncssh.SFTPClientFile, size: int) -> AsyncIterator[bytes]:
    """Read a file by SFTP, many requests at a time. A server may return less than requested."""
    offset = 0
    while offset < size:
        block = await _read(file, min(_BLOCK_BYTES, size - offset), offset)
        if not block:
            return
        offset += len(block)
        yield block


async def _read(file: asyncssh.SFTPClientFile, size: int, offset: int) -> bytes:
    # Typed as text by asyncssh, whatever the mode.
    block = await within(IDLE_SECONDS, file.read(size, offset))
    return cast(bytes, block)


async def _started_sftp(connection: asyncssh.SSHClientConnection) -> asyncssh.SFTPClient:
    return await connection.start_sftp_client()


@asynccontextmanager
async def _sftp(connection: asyncssh.SSHClientConnection) -> AsyncIterator[asyncssh.SFTPClient]:
    try:
        client = await within(IDLE_SECONDS, _started_sftp(connection))
    except asyncssh.ChannelOpenError as error:
        raise RemoteError("The host offers no SFTP: switch on its sftp subsystem.") from error
    except (OSError, asyncssh.Error, asyncio.TimeoutError) as error:
        raise RemoteError(LOST) from error
    try:
        yield client
    finally:
        client.exit()


@contextmanager
def _translated() -> Iterator[None]:
    """Turn errors of SFTP into ours."""
    try:
        yield
    except (asyncssh.SFTPNoSuchFile, asyncssh.SFTPNoSuchPath, asyncssh.SFTPNotADirectory) as error:
        raise RemoteError("There is no such file on the host: check the path.") from error
    except asyncssh.SFTPPermissionDenied as error:
        raise RemoteError(
            "The account may not read this file on the host: change its permissions."
        ) from error
    except (asyncssh.SFTPConnectionLost, asyncssh.SFTPNoConnection) as error:
        raise RemoteError(LOST) from error
    except asyncssh.SFTPError as error:
        raise RemoteError("The host cannot read this file.") from error
    except (OSError, asyncssh.Error, asyncio.TimeoutError) as error:
        raise RemoteError(LOST) from error
