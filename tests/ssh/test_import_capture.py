"""Recordings of a real Node process with a real perf, over a real sshd."""

from __future__ import annotations

import re
import time
from contextlib import suppress
from pathlib import Path
from typing import Any, cast

import psutil
import pytest

from flamescope_py.errors import ParameterError
from flamescope_py.jobs.job import Progress
from flamescope_py.model import Profile
from flamescope_py.readers.source import read_profile
from tests.ssh.conftest import WAIT, Asker, arrived, not_possible_here, record
from tests.ssh.server import Sshd, public, running, toolbox
from tests.support.processes.nodes import node, pattern_of, pause, unique, working

pytestmark = pytest.mark.perf

EVENT = "cpu-clock"


def left_behind(server: Sshd) -> list[str]:
    """Return the recordings' leftovers in the host's temporary directory."""
    return [path.name for path in server.temporary.iterdir()]


def started(place: dict[str, object], name: str) -> list[psutil.Process]:
    """Return the processes of this name started by a server's sessions."""
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.NoSuchProcess):
            ancestors = [parent.cmdline() for parent in process.parents()]
            if process.name() == name and any(str(place["port"]) in line for line in ancestors):
                found.append(process)
    assert found
    return found


def read(path: Path) -> Profile:
    with path.open("rb") as file:
        return read_profile(file, "perf")


def names_in(path: Path) -> set[str]:
    return set(read(path).frames.name)


def test_by_pid(
    asker: Asker, server: Sshd, place: dict[str, object], profiles: Path, perf: str, paused_node: int
) -> None:
    before = time.time()
    job = asker.start_capture(**place, pid=paused_node, frequency=199, event=EVENT, filename="node.perf")
    job = asker.sampled(job, paused_node)
    assert (job.state, job.error, job.warnings) == ("done", None, ())
    assert arrived(profiles) == ["node.perf"]
    profile = read(profiles / "node.perf")
    assert any("lodestarBusyWork" in name for name in profile.frames.name)
    assert left_behind(server) == []
    # A recording keeps CPUs, processes, the header and the time of day.
    assert {thread.pid for thread in profile.threads} == {paused_node}
    assert profile.samples.cpu.min() >= 0
    assert before < profile.samples.time[0] < time.time()
    assert "cmdline" in profile.meta.header


def test_by_pattern(asker: Asker, place: dict[str, object], profiles: Path, perf: str) -> None:
    name = unique("lodestar-beacon")
    with node("--perf-basic-prof", name=name) as pid:
        pause(pid)
        job = asker.start_capture(**place, pgrep=pattern_of(name), event=EVENT)
        job = asker.sampled(job, pid)
    assert (job.state, job.error, job.warnings) == ("done", None, ())
    assert job.filename is not None
    assert re.fullmatch(r"127\.0\.0\.1-\d{8}-\d{6}\.perf", job.filename)
    assert any("lodestarBusyWork" in name for name in names_in(profiles / job.filename))


def test_steps_and_the_seconds_left(
    asker: Asker,
    place: dict[str, object],
    perf: str,
    paused_program: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    steps: list[tuple[str, float | None]] = []
    begin = Progress.step

    def noted(self: Progress, name: str, seconds: float | None = None) -> None:
        """A step may be over before a thread of a busy machine looks."""
        steps.append((name, seconds))
        begin(self, name, seconds)

    monkeypatch.setattr(Progress, "step", noted)
    job = asker.recording(asker.start_capture(**place, pid=paused_program, seconds=60, event=EVENT))
    assert job.seconds_left is not None
    assert 0 <= job.seconds_left <= 60
    job = asker.sampled(job, paused_program)
    assert job.state == "done"
    assert steps == [("connecting", None), ("recording", 60), ("reading", None), ("landing", None)]


def test_a_node_process_without_a_perf_map_is_warned_of(
    asker: Asker, place: dict[str, object], perf: str
) -> None:
    with node() as pid:
        pause(pid)
        job = asker.sampled(asker.start_capture(**place, pid=pid, event=EVENT), pid)
    assert job.state == "done"
    assert ["--perf-basic-prof" in warning for warning in job.warnings] == [True]


def test_the_whole_machine(
    asker: Asker, place: dict[str, object], profiles: Path, perf: str, tmp_path: Path, paused_program: int
) -> None:
    if record(perf, tmp_path / "perf.data", "-a").returncode != 0:
        not_possible_here("this user may not record other users' processes")
    body = {"system": True, "event": EVENT, "frequency": 49, "filename": "all.perf"}
    job = asker.sampled(asker.start_capture(**place, **body), paused_program)
    assert (job.state, job.error) == ("done", None)
    assert arrived(profiles) == ["all.perf"]


@pytest.mark.parametrize(
    "refused",
    ["CLOCK_REALTIME", "comm,pid,tid", "show-lost-events"],
    ids=["no clock that NMI events may use", "no such fields", "no lost events"],
)
def test_an_option_that_the_host_refuses_is_left_out(
    sshd: str,
    tmp_path: Path,
    key: Path,
    asker: Asker,
    perf: str,
    profiles: Path,
    paused_node: int,
    refused: str,
) -> None:
    """A perf that refuses an option stands in for hosts whose kernel or perf does."""
    fake = f'case "$*" in *{refused}*) echo "no {refused}" >&2; exit 129;; esac; exec {perf} "$@"'
    server = Sshd(sshd, tmp_path / "other", toolbox(tmp_path / "tools", perf=fake))
    server.authorize(public(key))
    with running(server):
        job = asker.start_capture(**server.place, pid=paused_node, event=EVENT, filename="one.perf")
        job = asker.sampled(job, paused_node)
    assert (job.state, job.error) == ("done", None)
    profile = read(profiles / "one.perf")
    assert any("lodestarBusyWork" in name for name in profile.frames.name)
    # The process is one of the fields.
    pids = {thread.pid for thread in profile.threads}
    assert pids == ({-1} if refused == "comm,pid,tid" else {paused_node})
    assert left_behind(server) == []


@pytest.mark.parametrize("call_graph", ["fp", "dwarf"])
def test_call_graphs(
    asker: Asker, place: dict[str, object], perf: str, paused_program: int, call_graph: str
) -> None:
    job = asker.start_capture(**place, pid=paused_program, event=EVENT, callGraph=call_graph)
    job = asker.sampled(job, paused_program)
    assert (job.state, job.error) == ("done", None)


def test_no_match_and_several_matches_are_clear_answers(
    asker: Asker, place: dict[str, object], profiles: Path, perf: str
) -> None:
    job = asker.capture(**place, pgrep="no-process-has-this-name-[x]", seconds=1)
    assert (job.state, dict(job.details)) == ("failed", {})
    assert "No process" in str(job.error)
    name = unique("twin")
    with node(name=name) as one, node(name=name) as other:
        pause(one)
        pause(other)
        job = asker.capture(**place, pgrep=pattern_of(name), seconds=1)
    assert "2 processes" in str(job.error)
    processes = cast(list[dict[str, Any]], job.details["processes"])
    assert {process["pid"] for process in processes} == {one, other}
    assert all(f"busy.js {name}" in process["command"] for process in processes)
    assert arrived(profiles) == []


def test_a_process_that_is_not_there(asker: Asker, place: dict[str, object], perf: str) -> None:
    with node() as pid:
        pass
    job = asker.capture(**place, pid=pid, seconds=1)
    assert "no process" in str(job.error)


def test_a_broken_pattern_fails_in_pgreps_own_words(
    asker: Asker, place: dict[str, object], perf: str
) -> None:
    job = asker.capture(**place, pgrep="(", seconds=1)
    assert job.state == "failed"
    assert "pgrep failed" in str(job.error)


@pytest.mark.parametrize(
    "pattern",
    [
        "; touch {ran}",
        "$(touch {ran})",
        "`touch {ran}`",
        "a\ntouch {ran}",
        "-oProxyCommand=touch {ran}",
        "'\"{ran}",
        "|| touch {ran}",
    ],
)
def test_hostile_patterns_run_nothing(
    asker: Asker, place: dict[str, object], tmp_path: Path, perf: str, pattern: str
) -> None:
    ran = tmp_path / "ran"
    job = asker.capture(**place, pgrep=pattern.format(ran=ran), seconds=1)
    assert job.state == "failed"
    assert not ran.exists()


@pytest.mark.parametrize("event", ["cpu-clock; touch x", "-x", "$(x)", "a b", "a\nb", ""])
def test_hostile_events_are_refused(asker: Asker, event: str) -> None:
    with pytest.raises(ParameterError):
        asker.capture(host="x", pid=1, event=event)


def test_an_event_that_does_not_exist_fails_in_perfs_own_words(
    asker: Asker, server: Sshd, place: dict[str, object], profiles: Path, perf: str, paused_program: int
) -> None:
    job = asker.capture(**place, pid=paused_program, seconds=1, event="no-such-event")
    assert job.state == "failed"
    assert "perf record failed" in str(job.error)
    assert "no-such-event" in str(job.error)
    assert (arrived(profiles), left_behind(server)) == ([], [])


def test_a_host_without_perf(sshd: str, tmp_path: Path, key: Path, asker: Asker) -> None:
    server = Sshd(sshd, tmp_path / "other", toolbox(tmp_path / "tools", "perf"))
    server.authorize(public(key))
    with running(server):
        assert "no perf" in str(asker.capture(**server.place, pid=1).error)
        job = asker.capture(**server.place, system=True, sudo=True)
    assert "no sudo there" in str(job.error)


def test_a_paranoid_host_is_told_in_perfs_own_words(
    sshd: str, tmp_path: Path, key: Path, asker: Asker
) -> None:
    words = "echo 'Access is limited. Consider adjusting /proc/sys/kernel/perf_event_paranoid' >&2; exit 255"
    server = Sshd(sshd, tmp_path / "other", toolbox(tmp_path / "tools", perf=words))
    server.authorize(public(key))
    with running(server):
        job = asker.capture(**server.place, system=True)
    assert "Access is limited." in str(job.error)
    assert "Use sudo" in str(job.error)


def test_a_host_without_gzip(
    sshd: str, tmp_path: Path, key: Path, asker: Asker, profiles: Path, perf: str, paused_node: int
) -> None:
    server = Sshd(sshd, tmp_path / "other", toolbox(tmp_path / "tools", "gzip"))
    server.authorize(public(key))
    with running(server):
        job = asker.start_capture(**server.place, pid=paused_node, event=EVENT, filename="x")
        job = asker.sampled(job, paused_node)
    assert (job.state, job.error) == ("done", None)
    assert any("lodestarBusyWork" in name for name in names_in(profiles / "x"))


def test_cancelled_while_recording(
    asker: Asker, server: Sshd, place: dict[str, object], profiles: Path, perf: str, paused_program: int
) -> None:
    """The job ends only after the host is cleaned up, long before the minute is over."""
    job = asker.start_capture(**place, pid=paused_program, seconds=600, event=EVENT)
    asker.jobs.wait(job.id, lambda view: view.step == "recording", WAIT)
    recorders = started(place, "perf")
    asker.jobs.cancel(job.id)
    job = asker.ended(job)
    assert (job.state, job.error) == ("cancelled", None)
    assert (arrived(profiles), left_behind(server)) == ([], [])
    psutil.wait_procs(recorders)


def test_a_lost_connection_stops_the_recording_and_removes_its_directory(
    asker: Asker, server: Sshd, place: dict[str, object], profiles: Path, perf: str, paused_program: int
) -> None:
    with working(paused_program) as pid:
        job = asker.start_capture(**place, pid=pid, seconds=600, event=EVENT)
        asker.jobs.wait(job.id, lambda view: view.step == "recording", WAIT)
        shells, recorders = started(place, "sh"), started(place, "perf")
        server.cut()
        job = asker.ended(job)
        # They end by themselves: the connection is gone, so no command can stop them.
        psutil.wait_procs([*recorders, *shells])
    # What came before is kept: nothing, or some samples.
    kept = arrived(profiles)
    assert (job.state, len(kept)) in (("failed", 0), ("done", 1))
    assert "connection" in " ".join((str(job.error), *job.warnings))
    assert left_behind(server) == []


def test_with_sudo(
    sshd: str, tmp_path: Path, key: Path, asker: Asker, perf: str, paused_program: int
) -> None:
    """Not every machine has sudo, so a fake one logs its arguments and runs the command."""
    note = f'echo "$1 $2 $3" >>{tmp_path}/noted; shift; exec "$@"'
    server = Sshd(sshd, tmp_path / "other", toolbox(tmp_path / "tools", sudo=note))
    server.authorize(public(key))
    with running(server):
        job = asker.start_capture(**server.place, pid=paused_program, event=EVENT, sudo=True)
        job = asker.sampled(job, paused_program)
    assert (job.state, job.error) == ("done", None)
    assert set((tmp_path / "noted").read_text().splitlines()) == {"-n perf record", "-n perf script"}


def test_sudo_that_asks_for_a_password(sshd: str, tmp_path: Path, key: Path, asker: Asker) -> None:
    words = "echo 'sudo: a password is required' >&2; exit 1"
    server = Sshd(sshd, tmp_path / "other", toolbox(tmp_path / "tools", sudo=words))
    server.authorize(public(key))
    with running(server):
        job = asker.capture(**server.place, system=True, sudo=True)
    assert "a password is required" in str(job.error)
    assert "docs/ssh.md" in str(job.error)
