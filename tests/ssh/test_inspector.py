"""A Node process that runs already is recorded through its inspector, here and over a real sshd."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import psutil
import pytest

from flamescope_py.errors import ParameterError
from flamescope_py.jobs.job import JobView
from flamescope_py.readers.source import read_profile, sniff_file
from tests.ssh.conftest import Asker, arrived, until
from tests.ssh.server import Sshd, public, running
from tests.support.processes.nodes import NOT_INLINED, computed, node_binary
from tests.support.processes.ports import free_port

Start = Callable[..., JobView]
# A main thread and a worker. If asked to work, each works in a function a part of the time.
PROGRAM = """
const { Worker, isMainThread } = require("worker_threads");
function inMain() { let sum = 0; for (let i = 0; i < 1e6; i++) sum += i % 7; return sum; }
function inWorker() { let sum = 0; for (let i = 0; i < 1e6; i++) sum += i % 5; return sum; }
if (process.argv[2] === "signal") process.on("SIGUSR1", () => console.log("signalled"));
const works = process.argv[2] === "work";
if (isMainThread) {
  new Worker(__filename, { argv: process.argv.slice(2) }).on("online", () => console.log("ready"));
  setInterval(works ? inMain : () => {}, 8);
} else setInterval(works ? inWorker : () => {}, 8);
"""


@contextmanager
def service(tmp_path: Path, *options: str, argument: str = "") -> Iterator[subprocess.Popen[str]]:
    """Run the program without any option for profilers. Its inspector has any free port."""
    (tmp_path / "app.js").write_text(PROGRAM)
    command = [node_binary(), NOT_INLINED, "--inspect-port=0", *options, str(tmp_path / "app.js"), argument]
    streams = {"stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL, "stdin": subprocess.DEVNULL}
    with subprocess.Popen(command, text=True, **streams) as process:  # type: ignore[call-overload]
        try:
            assert process.stdout.readline() == "ready\n"
            yield process
        finally:
            process.kill()


@contextmanager
def listening_service(tmp_path: Path) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """Run it with an open inspector at a port that its options name."""
    while True:
        port = free_port()
        with service(tmp_path, f"--inspect={port}", argument="work") as process:
            # Another process may take the free port: then Node goes on without an inspector.
            if listening(process.pid) == [port]:
                yield process, port
                return


@pytest.fixture(params=["here", "over SSH"])
def start(request: pytest.FixtureRequest, asker: Asker) -> Start:
    """Start a recording of either transport."""
    if request.param == "here":
        return partial(record, asker)
    return partial(asker.start_capture, cpuProf=True, **request.getfixturevalue("place"))


def record(asker: Asker, **body: object) -> JobView:
    return asker.importer.record(asker.importer.read_record({"cpuProf": True, **body}), "test")


def names_in(path: Path) -> set[str]:
    with path.open("rb") as file:
        assert sniff_file(file).type == "cpuprofile"
        return {name.partition(" ")[0] for name in read_profile(file, "cpuprofile").frames.name}


def listening(pid: int) -> list[int]:
    return [one.laddr.port for one in psutil.Process(pid).net_connections() if one.status == "LISTEN"]


def two_threads_computed(pid: int) -> None:
    """Wait until the main thread and the worker have run for a while."""
    process = psutil.Process(pid)
    before = {thread.id: thread.user_time for thread in process.threads()}
    until(lambda: sum(one.user_time > before.get(one.id, 0) + 0.2 for one in process.threads()) >= 2)


def test_each_thread_of_a_running_node(start: Start, asker: Asker, profiles: Path, tmp_path: Path) -> None:
    """Twice, since the inspector must open again. It is closed after each."""
    with service(tmp_path, argument="work") as process:
        for name in ("one", "two"):
            job = asker.recording(start(pid=process.pid, filename=f"{name}.cpuprofile"))
            two_threads_computed(process.pid)
            asker.jobs.finish(job.id)
            job = asker.ended(job)
            assert (job.state, job.error, job.filename) == ("done", None, f"{name}.cpuprofile")
            assert job.warnings == (
                f"Worker threads have profiles of their own: {name}-thread-1.cpuprofile.",
            )
            assert "inMain" in names_in(profiles / f"{name}.cpuprofile")
            assert "inWorker" in names_in(profiles / f"{name}-thread-1.cpuprofile")
            assert listening(process.pid) == []
        assert process.poll() is None


def test_cancelled_it_leaves_nothing(start: Start, asker: Asker, profiles: Path, tmp_path: Path) -> None:
    with service(tmp_path) as process:
        job = asker.recording(start(pid=process.pid))
        assert len(listening(process.pid)) == 1
        asker.jobs.cancel(job.id)
        job = asker.ended(job)
        assert (job.state, arrived(profiles), listening(process.pid)) == ("cancelled", [], [])
        assert process.poll() is None


def test_an_open_inspector_stays_open(asker: Asker, tmp_path: Path) -> None:
    with listening_service(tmp_path) as (process, port):
        job = asker.recording(record(asker, pid=process.pid))
        computed(process.pid)
        asker.jobs.finish(job.id)
        job = asker.ended(job)
        assert (job.state, job.error) == ("done", None)
        assert listening(process.pid) == [port]
    assert str(job.filename).endswith(".cpuprofile")


def test_a_process_that_ends_meanwhile_is_told(asker: Asker, profiles: Path, tmp_path: Path) -> None:
    with service(tmp_path) as process:
        job = asker.recording(record(asker, pid=process.pid))
        process.kill()
        job = asker.ended(job)
    assert (job.state, arrived(profiles)) == ("failed", [])
    assert "ended before the recording did" in str(job.error)


def test_no_other_program_gets_the_signal(asker: Asker) -> None:
    """The default of SIGUSR1 is death, also for a program that is named as Node."""
    script = "exec -a node sleep 60"
    with subprocess.Popen(["bash", "-c", script]) as process:
        job = asker.ended(record(asker, pid=process.pid))
        assert process.poll() is None
        process.kill()
    assert job.state == "failed"
    assert "is not Node" in str(job.error)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--inspect-port=0.0.0.0:0",), "'0.0.0.0', where others can run code"),
        (("--inspect-port=[::]:0",), "'::', where others can run code"),
    ],
)
def test_an_inspector_for_others_is_not_opened(
    asker: Asker, tmp_path: Path, options: tuple[str, ...], words: str
) -> None:
    with service(tmp_path, *options) as process:
        job = asker.ended(record(asker, pid=process.pid))
        assert (process.poll(), listening(process.pid)) == (None, [])
    assert words in str(job.error)


def test_a_listener_of_its_own_and_a_taken_port_are_told(asker: Asker, tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        taken = f"--inspect-port={other.getsockname()[1]}"
        with service(tmp_path, argument="signal") as one, service(tmp_path, taken) as two:
            jobs = [asker.ended(job) for job in [record(asker, pid=each.pid) for each in (one, two)]]
            assert (one.poll(), two.poll()) == (None, None)
    for job in jobs:
        assert "SIGUSR1 listener of its own, which has run now, its port" in str(job.error)


def test_an_sshd_that_forwards_nothing_is_told(
    sshd: str, tmp_path: Path, key: Path, asker: Asker, profiles: Path
) -> None:
    server = Sshd(sshd, tmp_path / "other", "AllowTcpForwarding no")
    server.authorize(public(key))
    with running(server), service(tmp_path) as process:
        job = asker.ended(asker.start_capture(**server.place, pid=process.pid, cpuProf=True))
        assert process.poll() is None
    assert "AllowTcpForwarding" in str(job.error)
    assert arrived(profiles) == []


@pytest.mark.parametrize(
    "body",
    [
        {"system": True},
        {"pid": 1, "event": "cycles"},
        {"pid": 1, "callGraph": "fp"},
        {"pid": 1, "sudo": True},
        {"pid": 1, "ring": 60},
    ],
)
def test_options_of_perf_are_refused(asker: Asker, body: dict[str, object]) -> None:
    with pytest.raises(ParameterError, match=r"cpuProf and \w+ exclude each other"):
        record(asker, **body)


def test_by_command_until_ctrl_c(home: Path, profiles: Path, tmp_path: Path) -> None:
    with service(tmp_path, argument="work") as process:
        command = [sys.executable, "-m", "flamescope_py", "record", "--cpu-prof", "--save-only"]
        command += ["--dir", str(profiles), "-o", "one.cpuprofile", "-p", str(process.pid)]
        streams = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        with subprocess.Popen(command, text=True, **streams) as recorder:  # type: ignore[call-overload]
            while "recording" not in recorder.stderr.readline():
                assert recorder.poll() is None
            computed(process.pid)
            recorder.send_signal(signal.SIGINT)
            shown, _ = recorder.communicate()
    assert (recorder.returncode, shown) == (0, f"{profiles}/one.cpuprofile\n")
    assert "inMain" in names_in(profiles / "one.cpuprofile")
