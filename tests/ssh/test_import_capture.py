"""Recordings of a real Node process with a real perf, over a real sshd."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from flamescope_py.readers.source import read_profile
from tests.ssh.conftest import Asker, arrived

pytestmark = pytest.mark.perf

BUSY = Path(__file__).with_name("busy.js")
EVENT = "cpu-clock"


@contextmanager
def node(*options: str, name: str = "beacon") -> Iterator[int]:
    """Run a busy Node process and give its pid."""
    binary = shutil.which("node")
    if binary is None:
        pytest.skip("needs node")
    command = [binary, *options, str(BUSY), name]
    # Node writes a log of its own where it is started.
    folder = tempfile.mkdtemp(prefix="node-")
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, cwd=folder)
    assert process.stdout is not None
    try:
        assert process.stdout.readline() == b"ready\n"
        yield process.pid
    finally:
        process.kill()
        process.wait()
        process.stdout.close()
        shutil.rmtree(folder)
        Path(f"/tmp/perf-{process.pid}.map").unlink(missing_ok=True)


def left_behind() -> list[str]:
    """Give the private directories that recordings have left on the host, which is this machine."""
    return [str(path) for path in Path(tempfile.gettempdir()).glob("flamescope.*")]


def names_in(path: Path) -> set[str]:
    with path.open("rb") as file:
        return {frame.name for frame in read_profile(file, "perf").frames}


def test_by_pid(asker: Asker, place: dict[str, object], profiles: Path, perf: str) -> None:
    with node("--perf-basic-prof") as pid:
        job = asker.capture(**place, pid=pid, seconds=2, frequency=199, event=EVENT, filename="node.perf")
    assert (job.state, job.error, job.warnings) == ("done", None, ())
    assert arrived(profiles) == ["node.perf"]
    assert any("lodestarBusyWork" in name for name in names_in(profiles / "node.perf"))
    assert left_behind() == []
