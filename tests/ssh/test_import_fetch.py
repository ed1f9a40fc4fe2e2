"""Files of a host, fetched over SSH from a real sshd."""

from __future__ import annotations

import bz2
import gzip
import lzma
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import pytest

from flamescope_py.readers.source import read_profile
from tests.ssh.conftest import PERF_TEXT, Asker, arrived
from tests.ssh.server import USER, Gate, Sshd, public, running, toolbox


def test_a_file_arrives(asker: Asker, place: dict[str, object], far: Path, profiles: Path) -> None:
    job = asker.fetch(**place, path=str(far / "perf.out"), filename="beacon/perf.out")
    assert (job.state, job.error, job.filename) == ("done", None, "beacon/perf.out")
    assert (job.step, job.done, job.size) == ("done", len(PERF_TEXT), len(PERF_TEXT))
    assert (profiles / "beacon" / "perf.out").read_bytes() == PERF_TEXT
    assert arrived(profiles) == ["beacon/perf.out"]


def test_a_taken_name_gets_a_number_or_is_refused(
    asker: Asker, place: dict[str, object], far: Path, profiles: Path
) -> None:
    for name in ("perf.out", "perf-2.out", "perf-3.out"):
        assert asker.fetch(**place, path=str(far / "perf.out")).filename == name
    job = asker.fetch(**place, path=str(far / "perf.out"), exists="refuse")
    assert (job.state, job.filename) == ("failed", None)
    assert "already" in str(job.error)
    assert arrived(profiles) == ["perf-2.out", "perf-3.out", "perf.out"]


def test_what_is_no_profile_is_not_taken_unless_forced(
    asker: Asker, place: dict[str, object], far: Path, profiles: Path
) -> None:
    (far / "shadow").write_bytes(b"root:*:1:0\n" * 100)
    job = asker.fetch(**place, path=str(far / "shadow"))
    assert (job.state, arrived(profiles)) == ("failed", [])
    assert "no profile" in str(job.error)
    assert asker.fetch(**place, path=str(far / "shadow"), force=True).filename == "shadow"


@pytest.mark.parametrize(
    ("name", "word"), [("missing", "no such file"), ("", "directory"), ("fifo", "regular")]
)
def test_what_cannot_be_fetched_is_named(
    asker: Asker, place: dict[str, object], far: Path, profiles: Path, name: str, word: str
) -> None:
    os.mkfifo(far / "fifo")
    job = asker.fetch(**place, path=str(far / name), filename="x")
    assert (job.state, arrived(profiles)) == ("failed", [])
    assert word in str(job.error)


def test_a_file_that_may_not_be_read(
    sshd: str, tmp_path: Path, key: Path, asker: Asker, profiles: Path
) -> None:
    """root may read everything, so the account is another one if possible."""
    account = "nobody" if os.getuid() == 0 else USER
    # Readable by others, unlike pytest's own directory.
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    secret = folder / "secret.out"
    secret.write_bytes(PERF_TEXT)
    secret.chmod(0)
    # The user `nobody` has no login shell, so only sshd's own SFTP works for it.
    server = Sshd(sshd, tmp_path / "other", "ForceCommand internal-sftp")
    server.authorized = folder / "authorized_keys"
    server.authorize(public(key))
    with running(server):
        job = asker.fetch(**{**server.place, "user": account}, path=str(secret))
    shutil.rmtree(folder)
    assert (job.state, arrived(profiles)) == ("failed", [])
    assert "may not read" in str(job.error)


@pytest.mark.parametrize("compress", [gzip.compress, bz2.compress, lzma.compress])
def test_a_packed_file_arrives_as_it_is(
    asker: Asker, place: dict[str, object], far: Path, profiles: Path, compress: Any
) -> None:
    packed = compress(PERF_TEXT)
    (far / "perf.packed").write_bytes(packed)
    assert asker.fetch(**place, path=str(far / "perf.packed")).state == "done"
    assert (profiles / "perf.packed").read_bytes() == packed


@pytest.mark.parametrize("without", ["gzip", "shell"])
def test_without_gzip_and_without_a_shell_sftp_does_it(
    sshd: str, tmp_path: Path, key: Path, asker: Asker, far: Path, profiles: Path, without: str
) -> None:
    no_gzip = toolbox(tmp_path / "tools", "gzip")
    server = Sshd(sshd, tmp_path / "other", no_gzip if without == "gzip" else "ForceCommand internal-sftp")
    server.authorize(public(key))
    with running(server):
        job = asker.fetch(**server.place, path=str(far / "perf.out"))
    assert (job.state, job.error) == ("done", None)
    assert (profiles / "perf.out").read_bytes() == PERF_TEXT


@pytest.mark.parametrize(
    "name",
    [
        "a; touch ran",
        "$(touch ran)",
        "`touch ran`",
        "a\nb",
        "-oProxyCommand=touch ran",
        'it\'s "quoted"',
        "a b\\c*",
    ],
)
def test_hostile_paths_are_only_names(
    asker: Asker, place: dict[str, object], far: Path, profiles: Path, name: str
) -> None:
    (far / name).write_bytes(PERF_TEXT)
    before = sorted(path.name for path in far.iterdir())
    job = asker.fetch(**place, path=str(far / name), filename="x.out")
    assert (job.state, job.error) == ("done", None)
    assert (profiles / "x.out").read_bytes() == PERF_TEXT
    assert sorted(path.name for path in far.iterdir()) == before
    assert not list(Path.home().rglob("ran"))
    missing = asker.fetch(**place, path=str(far / (name + "?")), filename="y.out")
    assert "no such file" in str(missing.error)


def test_a_file_that_grows_meanwhile_is_not_taken(
    sshd: str, tmp_path: Path, key: Path, asker: Asker, far: Path, profiles: Path
) -> None:
    gate = Gate(tmp_path / "gate")
    slow = toolbox(tmp_path / "tools", gzip=f'{gate.wait}; exec {shutil.which("gzip")} "$@"')
    server = Sshd(sshd, tmp_path / "other", slow)
    server.authorize(public(key))
    with running(server):
        job = asker.start_fetch(**server.place, path=str(far / "perf.out"))
        gate.reached()
        with (far / "perf.out").open("ab") as file:
            file.write(PERF_TEXT)
        gate.open()
        job = asker.ended(job)
    assert (job.state, arrived(profiles)) == ("failed", [])
    assert "changed" in str(job.error)


@pytest.mark.perf
def test_perf_data_is_turned_into_text_on_the_host(
    asker: Asker, place: dict[str, object], far: Path, profiles: Path, perf: str
) -> None:
    data = far / "perf.data"
    busy = [sys.executable, "-c", "sum(n * n for n in range(3_000_000))"]
    command = [perf, "record", "-q", "-e", "cpu-clock", "-g", "-o", str(data), "--", *busy]
    subprocess.run(command, check=True, capture_output=True)
    job = asker.fetch(**place, path=str(data), filename="python.perf")
    assert (job.state, job.error) == ("done", None)
    assert arrived(profiles) == ["python.perf"]
    with (profiles / "python.perf").open("rb") as file:
        assert len(read_profile(file, "perf").samples) > 10


@pytest.mark.perf
def test_perf_data_without_samples_is_refused(
    asker: Asker, place: dict[str, object], far: Path, profiles: Path, perf: str
) -> None:
    command = [perf, "record", "-q", "-e", "dummy", "-o", str(far / "perf.data"), "--", "true"]
    subprocess.run(command, check=True, capture_output=True)
    job = asker.fetch(**place, path=str(far / "perf.data"))
    assert (job.state, arrived(profiles)) == ("failed", [])
    assert job.error == "perf script found no samples in the file: record again."


@pytest.mark.perf
def test_broken_perf_data_fails_in_perfs_own_words(
    asker: Asker, place: dict[str, object], far: Path, profiles: Path, perf: str
) -> None:
    (far / "perf.data").write_bytes(b"PERFILE2" + bytes(100))
    job = asker.fetch(**place, path=str(far / "perf.data"))
    assert (job.state, arrived(profiles)) == ("failed", [])
    assert "could not read" in str(job.error)
