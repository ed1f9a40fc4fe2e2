"""A home directory, a profile directory, an sshd that knows the key of the home, and an importer."""

from __future__ import annotations

import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any, BinaryIO, NoReturn

import psutil
import pytest

from flamescope_py.incoming.arriving import Bounds
from flamescope_py.incoming.landing import Landing
from flamescope_py.incoming.placing import ProfileNames
from flamescope_py.jobs.job import JobView
from flamescope_py.jobs.runner import JobBounds
from flamescope_py.readers.source import sniff_file
from flamescope_py.remote.importer import Importer, ImportOptions
from tests.ssh.server import Sshd, make_key, public, running
from tests.support.perf_text import sample, script
from tests.support.processes.nodes import computed, node, pause, small_program

PERF_TEXT = script(*(sample(f"3000.{number:06d}", "leaf+0x1 (/srv/app)") for number in range(200)))
WAIT = 60
LATE = "the live picture is late"


def not_possible_here(reason: str) -> NoReturn:
    """Mark a test that cannot run on this machine as an expected failure, which CI accepts unlike a skip."""
    pytest.xfail(reason)


@pytest.fixture(scope="session")
def sshd(sshd: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """An SSH server that lets this user in, which accounts like `nobody` forbid: they are locked."""
    folder = tmp_path_factory.mktemp("login")
    one = Sshd(sshd, folder / "sshd")
    key = make_key(folder / "key")
    one.authorize(public(key))
    options = ["BatchMode=yes", "StrictHostKeyChecking=no", "UserKnownHostsFile=/dev/null"]
    command = ["ssh", "-F", "none", "-i", str(key), *(f"-o{each}" for each in options)]
    with running(one):
        tried = subprocess.run(
            [*command, "-p", str(one.port), "127.0.0.1", "exit 7"],
            check=False,
            capture_output=True,
            text=True,
        )
    if tried.returncode != 7:
        not_possible_here(f"this user may not log in: {one.log[-3:]} {tried.stderr[-200:]}")
    return sshd


@pytest.fixture(scope="session")
def perf(perf: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A perf that may record, which containers often forbid."""
    place = tmp_path_factory.mktemp("perf") / "perf.data"
    tried = record(perf, place)
    if tried.returncode != 0:
        not_possible_here(f"perf may not record here: {tried.stderr[:200]}")
    return perf


def record(perf: str, place: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """Try to record a program that ends at once."""
    command = [perf, "record", "-q", "-e", "cpu-clock", *options, "-o", str(place), "--", "true"]
    return subprocess.run(command, check=False, capture_output=True, text=True)


def refusal(file: BinaryIO) -> str:
    return sniff_file(file).reason


@pytest.fixture(scope="session")
def paused_node() -> Iterator[int]:
    """The pid of a Node with a perf map, which works only while `Asker.sampled` wants samples."""
    with node("--perf-basic-prof") as pid:
        pause(pid)
        yield pid


@pytest.fixture(scope="session")
def paused_program() -> Iterator[int]:
    """The pid of a small program, which works only while `Asker.sampled` wants samples."""
    with small_program() as pid:
        pause(pid)
        yield pid


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home with an empty SSH folder. Neither the real home nor an agent is used."""
    folder = tmp_path / "home"
    (folder / ".ssh").mkdir(parents=True, mode=0o700)
    monkeypatch.setenv("HOME", str(folder))
    monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)
    return folder


@pytest.fixture
def key(home: Path) -> Path:
    return make_key(home / ".ssh" / "id_ed25519")


@pytest.fixture
def server(sshd: str, tmp_path: Path, key: Path) -> Iterator[Sshd]:
    one = Sshd(sshd, tmp_path / "sshd")
    one.authorize(public(key))
    with running(one):
        yield one


@pytest.fixture
def profiles(tmp_path: Path) -> Path:
    folder = tmp_path / "profiles"
    folder.mkdir()
    return folder


@pytest.fixture
def far(tmp_path: Path) -> Path:
    """A directory of the host that files are fetched from."""
    folder = tmp_path / "far"
    folder.mkdir()
    (folder / "perf.out").write_bytes(PERF_TEXT)
    return folder


class Asker:
    """Asks an importer for files and recordings, and waits for them."""

    def __init__(self, profiles: Path, home: Path, **changes: Any) -> None:
        self.known_hosts = home / "data" / "known_hosts"
        options: dict[str, Any] = {
            "known_hosts": self.known_hosts,
            "ssh_config": home / ".ssh" / "config",
            "allowed_hosts": (),
            "job_bounds": JobBounds(),
            "max_seconds": 600,
            **changes,
        }
        bounds = options.pop("bounds", Bounds(max_bytes=2 << 30, min_free=0))
        self.importer = Importer(ImportOptions(**options), Landing(ProfileNames(profiles), bounds, refusal))
        self.jobs = self.importer.jobs

    def start_fetch(self, **body: object) -> JobView:
        return self.importer.fetch(self.importer.read_fetch(body), "test")

    def start_capture(self, **body: object) -> JobView:
        return self.importer.capture(self.importer.read_capture(body), "test")

    def fetch(self, **body: object) -> JobView:
        return self.ended(self.start_fetch(**body))

    def capture(self, **body: object) -> JobView:
        return self.ended(self.start_capture(**body))

    def recording(self, job: JobView) -> JobView:
        """Wait until perf records."""
        job = self.jobs.wait(job.id, lambda view: view.step == "recording", WAIT)
        assert job.step == "recording", job
        return job

    def sampled(self, job: JobView, pid: int) -> JobView:
        """End a recording when its process has worked for a while, whatever else the machine does.

        The process is paused afterwards. It may be paused when this begins.
        """
        self.recording(job)
        computed(pid)
        pause(pid)
        self.jobs.finish(job.id)
        return self.ended(job)

    def ended(self, job: JobView) -> JobView:
        """Wait until a job has ended. That its live picture came late is left out: a busy machine's may."""
        job = self.jobs.wait(job.id, lambda view: view.over, WAIT)
        assert job.over, job
        return replace(job, warnings=tuple(warning for warning in job.warnings if LATE not in warning))


@pytest.fixture
def asker(profiles: Path, home: Path) -> Iterator[Asker]:
    one = Asker(profiles, home)
    yield one
    one.importer.close()


@pytest.fixture
def place(server: Sshd) -> dict[str, object]:
    return server.place


def kill_recorders(number: signal.Signals = signal.SIGKILL) -> None:
    """Kill each perf record that this test has started."""
    for process in psutil.Process().children(recursive=True):
        with suppress(psutil.NoSuchProcess):
            if process.cmdline()[1:2] == ["record"]:
                process.send_signal(number)


def until(holds: Callable[[], bool]) -> None:
    """Wait until something holds. Raises AssertionError if it never does."""
    end = time.monotonic() + WAIT
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.05)


def arrived(profiles: Path) -> list[str]:
    """Return every file of the profile directory, including hidden ones."""
    return sorted(str(path.relative_to(profiles)) for path in profiles.rglob("*") if path.is_file())
