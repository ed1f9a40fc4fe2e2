"""Recordings on this machine with a real perf: by the importer, and by `flamescope-py record`."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest
from click.testing import CliRunner

from flamescope_py.commands.main import main
from flamescope_py.jobs.job import JobView
from flamescope_py.readers.source import read_profile
from tests.ssh.conftest import Asker, arrived, kill_recorders, until
from tests.ssh.test_import_capture import EVENT, names_in
from tests.support.processes.nodes import (
    NOT_INLINED,
    computed,
    node,
    node_binary,
    pattern_of,
    pause,
    small_program,
    unique,
    working,
)

pytestmark = pytest.mark.perf

COMMAND = (sys.executable, "-m", "flamescope_py", "record", "-e", EVENT)


@pytest.fixture
def scratch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The temporary directory of recordings, so that leftovers are seen."""
    folder = tmp_path / "scratch"
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    return folder


def start(asker: Asker, **body: object) -> JobView:
    return asker.importer.record(asker.importer.read_record({"event": EVENT, **body}), "test")


def recording(asker: Asker, **body: object) -> JobView:
    """Start a recording, and return it when perf records."""
    return asker.recording(start(asker, **body))


@pytest.fixture
def tools(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory of programs in front of the machine's own."""
    folder = tmp_path / "tools"
    folder.mkdir()
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    return folder


def program(folder: Path, name: str, text: str) -> None:
    (folder / name).write_text(f"#!/bin/sh\n{text}\n")
    (folder / name).chmod(0o755)


def test_a_process(asker: Asker, profiles: Path, scratch: Path, perf: str, paused_program: int) -> None:
    with working(paused_program) as pid:
        job = asker.ended(start(asker, pid=pid, seconds=1, filename="one.perf"))
    assert (job.state, job.error, job.warnings, job.kind) == ("done", None, (), "record")
    assert arrived(profiles) == ["one.perf"]
    assert list(scratch.iterdir()) == []


def test_it_is_ended_early_and_kept(
    asker: Asker, profiles: Path, scratch: Path, perf: str, paused_node: int
) -> None:
    job = asker.sampled(start(asker, pid=paused_node, seconds=600, filename="one.perf"), paused_node)
    assert (job.state, job.error, job.warnings) == ("done", None, ())
    assert arrived(profiles) == ["one.perf"]
    assert any("lodestarBusyWork" in name for name in names_in(profiles / "one.perf"))
    assert list(scratch.iterdir()) == []


@pytest.mark.parametrize("live", [True, False])
def test_it_is_ended_before_perf_has_begun(
    asker: Asker,
    profiles: Path,
    scratch: Path,
    tools: Path,
    tmp_path: Path,
    perf: str,
    paused_program: int,
    live: bool,
) -> None:
    """The wrapper of perf waits, so that the end comes first."""
    wait = f": >{tmp_path}/waits; while [ ! -e {tmp_path}/go ]; do sleep 0.05; done"
    late = f'case "$*" in *" cat "*) {wait};; esac'
    program(tools, "perf", f'{late}; exec {perf} "$@"')
    job = start(asker, pid=paused_program, seconds=600, live=live)
    until((tmp_path / "waits").exists)
    asker.jobs.finish(job.id)
    until(lambda: not list(scratch.glob("*/wanted")))
    (tmp_path / "go").touch()
    job = asker.ended(job)
    assert (job.state, list(scratch.iterdir())) == ("failed", [])
    assert "No samples were taken" in str(job.error)


def test_it_is_cancelled_and_discarded(
    asker: Asker, profiles: Path, scratch: Path, perf: str, paused_program: int
) -> None:
    job = recording(asker, pid=paused_program, seconds=600)
    asker.jobs.cancel(job.id)
    job = asker.ended(job)
    assert job.state == "cancelled"
    assert (arrived(profiles), list(scratch.iterdir())) == ([], [])


def test_a_process_that_ends_meanwhile_is_kept(asker: Asker, profiles: Path, perf: str) -> None:
    with small_program() as pid:
        pause(pid)
        job = recording(asker, pid=pid, seconds=600, filename="one.perf")
        computed(pid)
        os.kill(pid, signal.SIGKILL)
        job = asker.ended(job)
    assert (job.state, job.error) == ("done", None)
    assert ["ended before" in warning for warning in job.warnings] == [True]


def test_a_perf_that_others_end_is_no_process_that_ended(
    asker: Asker, profiles: Path, perf: str, paused_program: int
) -> None:
    """perf ends in the same way on SIGTERM as when its process ends."""
    job = recording(asker, pid=paused_program, seconds=600, live=False)
    computed(paused_program)
    pause(paused_program)
    kill_recorders(signal.SIGTERM)
    job = asker.ended(job)
    assert (job.state, job.error) == ("done", None)
    assert ["perf was killed" in warning for warning in job.warnings] == [True]


def test_a_script_that_a_signal_ends_is_told(
    asker: Asker, profiles: Path, scratch: Path, perf: str, paused_program: int
) -> None:
    others = set(psutil.Process().children())
    job = recording(asker, pid=paused_program, seconds=600, live=False)
    for shell in set(psutil.Process().children()) - others:
        shell.terminate()
    job = asker.ended(job)
    assert (job.state, list(scratch.iterdir())) == ("failed", [])
    assert job.error == "This machine could not record: its script was ended by a signal"


def test_no_sample_is_an_error(
    asker: Asker, profiles: Path, scratch: Path, perf: str, paused_program: int
) -> None:
    """A process that does not run leaves perf.data with a header alone."""
    job = asker.ended(start(asker, pid=paused_program, seconds=1))
    assert (job.state, arrived(profiles), list(scratch.iterdir())) == ("failed", [], [])
    assert "No samples were taken" in str(job.error)


def test_wrappers_are_no_matches(asker: Asker, profiles: Path, perf: str) -> None:
    name = unique("wrapped")
    with node("--perf-basic-prof", name=name) as pid:
        pause(pid)
        script = f"exec 2>&1; : busy.js {name}; cat /proc/{pid}/comm; wait"
        with subprocess.Popen(["timeout", "60", "sh", "-c", script], stdout=subprocess.PIPE) as other:
            job = asker.sampled(start(asker, pgrep=pattern_of(name)), pid)
            other.terminate()
    assert (job.state, job.error) == ("done", None)


def test_the_list_of_matches_tells_them_apart(asker: Asker, perf: str) -> None:
    name = unique("twin")
    with node("--perf-basic-prof", name=name) as one, node(name=name) as other:
        job = asker.ended(start(asker, pgrep=pattern_of(name), seconds=1))
    found = {row["pid"]: row for row in job.details["processes"]}  # type: ignore[attr-defined]
    assert set(found) == {one, other}
    assert {row["runtime"] for row in found.values()} == {"node"}
    assert (found[one]["map"], found[other]["map"]) == ("named", "absent")
    assert all(row["cpu"] > 0 for row in found.values())


def test_a_map_without_a_javascript_name_is_told(asker: Asker, perf: str) -> None:
    with node() as pid:
        pause(pid)
        Path(f"/tmp/perf-{pid}.map").write_text("7f00 20 RegExp:^a\n")
        job = asker.sampled(start(asker, pid=pid), pid)
    assert ["without the name of a JavaScript function" in one for one in job.warnings] == [True]


def test_without_perf_one_line_helps(asker: Asker, tools: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("sh", "dd", "cat"):
        (tools / name).symlink_to(f"/bin/{name}")
    monkeypatch.setenv("PATH", str(tools))
    job = asker.ended(start(asker, system=True))
    assert "This machine has no perf: install it here" in str(job.error)


def test_a_paranoid_machine_is_told_in_perfs_own_words(asker: Asker, tools: Path) -> None:
    program(tools, "perf", "echo 'Consider adjusting /proc/sys/kernel/perf_event_paranoid' >&2; exit 255")
    job = asker.ended(start(asker, system=True))
    assert "perf record failed on this machine" in str(job.error)
    assert str(job.error).startswith("Use sudo, or lower kernel.perf_event_paranoid here.")


def test_a_hostile_pattern_runs_nothing(asker: Asker, tmp_path: Path, perf: str) -> None:
    job = asker.ended(start(asker, pgrep=f"$(touch {tmp_path}/ran); touch {tmp_path}/ran"))
    assert job.state == "failed"
    assert not (tmp_path / "ran").exists()


def run(profiles: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [*COMMAND, "--save-only", "--dir", str(profiles), *arguments]
    return subprocess.run(
        command, check=False, capture_output=True, text=True, stdin=subprocess.DEVNULL, cwd=profiles.parent
    )


def test_a_command_is_recorded_from_its_first_step(home: Path, profiles: Path, perf: str) -> None:
    done = run(
        profiles,
        "-o",
        "one.perf",
        "--",
        "sh",
        "-c",
        "i=0; while [ $i -lt 300000 ]; do i=$((i+1)); done; exit 7",
    )
    assert (done.returncode, done.stdout) == (7, f"{profiles}/one.perf\n")
    with (profiles / "one.perf").open("rb") as file:
        assert len(read_profile(file, "perf").samples) > 0


def test_node_gets_its_options_and_they_are_told(home: Path, profiles: Path, perf: str) -> None:
    script = (
        "function ownWork() { let s = 0; for (let i = 0; i < 1e5; i++) s += i % 7; return s } "
        "while (process.cpuUsage().user < 3e5) ownWork()"
    )
    done = run(profiles, "-o", "one.perf", "--", node_binary(), NOT_INLINED, "-e", script)
    assert done.returncode == 0, done.stderr
    assert "--perf-basic-prof --interpreted-frames-native-stack" in done.stderr
    assert any("ownWork" in name for name in names_in(profiles / "one.perf"))
    # V8 leaves no log of its own.
    assert list(profiles.parent.glob("isolate-*")) == []


def test_a_command_does_not_run_where_perf_cannot_record(
    home: Path, profiles: Path, tmp_path: Path, perf: str
) -> None:
    command = [
        *COMMAND[:-1],
        "no-such-event",
        "--save-only",
        "--dir",
        str(profiles),
        "--",
        "touch",
        f"{tmp_path}/ran",
    ]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert (done.returncode, (tmp_path / "ran").exists()) == (1, False)
    assert "perf record failed on this machine" in done.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["-a", "-p", "1"],
        ["-p", "1", "--", "true"],
        ["--", "no-such-program-here"],
        ["-p", "1", "--ring", "soon"],
        ["-p", "1", "--ring", "1"],
        ["-p", "1", "--ring", "25h"],
    ],
)
def test_wrong_usage(home: Path, profiles: Path, arguments: list[str]) -> None:
    options = ["--save-only", "--dir", str(profiles)]
    done = CliRunner().invoke(main, ["record", "-e", EVENT, *options, *arguments])
    assert (done.exit_code, type(done.exception)) == (2, SystemExit), done.output
    assert done.stderr.startswith("Error: ")


def test_ctrl_c_ends_the_recording_and_keeps_it(
    home: Path, profiles: Path, perf: str, paused_node: int
) -> None:
    command = [*COMMAND, "--save-only", "--dir", str(profiles)]
    command += ["-s", "60", "-o", "one.perf", "-p", str(paused_node)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        while "recording" not in process.stderr.readline():
            assert process.poll() is None
        computed(paused_node)
        pause(paused_node)
        process.send_signal(signal.SIGINT)
        shown, _ = process.communicate()
    assert (process.returncode, shown) == (0, f"{profiles}/one.perf\n")
    assert any("lodestarBusyWork" in name for name in names_in(profiles / "one.perf"))


def test_the_page_is_opened_and_served(
    home: Path, profiles: Path, tmp_path: Path, perf: str, paused_program: int
) -> None:
    program(
        tmp_path, "browser", f'echo "$1" >{tmp_path}/opened.new; mv {tmp_path}/opened.new {tmp_path}/opened'
    )
    environment = {**os.environ, "BROWSER": f"{tmp_path}/browser %s", "FLAMESCOPE_PORT": "0"}
    with working(paused_program) as pid:
        command = [*COMMAND, "--dir", str(profiles), "-s", "1", "-o", "one.perf", "-p", str(pid)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
            assert process.stdout is not None
            # The page opens at the first samples, which a short recording may not show before its end.
            lines = sorted(process.stdout.readline() for _ in range(2))
            assert lines[0] == f"{profiles}/one.perf\n"
            assert "#/heatmap/perf/one.perf" in lines[1]
            process.send_signal(signal.SIGINT)
            process.wait()
    assert process.returncode == 0
