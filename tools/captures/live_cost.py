"""The processor time that a live recording costs its host, by process.

    python -m tools.captures.live_cost NODE [SECONDS]

NODE is a binary. A service that is always busy is recorded at 99 Hz on this machine, by the scripts that run
on any host. Counting begins once perf has read the symbols, and lasts SECONDS (30). Prints a row of a table
for each program, with its time per sample and its share of a core at 99 samples a second.
"""

from __future__ import annotations

import sys
import tempfile
from collections import Counter
from contextlib import suppress
from pathlib import Path
from time import sleep

import psutil

from flamescope_py.recording.maps import NODE_OPTIONS
from tools.captures.node_way import importer, service

FREQUENCY = 99
EVENT = "cpu-clock"
# perf script reads the symbols of Node at its first samples.
SYMBOLS_SECONDS = 10


def times(but: int) -> Counter[str]:
    """Return the nanoseconds that each program below this process has run, without the service `but`."""
    found: Counter[str] = Counter()
    for process in psutil.Process().children(recursive=True):
        with suppress(psutil.NoSuchProcess, FileNotFoundError, ProcessLookupError):
            if process.pid == but:
                continue
            words = process.cmdline()
            name = " ".join(words[:2]) if words[:1] == ["perf"] else process.name()
            own = int(Path(f"/proc/{process.pid}/schedstat").read_text().split()[0])
            ended = process.cpu_times()
            found[name] += own + int(1e9 * (ended.children_user + ended.children_system))
    return found


def main(binary: str, seconds: float = 30) -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        imports = importer(folder, folder / "known", folder / "config")
        with service(binary, folder, *NODE_OPTIONS) as pid:
            body = {"pid": pid, "seconds": 600, "event": EVENT, "frequency": FREQUENCY}
            job = imports.record(imports.read_record(body), "tool")
            job = imports.jobs.wait(job.id, lambda view: view.live is not None or view.over)
            assert job.live is not None, job.error
            text = folder / job.live
            sleep(SYMBOLS_SECONDS)
            before, counted = times(pid), samples(text)
            sleep(seconds)
            after, count = times(pid), samples(text) - counted
            imports.jobs.cancel(job.id)
            imports.jobs.wait(job.id, lambda view: view.over)
        imports.close()
    print(f"{count} samples in {seconds:.0f} s\n")
    print("| program | ms per sample | % of a core |\n| --- | --- | --- |")
    whole = 0.0
    for name, nanoseconds in (after - before).most_common():
        # The shell works by the clock, and the others by the sample.
        per_second = nanoseconds / seconds if name == "sh" else nanoseconds / count * FREQUENCY
        whole += per_second
        print(f"| {name} | {nanoseconds / count / 1e6:.3f} | {per_second / 1e7:.2f} |")
    print(f"| together | | {whole / 1e7:.2f} |")


def samples(text: Path) -> int:
    """Return the number of samples in a text so far."""
    return text.read_bytes().count(f" {EVENT}:".encode())


if __name__ == "__main__":
    main(sys.argv[1], *map(float, sys.argv[2:]))
