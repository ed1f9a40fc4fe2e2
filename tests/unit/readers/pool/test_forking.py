"""Forked processes: where their sockets are, and how they end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

SLEEPING = """
import os
from time import sleep
from flamescope_py.fleet.writing.processes import executor
with executor(2, os.write, 1, b"begun\\n") as processes:
    [processes.submit(sleep, 600) for _ in range(2)]
"""
ONE_PROCESS = """
from flamescope_py.readers.pool.forking import forked_processes
if __name__ == "__main__":
    process = forked_processes([]).Process(target=print, args=("forked",))
    process.start()
    process.join()
"""


def test_a_long_name_of_the_folder_of_temporary_files_does_no_harm(tmp_path: Path) -> None:
    """The address of a socket has 107 bytes at most, and that folder's name may have more."""
    folder = tmp_path / ("x" * 110)
    folder.mkdir()
    environment = {**os.environ, "TMPDIR": str(folder)}
    done = subprocess.run(
        [sys.executable, "-c", ONE_PROCESS], env=environment, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "forked\n", "")


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_processes_end_with_their_parent(how: signal.Signals) -> None:
    parent = subprocess.Popen(
        [sys.executable, "-c", SLEEPING],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    )
    assert parent.stdout is not None
    assert [parent.stdout.readline() for _ in range(2)] == ["begun\n"] * 2
    # Ctrl-C reaches all processes of a group.
    if how == signal.SIGINT:
        os.killpg(parent.pid, how)
    else:
        parent.send_signal(how)
    # Each of them holds the pipe.
    assert parent.communicate(timeout=60)[0] == ""
