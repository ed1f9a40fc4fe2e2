"""Hosts that answer oddly: asyncssh's own server for SFTP that sshd never does, fake tools for the rest."""

from __future__ import annotations

import asyncio
import gzip
import threading
from collections.abc import Awaitable, Iterator
from contextlib import contextmanager
from pathlib import Path

import asyncssh
import pytest

from flamescope_py.incoming.arriving import Bounds
from tests.ssh.conftest import PERF_TEXT, Asker, arrived
from tests.ssh.server import USER, Sshd, fingerprint, make_key, public, running, toolbox


class ShortReads(asyncssh.SFTPServer):
    """Returns at most 1000 bytes a read, as the protocol allows."""

    def read(self, file_obj: object, offset: int, size: int) -> bytes | Awaitable[bytes]:
        return super().read(file_obj, offset, min(size, 1000))


class EarlyEnd(asyncssh.SFTPServer):
    """Reports the end of the file after half of it."""

    def read(self, file_obj: object, offset: int, size: int) -> bytes | Awaitable[bytes]:
        half = len(PERF_TEXT) // 2
        return super().read(file_obj, offset, min(size, half - offset)) if offset < half else b""


class NoMercy(asyncssh.SFTPServer):
    """Fails at reading, with an error message of its own."""

    def read(self, file_obj: object, offset: int, size: int) -> bytes | Awaitable[bytes]:
        raise asyncssh.SFTPFailure("secret words of the host")


async def _closed(acceptor: asyncssh.SSHAcceptor) -> None:
    """Close in the loop's own thread: a connection may be ending there at the same moment."""
    acceptor.close()
    await acceptor.wait_closed()


@contextmanager
def liar(folder: Path, key: Path, sftp: type[asyncssh.SFTPServer]) -> Iterator[dict[str, object]]:
    """Run asyncssh's server with this SFTP class and no shell. Yield the request fields that name it."""
    host_key = make_key(folder / "liar")
    (folder / "authorized").write_text(public(key))
    loop = asyncio.new_event_loop()
    options = {
        "server_host_keys": [str(host_key)],
        "authorized_client_keys": str(folder / "authorized"),
        "sftp_factory": sftp,
    }
    acceptor = loop.run_until_complete(asyncssh.listen("127.0.0.1", 0, **options))
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        place = {"host": "127.0.0.1", "port": acceptor.get_port(), "user": USER}
        yield {**place, "hostKey": fingerprint(host_key)}
    finally:
        asyncio.run_coroutine_threadsafe(_closed(acceptor), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


def test_short_reads_make_a_whole_file(
    asker: Asker, tmp_path: Path, key: Path, far: Path, profiles: Path
) -> None:
    with liar(tmp_path, key, ShortReads) as place:
        job = asker.fetch(**place, path=str(far / "perf.out"))
    assert (job.state, job.error) == ("done", None)
    assert (profiles / "perf.out").read_bytes() == PERF_TEXT


def test_a_file_that_ends_too_early_is_not_taken(
    asker: Asker, tmp_path: Path, key: Path, far: Path, profiles: Path
) -> None:
    with liar(tmp_path, key, EarlyEnd) as place:
        job = asker.fetch(**place, path=str(far / "perf.out"))
    assert (job.state, arrived(profiles)) == ("failed", [])
    assert "changed" in str(job.error)


def test_what_a_host_says_by_sftp_is_not_repeated(
    asker: Asker, tmp_path: Path, key: Path, far: Path, profiles: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with liar(tmp_path, key, NoMercy) as place:
        job = asker.fetch(**place, path=str(far / "perf.out"))
    assert (job.state, job.error) == ("failed", "The host cannot read this file.")
    assert "secret" not in caplog.text


@pytest.mark.parametrize(
    ("fake", "word"),
    [
        ("echo this is no gzip", "broken"),
        ("{gzip} | head -c 50", "broken"),
        ("echo words of the host >&2; exit 3", "words of the host"),
        ("{gzip}; exit 1", "could not read"),
        ("cat {bomb}", "max_file_bytes"),
        ("kill -9 $$", "could not read"),
        ("printf 'a\\033[31m\\302\\205b' >&2; exit 1", "a [31m b"),
    ],
)
def test_a_gzip_that_is_none(
    sshd: str, tmp_path: Path, key: Path, home: Path, far: Path, profiles: Path, fake: str, word: str
) -> None:
    bomb = tmp_path / "bomb.gz"
    bomb.write_bytes(gzip.compress(bytes(64 << 20)))
    script = fake.replace("{gzip}", "gzip -1 -c").replace("{bomb}", str(bomb))
    fakes = toolbox(tmp_path / "tools", gzip=f"PATH=/usr/bin:/bin\n{script}")
    server = Sshd(sshd, tmp_path / "other", fakes)
    server.authorize(public(key))
    asker = Asker(profiles, home, bounds=Bounds(max_bytes=1 << 20, min_free=0))
    with running(server):
        job = asker.fetch(**server.place, path=str(far / "perf.out"))
    asker.importer.close()
    assert (job.state, arrived(profiles)) == ("failed", [])
    assert word in str(job.error)
