"""A ring keeps the last seconds of a long recording, with a real perf."""

from __future__ import annotations

import os
import re
import signal
import subprocess
from pathlib import Path
from time import sleep

import pytest

from tests.ssh.conftest import Asker, arrived, kill_recorders
from tests.ssh.test_import_capture import names_in
from tests.ssh.test_record_here import COMMAND, recording, scratch
from tests.support.nodes import computed, node

__all__ = ["scratch"]

pytestmark = pytest.mark.perf


def files(scratch: Path) -> list[Path]:
    """Return the complete files of a ring, oldest first."""
    return sorted(scratch.glob("*/perf.data.*"))


def first_file(scratch: Path) -> Path:
    while not (found := files(scratch)):
        sleep(0.05)
    return found[0]


def times_in(text: str) -> list[str]:
    """Return the times of a perf script text, which all have as many digits."""
    return re.findall(r" (\d+\.\d{6}): ", text)


def test_the_last_seconds_are_kept(
    asker: Asker, profiles: Path, scratch: Path, tmp_path: Path, perf: str
) -> None:
    """Two seconds in files of one: this takes four."""
    with node("--perf-basic-prof") as pid:
        job = recording(asker, pid=pid, ring=2, seconds=600, filename="ring.perf")
        assert job.seconds_left is None
        first = first_file(scratch)
        os.link(first, tmp_path / "removed.data")
        while first.exists():
            sleep(0.05)
        computed(pid)
        asker.jobs.finish(job.id)
        job = asker.ended(job)
    assert (job.state, job.error, job.warnings) == ("done", None, ())
    text = (profiles / "ring.perf").read_text()
    command = [perf, "script", "-f", "-i", str(tmp_path / "removed.data")]
    removed = times_in(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    times = times_in(text)
    # Nothing of the removed file, and the others in their order.
    assert set(removed).isdisjoint(times)
    assert times[0] < times[-1]
    assert text.count("# cmdline") == 1
    assert any("lodestarBusyWork" in name for name in names_in(profiles / "ring.perf"))
    assert list(scratch.iterdir()) == []


def test_a_killed_perf_keeps_its_complete_files(
    asker: Asker, profiles: Path, scratch: Path, perf: str
) -> None:
    with node("--perf-basic-prof") as pid:
        job = recording(asker, pid=pid, ring=2, seconds=60, filename="ring.perf")
        first_file(scratch)
        kill_recorders()
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
