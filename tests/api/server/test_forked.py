"""Most tests ask forks of a process (tests/support/processes/zygote.py): they are as started servers."""

from __future__ import annotations

import os
import re
import signal
import subprocess
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from tests.faults.asking import all_answers
from tests.support.processes.starting import Forked, Started, start

CONFINED = "confined.py"


def log(folder: Path, fresh: bool) -> Path:
    return folder / f"{fresh}.log"


def started(profiles: Path, folder: Path, *arguments: str, fresh: bool, **more: str) -> Started:
    """Start a server with its own cache."""
    command = ["serve", str(profiles), "--port", "0", "--cache-dir", str(folder / f"{fresh}"), *arguments]
    with log(folder, fresh).open("w") as file:
        process = start(command, {**os.environ, **more}, file.fileno(), fresh=fresh)
    assert isinstance(process, Forked) != fresh
    return process


def readers(process: Started) -> list[psutil.Process]:
    """Return the processes of a server that read, and those that start them and clean up after them."""
    found = psutil.Process(process.pid).children(recursive=True)
    with suppress(psutil.NoSuchProcess):
        return [one for one in found if not any(CONFINED in argument for argument in one.cmdline())]
    return []


def seen(process: Started, folder: Path, fresh: bool) -> dict[str, object]:
    """Return what can be seen of a server, and stop it."""
    assert process.stdout is not None
    line = process.stdout.readline()
    answers = all_answers(re.findall(r"http://\S+/", line)[0], ["small.perf"])
    # Those that read are processes of the fork server, and start after the first answers.
    while len(children := readers(process)) < 4:
        assert process.poll() is None
    depths = sorted([one.pid for one in child.parents()].index(process.pid) for child in children)
    [tracker] = [one for one in children if "resource_tracker" in " ".join(one.cmdline())]
    variables = tracker.environ()
    status = Path(f"/proc/{process.pid}/status").read_text()
    process.terminate()
    rest, _ = process.communicate(timeout=60)
    return {
        "line": re.sub(r":\d+/\?token=[\w-]+", "/", line).replace(f"/{fresh}", "/CACHE"),
        "answers": answers,
        "depths": depths,
        "variables": {name: text for name, text in variables.items() if not name.startswith("PYTEST_")},
        "signals": re.findall(r"(?:SigBlk|SigIgn|SigCgt):\s+\w+", status),
        "rest": rest,
        "code": process.wait(),
        "log": sorted({one.split(" ", 1)[1][:30] for one in log(folder, fresh).read_text().splitlines()}),
    }


def test_a_fork_is_like_a_process_of_its_own(profiles: Path, tmp_path: Path) -> None:
    both = [seen(started(profiles, tmp_path, fresh=fresh), tmp_path, fresh) for fresh in (True, False)]
    assert both[0] == both[1]


@pytest.mark.parametrize("fresh", [True, False])
def test_wrong_settings_end_it(profiles: Path, tmp_path: Path, fresh: bool) -> None:
    process = started(profiles, tmp_path, "--workers", "many", fresh=fresh)
    assert process.communicate(timeout=60)[0] == ""
    assert process.wait() == 2
    assert log(tmp_path, fresh).read_text().startswith("Error: workers (command line) must be")


@pytest.mark.parametrize("fresh", [True, False])
def test_it_can_be_killed(profiles: Path, tmp_path: Path, fresh: bool) -> None:
    process = started(profiles, tmp_path, fresh=fresh)
    assert process.stdout is not None
    process.stdout.readline()
    assert process.poll() is None
    with pytest.raises(subprocess.TimeoutExpired):
        process.wait(0)
    process.send_signal(signal.SIGKILL)
    assert process.wait(60) == -signal.SIGKILL
    process.communicate(timeout=60)
    with suppress(psutil.NoSuchProcess):
        pytest.fail(str(psutil.Process(process.pid)))


@pytest.mark.parametrize("name", ["PYTHONHASHSEED", "HOME", "XDG_CACHE_HOME", "TZ"])
def test_what_an_import_may_depend_on_needs_a_process_of_its_own(
    profiles: Path, tmp_path: Path, name: str
) -> None:
    with log(tmp_path, fresh=True).open("w") as file:
        command = ["serve", str(profiles), "--port", "0"]
        process = start(command, {**os.environ, name: "1"}, file.fileno())
    assert isinstance(process, subprocess.Popen)
    process.kill()
    process.communicate()
