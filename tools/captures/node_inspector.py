"""Running Node processes that are recorded through their inspectors: whether each lives on.

    python -m tools.captures.node_inspector NODE...

Each NODE is a binary. A service with a busy main thread and a busy worker is recorded, recorded again and
cancelled in the middle, and recorded once more. All that is done TRIALS times with a new process. Prints a
row of a table for each: trials, and in how many both threads were named, the process lived on and worked
after each recording, and its inspector was closed.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from time import sleep

import psutil

from flamescope_py.jobs.job import JobView
from flamescope_py.readers.source import read_profile
from flamescope_py.remote.importer import Importer
from tools.captures.node_way import importer

TRIALS = 5
SECONDS = 2
# Longer than the second after which an inspector is closed.
AFTER_SECONDS = 2.5
PROGRAM = """
const { Worker, isMainThread } = require("worker_threads");
function inMain(n) { return n < 2 ? n : inMain(n - 1) + inMain(n - 2); }
function inWorker(n) { return n < 2 ? n : inWorker(n - 1) + inWorker(n - 2); }
if (isMainThread) {
  new Worker(__filename).on("online", () => console.log("ready"));
  setInterval(inMain, 2, 24);
} else setInterval(inWorker, 2, 24);
"""
HEAD = "| Node | trials | both threads named | lives on | inspector closed |\n| --- | --- | --- | --- | --- |"


def record(imports: Importer, pid: int, cancelled: bool = False) -> JobView:
    """Record a process, or cancel that when it has begun."""
    body = {"pid": pid, "cpuProf": True, "seconds": SECONDS}
    job = imports.record(imports.read_record(body), "tool")
    if cancelled:
        imports.jobs.wait(job.id, lambda view: view.step == "recording" or view.over)
        imports.jobs.cancel(job.id)
    return imports.jobs.wait(job.id, lambda view: view.over)


def names(profiles: Path) -> str:
    """Return the names of all frames of all profiles."""
    found: list[str] = []
    for path in profiles.glob("*.cpuprofile"):
        with path.open("rb") as file:
            found += read_profile(file, "cpuprofile").frames.name
    return " ".join(found)


def works(process: psutil.Process) -> bool:
    """Return True if a process still uses its processors after a while."""
    try:
        before = process.cpu_times().user
        sleep(AFTER_SECONDS)
        return process.cpu_times().user > before and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def trial(binary: str, folder: Path, number: int) -> Counter[str]:
    """Take a new process through its three recordings."""
    profiles = folder / f"profiles-{number}"
    profiles.mkdir()
    imports = importer(profiles, folder / "known", folder / "config")
    command = [binary, "--inspect-port=0", str(folder / "app.js")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as started:
        assert started.stdout is not None
        started.stdout.readline()
        process, lives, jobs = psutil.Process(started.pid), True, []
        for cancelled in (False, True, False):
            jobs.append(record(imports, started.pid, cancelled))
            lives = lives and works(process)
        listens = lives and any(one.status == psutil.CONN_LISTEN for one in process.net_connections())
        started.kill()
    imports.close()
    for job in jobs:
        if job.error:
            print(f"trial {number}: {job.error}", file=sys.stderr)
    found = names(profiles)
    named = jobs[0].state == jobs[2].state == "done" and "inMain" in found and "inWorker" in found
    return Counter(named=named, lives=lives, closed=lives and not listens)


def main(binaries: Sequence[str]) -> None:
    """Print the table."""
    print(HEAD)
    for binary in binaries:
        told = subprocess.run([binary, "--version"], check=True, capture_output=True, text=True)
        with tempfile.TemporaryDirectory() as place:
            (Path(place) / "app.js").write_text(PROGRAM)
            total: Counter[str] = Counter()
            for number in range(TRIALS):
                total += trial(binary, Path(place), number)
        cells = (told.stdout.strip(), TRIALS, total["named"], total["lives"], total["closed"])
        print(f"| {' | '.join(map(str, cells))} |", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
