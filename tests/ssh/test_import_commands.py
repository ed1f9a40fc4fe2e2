"""`flamescope-py import` and `flamescope-py capture`, run as they are, against a real sshd."""

from __future__ import annotations

import os
import pty
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from flamescope_py.commands.main import main
from tests.ssh.conftest import PERF_TEXT, arrived
from tests.ssh.server import USER, Gate, Sshd, fingerprint, public, running, toolbox
from tests.ssh.test_import_capture import EVENT, names_in
from tests.ssh.test_import_trouble import HALF
from tests.support.processes.nodes import node, pattern_of, pause, unique

COMMAND = (sys.executable, "-m", "flamescope_py")


@pytest.fixture
def environment(home: Path, tmp_path: Path) -> dict[str, str]:
    opened = tmp_path / "browser"
    opened.write_text(f'#!/bin/sh\necho "$1" >>{tmp_path}/opened\n')
    opened.chmod(0o755)
    return {
        **os.environ,
        "HOME": str(home),
        "XDG_DATA_HOME": str(home / "data"),
        "XDG_CACHE_HOME": str(home / "cache"),
        "BROWSER": f"{opened} %s",
    }


def run(environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, *arguments],
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


def test_import(environment: dict[str, str], server: Sshd, far: Path, profiles: Path) -> None:
    shown = fingerprint(server.host_key)
    source = f"{USER}@127.0.0.1:{far}/perf.out"
    options = ["--port", str(server.port), "--dir", str(profiles)]
    unknown = run(environment, "import", source, "beacon/one.out", *options)
    assert (unknown.returncode, arrived(profiles)) == (3, [])
    assert f"--host-key {shown}" in unknown.stderr
    done = run(environment, "import", source, "beacon/one.out", *options, "--host-key", shown)
    assert (done.returncode, done.stdout) == (0, "beacon/one.out\n")
    assert "reading" in done.stderr
    assert (profiles / "beacon" / "one.out").read_bytes() == PERF_TEXT
    # The host is known now. An ssh:// address names the same file.
    address = f"ssh://{USER}@127.0.0.1:{server.port}{far}/perf.out"
    again = run(environment, "import", address, "--dir", str(profiles))
    assert (again.returncode, again.stdout) == (0, "perf.out\n")
    exact = run(environment, "import", address, "--dir", str(profiles), "--exact")
    assert (exact.returncode, "already" in exact.stderr) == (1, True)


@pytest.mark.parametrize(
    ("arguments", "code", "word"),
    [
        (["import", "nothing"], 2, "admin@10.0.0.7"),
        (["import", "-oProxyCommand=x:/y"], 2, "No such option"),
        (["import", "a b:/y"], 2, "admin@10.0.0.7"),
        (["import", "--", "-x:/y"], 2, "host"),
        (["import", "x:/y", "../z"], 2, "filename"),
        (["import", "x:/y", "--dir", "not-there"], 2, "not there"),
        (["capture", "x"], 2, "pid"),
        (["capture", "x", "--pid", "1", "--seconds", "100000"], 2, "seconds"),
        (["import", "127.0.0.1:/y", "--port", "1"], 1, "cannot be reached"),
    ],
)
def test_what_cannot_be_done_ends_with_a_code(
    environment: dict[str, str], profiles: Path, arguments: list[str], code: int, word: str
) -> None:
    where = [] if "--dir" in arguments else ["--dir", str(profiles)]
    answer = CliRunner().invoke(main, [arguments[0], *where, *arguments[1:]], env=environment)
    assert (answer.exit_code, type(answer.exception)) == (code, SystemExit), answer.output
    assert word in answer.stderr


def test_a_terminal_is_asked_about_an_unknown_host(
    environment: dict[str, str], server: Sshd, far: Path, profiles: Path
) -> None:
    command = [*COMMAND, "import", f"{USER}@127.0.0.1:{far}/perf.out", "--dir", str(profiles)]
    terminal, theirs = pty.openpty()
    child = subprocess.Popen(
        [*command, "--port", str(server.port)],
        env=environment,
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
    )
    os.close(theirs)
    said = b""
    while b"[y/N]" not in said:
        said += os.read(terminal, 4096)
    assert fingerprint(server.host_key).encode() in said
    os.write(terminal, b"y\n")
    try:
        while chunk := os.read(terminal, 4096):
            said += chunk
    except OSError:
        # Linux raises this once the other side of a terminal is closed.
        pass
    os.close(terminal)
    assert child.wait() == 0, said
    assert arrived(profiles) == ["perf.out"]


def test_interrupted(
    environment: dict[str, str], sshd: str, tmp_path: Path, key: Path, far: Path, profiles: Path
) -> None:
    gate = Gate(tmp_path / "gate")
    half = HALF.format(gzip="/usr/bin/gzip", wait=gate.wait)
    server = Sshd(sshd, tmp_path / "slow", toolbox(tmp_path / "tools", gzip=half))
    server.authorize(public(key))
    options = ["--port", str(server.port), "--host-key", fingerprint(server.host_key), "--dir", str(profiles)]
    command = [*COMMAND, "import", f"{USER}@127.0.0.1:{far}/perf.out", *options]
    with running(server):
        process = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True)
        gate.reached()
        process.send_signal(signal.SIGINT)
        _, words = process.communicate()
        gate.close()
    assert (process.returncode, arrived(profiles)) == (130, [])
    assert "Interrupted." in words
    assert "Traceback" not in words


@pytest.mark.perf
def test_capture_and_open(
    environment: dict[str, str], server: Sshd, profiles: Path, perf: str, tmp_path: Path
) -> None:
    options = ["--port", str(server.port), "--host-key", fingerprint(server.host_key), "--dir", str(profiles)]
    os.mkfifo(tmp_path / "opened")
    environment["FLAMESCOPE_PORT"] = "0"
    name = unique("lodestar-command")
    what = [
        "--pgrep",
        pattern_of(name),
        "--seconds",
        "1",
        "--event",
        EVENT,
        "--open",
    ]
    command = [*COMMAND, "capture", f"{USER}@127.0.0.1", "new/node.perf", *what, *options]
    with node("--perf-basic-prof", name=name):
        process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
        # The test's browser writes the address it was opened with to this file.
        address = (tmp_path / "opened").read_text()
    process.send_signal(signal.SIGINT)
    said, _ = process.communicate()
    assert said.splitlines()[0] == "new/node.perf"
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+/#/heatmap/perf/new%2Fnode\.perf\n", address)
    assert any("lodestarBusyWork" in name for name in names_in(profiles / "new/node.perf"))


@pytest.mark.perf
def test_several_processes_are_listed(
    environment: dict[str, str], server: Sshd, profiles: Path, perf: str
) -> None:
    options = ["--port", str(server.port), "--host-key", fingerprint(server.host_key), "--dir", str(profiles)]
    name = unique("pair")
    with node(name=name) as one, node(name=name) as other:
        pause(one)
        pause(other)
        answer = run(environment, "capture", f"{USER}@127.0.0.1", "--pgrep", pattern_of(name), *options)
    assert answer.returncode == 1
    assert {
        int(line.split()[0])
        for line in answer.stderr.splitlines()
        if f"busy.js {name}" in line and line[0] == " "
    } == {
        one,
        other,
    }
