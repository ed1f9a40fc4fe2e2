"""Failing imports: connections cut, jobs cancelled, full disks, killed servers, huge files."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from flamescope_py.incoming.arriving import Bounds
from flamescope_py.jobs.runner import JobBounds
from tests.ssh.conftest import PERF_TEXT, WAIT, Asker, arrived, not_possible_here
from tests.ssh.server import Gate, Sshd, public, running, toolbox

# Real gzip output, then a stall until the gate opens.
HALF = "{gzip} -1 -c; {wait}; exit 1"


@pytest.fixture
def gate(tmp_path: Path) -> Iterator[Gate]:
    one = Gate(tmp_path / "gate")
    yield one
    one.close()


@pytest.fixture
def slow(sshd: str, tmp_path: Path, key: Path, gate: Gate) -> Iterator[Sshd]:
    """A host whose gzip sends everything, and then waits at the gate instead of ending."""
    half = HALF.format(gzip=shutil.which("gzip"), wait=gate.wait)
    server = Sshd(sshd, tmp_path / "slow", toolbox(tmp_path / "tools", gzip=half))
    server.authorize(public(key))
    with running(server):
        yield server


def test_a_connection_that_is_cut(asker: Asker, slow: Sshd, gate: Gate, far: Path, profiles: Path) -> None:
    job = asker.start_fetch(**slow.place, path=str(far / "perf.out"))
    gate.reached()
    asker.jobs.wait(job.id, lambda view: view.done > 0, WAIT)
    slow.cut()
    job = asker.ended(job)
    assert (job.state, arrived(profiles)) == ("failed", [])
    assert "connection" in str(job.error)


def test_cancelled_while_reading(asker: Asker, slow: Sshd, gate: Gate, far: Path, profiles: Path) -> None:
    job = asker.start_fetch(**slow.place, path=str(far / "perf.out"))
    gate.reached()
    asker.jobs.cancel(job.id)
    job = asker.ended(job)
    assert (job.state, job.error, job.filename) == ("cancelled", None, None)
    assert arrived(profiles) == []


@contextmanager
def silent() -> Iterator[int]:
    """Listen on a port that accepts connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


def test_cancelled_while_connecting_and_while_waiting(profiles: Path, home: Path) -> None:
    asker = Asker(profiles, home, job_bounds=JobBounds(running=1))
    with silent() as port:
        first = asker.start_fetch(host="127.0.0.1", port=port, path="x")
        second = asker.start_fetch(host="127.0.0.1", port=port, path="x")
        asker.jobs.wait(first.id, lambda view: view.step == "connecting", WAIT)
        assert asker.jobs.job(second.id).state == "queued"
        for job in (second, first):
            asker.jobs.cancel(job.id)
            assert asker.ended(job).state == "cancelled"
    asker.importer.close()


def test_a_host_that_says_nothing_fails_in_time(profiles: Path, home: Path) -> None:
    asker = Asker(profiles, home, job_bounds=JobBounds(seconds=0.5))
    with silent() as port:
        job = asker.fetch(host="127.0.0.1", port=port, path="x")
    assert job.state == "failed"
    assert "job_seconds" in str(job.error)
    asker.importer.close()


def test_what_is_no_ssh_server(asker: Asker) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        job = asker.start_fetch(host="127.0.0.1", port=listener.getsockname()[1], path="x")
        connection, _ = listener.accept()
        connection.recv(1000)
        connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        connection.close()
        job = asker.ended(job)
    assert job.state == "failed"
    assert "no SSH server" in str(job.error)


def test_a_file_that_is_too_large(profiles: Path, home: Path, server: Sshd, far: Path) -> None:
    asker = Asker(profiles, home, bounds=Bounds(max_bytes=len(PERF_TEXT) - 1, min_free=0))
    job = asker.fetch(**server.place, path=str(far / "perf.out"))
    asker.importer.close()
    assert (job.state, arrived(profiles)) == ("failed", [])
    assert "max_file_bytes" in str(job.error)


@pytest.fixture
def small_disk(profiles: Path) -> Iterator[Path]:
    """The profile directory on a disk of one megabyte."""
    with mounted(profiles, "1m"):
        yield profiles


@contextmanager
def mounted(place: Path, size: str) -> Iterator[None]:
    """Mount a small disk over a directory, or skip the test where that is not allowed."""
    command = ["mount", "-t", "tmpfs", "-o", f"size={size}", "none", str(place)]
    if os.getuid() != 0 or subprocess.run(command, check=False, capture_output=True).returncode != 0:
        not_possible_here("needs the right to mount a small disk")
    yield
    subprocess.run(["umount", str(place)], check=True)


@pytest.mark.parametrize("min_free", [0, 512 << 10])
def test_a_disk_that_is_full(small_disk: Path, home: Path, server: Sshd, far: Path, min_free: int) -> None:
    size = 2 << 20 if min_free == 0 else 768 << 10
    (far / "large.out").write_bytes((PERF_TEXT * 200)[:size])
    asker = Asker(small_disk, home, bounds=Bounds(max_bytes=1 << 30, min_free=min_free))
    job = asker.fetch(**server.place, path=str(far / "large.out"))
    assert (job.state, arrived(small_disk)) == ("failed", [])
    assert "full" in str(job.error)
    assert asker.fetch(**server.place, path=str(far / "perf.out")).state == "done"
    asker.importer.close()


def test_a_disk_that_fills_up_although_the_size_was_unknown(
    small_disk: Path, home: Path, sshd: str, tmp_path: Path, key: Path, far: Path
) -> None:
    """perf script may write any amount of output; its size is unknown in advance."""
    endless = f"while cat {far}/perf.out; do :; done"
    (far / "perf.data").write_bytes(b"PERFILE2" + bytes(100))
    server = Sshd(sshd, tmp_path / "other", toolbox(tmp_path / "tools", perf=endless))
    server.authorize(public(key))
    asker = Asker(small_disk, home)
    with running(server):
        job = asker.fetch(**server.place, path=str(far / "perf.data"))
    asker.importer.close()
    assert (job.state, arrived(small_disk)) == ("failed", [])
    assert "full" in str(job.error)


@contextmanager
def serving(profiles: Path, home: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Run the real server. Yield its process and its address."""
    environment = {**os.environ, "HOME": str(home), "XDG_CACHE_HOME": str(home / "cache")}
    environment["FLAMESCOPE_KNOWN_HOSTS_FILE"] = str(home / "data" / "known_hosts")
    command = [sys.executable, "-m", "flamescope_py", "serve", str(profiles), "--port", "0"]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment
    )
    assert process.stdout is not None
    try:
        yield process, process.stdout.readline().split()[2].partition("?")[0]
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def ask(url: str, body: dict[str, object] | None = None) -> Any:
    """Ask as a script does, with the token from the file that only the owner can read."""
    data = None if body is None else json.dumps(body).encode()
    port = re.findall(r":(\d+)/", url)[0]
    file = Path.home() / "cache" / "flamescope-py" / f"ssh-token-{port}"
    assert file.stat().st_mode & 0o777 == 0o600
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {file.read_text().strip()}"}
    request = urllib.request.Request(url, data, headers)
    with urllib.request.urlopen(request, timeout=WAIT) as answer:
        return json.load(answer)


def test_a_killed_server_leaves_nothing(
    slow: Sshd, gate: Gate, far: Path, profiles: Path, home: Path
) -> None:
    with serving(profiles, home) as (process, url):
        job = ask(f"{url}import/ssh", {**slow.place, "path": str(far / "perf.out")})
        gate.reached()
        assert ask(f"{url}import/{job['id']}")["step"] == "reading"
        assert ask(f"{url}profile/") == []
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert len(arrived(profiles)) == 1
    with serving(profiles, home) as (_, url):
        assert ask(f"{url}profile/") == []
        assert ask(f"{url}import/") == []
    assert arrived(profiles) == []


def test_another_server_leaves_work_under_way_alone(
    asker: Asker, slow: Sshd, gate: Gate, far: Path, profiles: Path, home: Path
) -> None:
    job = asker.start_fetch(**slow.place, path=str(far / "perf.out"))
    gate.reached()
    with serving(profiles, home) as (_, url):
        assert ask(f"{url}profile/") == []
    assert len(arrived(profiles)) == 1
    asker.jobs.cancel(job.id)
    asker.ended(job)


def import_by_command(server: Sshd, path: Path, profiles: Path, home: Path) -> tuple[int, int]:
    """Run the command. Return its exit code and its peak memory in bytes."""
    place = server.place
    command = [sys.executable, "-m", "flamescope_py", "import", f"{place['user']}@127.0.0.1:{path}"]
    command += ["--port", str(server.port), "--host-key", str(place["hostKey"]), "--dir", str(profiles)]
    environment = {**os.environ, "HOME": str(home), "XDG_DATA_HOME": str(home / "data")}
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return process.returncode, usage.ru_maxrss * 1024


@pytest.mark.slow
@pytest.mark.parametrize("without", [(), ("gzip",)], ids=["packed", "by SFTP"])
def test_a_large_file_in_little_memory(
    sshd: str, tmp_path: Path, key: Path, far: Path, profiles: Path, home: Path, without: tuple[str, ...]
) -> None:
    block, size = PERF_TEXT * 500, 0
    with (far / "huge.out").open("wb") as file:
        while size < 120 << 20:
            size += file.write(block)
    server = Sshd(sshd, tmp_path / "other", toolbox(tmp_path / "tools", *without))
    server.authorize(public(key))
    with running(server):
        _, small = import_by_command(server, far / "perf.out", profiles, home)
        code, memory = import_by_command(server, far / "huge.out", profiles, home)
    assert code == 0
    assert (profiles / "huge.out").stat().st_size == size
    assert memory - small < 60 << 20
    shutil.rmtree(far)
    shutil.rmtree(profiles)
