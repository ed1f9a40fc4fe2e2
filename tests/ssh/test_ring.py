"""A ring keeps the last seconds of a long recording, with a real perf."""

from __future__ import annotations

import re
import signal
import subprocess
from pathlib import Path
from time import sleep

import psutil
import pytest

from tests.ssh.conftest import Asker, arrived
from tests.ssh.test_import_capture import names_in, node
from tests.ssh.test_record_here import COMMAND, computed, recording, scratch

__all__ = ["scratch"]

pytestmark = pytest.mark.perf


def files(scratch: Path) -> list[Path]:
    """Return the complete files of a ring, oldest first."""
    return sorted(scratch.glob("*/perf.data.*"))


def first_file(scratch: Path) -> Path:
    while not (found := files(scratch)):
        sleep(0.05)
    return found[0]


def test_the_last_seconds_are_kept(asker: Asker, profiles: Path, scratch: Path, perf: str) -> None:
    """Two seconds in files of one: this takes four."""
    with node("--perf-basic-prof") as pid:
        job = recording(asker, pid=pid, ring=2, seconds=60, filename="ring.perf")
        assert job.seconds_left is None
        first = first_file(scratch)
        complete = first.stat().st_mtime
        while first.exists():
            sleep(0.05)
        computed(pid)
        asker.jobs.finish(job.id)
        job = asker.ended(job)
    assert (job.state, job.error, job.warnings) == ("done", None, ())
    text = (profiles / "ring.perf").read_text()
    times = [float(time) for time in re.findall(r" (\d+\.\d{6}): ", text)]
    # Nothing of the removed file, and the others in their order.
    assert complete - 0.5 < times[0]
    assert times == sorted(times)
    assert text.count("# cmdline") == 1
    assert any("lodestarBusyWork" in name for name in names_in(profiles / "ring.perf"))
    assert list(scratch.iterdir()) == []


def test_a_killed_perf_keeps_its_complete_files(
    asker: Asker, profiles: Path, scratch: Path, perf: str
) -> None:
    with node("--perf-basic-prof") as pid:
        job = recording(asker, pid=pid, ring=2, seconds=60, filename="ring.perf")
        first_file(scratch)
        for process in psutil.Process().children(recursive=True):
            if process.cmdline()[1:2] == ["record"]:
                process.kill()
        job = asker.ended(job)
    assert (job.state, job.error) == ("done", None)
    assert ["perf was killed" in warning for warning in job.warnings] == [True]
    assert any("lodestarBusyWork" in name for name in names_in(profiles / "ring.perf"))


def test_a_signal_keeps_it_and_goes_on(home: Path, profiles: Path, perf: str) -> None:
    with node("--perf-basic-prof") as pid:
        command = [*COMMAND, "--ring", "10m", "--dir", str(profiles), "-o", "ring.perf", "-p", str(pid)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            assert process.stderr is not None
            for number, name in ((signal.SIGUSR1, "ring.perf"), (signal.SIGINT, "ring-2.perf")):
                while "recording" not in process.stderr.readline():
                    assert process.poll() is None
                computed(pid)
                process.send_signal(number)
                assert process.stdout.readline() == f"{profiles}/{name}\n"
            process.communicate()
    assert process.returncode == 0
    assert arrived(profiles) == ["ring-2.perf", "ring.perf"]
    for name in arrived(profiles):
        assert any("lodestarBusyWork" in found for found in names_in(profiles / name))
