"""Real processes for recordings: a Node or a small program that works without end, and how long it did."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import sleep
from uuid import uuid4

import psutil

BUSY = Path(__file__).with_name("busy.js")
# V8 compiles a function into its caller after some seconds, sooner or later by chance. perf sees the name of
# the caller from then on. This option of V8 (16 to 24) keeps every function that tests look for a frame.
NOT_INLINED = "--max-inlined-bytecode-size=0"
# Some twenty samples at 99 Hz.
_WORK_SECONDS = 0.2


def node_binary() -> str:
    """Return the path of Node, which may be that of the front end, in the virtual environment."""
    places = os.pathsep.join([os.environ["PATH"], str(Path(sys.executable).parent)])
    binary = shutil.which("node", path=places)
    assert binary is not None, "needs Node, as the front end does"
    return binary


def unique(name: str) -> str:
    """Return a name that no process of another test has, since `pgrep` looks at the whole machine."""
    return f"{name}-{uuid4().hex[:12]}"


def pattern_of(name: str) -> str:
    """Return a pattern for `pgrep -f` that finds nodes of this name, but no shell that holds the pattern."""
    return f"busy[.]js {name}"


# Works about a third of the time.
SMALL = "echo ready; while :; do i=0; while [ $i -lt 20000 ]; do i=$((i + 1)); done; sleep 0.02; done"


@contextmanager
def small_program(name: str = "small") -> Iterator[int]:
    """Run a program for tests that look for no function, and yield its pid. `pgrep` finds it by a name.

    It costs less than Node, whose symbols perf reads for a second.
    """
    with subprocess.Popen(
        ["sh", "-c", SMALL, name], stdout=subprocess.PIPE, stdin=subprocess.DEVNULL
    ) as process:
        assert process.stdout is not None
        try:
            assert process.stdout.readline() == b"ready\n"
            yield process.pid
        finally:
            process.kill()


@contextmanager
def node(*options: str, name: str = "beacon") -> Iterator[int]:
    """Run a Node process that is busy in `lodestarBusyWork`. Yield its pid."""
    command = [node_binary(), NOT_INLINED, *options, str(BUSY), name]
    # Node writes a log of its own where it is started.
    folder = tempfile.mkdtemp(prefix="node-")
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, cwd=folder)
    assert process.stdout is not None
    try:
        assert process.stdout.readline() == b"ready\n"
        if not options:
            # That of an earlier process of this number.
            Path(f"/tmp/perf-{process.pid}.map").unlink(missing_ok=True)
        if "--perf-basic-prof" in options:
            _compiled(process.pid)
        yield process.pid
    finally:
        process.kill()
        process.wait()
        process.stdout.close()
        shutil.rmtree(folder)
        Path(f"/tmp/perf-{process.pid}.map").unlink(missing_ok=True)


def _compiled(pid: int) -> None:
    """Wait until the optimized function is in the perf map: an interpreted one has no frame of its own."""
    path = Path(f"/tmp/perf-{pid}.map")
    while b"*lodestarBusyWork" not in path.read_bytes():
        sleep(0.02)


def pause(pid: int) -> None:
    """Stop a program that is not sampled now, which else takes processor time from the tests beside."""
    os.kill(pid, signal.SIGSTOP)


@contextmanager
def working(pid: int) -> Iterator[int]:
    """Let a paused program work for a while."""
    psutil.Process(pid).resume()
    try:
        yield pid
    finally:
        pause(pid)


def computed(pid: int) -> None:
    """Let a process run until it has worked for a while, since perf samples only what runs."""
    process = psutil.Process(pid)
    process.resume()
    end = process.cpu_times().user + _WORK_SECONDS
    while process.cpu_times().user < end:
        sleep(0.02)
