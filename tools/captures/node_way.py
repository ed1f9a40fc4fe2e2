"""The way from a service without names to the function that is hot, over a real sshd with a real perf.

    python -m tools.captures.node_way NODE...

Each NODE is a binary. The service first runs as most do, is recorded, and the warning is noted. Then it runs
with what the warning says, is recorded again, and its hottest own function is looked up. Prints a row of a
table for each: the seconds of both recordings beyond their length, and whether the function has its name.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from time import monotonic

from flamescope_py.incoming.arriving import Bounds
from flamescope_py.incoming.landing import Landing
from flamescope_py.incoming.placing import ProfileNames
from flamescope_py.jobs.job import JobView
from flamescope_py.jobs.runner import JobBounds
from flamescope_py.readers.source import read_profile, sniff_file
from flamescope_py.recording.maps import NODE_OPTIONS
from flamescope_py.remote.importer import Importer, ImportOptions
from tests.ssh.server import Sshd, make_key, public, running

SECONDS = 3
FUNCTION = "hotInService"
# Recursive, since V8 would inline a plain loop into its caller, and the name would be gone for any profiler.
SERVICE = f"""
function {FUNCTION}(n) {{ return n < 2 ? n : {FUNCTION}(n - 1) + {FUNCTION}(n - 2) }}
console.log("ready");
(function again() {{ {FUNCTION}(26); setImmediate(again) }})();
"""


@contextmanager
def service(binary: str, folder: Path, *options: str) -> Iterator[int]:
    """Run the service, and yield its pid."""
    (folder / "service.js").write_text(SERVICE)
    command = [binary, *options, "service.js"]
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        try:
            yield process.pid
        finally:
            process.kill()


def importer(profiles: Path, known_hosts: Path, config: Path) -> Importer:
    """Return an importer into a directory, with bounds that no recording here reaches."""
    landing = Landing(ProfileNames(profiles), Bounds(1 << 30, 0), lambda file: sniff_file(file).reason)
    return Importer(ImportOptions(known_hosts, config, (), JobBounds(), 600), landing)


def record(imports: Importer, place: dict[str, object], name: str) -> tuple[JobView, float]:
    """Record the service by a pattern, and return the job and its seconds."""
    begun = monotonic()
    body = {
        **place,
        "pgrep": "node.* service.j[s]$",
        "seconds": SECONDS,
        "event": "cpu-clock",
        "filename": name,
    }
    job = imports.capture(imports.read_capture(body), "tool")
    job = imports.jobs.wait(job.id, lambda view: view.over)
    return job, monotonic() - begun


def row(binary: str, imports: Importer, place: dict[str, object], folder: Path) -> str:
    """Take the way with one Node."""
    version = subprocess.run([binary, "--version"], check=True, capture_output=True, text=True).stdout.strip()
    with service(binary, folder):
        first, before = record(imports, place, f"{version}-before.perf")
    with service(binary, folder, *NODE_OPTIONS):
        second, after = record(imports, place, f"{version}.perf")
    assert second.filename is not None, second.error
    with (folder / "profiles" / second.filename).open("rb") as file:
        profile = read_profile(file, "perf")
    named = any(FUNCTION in name for name in profile.frames.name)
    told = any(NODE_OPTIONS[0] in warning for warning in first.warnings)
    cells = (version, _yes(told), f"{before - SECONDS:.1f}", f"{after - SECONDS:.1f}", _yes(named))
    return f"| {' | '.join(cells)} |"


def _yes(value: bool) -> str:
    return "yes" if value else "no"


def main(binaries: Sequence[str]) -> None:
    """Print the table."""
    sshd = "/usr/sbin/sshd"
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        (folder / "profiles").mkdir()
        server = Sshd(sshd, folder / "sshd")
        key = make_key(folder / "id_ed25519")
        server.authorize(public(key))
        with running(server):
            config = folder / "config"
            config.write_text(f"Host *\n  IdentityFile {key}\n")
            imports = importer(folder / "profiles", folder / "known", config)
            print("| Node | warned first | s beyond the recording, without names | with names | named |")
            print("| --- | --- | --- | --- | --- |")
            for binary in binaries:
                print(row(binary, imports, server.place, folder), flush=True)
            imports.close()


if __name__ == "__main__":
    main(sys.argv[1:])
