"""Live recordings where perf cannot be followed: short recordings in turn, here and over SSH."""

from __future__ import annotations

import os
import re
import signal
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path
from time import sleep

import pytest

from flamescope_py.jobs.job import JobView
from flamescope_py.readers.source import read_profile
from flamescope_py.recording import recorder
from flamescope_py.recording.scripts import RECORD, TURN_SECONDS
from tests.ssh.conftest import Asker, arrived, kill_recorders, until
from tests.ssh.server import Sshd, public, running, toolbox
from tests.ssh.test_import_capture import EVENT
from tests.ssh.test_import_trouble import mounted
from tests.ssh.test_live import shown
from tests.ssh.test_record_here import program, scratch, start, tools
from tests.support.processes.nodes import small_program, working

__all__ = ["scratch", "tools"]

pytestmark = pytest.mark.perf

# A perf that cannot write a stream, and one that cannot read it. It notes what it reads.
NO_STREAM = 'case "$*" in *"{refused} "*|*--no-bpf-event*) echo "no such option" >&2; exit 129;; esac'
NOTE = 'case "$1 $*" in script*header-only*) ;; script*) echo "$*" >>{noted};; esac'


def pipeless(perf: str, noted: Path, refused: str = "-o -") -> str:
    return f'{NO_STREAM.format(refused=refused)}; {NOTE.format(noted=noted)}; exec {perf} "$@"'


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make each turn one second long."""
    usual = f"turn_seconds={TURN_SECONDS}\n"
    assert RECORD.count(usual) == 1
    monkeypatch.setattr(recorder, "RECORD", RECORD.replace(usual, "turn_seconds=1\n"))


@pytest.fixture
def noted(tmp_path: Path) -> Path:
    return tmp_path / "noted"


@pytest.fixture(params=["here", "over SSH"])
def old(
    request: pytest.FixtureRequest, tmp_path: Path, asker: Asker, noted: Path, perf: str
) -> Iterator[tuple[Callable[..., JobView], Path]]:
    """Start recordings with such a perf; with the temporary directory that they use."""
    if request.param == "here":
        program(request.getfixturevalue("tools"), "perf", pipeless(perf, noted))
        yield partial(start, asker), request.getfixturevalue("scratch")
        return
    # A host without tail and stdbuf.
    fake = toolbox(tmp_path / "programs", perf=pipeless(perf, noted, "-i -"))
    server = Sshd(request.getfixturevalue("sshd"), tmp_path / "old", fake)
    server.authorize(public(request.getfixturevalue("key")))
    with running(server):
        yield partial(asker.start_capture, **server.place, event=EVENT), server.temporary


def turns_in(text: str) -> list[int]:
    """Return the numbers of turns that the comments of a text have."""
    found = re.findall(
        r"^# flamescope turns : (\d+), with gaps of \d+\.\d\d s in all and \d+\.\d\d s at most$",
        text,
        re.MULTILINE,
    )
    return list(map(int, found))


def test_turns_make_one_profile(
    old: tuple[Callable[..., JobView], Path], asker: Asker, profiles: Path, noted: Path, paused_program: int
) -> None:
    begin, temporary = old
    path = profiles / "turns.perf"
    with working(paused_program) as pid:
        job = shown(asker, begin(pid=pid, seconds=600, filename="turns.perf"))
        until(lambda: turns_in(path.read_text()) != [])
        during = path.read_text()
        asker.jobs.finish(job.id)
        job = asker.ended(job)
    assert (job.state, job.error, job.live, job.filename) == ("done", None, None, "turns.perf")
    text = path.read_text()
    assert text.startswith(during.rpartition("# flamescope")[0])
    # A comment behind each turn but the first, each with one more.
    turns = turns_in(text)
    assert turns == list(range(2, len(turns) + 2))
    assert (text.count("# ========"), text.count("# cmdline : ")) == (2, 1)
    assert "record --sample-cpu -k CLOCK_REALTIME " in text
    # perf script has read each file once, and so its symbols. The last one may have no samples.
    numbers = list(map(int, re.findall(r" \S*/turn\.(\d+)(?: |$)", noted.read_text(), re.MULTILINE)))
    assert numbers[: turns[-1]] == list(range(turns[-1]))
    assert set(numbers[turns[-1] :]) <= {turns[-1] - 1}
    with path.open("rb") as file:
        profile = read_profile(file, "perf")
    assert len(profile.samples) == text.count(f" {EVENT}:")
    (message,) = [one for one in profile.report.messages if "in turns" in one]
    assert f"nothing was sampled between them: {turns[-1]}, with gaps of " in message
    assert arrived(profiles) == ["turns.perf"]
    assert list(temporary.iterdir()) == []


@pytest.fixture
def here(tools: Path, scratch: Path, noted: Path, perf: str) -> Path:
    """This machine with a perf that writes no stream. Returns the temporary directory."""
    program(tools, "perf", pipeless(perf, noted))
    return scratch


def samples_in(path: Path) -> int:
    with path.open("rb") as file:
        return len(read_profile(file, "perf").samples)


def test_cancelled_turns_leave_nothing(here: Path, asker: Asker, profiles: Path, paused_program: int) -> None:
    with working(paused_program) as pid:
        job = shown(asker, start(asker, pid=pid, seconds=600))
        asker.jobs.cancel(job.id)
        job = asker.ended(job)
    assert (job.state, arrived(profiles), list(here.iterdir())) == ("cancelled", [], [])


def test_a_process_that_ends_meanwhile_is_kept(here: Path, asker: Asker, profiles: Path) -> None:
    with small_program() as pid:
        job = shown(asker, start(asker, pid=pid, seconds=600, filename="one.perf"))
        os.kill(pid, signal.SIGKILL)
        job = asker.ended(job)
    assert (job.state, job.error, list(here.iterdir())) == ("done", None, [])
    assert ["ended before" in warning for warning in job.warnings] == [True]
    assert samples_in(profiles / "one.perf") > 0


def test_a_killed_perf_keeps_the_turns_before(
    here: Path, asker: Asker, profiles: Path, paused_program: int
) -> None:
    """In the place of another profile, which has got the name meanwhile, it gets the next one."""
    with working(paused_program) as pid:
        job = shown(asker, start(asker, pid=pid, seconds=600, filename="one.perf"))
        (profiles / "one.perf").unlink()
        (profiles / "one.perf").write_text("of another one")
        kill_recorders()
        job = asker.ended(job)
    assert (job.state, job.error, job.filename) == ("done", None, "one-2.perf")
    assert ["perf was killed" in warning for warning in job.warnings] == [True]
    assert (profiles / "one.perf").read_text() == "of another one"
    assert samples_in(profiles / "one-2.perf") > 0
    assert ", and the last one is lost\n" in (profiles / "one-2.perf").read_text()
    assert list(here.iterdir()) == []


def test_a_full_disk_keeps_the_turns_before(
    here: Path, asker: Asker, profiles: Path, paused_program: int
) -> None:
    with mounted(here, "1m"), working(paused_program) as pid:
        job = shown(asker, start(asker, pid=pid, seconds=600, filename="full.perf"))
        # Each text that is written makes room for another turn.
        with (here / "other").open("wb", buffering=0) as other:
            while not asker.jobs.job(job.id).over:
                with suppress(OSError):
                    while other.write(bytes(1024)):
                        pass
                sleep(0.02)
        job = asker.ended(job)
    assert (job.state, job.error) == ("done", None)
    assert ["disk of the temporary directory was full" in warning for warning in job.warnings] == [True]
    assert samples_in(profiles / "full.perf") > 0
    assert ", and the last one is lost\n" in (profiles / "full.perf").read_text()


def test_a_perf_that_may_not_record_is_told_in_its_own_words(asker: Asker, tools: Path) -> None:
    program(tools, "perf", "echo 'Consider adjusting /proc/sys/kernel/perf_event_paranoid' >&2; exit 255")
    job = asker.ended(start(asker, system=True, seconds=5))
    assert job.state == "failed"
    assert "perf record failed on this machine: Consider adjusting" in str(job.error)
