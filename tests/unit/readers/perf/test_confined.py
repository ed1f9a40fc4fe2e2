"""perf runs without network, without writing, and within limits, where the machine allows it."""

from __future__ import annotations

import io
import os
import shutil
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from flamescope_py.readers.perf.binary import data as perf_data
from flamescope_py.readers.source import read_profile
from tests.support.processes.nodes import NOT_INLINED
from tests.unit.readers.perf.test_perf_data import TWO_EVENTS

ROOT = Path(__file__).resolve().parents[4]
SAMPLE = "printf 'node 1 1.5: cycles:\\n\\t7f f (/b)\\n\\n'"
PerfOf = Callable[[str], None]
Told = Callable[[str], list[str]]


@pytest.fixture
def perf_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> PerfOf:
    """Put a script in the place of perf, which writes to its standard error."""

    def write(script: str) -> None:
        path = tmp_path / "bin" / "perf"
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"#!/bin/sh\n{{ {script}; }} >&2\n{SAMPLE}\n")
        path.chmod(path.stat().st_mode | stat.S_IXUSR)
        monkeypatch.setenv("PATH", f"{path.parent}:/usr/bin:/bin")

    return write


@pytest.fixture
def told(perf_of: PerfOf) -> Told:
    """Return the standard error of a script in the place of perf."""

    def run(script: str) -> list[str]:
        perf_of(script)
        return read_profile(io.BytesIO(TWO_EVENTS), "perf").report.messages

    return run


@pytest.fixture
def confined() -> None:
    reason = perf_data.why_not_confined()
    if reason:
        pytest.xfail(f"this machine makes no namespaces: {reason}")


@pytest.mark.usefixtures("confined")
def test_it_has_no_network(told: Told) -> None:
    assert told("tail -n +3 /proc/net/dev | cut -d: -f1") == ["lo"]


@pytest.mark.usefixtures("confined")
def test_it_writes_nowhere_but_to_the_temporary_directory(told: Told, tmp_path: Path) -> None:
    # All users may write to these, one of them a file system of its own.
    for folder in ("/var/tmp", "/dev/shm"):
        probe = Path(folder) / f"written-by-perf-{os.getpid()}"
        try:
            assert told(f"touch {probe} && echo written") != ["written"]
            assert not probe.exists()
        finally:
            probe.unlink(missing_ok=True)
    assert told(f"touch {tmp_path}/a && echo written") == ["written"]


@pytest.mark.usefixtures("confined")
def test_it_cannot_undo_that(told: Told) -> None:
    """As root, too: it lacks the right to mount."""
    assert told("mount -o remount,rw / 2>/dev/null && echo written; echo no") == ["no"]


def test_memory_cores_and_files_are_bounded(told: Told, tmp_path: Path) -> None:
    memory, core = told("ulimit -v; ulimit -c")
    assert 0 < int(memory) < 1 << 40
    assert core == "0"
    assert told(f"head -c 20000000 /dev/zero >{tmp_path}/large; echo no")[-1] == "no"
    assert (tmp_path / "large").stat().st_size <= 16 << 20


def test_inlined_functions_are_not_asked_for(told: Told) -> None:
    """addr2line would read whatever programs a file names, and takes minutes for large ones."""
    assert told('echo "$5"') == ["--no-inline"]


# As RestrictNamespaces of systemd: seccomp(2) loads the number of a call, and refuses unshare with EPERM.
WITHOUT_NAMESPACES = """
import ctypes, io, platform, struct
from flamescope_py.readers.source import read_profile
from tests.support.processes.nodes import NOT_INLINED
from tests.unit.readers.perf.test_perf_data import TWO_EVENTS

class Program(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("steps", ctypes.c_void_p)]

unshare = {"x86_64": 272, "aarch64": 97}[platform.machine()]
steps = [(0x20, 0, 0, 0), (0x15, 0, 1, unshare), (0x06, 0, 0, 0x50001), (0x06, 0, 0, 0x7FFF0000)]
code = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *step) for step in steps))
prctl = ctypes.CDLL(None, use_errno=True).prctl
assert prctl(38, 1, 0, 0, 0) == 0
assert prctl(22, 2, ctypes.byref(Program(len(steps), ctypes.addressof(code))), 0, 0) == 0, ctypes.get_errno()
print(read_profile(io.BytesIO(TWO_EVENTS), "perf").report.messages)
"""


def test_without_namespaces_it_runs_within_the_bounds_alone(perf_of: PerfOf) -> None:
    perf_of("ulimit -c; tail -n +3 /proc/net/dev | wc -l")
    command = [sys.executable, "-c", WITHOUT_NAMESPACES]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    devices = len(Path("/proc/net/dev").read_text().splitlines()) - 2
    assert (done.stdout, done.stderr) == (f"{['0', str(devices)]}\n", "")


@pytest.mark.perf
def test_symbols_of_maps_of_compiled_code_are_found(perf: str, tmp_path: Path) -> None:
    """They are in /tmp/perf-N.map."""
    node = shutil.which("node") or str(ROOT / ".venv" / "bin" / "node")
    if not Path(node).exists():
        pytest.skip("there is no node here")
    script = tmp_path / "busy.js"
    script.write_text(
        "function hotLoop(n) { let s = 0; for (let i = 0; i < n; i++) s += Math.sqrt(i); return s }\n"
        "while (process.cpuUsage().user < 3e5) hotLoop(20000)\n"
    )
    path = tmp_path / "perf.data"
    record = [perf, "record", "-q", "-e", "cpu-clock", "-F", "199", "-g", "-o", str(path), "--"]
    recorded = subprocess.run(
        [*record, node, NOT_INLINED, "--perf-basic-prof", str(script)],
        cwd=tmp_path,
        check=False,
        capture_output=True,
    )
    if recorded.returncode != 0:
        pytest.skip(f"perf records nothing here: {recorded.stderr[:200]!r}")
    with path.open("rb") as file:
        profile = read_profile(file, "perf")
    assert any("hotLoop" in name for name in profile.frames.name)
