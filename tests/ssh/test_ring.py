"""A ring keeps the last seconds of a long recording, with a real perf."""

from __future__ import annotations

import os
import re
import signal
import subprocess
from pathlib import Path

import psutil
import pytest

from flamescope_py.jobs.job import JobView
from flamescope_py.recording.scripts.ring import shown_options
from tests.ssh.conftest import Asker, arrived, kill_recorders, until
from tests.ssh.server import Sshd
from tests.ssh.test_import_capture import EVENT, left_behind, names_in, started
from tests.ssh.test_record_here import COMMAND, program, recording, scratch, start, tools
from tests.support.processes.nodes import computed, pause, working

__all__ = ["scratch", "tools"]

pytestmark = pytest.mark.perf


def going_on(asker: Asker, job: JobView) -> None:
    """Wait a little while for a job that must not end."""
    now = asker.jobs.wait(job.id, lambda view: view.over, 0.05)
    assert not now.over, now


def first_file(temporary: Path, asker: Asker, job: JobView) -> Path:
    """Wait for a complete file of a ring, and return the oldest."""
    while not (found := sorted(temporary.glob("*/perf.data.*"))):
        going_on(asker, job)
    return found[0]


def times_in(text: str) -> list[str]:
    """Return the times of a perf script text, which all have as many digits."""
    return re.findall(r" (\d+\.\d{6}): ", text)


def test_a_host_keeps_the_last_seconds(
    asker: Asker, server: Sshd, profiles: Path, tmp_path: Path, perf: str, paused_node: int
) -> None:
    """Two seconds in files of one: this takes four."""
    with working(paused_node) as pid:
        body = {"pid": pid, "ring": 2, "seconds": 600, "event": EVENT, "filename": "ring.perf"}
        job = asker.recording(asker.start_capture(**server.place, **body))
        assert job.seconds_left is None
        first = first_file(server.temporary, asker, job)
        os.link(first, tmp_path / "removed.data")
        while first.exists():
            going_on(asker, job)
        computed(pid)
        pause(pid)
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
    assert left_behind(server) == []


@pytest.mark.parametrize("seconds", [2, 25, 600])
def test_the_options_that_are_shown_run(
    asker: Asker, tools: Path, tmp_path: Path, scratch: Path, seconds: int
) -> None:
    program(tools, "perf", f'echo "$*" >>{tmp_path}/asked; exit 1')
    job = asker.ended(start(asker, pid=os.getpid(), ring=seconds))
    assert job.state == "failed"
    assert " ".join(shown_options(seconds)) in (tmp_path / "asked").read_text().splitlines()[-1]


# When its timer is set, the first perf that keeps a ring stands still for longer than one file lasts.
# What stops it is no child of it, since perf takes the end of a child for that of its command.
STAND_STILL = """
until grep -qE "^SigCgt:.*[2367abef][0-9a-f]{3}$" /proc/$1/status; do :; done
kill -STOP $1; sleep 1.3; kill -CONT $1
"""
SLOW_START = """
case " $* " in
  *" --switch-output="*"/perf.data -- "*)
    if mkdir "{folder}/slow" 2>/dev/null; then
      (sh "{folder}/stand-still" $$ </dev/null >/dev/null 2>&1 &)
    fi;;
esac
exec "{perf}" "$@"
"""


def test_a_perf_that_starts_slowly_keeps_a_ring(
    asker: Asker, tools: Path, profiles: Path, scratch: Path, perf: str, paused_program: int
) -> None:
    """perf drops its timer where that rings too early, and would write its first file for ever."""
    program(tools, "stand-still", STAND_STILL)
    program(tools, "perf", SLOW_START.format(folder=tools, perf=perf))
    with working(paused_program) as pid:
        job = recording(asker, pid=pid, ring=2, seconds=600, filename="ring.perf")
        first_file(scratch, asker, job)
        asker.jobs.finish(job.id)
        job = asker.ended(job)
    assert (tools / "slow").exists()
    assert (job.state, job.error, job.warnings) == ("done", None, ())
    assert arrived(profiles) == ["ring.perf"]
    assert list(scratch.iterdir()) == []


def test_a_killed_perf_keeps_its_complete_files(
    asker: Asker, profiles: Path, scratch: Path, perf: str, paused_node: int
) -> None:
    with working(paused_node) as pid:
        job = recording(asker, pid=pid, ring=2, seconds=600, filename="ring.perf")
        first_file(scratch, asker, job)
        pause(pid)
        kill_recorders()
        job = asker.ended(job)
    assert (job.state, job.error) == ("done", None)
    assert ["perf was killed" in warning for warning in job.warnings] == [True]
    assert any("lodestarBusyWork" in name for name in names_in(profiles / "ring.perf"))
    assert list(scratch.iterdir()) == []


def test_a_host_that_is_lost_removes_its_ring(
    asker: Asker, server: Sshd, profiles: Path, perf: str, paused_program: int
) -> None:
    with working(paused_program) as pid:
        job = asker.start_capture(**server.place, pid=pid, ring=2, seconds=600, event=EVENT)
        job = asker.recording(job)
        first_file(server.temporary, asker, job)
        recorders = started(server.place, "perf")
        server.cut()
        job = asker.ended(job)
        psutil.wait_procs(recorders)
    assert (job.state, arrived(profiles)) == ("failed", [])
    assert "connection" in str(job.error)
    # The shell removes it when it sees the end of its input.
    until(lambda: left_behind(server) == [])


def test_a_perf_that_is_killed_before_its_first_file_is_told(
    asker: Asker, profiles: Path, scratch: Path, perf: str, paused_program: int
) -> None:
    job = recording(asker, pid=paused_program, ring=600, seconds=600)
    kill_recorders()
    job = asker.ended(job)
    assert (job.state, arrived(profiles), list(scratch.iterdir())) == ("failed", [], [])
    # In the words of the shell.
    assert "perf record failed on this machine: Killed" in str(job.error)


def test_a_signal_keeps_it_and_goes_on(home: Path, profiles: Path, perf: str, paused_node: int) -> None:
    with working(paused_node) as pid:
        command = [*COMMAND, "--ring", "10m", "--dir", str(profiles), "-o", "ring.perf", "-p", str(pid)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            assert process.stderr is not None
            for number, name in ((signal.SIGUSR1, "ring.perf"), (signal.SIGINT, "ring-2.perf")):
                while "recording" not in process.stderr.readline():
                    assert process.poll() is None
                computed(pid)
                pause(pid)
                process.send_signal(number)
                assert process.stdout.readline() == f"{profiles}/{name}\n"
            process.communicate()
    assert process.returncode == 0
    assert arrived(profiles) == ["ring-2.perf", "ring.perf"]
    for name in arrived(profiles):
        assert any("lodestarBusyWork" in found for found in names_in(profiles / name))
