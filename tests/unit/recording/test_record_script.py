"""The script of a recording, run by this machine's shell beside a perf that fails at once."""

from __future__ import annotations

import os
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest

from flamescope_py.recording.scripts import RECORD

RUNS = 60
PRELUDE = "note() { printf '%s\\n' \"$1\" >&2; }\nset -- '' cat 5 live -e cycles -p 1\n"


@pytest.fixture
def failing(tmp_path: Path) -> dict[str, str]:
    """An environment with such a perf, and a temporary directory that shows what was left behind."""
    perf = tmp_path / "bin" / "perf"
    perf.parent.mkdir()
    perf.write_text("#!/bin/sh\necho no such event >&2\nexit 129\n")
    perf.chmod(0o755)
    (tmp_path / "tmp").mkdir()
    return {**os.environ, "PATH": f"{perf.parent}:{os.environ['PATH']}", "TMPDIR": str(tmp_path / "tmp")}


def test_a_live_recording_ends_where_perf_fails_before_the_pipes_are_open(
    failing: dict[str, str], tmp_path: Path
) -> None:
    def run(_: int) -> tuple[int, str, str]:
        command = ["sh", "-c", PRELUDE + RECORD]
        with subprocess.Popen(
            command,
            env=failing,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as process:
            # The end of its output means that nothing of it holds a pipe any more.
            assert process.stdout is not None
            assert process.stderr is not None
            output, errors = process.stdout.read(), process.stderr.read()
        return process.returncode, output.strip(), errors.strip("\0 \n")

    # Several at a time, so that the order in which their parts start differs.
    with ThreadPoolExecutor(8) as pool:
        ended = set(pool.map(run, range(RUNS)))
    assert [code for code, _, _ in ended] == [1]
    ((_, _, errors),) = ended
    assert "failed record" in errors
    assert "no such event" in errors
    assert list((tmp_path / "tmp").iterdir()) == []
    left = [
        one
        for one in psutil.process_iter(["cmdline"])
        if str(tmp_path) in " ".join(one.info["cmdline"] or ())
    ]
    assert left == []
