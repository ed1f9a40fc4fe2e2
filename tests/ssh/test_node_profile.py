"""Node programs that sample themselves: `flamescope-py record --cpu-prof`, and where there is no perf."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from flamescope_py.incoming.names import of_thread
from flamescope_py.readers.source import read_profile, sniff_file
from tests.ssh.conftest import arrived
from tests.support.processes.nodes import node_binary

COMMAND = (sys.executable, "-m", "flamescope_py", "record", "--save-only")
# A main thread and a worker, with a function each: so much work, since a busy machine may leave
# no time for it in any time of the clock. It ends after its work, or goes on where it is asked to.
PROGRAM = """
const { Worker, isMainThread } = require("worker_threads");
function busy(work) { for (let n = 0; n < 3000; n++) work(); }
function inMain() { let sum = 0; for (let i = 0; i < 1e5; i++) sum += i % 7; return sum; }
function inWorker() { let sum = 0; for (let i = 0; i < 1e5; i++) sum += i % 5; return sum; }
if (isMainThread) {
  new Worker(__filename).on("exit", () => {
    console.log("ready");
    if (process.argv[2]) setInterval(inMain, 1);
    else process.exitCode = 7;
  });
  busy(inMain);
} else busy(inWorker);
"""


@pytest.fixture
def program(home: Path, tmp_path: Path) -> tuple[str, str]:
    """The binary of Node and a program."""
    (tmp_path / "app.js").write_text(PROGRAM)
    return node_binary(), str(tmp_path / "app.js")


def names_in(path: Path) -> set[str]:
    with path.open("rb") as file:
        assert sniff_file(file).type == "cpuprofile"
        return set(read_profile(file, "cpuprofile").frames.name)


def test_each_thread_has_a_profile(program: tuple[str, str], profiles: Path) -> None:
    command = [*COMMAND, "--cpu-prof", "--dir", str(profiles), "-o", "one.cpuprofile", "--", *program]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert done.returncode == 7
    assert done.stdout == f"ready\n{profiles}/one.cpuprofile\n{profiles}/one-thread-1.cpuprofile\n"
    assert any("inMain" in name for name in names_in(profiles / "one.cpuprofile"))
    assert any("inWorker" in name for name in names_in(profiles / "one-thread-1.cpuprofile"))


def test_ctrl_c_keeps_it_where_there_is_no_perf(
    program: tuple[str, str], profiles: Path, tmp_path: Path
) -> None:
    """A program without a listener of its own ends by the signal, as without us."""
    tools = tmp_path / "tools"
    tools.mkdir()
    environment = {**os.environ, "PATH": str(tools)}
    command = [*COMMAND, "--dir", str(profiles), "-o", "one.cpuprofile", "--", *program, "on"]
    with subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        process.send_signal(signal.SIGINT)
        shown, words = process.communicate()
    assert process.returncode == 128 + signal.SIGINT
    assert shown.splitlines()[0] == f"{profiles}/one.cpuprofile"
    assert "There is no perf here" in words
    assert any("inMain" in name for name in names_in(profiles / "one.cpuprofile"))


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["-a"], "cpuProf and system"),
        (["-p", "1", "-e", "cycles"], "cpuProf and event"),
        (["--", "true"], "for Node"),
        (["--sudo", "--", "node", "x.js"], "--sudo"),
        (["--ring", "10m", "--", "node", "x.js"], "--ring"),
    ],
)
def test_wrong_usage(home: Path, profiles: Path, arguments: list[str], word: str) -> None:
    command = [*COMMAND, "--cpu-prof", "--dir", str(profiles), *arguments]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert (done.returncode, arrived(profiles)) == (2, [])
    assert word in done.stderr


def test_a_program_that_is_killed_is_told(program: tuple[str, str], profiles: Path) -> None:
    binary = program[0]
    command = [
        *COMMAND,
        "--cpu-prof",
        "--dir",
        str(profiles),
        "--",
        binary,
        "-e",
        "process.kill(process.pid, 9)",
    ]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert (done.returncode, arrived(profiles)) == (128 + signal.SIGKILL, [])
    assert "Node wrote no profile" in done.stderr


def test_names_of_further_threads() -> None:
    assert of_thread("a/b.cpuprofile", 0) == "a/b.cpuprofile"
    assert of_thread("a/b.cpuprofile", 2) == "a/b-thread-2.cpuprofile"
    assert of_thread("a.b/c", 1) == "a.b/c-thread-1"
